/* job/batch: one feed over what lies in its inbox: claim, run, prove, release, archive. */
#include "job/batch_internal.h"
#include "base/exits.h"
#include "io/file.h"
#include "job/load_sl.h"
#include "job/overlap.h"
#include "job/runs.h"
#include "job/sl_run.h"
#include "job/snapshot.h"

#include <time.h>

/* --- the inbox --- */

static bool is_wanted(const struct batch *batch, const struct drop *drop) {
  if (!batch->file) return true;
  str name = str_of(batch->file);
  for (size_t i = name.len; i > 0; i--)
    if (name.at[i - 1] == '/') {
      name = str_sub(name, i, name.len);
      break;
    }
  if (!str_eq(name, drop->name)) return false;
  return name.at == batch->file || file_same(batch->file, drop->path); /* a path: that very file */
}

/* An inbox of many files must not make the ledger's tail, and with it the memory, large. */
static enum outcome fold(struct batch *batch, struct err *err) {
  int64_t mib = 0;
  str_to_int(site_setting(batch->site, STR_NONE, "ledger-mib"), &mib);
  if (batch->dry_run || mib < 1) return OUT_OK;
  return ledger_fold(batch->ledger, (uint64_t)mib << 20, err);
}

/* Standing still is a matter of the real clock, not of the run's stated time. */
static enum outcome run_place(struct batch *batch, const struct feed_inbox *place, size_t *done,
                              struct err *err) {
  struct drops *drops;
  struct drop drop;
  int64_t settle = 0;
  str feed = batch->feed->name;
  batch->inbox = place->folder;
  str_to_int(site_setting(batch->site, feed, "settle-seconds"), &settle);
  enum outcome out = spool_drops_open(batch->spool, feed, place->folder, place->pattern, settle, &drops, err);
  while (!out && !(out = spool_drops_next(drops, (int64_t)time(NULL), &drop, err))) {
    if (!is_wanted(batch, &drop)) continue;
    ++*done;
    out = item_take(batch, &drop, err);
    ledger_rest(batch->ledger);
    if (!out) out = fold(batch, err);
  }
  spool_drops_close(drops);
  return out == OUT_END ? OUT_OK : out;
}

/* --- the run --- */

/* What a dead run left is put in order, and said. */
static enum outcome recover(struct batch *batch, struct err *err) {
  struct site *site = batch->site;
  str feed = batch->feed->name;
  const struct ledger_entry **finished;
  size_t given_back, count;
  if (batch_finish_all(site, batch->spool, batch->ledger, feed, &finished, &count, err) ||
      spool_recover_ready(batch->spool, batch->ledger, err) ||
      spool_recover(batch->spool, feed, &given_back, err))
    return err->outcome;
  for (size_t i = 0; i < count; i++) {
    struct summary_row *row = batch_row(batch, ledger_word(finished[i], "file"), OUT_OK);
    row->amount = arena_str(site->arena, ledger_word(finished[i], "amount"));
    row->result = arena_printf(site->arena, "%s: an earlier run had begun it",
                               batch_end_of(finished[i]->words, finished[i]->word_count));
    row->place = arena_str(site->arena, ledger_word(finished[i], "output"));
  }
  return batch_find_untold(batch, err) ? err->outcome : ack_recover(batch, err);
}

static enum outcome run_places(struct batch *batch, size_t *done, struct err *err) {
  const struct feed *feed = batch->feed;
  for (size_t i = 0; i < feed->inbox_count; i++)
    if (run_place(batch, &feed->inboxes[i], done, err)) return err->outcome;
  if (batch->file && !*done)
    return err_set(err, OUT_DATA, "no file %s lies in the inbox of %.*s", batch->file, STR_ARG(feed->name));
  return OUT_OK;
}

/* OUT_SPEC of an older ledger ends the run before it has a number; *told: every other trouble is the run's.
 */
static enum outcome ask_sl(struct batch *batch, struct err *told, struct err *err) {
  bool is_older = false;
  if (!load_sl_is_asked(batch->feed)) return OUT_OK;
  if (batch->progress) batch->progress(batch->user, "SL is asked", (struct exec_progress){ 0, 1 });
  str id = batch->guard ? batch->guard->id : STR_NONE;
  if (!sl_check_run(batch->site, batch->ledger, id, &is_older, told)) return OUT_OK;
  if (!is_older) return OUT_OK;
  *err = *told;
  return err->outcome;
}

/* Between its two entries in the ledger. How it ended is told though it ended badly; when even that cannot be
 * written, the first trouble is the one that counts. */
static enum outcome run_told(struct batch *batch, struct err *err) {
  struct run_entry entry;
  struct err second = { 0 }, sl = { 0 };
  str feed = batch->feed->name;
  size_t done = 0;
  if (spool_lock_wait(batch->spool, feed, batch->wait, err) || ledger_refresh(batch->ledger, err) ||
      ask_sl(batch, &sl, err) || runs_begin(batch->ledger, batch->site, feed, batch->file, &entry, err))
    return err->outcome;
  batch->run = entry.run;
  enum outcome out = recover(batch, err);
  if (!out && sl.outcome) out = (*err = sl).outcome;
  if (!out && snapshot_is_asked(batch)) out = snapshot_take(batch, err);
  if (!out) out = batch_read_states(batch, err);
  if (!out) out = run_places(batch, &done, err);
  if (!out) out = load_sl_run(batch, err);
  if (!out) out = batch_asks(batch, entry.run, err);
  int code = exit_worse(exit_of(out), batch->carried);
  entry.again = !exit_is_final(code) || !exit_is_final(batch->carried);
  for (size_t i = 0; i < batch->outcome_count; i++) {
    int one = exit_of_item(batch->outcomes[i]);
    code = exit_worse(code, one);
    if (!exit_is_final(one)) entry.again = true;
  }
  enum outcome told = runs_end(batch->ledger, batch->site, feed, batch->file, &entry, code, done, &second);
  if (!told && batch->guard) told = guard_note(batch->guard, ledger_next_run(batch->ledger) - 1, &second);
  if (!told) told = fold(batch, &second);
  if (out || !told) return out;
  *err = second;
  return told;
}

enum outcome batch_run(struct batch *batch, struct err *err) {
  const struct feed *feed = batch->feed;
  size_t done = 0;
  if (!feed->inbox_count)
    return err_set(err, OUT_SPEC, "feed %.*s reads no files; only those are read by this version",
                   STR_ARG(feed->name));
  if (overlap_matters(feed)) batch->overlap = overlap_new();
  enum outcome out = batch->dry_run ? batch_read_states(batch, err) : run_told(batch, err);
  if (!out && batch->dry_run) out = run_places(batch, &done, err);
  batch_tell_more(batch);
  states_free(batch->states);
  batch->states = NULL;
  overlap_free(batch->overlap);
  batch->overlap = NULL;
  return out;
}
