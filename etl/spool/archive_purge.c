/* spool/archive_purge: what has been kept long enough becomes unreadable, and goes. */
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
