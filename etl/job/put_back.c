/* job/put_back: what was held of a released file goes back into its inbox, once its cause is mended. */
#include "job/put_back.h"
#include "io/digest.h"
#include "io/file.h"
#include "job/resend.h"

static str rejects_of(const struct custody *custody, const struct question *q) {
  struct ledger_found all = ledger_of_item(custody->ledger, q->feed, q->item, STR_NONE);
  str name = STR_NONE;
  for (size_t i = 0; i < all.count; i++)
    if (ledger_word(all.entries[i], "rejects").len) name = ledger_word(all.entries[i], "rejects");
  return arena_str(custody->site->arena, name);
}

static bool wrote(const struct ledger_entry *entry) {
  return ledger_word(entry, "output").len || ledger_word(entry, "state").len;
}

static bool has(const char *path, const char *digest) {
  char there[DIGEST_TEXT];
  struct err ignored = { 0 };
  return file_exists(path) && !digest_file(path, there, &ignored) && str_eq(str_of(there), str_of(digest));
}

static enum outcome drop(const struct custody *custody, const struct feed *feed, const struct question *q,
                         const char *rows, str *said, struct err *err) {
  struct arena *arena = custody->site->arena;
  char digest[DIGEST_TEXT];
  const char *place, *inbox;
  if (answer_lock(custody, q->feed, err) || digest_file(rows, digest, err)) return err->outcome;
  inbox = file_join(arena, custody->site->folder,
                    arena_printf(arena, "inbox/%.*s/%.*s", STR_ARG(q->feed), STR_ARG(q->file)));
  *said = arena_printf(arena, "its rows are back in inbox/%.*s/%.*s: the next run of %.*s takes them",
                       STR_ARG(q->feed), STR_ARG(q->file), STR_ARG(q->feed));
  if (has(inbox, digest)) return OUT_OK;
  if (file_exists(inbox))
    return err_set(err, OUT_RETRY, "inbox/%.*s/%.*s is another file: say yes again after the next run",
                   STR_ARG(q->feed), STR_ARG(q->file));
  struct batch batch = { .site = custody->site, .ledger = custody->ledger, .feed = feed };
  bool named = feed && feed_reads_answers(feed);
  str id = named ? batch_item_id(&batch, arena, digest, q->file) : batch_id(arena, q->feed, digest);
  const struct ledger_entry *known = ledger_by_id(custody->ledger, id);
  if (known && wrote(known)) {
    *said =
        arena_printf(arena, "its rows were taken again on %.*s: what of them still waits is asked about anew",
                     STR_ARG(str_sub(known->time, 0, 10)));
    return OUT_OK;
  }
  /* The same bytes twice is one item: these wrote nothing, and are asked for again. */
  if (known && str_eq(known->event, STR("released")) && resend_say(custody, known, err)) return err->outcome;
  return spool_drop_in(custody->spool, q->feed, rows, q->file, &place, err);
}

enum outcome put_back(const struct custody *custody, const struct question *q, str *said, struct err *err) {
  const struct place somewhere = { NULL, 1 };
  struct arena *arena = custody->site->arena;
  const struct feed *feed = feed_open(custody->site->library, q->feed, somewhere);
  if (feed && feed_is_compared(feed)) { /* by then SL may say something else */
    *said = STR("the next snapshot of SL tells it anew");
    return OUT_OK;
  }
  str name = rejects_of(custody, q);
  if (!name.len) {
    *said = STR("seen; its rows were not kept in a file of their own: drop them again");
    return OUT_OK;
  }
  str below = arena_printf(arena, "outbox/review/rejects/%.*s/%.*s", STR_ARG(q->feed), STR_ARG(name));
  const char *rows = file_join(arena, custody->site->folder, below);
  if (file_exists(rows)) return drop(custody, feed, q, rows, said, err);
  return err_set(err, OUT_DATA,
                 "%.*s is not there any more: drop its rows, corrected, into inbox/%.*s, and answer no",
                 STR_ARG(below), STR_ARG(q->feed));
}

enum outcome put_back_rows(const struct custody *custody, const struct question *q, str item, str *said,
                           struct err *err) {
  struct question own = *q;
  str returned = STR_NONE;
  own.item = item;
  enum outcome out = put_back(custody, &own, &returned, err);
  if (out == OUT_DATA) returned = arena_str(custody->site->arena, str_of(err->text));
  if (out && out != OUT_DATA) return out;
  *err = (struct err){ 0 };
  if (!str_holds(*said, returned))
    *said = arena_printf(custody->site->arena, "%.*s; %.*s", STR_ARG(*said), STR_ARG(returned));
  return OUT_OK;
}
