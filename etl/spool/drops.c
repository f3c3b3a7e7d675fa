/* spool/drops: which of the files in a drop folder may be taken now. */
#define _GNU_SOURCE /* F_SETLEASE */
#include "spool/answer.h"
#include "spool/spool_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* The same with * as any run of characters and ? as any one; one star is gone back to at a time. */
static bool matches(str pattern, str name) {
  size_t p = 0, n = 0, star = SIZE_MAX, from = 0;
  while (n < name.len) {
    if (p < pattern.len && pattern.at[p] == '*') star = p++, from = n;
    else if (p < pattern.len && pattern.at[p] == '?') {
      p++;
      do n++;
      while (n < name.len && ((unsigned char)name.at[n] & 0xc0) == 0x80);
    } else if (p < pattern.len && pattern.at[p] == name.at[n]) p++, n++;
    else if (star != SIZE_MAX) p = star + 1, n = ++from;
    else return false;
  }
  while (p < pattern.len && pattern.at[p] == '*') p++;
  return p == pattern.len;
}

/* NAME.1: given back while another NAME lay in the inbox. It must be found again under the same pattern. */
static str without_number(str name) {
  size_t end = name.len;
  while (end && name.at[end - 1] >= '0' && name.at[end - 1] <= '9') end--;
  return end > 1 && end < name.len && name.at[end - 1] == '.' ? str_sub(name, 0, end - 1) : name;
}

static bool ignored(str name) {
  return str_starts(name, STR(".")) || str_starts(name, STR("~$")) || str_eq_fold(name, STR("Thumbs.db")) ||
         str_ends(name, STR(".part")) || str_ends(name, STR(".tmp")) || str_ends(name, STR(".done")) ||
         spool_is_answer(name);
}

struct folder {
  const str *names; /* sorted */
  size_t count;
  struct arena *arena;
};

static int by_byte(const void *a, const void *b) { return str_compare(*(const str *)a, *(const str *)b); }

static bool has(const struct folder *folder, const char *format, str name) {
  if (name.len > SPOOL_NAME_MOST + 10) return false;
  char text[300];
  size_t len = 0;
  for (; *format; format++) {
    if (*format != '%') text[len++] = *format;
    else
      for (size_t i = 0; i < name.len; i++) text[len++] = name.at[i];
  }
  str want = { text, len };
  return folder->count && bsearch(&want, folder->names, folder->count, sizeof want, by_byte) != NULL;
}

/* A clock that ran ahead where the file was made: then the time it came to lie here counts. */
static bool stood_still(const struct stat *about, int64_t now, int64_t settle) {
  int64_t since = (int64_t)about->st_mtime;
  if (since > now) since = (int64_t)about->st_ctime;
  return since <= now && now - since >= settle;
}

/* Somebody has it open for writing: a read lease is refused then. Where leases are not to be had (network
 * folders, another user's file) standing still has to tell. */
static bool is_being_written(const char *path) {
  bool written = false;
#ifdef F_SETLEASE
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (fd < 0) return false;
  fcntl(fd, F_SETSIG,
        SIGURG); /* of a writer who comes while we ask: ignored, where the usual SIGIO ends us */
  if (fcntl(fd, F_SETLEASE, F_RDLCK) == 0) fcntl(fd, F_SETLEASE, F_UNLCK);
  else written = errno == EAGAIN;
  close(fd);
#else
  (void)path;
#endif
  return written;
}

/* Excel's and LibreOffice's marks beside a file that somebody has open. */
static bool is_open(const struct folder *folder, str name) {
  return has(folder, "~$%", name) || has(folder, ".~lock.%#", name);
}

/* Folders people keep in a drop folder are their own affair; one that bears the name of a file that is waited
 * for is said. */
static bool looks_at_folders(str pattern) {
  for (size_t i = 0; i < pattern.len; i++)
    if (pattern.at[i] != '*') return true;
  return false;
}

/* False: not a file for us. */
static bool look(const struct folder *folder, str pattern, int64_t now, int64_t settle, struct drop *drop) {
  struct stat about;
  if (ignored(drop->name)) return false;
  if (!matches(pattern, drop->name) && !matches(pattern, without_number(drop->name))) return false;
  if (lstat(drop->path, &about)) return false; /* taken away since it was listed */
  if (S_ISDIR(about.st_mode) && !looks_at_folders(pattern)) return false;
  drop->size = (uint64_t)about.st_size;
  drop->since = (int64_t)about.st_ctime;
  /* A link is refused: what would be claimed is the link, not the bytes. */
  drop->unreadable = !S_ISREG(about.st_mode) || !spool_good_name(drop->name) || access(drop->path, R_OK) != 0;
  drop->settled =
      !drop->unreadable &&
      (has(folder, "%.done", drop->name) ||
       (stood_still(&about, now, settle) && !is_open(folder, drop->name) && !is_being_written(drop->path)));
  return true;
}

enum outcome spool_drops(struct spool *spool, str feed, str folder, str pattern, int64_t now, int64_t settle,
                         struct drop **drops, size_t *count, struct err *err) {
  *drops = NULL;
  *count = 0;
  enum outcome out = spool_need_name(feed, "feed", err);
  if (out) return out;
  const char *path = str_starts(folder, STR("/")) ? arena_text(spool->arena, folder)
                                                  : file_join(spool->arena, spool->site, folder);
  if (!file_exists(path)) return OUT_OK;
  str *names;
  size_t name_count;
  out = file_list(path, spool->arena, &names, &name_count, err);
  struct folder all = { names, out ? 0 : name_count, spool->arena };
  for (size_t i = 0; i < all.count; i++) {
    struct drop drop = { .name = names[i], .path = file_join(spool->arena, path, names[i]) };
    if (look(&all, pattern, now, settle, &drop)) *ARENA_PUSH(spool->arena, *drops, *count) = drop;
  }
  return out;
}

enum outcome spool_mark(const char *path, struct spool_mark *mark, struct err *err) {
  struct stat about;
  if (lstat(path, &about)) return err_errno(err, "cannot read %s", path);
  *mark = (struct spool_mark){ (uint64_t)about.st_size, about.st_mtim.tv_sec, about.st_mtim.tv_nsec };
  return OUT_OK;
}

bool spool_changed(const char *path, const struct spool_mark *mark) {
  struct spool_mark now = { 0 };
  struct err unread = { 0 };
  return spool_mark(path, &now, &unread) || now.size != mark->size || now.seconds != mark->seconds ||
         now.nanoseconds != mark->nanoseconds;
}
