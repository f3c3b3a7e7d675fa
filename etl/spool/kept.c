/* spool/kept: what lies in hold and reject: a held file found again by its bytes, the names of the rejected.
 */
#include "io/digest.h"
#include "io/seal.h"
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
    bool is_sealed = seal_is(path) && str_eq(spool_open_name(names[i]), name);
    if (is_sealed) return path; /* its digest is that of what is under the seal */
    if (!digest_file(path, digest, &unread) && str_eq(str_of(digest), sha256)) return path;
  }
  return NULL;
}

enum outcome spool_rejected(struct spool *spool, str feed, str **names, size_t *count, struct err *err) {
  const char *folder = spool_path(spool, "var/inbox/reject", feed, STR_NONE);
  str *all;
  size_t all_count;
  *names = NULL;
  *count = 0;
  if (!file_is_folder(folder)) return OUT_OK;
  if (file_list(folder, spool->arena, &all, &all_count, err)) return err->outcome;
  for (size_t i = 0; i < all_count; i++) {
    str stem = str_ends(all[i], STR(".why")) ? str_sub(all[i], 0, all[i].len - 4) : STR_NONE;
    bool is_reason = stem.len && file_exists(file_join(spool->arena, folder, stem));
    if (!is_reason && !str_starts(all[i], STR("."))) *ARENA_PUSH(spool->arena, *names, *count) = all[i];
  }
  return OUT_OK;
}
