/* job/item: one file on its way, from the inbox through its transform to its end. */
#include "io/digest.h"
#include "io/file.h"
#include "io/seal.h"
#include "job/load_sl.h"
#include "job/batch_internal.h"
#include "job/overlap.h"

/* --- the transform --- */

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
  item->outlets = outlets_for_feed(batch->feed, item->folder, item_state_name(item), batch->site->zone);
  *sink = outlets_sink(item->outlets);
  return OUT_OK;
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
  request.then = batch->feed->programs + 1;
  request.then_count = batch->feed->program_count - 1;
  request.source_file = item->drop->name;
  request.key = item->seal;
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
  if (out) return out;
  bool xml = batch->feed->programs[0]->from->format == FORMAT_XML;
  return content_digest(item->work, item->seal, item->result.charset, xml, item->digest, item->content, err);
}

/* Another file of this run held some of it, and what this one made of it does not know that yet. */
static enum outcome run_again(struct item *item, struct err *err) {
  struct batch *batch = item->batch;
  const struct outlet_file *files;
  str what = STR_NONE;
  size_t count = outlets_states(item->outlets, &files);
  if (!batch->overlap || !count) return OUT_OK;
  enum outcome out = overlap_find(batch->overlap, item->folder, files, count, item->arena, &what, err);
  if (out || !what.len) return out;
  states_free(batch->states);
  batch->states = NULL;
  out = batch_read_states(batch, err);
  exec_result_free(&item->result);
  item->result = (struct exec_result){ 0 };
  return out ? out : item_run(item, err);
}

/* What waits for a yes has not gone out: its rows are compared then. */
static enum outcome note_released(const struct item *item, struct err *err) {
  const struct outlet_file *files;
  size_t count = outlets_states(item->outlets, &files);
  const char *site = item->batch->site->folder;
  bool out = item->batch->overlap && count && file_exists(file_join(item->arena, site, files[0].name));
  return out ? overlap_add(item->batch->overlap, site, files, count, err) : OUT_OK;
}

/* --- what comes of it --- */

static enum outcome decide_good(struct item *item, struct err *err) {
  str reason = STR_NONE;
  switch (item_fate(item, &reason)) {
  case FATE_SKIP: return item_skip(item, reason, err);
  case FATE_HOLD: return item_hold(item, reason, STR_NONE, err);
  case FATE_DIFFERS: return item_hold_differing(item, reason, err);
  case FATE_RELEASE: break;
  }
  if (spool_changed(item->work, &item->mark)) {
    err_set(err, OUT_RETRY, "it changed while it was read");
    struct err changed = *err;
    return item_give_back(item, OUT_OK, &changed, err);
  }
  enum outcome out = item_release(item, err);
  if (out == OUT_REFUSED) return item_hold_occupied(item, err);
  if (!out) out = note_released(item, err);
  if (out) item_tell(item, "not done", item_error_text(item, err), NULL);
  return out ? out : item_done(item);
}

static enum outcome decide(struct item *item, enum outcome out, struct err *err) {
  struct err first = *err;
  *err = (struct err){ 0 };
  item_fill_row(item);
  switch (out) {
  case OUT_OK: return decide_good(item, err);
  case OUT_REFUSED: return item_reject(item, OUT_REFUSED, item_failing_proof(item), err);
  case OUT_DATA: {
    str text = item->result.tally && item->result.tally->file_rejected
                   ? item_file_message(item, RULE_REJECT, item_error_text(item, &first))
                   : item_error_text(item, &first);
    return item_reject(item, OUT_DATA, text, err);
  }
  default: return item_give_back(item, out, &first, err);
  }
}

enum outcome item_identify(struct item *item, struct err *err) {
  struct batch *batch = item->batch;
  struct err unread = { 0 };
  enum outcome out =
      archive_key_of(batch->site->archive, item_series(item), item->work, &item->seal, &unread);
  if (!out && item->seal) out = seal_digest(item->work, item->seal, item->digest, &unread);
  /* What cannot be opened is known by the seal's own bytes: it has an end too. */
  if (out && out != OUT_DATA) return (*err = unread).outcome;
  if ((out || !item->seal) && digest_file(item->work, item->digest, err)) return err->outcome;
  item->id = batch_item_id(batch, item->arena, item->digest, item->drop->name);
  item->k = batch_k(batch->site, batch->feed, item->arena, item->id);
  if (out) *err = unread;
  return out;
}

