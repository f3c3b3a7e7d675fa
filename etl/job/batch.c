/* job/batch: one feed over what lies in its inbox: claim, run, prove, release, archive. */
#include "job/batch_internal.h"
#include "io/digest.h"
#include "io/file.h"
#include "job/exits.h"
#include "job/runs.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* --- the transform of one item --- */

/* A rehearsal holds no lock, so that it builds nothing where runs do. */
static enum outcome scratch(struct item *item, struct err *err) {
  if (item->folder && file_remove_folder(item->folder, err)) return err->outcome;
  return file_make_scratch(item->arena, &item->folder, err);
}

static enum outcome begin(void *user, struct sink *sink, struct err *err) {
  struct item *item = user;
  struct batch *batch = item->batch;
  outlets_free(item->outlets);
  item->outlets = NULL;
  if (batch->dry_run ? scratch(item, err) : spool_build(batch->spool, item->k, &item->folder, err))
    return err->outcome;
  enum outcome out = outlets_for_feed(batch->feed, item->folder, item_state_name(item), batch->site->zone,
                                      &item->outlets, err);
  *sink = outlets_sink(item->outlets);
  return out;
}

static void watch(void *user, const struct block *block, str key, const struct instance *instance,
                  struct ctx *ctx) {
  outlets_watch(((struct item *)user)->outlets, block, key, instance, ctx);
}

static void progress(void *user, struct exec_progress progress) {
  struct item *item = user;
  const char *name = arena_text(item->arena, item->drop->name);
  if (item->batch->progress) item->batch->progress(item->batch->user, name, progress);
}

enum outcome item_run(struct item *item, struct err *err) {
  struct batch *batch = item->batch;
  struct exec_request request;
  site_request(batch->site, batch->feed->programs[0], item->work, &request);
  request.source_file = item->drop->name;
  request.states = batch->states;
  request.user = item;
  request.begin = begin;
  request.watch = watch;
  request.progress = batch->progress ? progress : NULL;
  enum outcome out = exec_file(&request, &item->result, err);
  if (out) return out;
  if (item->result.ctx && batch->feed->key) {
    item->key = arena_str(item->arena, eval_text(batch->feed->key, item->result.ctx));
    if (item->result.ctx->failed) return err_set(err, OUT_DATA, "%s", item->result.ctx->err.text);
  }
  out = outlets_finish(item->outlets, err);
  if (!out) out = content_digest(item->work, item->result.charset, item->digest, item->content, err);
  return out;
}

/* --- the ledger --- */

struct words {
  struct arena *arena;
  struct ledger_word *items;
  size_t count;
};

static void add_word(struct words *words, const char *name, str text) {
  *ARENA_PUSH(words->arena, words->items, words->count) = (struct ledger_word){ str_of(name), text };
}

static void item_words(const struct item *item, struct words *words, bool about_item) {
  add_word(words, about_item ? "id" : "of", item->id);
  add_word(words, about_item ? "key" : "of-key", item->key);
  add_word(words, "k", item->k);
  add_word(words, "file", item->drop->name);
  add_word(words, "sha256", str_of(item->digest));
  add_word(words, "content", str_of(item->content));
  add_word(words, "day", batch_day(item->batch->site, item->arena));
  if (item->result.tally)
    add_word(words, "rows", arena_printf(item->arena, "%llu", (unsigned long long)item->result.tally->rows));
  add_word(words, "amount", item->row->amount);
}

static bool was_released(const struct ledger_entry *entry) {
  static const char *const events[] = { "released", "ready", "adopted", "reversed" };
  for (size_t i = 0; entry && i < sizeof events / sizeof *events; i++)
    if (str_eq(entry->event, str_of(events[i]))) return true;
  return false;
}

static const struct ledger_entry *known_key(const struct item *item) {
  return item->key.len ? ledger_by_key(item->batch->ledger, item->batch->feed->name, item->key) : NULL;
}

static enum outcome log_item(struct item *item, const char *event, str reason, bool about_item,
                             struct err *err) {
  struct words words = { .arena = item->arena };
  /* The key's own entry stays that of what was released. */
  item_words(item, &words, about_item && !was_released(known_key(item)));
  add_word(&words, "reason", str_left_chars(reason, 300));
  if (ledger_append(item->batch->ledger, batch_time(item->batch->site, item->arena), str_of(event),
                    item->batch->feed->name, words.items, words.count, err))
    return err->outcome;
  item->answer.due = true;
  return ack_stage(item, event, reason, err);
}

