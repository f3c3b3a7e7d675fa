/* job/original: the archived original of an item, to be read again. */
#include "io/file.h"
#include "job/retain.h"

/* What can still be said: when it went, and that its digest and totals are in the ledger. */
static enum outcome say_gone(const struct site *site, struct ledger *ledger, const struct ledger_entry *entry,
                             struct err *err) {
  str name = ledger_word(entry, "file"), when;
  if (!retain_when_purged(ledger, entry->feed, ledger_word(entry, "day"), site->arena, &when))
    return err_set(err, OUT_DATA, "the original of %.*s is not in the archive any more", STR_ARG(name));
  return err_set(
      err, OUT_DATA,
      "the original of %.*s was purged on %.10s, as kept long enough; what is left of it: SHA-256 %.*s, "
      "%.*s rows, %.*s",
      STR_ARG(name), when.at, STR_ARG(ledger_word(entry, "sha256")), STR_ARG(ledger_word(entry, "rows")),
      STR_ARG(ledger_word(entry, "amount")));
}

enum outcome batch_original(const struct site *site, struct ledger *ledger, const struct ledger_entry *entry,
                            const char *scratch, const char **path, str *shown, struct err *err) {
  str day = ledger_word(entry, "day"), id = ledger_word(entry, "id"), name = ledger_word(entry, "file");
  char digest[DIGEST_TEXT];
  *shown =
      arena_printf(site->arena, "var/inbox/archive/%.*s/%.*s-%.*s", STR_ARG(day), STR_ARG(id), STR_ARG(name));
  *path = archive_plain_original(site->archive, day, id, name);
  enum outcome out;
  if (*path) out = digest_file(*path, digest, err);
  else {
    *shown = arena_printf(site->arena, "%.*s.sealed", STR_ARG(*shown));
    *path = file_join(site->arena, scratch, STR("original"));
    out = archive_fetch_original(site->archive, entry->feed, day, id, name, *path, digest, err);
  }
  if (out == OUT_END && !archive_has_original(site->archive, day, id, name))
    return say_gone(site, ledger, entry, err);
  if (out == OUT_END) err->outcome = OUT_DATA; /* its key was destroyed: the text says when */
  if (out) return err->outcome;
  if (!str_eq(str_of(digest), ledger_word(entry, "sha256")))
    return err_set(err, OUT_DATA, "%.*s is not the file that was read: its SHA-256 differs", STR_ARG(*shown));
  return OUT_OK;
}
