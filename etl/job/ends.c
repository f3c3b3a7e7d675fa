/* job/ends: how a file's way ends: skipped, rejected, held, released, or back in its inbox.
 *
 * The entry first, with all that is known of the file, then the move: a run that dies between the two leaves
 * the file in work, where the next run finds it and decides anew. */
#include "io/file.h"
#include "job/batch_internal.h"
#include "job/retain.h"

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

static enum outcome log_item(struct item *item, const char *event, str reason, bool about_item,
                             struct err *err) {
  struct words words = { .arena = item->arena };
  /* The key's own entry stays that of what was released. */
  item_words(item, &words, about_item && !item_key_is_settled(item));
  add_word(&words, "reason", str_left_chars(reason, 300));
  if (ledger_append(item->batch->ledger, batch_time(item->batch->site, item->arena), str_of(event),
                    item->batch->feed->name, words.items, words.count, err))
    return err->outcome;
  item->answer.due = true;
  return ack_stage(item, event, reason, err);
}

/* The original of a release that a later run finished, and a copy of what was released, go where the entry
 * says that it is: the same bytes under the same name are there once, also when a power cut shows a move
 * twice. A day that was purged has no key any more: then it is today's. */
static str archive_day(const struct item *item) {
  const struct ledger_entry *known = ledger_by_id(item->batch->ledger, item->id);
  str day = known && ledger_is_settled(known->event) ? ledger_word(known, "day") : STR_NONE, when;
  bool gone = day.len && retain_when_purged(item->batch->ledger, known->feed, day, item->arena, &when);
  return day.len && !gone ? day : batch_day(item->batch->site, item->arena);
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
  str day = archive_day(item);
  item->sealing = NULL;
  if (sealing && !str_eq(day, batch_day(item->batch->site, item->arena))) {
    archive_give_up(sealing); /* it seals with today's key */
    sealing = NULL;
  }
  return archive_original(item->batch->site->archive, sealing, item->work, day, item_series(item), item->id,
                          item->drop->name, err);
}

enum outcome item_skip(struct item *item, str reason, struct err *err) {
  if (log_item(item, "skipped", reason, false, err) || to_archive(item, err)) return err->outcome;
  item->row->note_count = 0; /* what a rule says of it asks nobody now */
  item_tell(item, "skipped", reason, NULL);
  return OUT_OK;
}

enum outcome item_reject(struct item *item, enum outcome because, str reason, struct err *err) {
  const char *place = NULL, *rows;
  str why = item_why(item, reason);
  if (item_asks(item, ASK_REJECTED, err) || ack_rows(item, &rows, err) ||
      ack_place(item, "var/inbox/reject", err) || log_item(item, "rejected", reason, true, err) ||
      spool_reject_rows(item->batch->spool, item->batch->feed->name, item->work, why, rows, &place, err))
    return err->outcome;
  item_tell(item, "rejected", reason, place);
  return because;
}

enum outcome item_hold(struct item *item, str reason, str difference, struct err *err) {
  const char *place = NULL;
  str why = item_why(item, reason);
  str all = difference.len ? arena_printf(item->arena, "%.*s\n%.*s", STR_ARG(why), STR_ARG(difference)) : why;
  if (item_asks(item, ASK_HELD, err) || ack_place(item, "var/inbox/hold", err) ||
      log_item(item, "held", reason, true, err) ||
      spool_hold(item->batch->spool, item->batch->feed->name, item->work, all, &place, err))
    return err->outcome;
  item_tell(item, "held", reason, place);
  return OUT_END;
}

enum outcome item_hold_differing(struct item *item, str reason, struct err *err) {
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
  enum outcome out = item_hold(item, reason, buf_str(&text), err);
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

enum outcome item_release(struct item *item, struct err *err) {
  struct batch *batch = item->batch;
  struct words words = { .arena = item->arena };
  if (item_names(item, err) || item_proofs(item, err) || item_asks(item, ASK_WRITTEN, err) ||
      item_keep(item, batch_day(batch->site, item->arena), err) || spool_ready(batch->spool, item->k, err))
    return err->outcome;
  item_words(item, &words, true);
  struct ledger_word kept[3 * ITEM_STATES_MOST];
  size_t kept_count = item_state_words(item, kept);
  for (size_t i = 0; i < kept_count; i++) add_word(&words, kept[i].name.at, kept[i].value);
  const struct outlet_file *files;
  size_t count = outlets_files(item->outlets, &files);
  for (size_t i = 0; i < count; i++) add_word(&words, "output", files[i].name);
  /* Nobody is asked about nothing, nor about what only sluice keeps. */
  bool writes = batch->feed->load_count && (count || kept_count);
  bool automatic = !writes || str_eq(release_policy(item), STR("auto"));
  str waits = automatic ? STR_NONE : STR("waits for a yes; \"sluice status\" says when it has it");
  if (ack_stage(item, automatic ? "released" : "ready", waits, err)) return err->outcome;
  add_word(&words, "rejects", item->answer.rejects_name);
  enum outcome out = automatic
                         ? batch_release(batch->site, batch->spool, batch->ledger, batch->feed->name, item->k,
                                         words.items, words.count, err)
                         : ledger_append(batch->ledger, batch_time(batch->site, item->arena), STR("ready"),
                                         batch->feed->name, words.items, words.count, err);
  item->answer.due = !out;
  if (out || to_archive(item, err)) return err->outcome;
  item_tell(item, automatic ? "released" : "ready",
            !automatic ? STR("waits for a yes: sluice review")
            : count    ? STR_NONE
                       : STR("nothing to write"),
            count ? first_of(item->arena, files[0].name, count) : NULL);
  return OUT_OK;
}

enum outcome item_hold_occupied(struct item *item, struct err *err) {
  str reason = arena_str(item->arena, str_of(err->text));
  *err = (struct err){ 0 };
  if (spool_ready_drop(item->batch->spool, item->k, err)) return err->outcome;
  return item_hold(item, reason,
                   STR("Move the file that is there away, or adopt this item; then drop this file again.\n"),
                   err);
}

enum outcome item_give_back(struct item *item, enum outcome because, const struct err *first,
                            struct err *err) {
  *err = *first;
  struct err second = { 0 };
  spool_give_back(item->batch->spool, item->batch->feed->name, item->work, &second);
  item_tell(item, "not done", item_error_text(item, first), NULL);
  return because;
}