/* --- ends ---
 *
 * The entry first, with all that is known of the file, then the move: a run that dies between the two leaves
 * the file in work, where the next run finds it and decides anew. */

static void set_row(struct item *item, const char *result, str more, const char *place) {
  item->row->result = arena_printf(item->arena, "%s%s%.*s", result, more.len ? ": " : "", STR_ARG(more));
  if (!place) return;
  const char *site = item->batch->site->folder; /* places are told from the site on, as outputs are */
  size_t above = strlen(site);
  if (strncmp(place, site, above) == 0 && place[above] == '/') place += above + 1;
  item->row->place = arena_str(item->arena, str_of(place));
}

/* The original of a release that a later run finished goes where the entry says that it is. */
static str archive_day(const struct item *item) {
  const struct ledger_entry *known = ledger_by_id(item->batch->ledger, item->id);
  struct site *site = item->batch->site;
  str day = was_released(known) ? ledger_word(known, "day") : STR_NONE;
  bool wanted = day.len && !archive_has_original(site->archive, day, item->id, item->drop->name);
  return wanted ? day : batch_day(site, item->arena);
}

/* A slow writer that held it open past the claim has written more: what came goes back as what it is, a file
 * that nobody has read. */
static enum outcome late_bytes(struct item *item, struct err *err) {
  if (spool_give_back(item->batch->spool, item->batch->feed->name, item->work, err)) return err->outcome;
  item_note(item, STR("more was written to it after it was taken: it is back in the inbox as it is now"));
  return OUT_OK;
}

static enum outcome to_archive(struct item *item, struct err *err) {
  if (spool_changed(item->work, &item->mark)) return late_bytes(item, err);
  struct sealing *sealing = item->sealing;
  item->sealing = NULL;
  return archive_original(item->batch->site->archive, sealing, item->work, archive_day(item),
                          item_series(item), item->id, item->drop->name, err);
}

static enum outcome skip(struct item *item, str reason, struct err *err) {
  if (log_item(item, "skipped", reason, false, err) || to_archive(item, err)) return err->outcome;
  item->row->note_count = 0; /* what a rule says of it asks nobody now */
  set_row(item, "skipped", reason, NULL);
  return OUT_OK;
}

static enum outcome reject(struct item *item, enum outcome because, str reason, struct err *err) {
  const char *place = NULL, *rows;
  str why = item_why(item, reason);
  if (item_asks(item, ASK_REJECTED, err) || ack_rows(item, &rows, err) ||
      ack_place(item, "var/inbox/reject", err) || log_item(item, "rejected", reason, true, err) ||
      spool_reject_rows(item->batch->spool, item->batch->feed->name, item->work, why, rows, &place, err))
    return err->outcome;
  set_row(item, "rejected", reason, place);
  return because;
}

static enum outcome hold(struct item *item, str reason, str difference, struct err *err) {
  const char *place = NULL;
  str why = item_why(item, reason);
  str all = difference.len ? arena_printf(item->arena, "%.*s\n%.*s", STR_ARG(why), STR_ARG(difference)) : why;
  if (item_asks(item, ASK_HELD, err) || ack_place(item, "var/inbox/hold", err) ||
      log_item(item, "held", reason, true, err) ||
      spool_hold(item->batch->spool, item->batch->feed->name, item->work, all, &place, err))
    return err->outcome;
  set_row(item, "held", reason, place);
  return OUT_END;
}

static enum outcome differing(struct item *item, str reason, struct err *err) {
  struct buf text = buf_new(1 << 20);
  const struct outlet_file *files;
  size_t count = outlets_files(item->outlets, &files);
  for (size_t i = 0; i < count; i++) {
    const char *old_path = spool_released(item->batch->spool, files[i].name);
    const char *new_path = file_join(item->arena, item->folder, files[i].name);
    struct err ignored = { 0 };
    buf_printf(&text, "%.*s: what was released (-) against this file (+)\n", STR_ARG(files[i].name));
    if (!old_path) buf_printf(&text, "+ (no such file was released)\n");
    else compare_outputs(old_path, new_path, &text, &ignored);
  }
  enum outcome out = hold(item, reason, buf_str(&text), err);
  buf_free(&text);
  return out;
}