static enum outcome work_item(struct item *item, struct err *err) {
  str reason;
  struct site *site = item->batch->site;
  if (spool_mark(item->work, &item->mark, err)) return decide(item, err->outcome, err);
  item->sealing = archive_begin(site->archive, item->work, batch_day(site, item->arena), item_series(item));
  if (item_identify(item, err)) return decide(item, err->outcome, err);
  if (!item_is_known(item, &reason)) {
    enum outcome out = item_run(item, err);
    if (!out) out = run_again(item, err);
    return decide(item, out, err);
  }
  item->key = ledger_word(ledger_by_id(item->batch->ledger, item->id), "key");
  return item_skip(item, reason, err);
}

/* --- rehearsal: the file stays where it is, what would be written is looked at and thrown away --- */

static enum outcome would(struct item *item, const char *what, str reason, enum outcome out) {
  if (str_eq(str_of(what), STR("be skipped"))) item->row->note_count = 0;
  item_tell(item, arena_printf(item->arena, "would %s", what).at, reason, NULL);
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
  return would(item, "be written", STR_NONE, item_done(item));
}

/* What SL would make of it. */
static enum outcome rehearse_loads(struct item *item, struct err *err) {
  const struct outlet_file *files;
  size_t count = outlets_files(item->outlets, &files);
  enum outcome out = OUT_OK;
  for (size_t i = 0; i < count && !out; i++)
    if (files[i].load && files[i].load->to.kind == PLACE_ODBC)
      out =
          load_sl_rehearse(item->batch, file_join(item->arena, item->folder, files[i].name), item->row, err);
  return out;
}

static enum outcome rehearse(struct item *item, struct err *err) {
  str reason = STR_NONE;
  item->work = item->drop->path;
  enum outcome out = item_identify(item, err);
  if (!out && item_is_known(item, &reason)) return would(item, "be skipped", reason, OUT_OK);
  if (!out) out = item_run(item, err);
  item_fill_row(item);
  if (out)
    return would(item, "be refused",
                 out == OUT_REFUSED ? item_failing_proof(item) : item_error_text(item, err), out);
  switch (item_fate(item, &reason)) {
  case FATE_SKIP: return would(item, "be skipped", reason, OUT_OK);
  case FATE_HOLD:
  case FATE_DIFFERS: return would(item, "be held", reason, OUT_END);
  case FATE_RELEASE: break;
  }
  out = rehearse_loads(item, err);
  return out ? out : would_release(item, err);
}

/* --- taking it --- */

static enum outcome take_drop(struct item *item, struct err *err) {
  struct batch *batch = item->batch;
  const struct drop *drop = item->drop;
  item->told = *drop;
  item->told.name = spool_open_name(drop->name);
  item->drop = &item->told;
  if (drop->unreadable) {
    str reason = STR("it is not a file that can be read");
    item_tell(item, "not taken", reason, NULL);
    enum outcome out = batch->dry_run ? OUT_OK : ack_not_taken(item, reason, err);
    return out ? out : OUT_DATA;
  }
  if (!drop->settled) {
    item_tell(item, "not taken", STR("it is still changing"), NULL);
    return OUT_OK;
  }
  if (batch->dry_run) return rehearse(item, err);
  enum outcome out = spool_claim(batch->spool, batch->feed->name, drop, &item->work, err);
  if (!out) return work_item(item, err);
  if (out == OUT_RETRY) item_tell(item, "not taken", STR("another run has it"), NULL);
  else item_tell(item, "not done", item_error_text(item, err), NULL);
  return out;
}

static enum outcome free_item(struct item *item, struct err *err) {
  enum outcome out = OUT_OK;
  archive_give_up(item->sealing);
  seal_key_free(item->seal);
  outlets_free(item->outlets);
  exec_result_free(&item->result);
  if (item->folder && item->batch->dry_run) out = file_remove_folder(item->folder, err);
  else if (item->folder) out = spool_build_drop(item->batch->spool, item->k, err);
  buf_free(&item->why);
  return out;
}

static bool is_machine(enum outcome out) { return out == OUT_SYSTEM || out == OUT_SPEC || out == OUT_BUG; }

/* What one file needs goes with it, whoever asked for it: memory does not grow with the inbox. */
enum outcome item_take(struct batch *batch, const struct drop *drop, struct err *err) {
  struct item item = { .batch = batch, .arena = arena_new(), .drop = drop };
  struct arena *run = batch->site->arena, *paths = spool_lend(batch->spool, item.arena),
               *archived = archive_lend(batch->site->archive, item.arena);
  batch->site->arena = item.arena;
  struct summary_row row = { .file = spool_open_name(drop->name), .amount = STR("-"), .proof = STR("-") };
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
