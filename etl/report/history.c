/* report/history: entries of the ledger as a table for people and as JSON. */
#include "report/history.h"
#include "report/summary.h"
#include "report/table.h"

static str what(const struct history_entry *entry, struct arena *arena) {
  if (entry->reason.len || !entry->output_count) return entry->reason;
  if (entry->output_count == 1) return entry->outputs[0];
  return arena_printf(arena, "%.*s and %zu more", STR_ARG(entry->outputs[0]), entry->output_count - 1);
}

void history_text(const struct history_entry *entries, size_t count, struct buf *text) {
  static const struct table_column columns[] = { { "time", false }, { "feed", false }, { "event", false },
                                                 { "item", false }, { "file", false }, { "amount", true },
                                                 { "what", false } };
  struct arena *arena = arena_new();
  struct table *table = table_new(arena, columns, sizeof columns / sizeof *columns);
  for (size_t i = 0; i < count; i++) {
    const struct history_entry *entry = &entries[i];
    str amount = entry->amount.len == 1 ? STR_NONE : entry->amount; /* "-": none */
    table_row(table, (str[]){ table_time(arena, entry->time), entry->feed, entry->event, entry->item,
                              entry->file, amount, what(entry, arena) });
  }
  table_text(table, 0, text);
  arena_free(arena);
}

static void json_member(struct buf *text, const char *name, str content) {
  buf_printf(text, ", \"%s\": ", name);
  json_text(text, content);
}

void history_json(const struct history_entry *entries, size_t count, struct buf *text) {
  buf_char(text, '[');
  for (size_t i = 0; i < count; i++) {
    const struct history_entry *entry = &entries[i];
    buf_printf(text, "%s\n  {\"line\": %llu", i ? "," : "", (unsigned long long)entry->line);
    json_member(text, "time", entry->time);
    json_member(text, "feed", entry->feed);
    json_member(text, "event", entry->event);
    json_member(text, "item", entry->item);
    json_member(text, "file", entry->file);
    json_member(text, "amount", entry->amount);
    json_member(text, "reason", entry->reason);
    buf_add(text, STR(", \"outputs\": ["));
    for (size_t j = 0; j < entry->output_count; j++) {
      if (j) buf_add(text, STR(", "));
      json_text(text, entry->outputs[j]);
    }
    buf_add(text, STR("]}"));
  }
  buf_add(text, count ? STR("\n]\n") : STR("]\n"));
}
