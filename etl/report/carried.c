/* report/carried: what couriers brought and took away, and every call that it needed. */
#include "report/carried.h"
#include "base/map.h"
#include "codec/json_text.h"
#include "report/summary.h"
#include "report/table.h"

static void rows_text(const struct carried *carried, struct arena *arena, struct buf *text) {
  static const struct table_column columns[] = {
    { "feed", false }, { "what", false }, { "files", true }, { "bytes", true }, { "result", false }
  };
  struct table *table = table_new(arena, columns, 5);
  for (size_t i = 0; i < carried->count; i++) {
    const struct carried_row *row = &carried->rows[i];
    str result = row->code ? arena_printf(arena, "%.*s: %.*s", STR_ARG(row->meaning), STR_ARG(row->result))
                           : row->result;
    table_row(table, (str[]){ row->feed, row->what, with_commas(row->files, arena),
                              with_commas(row->bytes, arena), result });
  }
  table_text(table, 0, text);
}

static void calls_text(const struct carried *carried, struct arena *arena, struct buf *text) {
  static const struct table_column columns[] = {
    { "time", false }, { "call", false }, { "status", true }, { "ms", true }, { "request", false }
  };
  struct table *table = table_new(arena, columns, 5);
  for (size_t i = 0; i < carried->call_count; i++) {
    const struct carried_call *call = &carried->calls[i];
    str status = call->status ? arena_printf(arena, "%d", call->status) : STR("none");
    table_row(table,
              (str[]){ call->time, call->name, status, with_commas((uint64_t)call->milliseconds, arena),
                       call->trouble.len ? call->trouble : call->request });
  }
  if (carried->call_count) buf_char(text, '\n');
  table_text(table, 2, text);
}

static void counts_text(const struct carried *carried, struct arena *arena, struct buf *text) {
  struct map *counts = map_new(arena);
  for (size_t i = 0; i < carried->call_count; i++) {
    void **place = map_put(counts, carried->calls[i].name);
    *place = (char *)*place + 1;
  }
  if (!carried->call_count) return;
  buf_printf(text, "  %zu call%s:", carried->call_count, carried->call_count == 1 ? "" : "s");
  for (size_t i = 0; i < map_count(counts); i++)
    buf_printf(text, "%s %.*s %zu", i ? "," : "", STR_ARG(map_at(counts, i)->key),
               (size_t)map_at(counts, i)->value);
  buf_char(text, '\n');
}

void carried_text(const struct carried *carried, struct arena *arena, struct buf *text) {
  rows_text(carried, arena, text);
  calls_text(carried, arena, text);
  counts_text(carried, arena, text);
}

static void member(struct buf *text, const char *name, str value) {
  buf_printf(text, "\"%s\": ", name);
  json_text(text, value);
  buf_add(text, STR(", "));
}

void carried_json(const struct carried *carried, struct buf *text) {
  buf_add(text, STR("[{\"carried\": ["));
  for (size_t i = 0; i < carried->count; i++) {
    const struct carried_row *row = &carried->rows[i];
    buf_add(text, i ? STR(",\n  {") : STR("\n  {"));
    member(text, "feed", row->feed);
    member(text, "what", row->what);
    member(text, "result", row->result);
    buf_printf(text, "\"files\": %zu, \"bytes\": %llu, \"exit\": %d}", row->files,
               (unsigned long long)row->bytes, row->code);
  }
  buf_add(text, STR("],\n \"calls\": ["));
  for (size_t i = 0; i < carried->call_count; i++) {
    const struct carried_call *call = &carried->calls[i];
    buf_add(text, i ? STR(",\n  {") : STR("\n  {"));
    member(text, "time", call->time);
    member(text, "call", call->name);
    member(text, "request", call->request);
    member(text, "trouble", call->trouble);
    buf_printf(text, "\"status\": %d, \"ms\": %lld}", call->status, (long long)call->milliseconds);
  }
  buf_add(text, STR("]}]\n"));
}
