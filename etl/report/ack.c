/* report/ack: the answer to a dropped file, for the person who dropped it and for a machine. */
#include "report/ack.h"
#include "report/page.h"
#include "report/summary.h"
#include "report/table.h"

enum { INDENT = 2, BODY = 13 };

static void fact(struct page *page, const char *name, str text) {
  if (!text.len) return;
  page_to(page, INDENT);
  page_safe(page, str_of(name));
  page_to(page, BODY);
  page_wrap(page, text, BODY);
  page_end(page);
}

static const char *plural(uint64_t n) { return n == 1 ? "" : "s"; }

static bool is_whole(const struct ack *ack) {
  return str_eq(ack->result, STR("released")) || str_eq(ack->result, STR("ready"));
}

static str result_text(const struct ack *ack, struct arena *arena) {
  str text = ack->result;
  if (ack->reason.len) text = arena_printf(arena, "%.*s: %.*s", STR_ARG(text), STR_ARG(ack->reason));
  if (is_whole(ack) && ack->rejected)
    text = arena_printf(arena, "%.*s, %s row%s rejected", STR_ARG(text), with_commas(ack->rejected, arena).at,
                        plural(ack->rejected));
  if (is_whole(ack) && ack->held)
    text = arena_printf(arena, "%.*s, %s row%s held", STR_ARG(text), with_commas(ack->held, arena).at,
                        plural(ack->held));
  return text;
}

static str rows_text(const struct ack *ack, struct arena *arena) {
  const uint64_t n[] = { ack->rows, ack->accepted, ack->rejected, ack->held, ack->filtered };
  const char *text[5];
  for (size_t i = 0; i < 5; i++) text[i] = with_commas(n[i], arena).at;
  return arena_printf(arena, "%s received = %s accepted + %s rejected + %s held + %s filtered", text[0],
                      text[1], text[2], text[3], text[4]);
}

static str rejects_text(const struct ack *ack, struct arena *arena) {
  if (!ack->rejects.len) return STR_NONE;
  str what = is_whole(ack)
                 ? arena_printf(arena, "correct the rows in it and drop it into %.*s", STR_ARG(ack->folder))
                 : STR("its rows that were wrong by themselves");
  str lost = ack->lost ? arena_printf(arena, "; %s more row%s had no room in it",
                                      with_commas(ack->lost, arena).at, plural(ack->lost))
                       : STR_NONE;
  return arena_printf(arena, "%.*s: %.*s%.*s", STR_ARG(ack->rejects), STR_ARG(what), STR_ARG(lost));
}

static void add_records(const struct ack *ack, struct arena *arena, struct buf *text) {
  static const struct table_column columns[] = {
    { "line", true }, { "row", true }, { "status", false }, { "field", false }, { "why", false }
  };
  if (!ack->record_count && !ack->more) return;
  buf_add(text, STR("\n  Not accepted\n"));
  struct table *table = table_new(arena, columns, sizeof columns / sizeof *columns);
  for (size_t i = 0; i < ack->record_count; i++) {
    const struct ack_record *record = &ack->records[i];
    table_row(table, (str[]){ with_commas(record->line, arena), with_commas(record->row, arena),
                              record->held ? STR("held") : STR("rejected"), record->field, record->error });
  }
  table_text(table, 2 * INDENT, text);
  if (ack->more)
    buf_printf(text, "    and %s more%s\n", with_commas(ack->more, arena).at,
               ack->rejects.len ? ", see the rejects file" : "");
}

void ack_text(const struct ack *ack, struct buf *text) {
  struct arena *arena = arena_new();
  struct page page = page_of(text);
  buf_add(text, STR("sluice: the answer to "));
  page_safe(&page, arena_printf(arena, "%.*s/%.*s", STR_ARG(ack->folder), STR_ARG(ack->file)));
  buf_add(text, STR("\n\n"));
  page.start = text->len;
  fact(&page, "Received",
       arena_printf(arena, "%.*s, %s byte%s", STR_ARG(table_time(arena, ack->received)),
                    with_commas(ack->bytes, arena).at, plural(ack->bytes)));
  if (ack->sha256.len) fact(&page, "", arena_printf(arena, "SHA-256 %.*s", STR_ARG(ack->sha256)));
  fact(&page, "Result", result_text(ack, arena));
  if (ack->rows) fact(&page, "Rows", rows_text(ack, arena));
  const char *done =
      str_eq(ack->result, STR("ready")) ? "Built" : "Written"; /* none of it is out before a yes */
  for (size_t i = 0; i < ack->output_count; i++) fact(&page, i ? "" : done, ack->outputs[i]);
  fact(&page, "Kept as", ack->kept);
  fact(&page, "Rejects", rejects_text(ack, arena));
  add_records(ack, arena, text);
  arena_free(arena);
}

static void member(struct buf *text, const char *name, str content) {
  buf_printf(text, ",\n \"%s\": ", name);
  json_text(text, content);
}

static void add_counts(const struct ack *ack, struct buf *text) {
  const struct {
    const char *name;
    uint64_t n;
  } counts[] = { { "received", ack->rows },
                 { "accepted", ack->accepted },
                 { "rejected", ack->rejected },
                 { "held", ack->held },
                 { "filtered", ack->filtered } };
  buf_add(text, STR(",\n \"rows\": {"));
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
    buf_printf(text, "%s\"%s\": %llu", i ? ", " : "", counts[i].name, (unsigned long long)counts[i].n);
  buf_char(text, '}');
}

static void add_record(const struct ack_record *record, struct buf *text) {
  buf_printf(text, "{\"status\": \"%s\", \"line\": %llu, \"row\": %llu", record->held ? "held" : "rejected",
             (unsigned long long)record->line, (unsigned long long)record->row);
  if (record->field.len) {
    buf_add(text, STR(", \"field\": "));
    json_text(text, record->field);
  }
  buf_add(text, STR(", \"error\": "));
  json_text(text, record->error);
  buf_char(text, '}');
}

void ack_json(const struct ack *ack, struct buf *text) {
  buf_add(text, STR("{\"feed\": "));
  json_text(text, ack->feed);
  member(text, "file", ack->file);
  member(text, "received", ack->received);
  buf_printf(text, ",\n \"bytes\": %llu", (unsigned long long)ack->bytes);
  member(text, "sha256", ack->sha256);
  member(text, "result", ack->result);
  member(text, "reason", ack->reason);
  add_counts(ack, text);
  buf_add(text, STR(",\n \"outputs\": ["));
  for (size_t i = 0; i < ack->output_count; i++) {
    if (i) buf_add(text, STR(", "));
    json_text(text, ack->outputs[i]);
  }
  buf_char(text, ']');
  member(text, "kept", ack->kept);
  member(text, "rejects", ack->rejects);
  buf_add(text, STR(",\n \"records\": ["));
  for (size_t i = 0; i < ack->record_count; i++) {
    buf_add(text, i ? STR(",\n  ") : STR("\n  "));
    add_record(&ack->records[i], text);
  }
  buf_printf(text, "],\n \"records-not-shown\": %llu,\n \"rows-not-in-rejects\": %llu}\n",
             (unsigned long long)ack->more, (unsigned long long)ack->lost);
}
