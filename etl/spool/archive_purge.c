/* spool/archive_purge: the end of keys: what has been kept long enough becomes unreadable; masters change. */
#include "io/file.h"
#include "spool/archive_internal.h"

#include <sys/stat.h>

static uint64_t size_of(const char *path) {
  struct stat about;
  return lstat(path, &about) ? 0 : (uint64_t)about.st_size;
}

static enum outcome remove_one(struct archive *archive, const char *path, struct archive_purged *purged,
                               struct err *err) {
  const char *forms[] = { path, arena_printf(archive->arena, "%s.sealed", path).at };
  for (size_t i = 0; i < 2; i++) {
    if (!file_exists(forms[i])) continue;
    uint64_t bytes = size_of(forms[i]);
    if (file_remove(forms[i], err)) return err->outcome;
    purged->files++;
    purged->bytes += bytes;
  }
  return OUT_OK;
}

enum outcome archive_purge(struct archive *archive, str day, str series, const struct archive_item *items,
                           size_t count, str time, struct archive_purged *purged, struct err *err) {
  *purged = (struct archive_purged){ 0 };
  if (archive->keyring) {
    keyring_series(archive->keyring, series);
    enum outcome out = keyring_destroy_day(archive->keyring, day, time, err);
    if (out && out != OUT_END) return out;
    *err = (struct err){ 0 };
  }
  for (size_t i = 0; i < count; i++) {
    const char *original = archive_original_path(archive, day, items[i].id, items[i].name);
    if (remove_one(archive, original, purged, err) ||
        remove_one(archive, archive_account_path(archive, day, items[i].id), purged, err))
      return err->outcome;
  }
  return OUT_OK;
}

/* Series are folders of the keyring: day, day-FEED. */
enum outcome archive_rotate(struct archive *archive, const char **id, size_t *days, struct err *err) {
  char made[SECRET_FINGERPRINT];
  str *names;
  size_t count;
  *days = 0;
  if (keyring_new_master(archive->keyring, made, err)) return err->outcome;
  *id = arena_text(archive->arena, str_of(made));
  if (file_list(keyring_folder(archive->keyring), archive->arena, &names, &count, err)) return err->outcome;
  for (size_t i = 0; i < count; i++) {
    bool plain = str_eq(names[i], STR("day")), named = str_starts(names[i], STR("day-"));
    size_t wrapped;
    if (!plain && !named) continue;
    keyring_series(archive->keyring, plain ? STR_NONE : str_sub(names[i], 4, names[i].len));
    if (keyring_rewrap(archive->keyring, &wrapped, err)) return err->outcome;
    *days += wrapped;
  }
  return OUT_OK;
}
