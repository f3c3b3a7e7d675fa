/* spool/kept: where a held file lies, found again by its bytes. */
#include "io/digest.h"
#include "spool/spool_internal.h"

enum { COMMON_MOST = 200 }; /* a long name was cut, and may have got a number */

const char *spool_held(struct spool *spool, str feed, str name, str sha256) {
  const char *folder = spool_path(spool, "var/inbox/hold", feed, STR_NONE);
  str *names, start = str_sub(name, 0, name.len < COMMON_MOST ? name.len : COMMON_MOST);
  size_t count;
  struct err unread = { 0 };
  if (!file_is_folder(folder) || file_list(folder, spool->arena, &names, &count, &unread)) return NULL;
  for (size_t i = 0; i < count; i++) {
    char digest[DIGEST_TEXT];
    const char *path = file_join(spool->arena, folder, names[i]);
    if (!str_starts(names[i], start) || file_is_folder(path)) continue;
    if (!digest_file(path, digest, &unread) && str_eq(str_of(digest), sha256)) return path;
  }
  return NULL;
}