static str release_policy(const struct item *item) {
  return site_setting(item->batch->site, item->batch->feed->name, "release");
}

static const char *first_of(struct arena *arena, str name, size_t count) {
  if (count == 1) return arena_text(arena, name);
  return arena_printf(arena, "%.*s and %zu more", STR_ARG(name), count - 1).at;
}

static enum outcome release(struct item *item, struct err *err) {
  struct batch *batch = item->batch;
  struct words words = { .arena = item->arena };
  bool automatic = str_eq(release_policy(item), STR("auto"));
  if (item_names(item, err) || item_proofs(item, err) || item_asks(item, ASK_WRITTEN, err) ||
      item_keep(item, batch_day(batch->site, item->arena), err) || spool_ready(batch->spool, item->k, err))
    return err->outcome;
  item_words(item, &words, true);
  struct ledger_word kept[3 * ITEM_STATES_MOST];
  for (size_t i = 0, all = item_state_words(item, kept); i < all; i++)
    add_word(&words, kept[i].name.at, kept[i].value);
  const struct outlet_file *files;
  size_t count = outlets_files(item->outlets, &files);
  for (size_t i = 0; i < count; i++) add_word(&words, "output", files[i].name);
  str waits = automatic ? STR_NONE : STR("waits for a yes; \"sluice status\" says when it has it");
  if (ack_stage(item, automatic ? "released" : "ready", waits, err)) return err->outcome;
  enum outcome out = automatic
                         ? batch_release(batch->site, batch->spool, batch->ledger, batch->feed->name, item->k,
                                         words.items, words.count, err)
                         : ledger_append(batch->ledger, batch_time(batch->site, item->arena), STR("ready"),
                                         batch->feed->name, words.items, words.count, err);
  item->answer.due = !out;
  if (out || to_archive(item, err)) return err->outcome;
  set_row(item, automatic ? "released" : "ready",
          !automatic ? STR("waits for a yes: sluice review")
          : count    ? STR_NONE
                     : STR("nothing to write"),
          count ? first_of(item->arena, files[0].name, count) : NULL);
  return OUT_OK;
}

/* --- deciding --- */

/* Older than the feed's start-date: history is archived, never posted (R2). */
static bool is_history(const struct item *item, str *reason) {
  str start = site_setting(item->batch->site, item->batch->feed->name, "start-date");
  const struct node *dated = item->batch->feed->dated;
  int32_t from, day;
  if (!start.len || !dated || !date_parse(start, STR("YYYY-MM-DD"), &from)) return false;
  value v = eval(dated, item->result.ctx);
  if (v.type == TYPE_DATE) day = v.as.date;
  else if (v.type == TYPE_TIMESTAMP) day = zone_day(item->batch->site->zone, v.as.at.seconds);
  else return false;
  *reason = arena_printf(item->arena, "before start-date %.*s", STR_ARG(start));
  return day < from;
}

enum fate { FATE_RELEASE, FATE_SKIP, FATE_HOLD, FATE_DIFFERS };

static bool same_content(const struct item *item, const struct ledger_entry *known) {
  str content = ledger_word(known, "content");
  return !content.len || str_eq(content, str_of(item->content));
}

static str known_since(const struct item *item, str name, const struct ledger_entry *known, const char *how) {
  bool reversed = str_eq(known->event, STR("reversed"));
  return arena_printf(item->arena, "%.*s %s on %.*s%s%s%.*s%s", STR_ARG(name),
                      arena_printf(item->arena, "%.*s", STR_ARG(known->event)).at,
                      STR_ARG(str_sub(known->time, 0, 10)), how, reversed ? "; \"sluice resend " : "",
                      STR_ARG(reversed ? ledger_word(known, "key") : STR_NONE),
                      reversed ? "\" sends it again" : "");
}

