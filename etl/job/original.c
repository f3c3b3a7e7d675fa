/* job/original: the archived original of an item, to be read again. */
#include "io/file.h"
#include "job/batch.h"

enum outcome batch_original(const struct site *site, const struct ledger_entry *entry, const char *scratch,
                            const char **path, str *shown, struct err *err) {
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
    return err_set(err, OUT_DATA, "the original of %.*s is not in the archive any more", STR_ARG(name));
  if (out) return err->outcome == OUT_END ? (err->outcome = OUT_DATA) : out;
  if (!str_eq(str_of(digest), ledger_word(entry, "sha256")))
    return err_set(err, OUT_DATA, "%.*s is not the file that was read: its SHA-256 differs", STR_ARG(*shown));
  return OUT_OK;
}
