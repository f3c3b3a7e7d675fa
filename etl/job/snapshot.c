/* job/snapshot: what a feed extracts from SL lands in its inbox as a file first (R32). */
#include "job/snapshot.h"
#include "io/file.h"
#include "job/sl_read.h"
#include "job/state_file.h"

bool snapshot_is_asked(const struct batch *batch) {
  bool asked = false;
  for (size_t i = 0; i < batch->feed->extract_count; i++)
    asked = asked || batch->feed->extracts[i].kind == PLACE_ODBC;
  return asked && !batch->dry_run && !batch->file && sl_is_there(batch->site);
}

enum { WEEK = 7 };

static str full_of(const struct batch *batch) {
  return arena_printf(batch->site->arena, "full snapshots of %.*s", STR_ARG(batch->feed->name));
}

static bool is_full(const struct batch *batch) {
  if (batch->full || !batch->feed->full_weekly) return batch->full;
  struct ledger_found found = ledger_having(batch->ledger, "name", full_of(batch));
  int32_t last, today;
  if (!found.count) return true;
  return !date_parse(str_left_chars(found.entries[found.count - 1]->time, 10), STR("YYYY-MM-DD"), &last) ||
         !date_parse(str_left_chars(batch_time(batch->site, batch->site->arena), 10), STR("YYYY-MM-DD"),
                     &today) ||
         today - last >= WEEK;
}

/* invoice-20261121T020000Z.csv, by the run's clock. */
static str name_of(const struct batch *batch, const struct record *record, bool full) {
  struct arena *arena = batch->site->arena;
  str time = batch_time(batch->site, arena), piece, name = STR_NONE;
  while (str_split(&time, ':', &piece)) name = arena_printf(arena, "%.*s%.*s", STR_ARG(name), STR_ARG(piece));
  return arena_printf(arena, "%.*s-%.*s%s.csv", STR_ARG(record->name), STR_ARG(name), full ? "-full" : "");
}

enum outcome snapshot_take(const struct batch *batch, struct err *err) {
  const struct program *program = batch->feed->programs[0];
  const struct record *record = program->streamed->record;
  struct buf text = buf_new(STATE_BYTES_MOST);
  enum outcome out = sl_read(batch->site, program, &program->query, record, &text, err);
  bool full = !out && is_full(batch);
  str name = name_of(batch, record, full);
  if (!out) out = spool_write_in(batch->spool, batch->feed->name, buf_str(&text), name, err);
  const struct ledger_word words[] = { { STR("name"), full_of(batch) }, { STR("file"), name } };
  if (!out && full)
    out = ledger_append(batch->ledger, batch_time(batch->site, batch->site->arena), STR("full"),
                        batch->feed->name, words, 2, err);
  buf_free(&text);
  return out;
}