/* What is booked already asks no question, whatever a rule says of it today. */
static enum fate fate_of_known(const struct item *item, const struct ledger_entry *known, str *reason) {
  str was = arena_printf(item->arena, "%.*s was", STR_ARG(item->key));
  if (!same_content(item, known)) {
    *reason = arena_printf(item->arena, "%.*s %.*s with other content on %.*s", STR_ARG(was),
                           STR_ARG(known->event), STR_ARG(str_sub(known->time, 0, 10)));
    return FATE_DIFFERS;
  }
  *reason = known_since(item, was, known, ledger_word(known, "content").len ? ", with the same content" : "");
  return FATE_SKIP;
}

/* What shall become of a file whose transform ended well. */
static enum fate fate_of(const struct item *item, str *reason) {
  struct batch *batch = item->batch;
  const struct ledger_entry *known = known_key(item);
  if (is_history(item, reason)) return FATE_SKIP;
  bool anew =
      known && str_eq(known->event, STR("reversed")) && !same_content(item, known); /* the corrected one */
  if (was_released(known) && !anew) return fate_of_known(item, known, reason);
  *reason = item_file_message(item, RULE_HOLD, STR("a rule holds the file"));
  if (item->result.tally->file_held) return FATE_HOLD;
  bool strict = str_eq(site_setting(batch->site, batch->feed->name, "strict"), STR("yes"));
  *reason = STR("strict: the file has something that needs a look");
  return strict && item_wants_a_look(item) ? FATE_HOLD : FATE_RELEASE;
}

/* The same bytes came before, and are booked: nothing needs to be read. */
static bool is_known(const struct item *item, str *reason) {
  const struct ledger_entry *known = ledger_by_id(item->batch->ledger, item->id);
  if (!was_released(known)) return false;
  *reason = known_since(item, STR("the same bytes were"), known, "");
  return true;
}

/* Something else stands under a name of ours in outbox/: nothing was moved, a person must look. */
static enum outcome occupied(struct item *item, struct err *err) {
  str reason = arena_str(item->arena, str_of(err->text));
  *err = (struct err){ 0 };
  if (spool_ready_drop(item->batch->spool, item->k, err)) return err->outcome;
  return hold(item, reason,
              STR("Move the file that is there away, or adopt this item; then drop this file again.\n"), err);
}

/* The machine, not the file, is at fault: the file goes back and waits for the next run. */
static enum outcome give_back(struct item *item, enum outcome because, const struct err *first,
                              struct err *err) {
  *err = *first;
  struct err second = { 0 };
  spool_give_back(item->batch->spool, item->batch->feed->name, item->work, &second);
  set_row(item, "not done", item_error_text(item, first), NULL);
  return because;
}

static enum outcome decide_good(struct item *item, struct err *err) {
  str reason = STR_NONE;
  switch (fate_of(item, &reason)) {
  case FATE_SKIP: return skip(item, reason, err);
  case FATE_HOLD: return hold(item, reason, STR_NONE, err);
  case FATE_DIFFERS: return differing(item, reason, err);
  case FATE_RELEASE: break;
  }
  if (spool_changed(item->work, &item->mark)) {
    err_set(err, OUT_RETRY, "it changed while it was read");
    struct err changed = *err;
    return give_back(item, OUT_OK, &changed, err);
  }
  enum outcome out = release(item, err);
  if (out == OUT_REFUSED) return occupied(item, err);
  if (out) set_row(item, "not done", item_error_text(item, err), NULL);
  return out ? out : item_wants_a_look(item) ? OUT_END : OUT_OK;
}

static enum outcome decide(struct item *item, enum outcome out, struct err *err) {
  struct err first = *err;
  *err = (struct err){ 0 };
  item_fill_row(item);
  switch (out) {
  case OUT_OK: return decide_good(item, err);
  case OUT_REFUSED: return reject(item, OUT_REFUSED, item_failing_proof(item), err);
  case OUT_DATA: {
    str text = item->result.tally && item->result.tally->file_rejected
                   ? item_file_message(item, RULE_REJECT, item_error_text(item, &first))
                   : item_error_text(item, &first);
    return reject(item, OUT_DATA, text, err);
  }
  default: return give_back(item, out, &first, err);
  }
}

