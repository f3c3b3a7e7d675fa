/* spool/drops: which of the files in a drop folder may be taken now. */
#define _GNU_SOURCE /* F_SETLEASE */
#include "io/listing.h"
#include "io/fd.h"
#include "spool/answer.h"
#include "spool/spool_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* The same with * as any run of characters and ? as any one; one star is gone back to at a time. */
bool spool_name_is(str pattern, str name) {
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

str spool_open_name(str name) {
  static const str ending = { ".sealed", 7 };
  return str_ends(name, ending) && name.len > ending.len ? str_sub(name, 0, name.len - ending.len) : name;
}

/* NAME.1: given back while another NAME lay in the inbox. It must be found again under the same pattern. */
static str without_number(str name) {
  size_t end = name.len;
  while (end && name.at[end - 1] >= '0' && name.at[end - 1] <= '9') end--;
  return end > 1 && end < name.len && name.at[end - 1] == '.' ? str_sub(name, 0, end - 1) : name;
}

static bool counts(str name) {
  bool ignored = str_starts(name, STR(".")) || str_starts(name, STR("~$")) ||
                 str_eq_fold(name, STR("Thumbs.db")) || str_ends(name, STR(".part")) ||
                 str_ends(name, STR(".tmp")) || str_ends(name, STR(".done")) || spool_is_answer(name);
  return !ignored;
}

struct drops {
  const char *folder;
  str pattern;
  int64_t settle;
  struct arena *own, *arena; /* arena: of the one that is handed out */
  struct listing *listing;   /* NULL: there is no folder */
};

/* Beside a name: "" or "~$" before it, and what follows it. */
static bool has(const struct drops *drops, const char *before, str name, const char *after) {
  struct stat about;
  str mark = arena_printf(drops->arena, "%s%.*s%s", before, STR_ARG(name), after);
  return lstat(file_join(drops->arena, drops->folder, mark), &about) == 0;
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
  int fd = fd_open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);
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
static bool is_open(const struct drops *drops, str name) {
  return has(drops, "~$", name, "") || has(drops, ".~lock.", name, "#");
}

/* Folders people keep in a drop folder are their own affair; one that bears the name of a file that is waited
 * for is said. */
static bool looks_at_folders(str pattern) {
  for (size_t i = 0; i < pattern.len; i++)
    if (pattern.at[i] != '*') return true;
  return false;
}

/* False: not a file for us. */
static bool look(const struct drops *drops, int64_t now, struct drop *drop) {
  struct stat about;
  str pattern = drops->pattern;
  str name = spool_open_name(drop->name), plain = spool_open_name(without_number(drop->name));
  if (!spool_name_is(pattern, drop->name) && !spool_name_is(pattern, without_number(drop->name)) &&
      !spool_name_is(pattern, name) && !spool_name_is(pattern, plain))
    return false;
  if (lstat(drop->path, &about)) return false; /* taken away since it was listed */
  if (S_ISDIR(about.st_mode) && !looks_at_folders(pattern)) return false;
  drop->size = (uint64_t)about.st_size;
  drop->since = (int64_t)about.st_ctime;
  /* A link is refused: what would be claimed is the link, not the bytes. */
  drop->unreadable = !S_ISREG(about.st_mode) || !spool_good_name(drop->name) || access(drop->path, R_OK) != 0;
  drop->settled = !drop->unreadable && (has(drops, "", drop->name, ".done") ||
                                        (stood_still(&about, now, drops->settle) &&
                                         !is_open(drops, drop->name) && !is_being_written(drop->path)));
  return true;
}

enum outcome spool_drops_open(struct spool *spool, str feed, str folder, str pattern, int64_t settle,
                              struct drops **drops, struct err *err) {
  *drops = NULL;
  if (spool_need_name(feed, "feed", err)) return err->outcome;
  struct arena *own = arena_new();
  struct drops *new = ARENA_NEW(own, struct drops);
  *new = (struct drops){ .own = own, .arena = arena_new(), .settle = settle };
  new->pattern = arena_str(own, pattern);
  new->folder = str_starts(folder, STR("/")) ? arena_text(own, folder) : file_join(own, spool->site, folder);
  enum outcome out =
      file_exists(new->folder) ? listing_open(new->folder, counts, &new->listing, err) : OUT_OK;
  if (out) spool_drops_close(new);
  else *drops = new;
  return out;
}

enum outcome spool_drops_next(struct drops *drops, int64_t now, struct drop *drop, struct err *err) {
  enum outcome out = drops->listing ? OUT_OK : OUT_END;
  for (bool found = false; !found && !out;) {
    arena_reset(drops->arena);
    *drop = (struct drop){ 0 };
    out = listing_next(drops->listing, &drop->name, err);
    if (out) break;
    drop->path = file_join(drops->arena, drops->folder, drop->name);
    found = look(drops, now, drop);
  }
  return out;
}

void spool_drops_close(struct drops *drops) {
  if (!drops) return;
  listing_close(drops->listing);
  arena_free(drops->arena);
  arena_free(drops->own);
}

enum outcome spool_drops(struct spool *spool, str feed, str folder, str pattern, int64_t now, int64_t settle,
                         struct drop **all, size_t *count, struct err *err) {
  struct drops *drops;
  struct drop drop;
  *all = NULL;
  *count = 0;
  enum outcome out = spool_drops_open(spool, feed, folder, pattern, settle, &drops, err);
  while (!out && !(out = spool_drops_next(drops, now, &drop, err))) {
    drop.name = arena_str(spool->arena, drop.name);
    drop.path = arena_text(spool->arena, str_of(drop.path));
    *ARENA_PUSH(spool->arena, *all, *count) = drop;
  }
  spool_drops_close(drops);
  return out == OUT_END ? OUT_OK : out;
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