enum outcome item_identify(struct item *item, struct err *err) {
  struct batch *batch = item->batch;
  if (digest_file(item->work, item->digest, err)) return err->outcome;
  item->id = batch_id(item->arena, batch->feed->name, item->digest);
  item->k = batch_k(batch->site, batch->feed, item->arena, item->id);
  return OUT_OK;
}

static enum outcome work_item(struct item *item, struct err *err) {
  str reason;
  struct site *site = item->batch->site;
  if (spool_mark(item->work, &item->mark, err)) return decide(item, err->outcome, err);
  item->sealing = archive_begin(site->archive, item->work, batch_day(site, item->arena), item_series(item));
  if (item_identify(item, err)) return decide(item, err->outcome, err);
  if (!is_known(item, &reason)) return decide(item, item_run(item, err), err);
  item->key = ledger_word(ledger_by_id(item->batch->ledger, item->id), "key");
  return skip(item, reason, err);
}

static enum outcome free_item(struct item *item, struct err *err) {
  enum outcome out = OUT_OK;
  archive_give_up(item->sealing);
  outlets_free(item->outlets);
  exec_result_free(&item->result);
  if (item->folder && item->batch->dry_run) out = file_remove_folder(item->folder, err);
  else if (item->folder) out = spool_build_drop(item->batch->spool, item->k, err);
  buf_free(&item->why);
  return out;
}

/* --- rehearsal: the file stays where it is, what would be written is looked at and thrown away --- */

static enum outcome would(struct item *item, const char *what, str reason, enum outcome out) {
  if (str_eq(str_of(what), STR("be skipped"))) item->row->note_count = 0;
  set_row(item, arena_printf(item->arena, "would %s", what).at, reason, NULL);
  return out;
}

static enum outcome would_release(struct item *item, struct err *err) {
  const struct outlet_file *files;
  if (item_names(item, err) || item_proofs(item, err)) return err->outcome;
  if (spool_may_place(item->batch->spool, item->folder, err) == OUT_REFUSED) {
    str reason = arena_str(item->arena, str_of(err->text));
    *err = (struct err){ 0 };
    return would(item, "be held", reason, OUT_END);
  }
  if (err->outcome) return err->outcome;
  size_t count = outlets_files(item->outlets, &files);
  for (size_t i = 0; i < count; i++)
    item_note(item, arena_printf(item->arena, "would write %.*s, %llu bytes", STR_ARG(files[i].name),
                                 (unsigned long long)files[i].bytes));
  return would(item, "be written", STR_NONE, item_wants_a_look(item) ? OUT_END : OUT_OK);
}

static enum outcome rehearse(struct item *item, struct err *err) {
  str reason = STR_NONE;
  item->work = item->drop->path;
  enum outcome out = item_identify(item, err);
  if (!out && is_known(item, &reason)) return would(item, "be skipped", reason, OUT_OK);
  if (!out) out = item_run(item, err);
  item_fill_row(item);
  if (out)
    return would(item, "be refused",
                 out == OUT_REFUSED ? item_failing_proof(item) : item_error_text(item, err), out);
  switch (fate_of(item, &reason)) {
  case FATE_SKIP: return would(item, "be skipped", reason, OUT_OK);
  case FATE_HOLD:
  case FATE_DIFFERS: return would(item, "be held", reason, OUT_END);
  case FATE_RELEASE: break;
  }
  return would_release(item, err);
}

static bool is_machine(enum outcome out) { return out == OUT_SYSTEM || out == OUT_SPEC || out == OUT_BUG; }

static enum outcome take_drop(struct item *item, struct err *err) {
  struct batch *batch = item->batch;
  const struct drop *drop = item->drop;
  if (drop->unreadable) {
    str reason = STR("it is not a file that can be read");
    set_row(item, "not taken", reason, NULL);
    enum outcome out = batch->dry_run ? OUT_OK : ack_not_taken(item, reason, err);
    return out ? out : OUT_DATA;
  }
  if (!drop->settled) {
    set_row(item, "not taken", STR("it is still changing"), NULL);
    return OUT_OK;
  }
  if (batch->dry_run) return rehearse(item, err);
  enum outcome out = spool_claim(batch->spool, batch->feed->name, drop, &item->work, err);
  if (!out) return work_item(item, err);
  if (out == OUT_RETRY) set_row(item, "not taken", STR("another run has it"), NULL);
  else set_row(item, "not done", item_error_text(item, err), NULL);
  return out;
}

/* What one file needs goes with it, whoever asked for it: memory does not grow with the inbox. */
static enum outcome one_drop(struct batch *batch, const struct drop *drop, struct err *err) {
  struct item item = { .batch = batch, .arena = arena_new(), .drop = drop };
  struct arena *run = batch->site->arena, *paths = spool_lend(batch->spool, item.arena),
               *archived = archive_lend(batch->site->archive, item.arena);
  batch->site->arena = item.arena;
  struct summary_row row = { .file = drop->name, .amount = STR("-"), .proof = STR("-") };
  item.row = &row;
  item.why = buf_new(1 << 24);
  enum outcome out = take_drop(&item, err);
  if (!is_machine(out) && ack_send(&item, err)) out = err->outcome;
  /* What is said of the file stands, but a disk that cannot be tidied is said too. */
  struct err left = { 0 };
  if (free_item(&item, &left) && !is_machine(out)) *err = left, out = left.outcome;
  batch->site->arena = run;
  spool_lend(batch->spool, paths);
  archive_lend(batch->site->archive, archived);
  batch_tell(batch, &row, out);
  arena_free(item.arena);
  return is_machine(out) ? out : OUT_OK;
}

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
static enum outcome run_place(struct batch *batch, const struct feed_place *place, size_t *done,
                              struct err *err) {
  struct drops *drops;
  struct drop drop;
  int64_t settle = 0;
  str feed = batch->feed->name;
  batch->inbox = place->folder;
  str_to_int(site_setting(batch->site, feed, "settle-seconds"), &settle);
  enum outcome out = spool_drops_open(batch->spool, feed, place->folder, place->what, settle, &drops, err);
  while (!out && !(out = spool_drops_next(drops, (int64_t)time(NULL), &drop, err))) {
    if (!is_wanted(batch, &drop)) continue;
    ++*done;
    out = one_drop(batch, &drop, err);
    ledger_rest(batch->ledger);
    if (!out) out = fold(batch, err);
  }
  spool_drops_close(drops);
  return out == OUT_END ? OUT_OK : out;
}

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
  for (size_t i = 0; i < feed->extract_count; i++)
    if (feed->extracts[i].kind == PLACE_FILES && run_place(batch, &feed->extracts[i], done, err))
      return err->outcome;
  if (batch->file && !*done)
    return err_set(err, OUT_DATA, "no file %s lies in the inbox of %.*s", batch->file, STR_ARG(feed->name));
  return OUT_OK;
}

/* Between its two entries in the ledger. How it ended is told though it ended badly; when even that cannot be
 * written, the first trouble is the one that counts. */
static enum outcome run_told(struct batch *batch, struct err *err) {
  struct run_entry entry;
  struct err second = { 0 };
  str feed = batch->feed->name;
  size_t done = 0;
  if (spool_lock_wait(batch->spool, feed, batch->wait, err) || ledger_refresh(batch->ledger, err) ||
      runs_begin(batch->ledger, batch->site, feed, batch->file, &entry, err))
    return err->outcome;
  batch->run = entry.run;
  enum outcome out = recover(batch, err);
  if (!out) out = batch_read_states(batch, err);
  if (!out) out = run_places(batch, &done, err);
  if (!out) out = batch_asks(batch, entry.run, err);
  int code = exit_of(out);
  entry.again = !exit_is_final(code);
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
  size_t done = 0, files = 0;
  if (feed->program_count != 1)
    return err_set(err, OUT_SPEC, "feed %.*s: one transform is run by this version, it has %zu",
                   STR_ARG(feed->name), feed->program_count);
  for (size_t i = 0; i < feed->extract_count; i++) files += feed->extracts[i].kind == PLACE_FILES;
  if (!files)
    return err_set(err, OUT_SPEC, "feed %.*s reads no files; only those are read by this version",
                   STR_ARG(feed->name));
  enum outcome out = batch->dry_run ? batch_read_states(batch, err) : run_told(batch, err);
  if (!out && batch->dry_run) out = run_places(batch, &done, err);
  batch_tell_more(batch);
  states_free(batch->states);
  batch->states = NULL;
  return out;
}
