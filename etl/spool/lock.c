/* spool/lock: one run at a time for each feed, and for each build folder. */
#include "spool/spool_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { HOLDER_MOST = 512 };

/* "1234 books.example.com 2026-11-21T02:10:04Z" */
struct holder {
  char text[HOLDER_MOST];
  str pid, host, since;
};

bool spool_flock(int fd, bool wait) {
  int got;
  do got = flock(fd, LOCK_EX | (wait ? 0 : LOCK_NB));
  while (got && errno == EINTR);
  return got == 0;
}

static struct held *find_held(struct held *all, size_t count, str name) {
  for (size_t i = 0; i < count; i++)
    if (str_eq(all[i].name, name) && all[i].fd >= 0) return &all[i];
  return NULL;
}

/* False when the file names no holder: it let go, or has not yet written. */
static bool read_holder(int fd, struct holder *holder) {
  ssize_t len = pread(fd, holder->text, sizeof holder->text, 0);
  str rest = str_trim((str){ holder->text, len > 0 ? (size_t)len : 0 });
  for (size_t i = 0; i < rest.len; i++)
    if ((unsigned char)rest.at[i] < ' ') return false;
  return str_split(&rest, ' ', &holder->pid) && str_split(&rest, ' ', &holder->host) &&
         str_split(&rest, ' ', &holder->since) && holder->pid.len && holder->host.len && holder->since.len;
}

static void own_host(char host[HOLDER_MOST]) {
  if (gethostname(host, HOLDER_MOST - 1)) snprintf(host, HOLDER_MOST, "unknown");
  host[HOLDER_MOST - 1] = '\0';
  for (char *c = host; *c; c++)
    if ((unsigned char)*c <= ' ') *c = '-';
}

static enum outcome busy(str feed, int fd, struct err *err) {
  struct holder holder;
  if (!read_holder(fd, &holder))
    return err_set(err, OUT_RETRY, "feed %.*s is being run by another process", STR_ARG(feed));
  return err_set(err, OUT_RETRY, "feed %.*s is being run by process %.*s on %.*s since %.*s", STR_ARG(feed),
                 STR_ARG(holder.pid), STR_ARG(holder.host), STR_ARG(holder.since));
}

/* We hold the lock, yet the file still names a holder: it died. On this host the kernel has freed its lock;
 * on another one it may be alive behind a file system that does not carry locks across. */
static enum outcome check_host(str feed, int fd, struct err *err) {
  struct holder holder;
  char host[HOLDER_MOST];
  own_host(host);
  if (!read_holder(fd, &holder) || str_eq(holder.host, str_of(host))) return OUT_OK;
  return err_set(err, OUT_RETRY,
                 "feed %.*s is being run by process %.*s on %.*s since %.*s; if that host no longer runs it: "
                 "sluice unlock %.*s",
                 STR_ARG(feed), STR_ARG(holder.pid), STR_ARG(holder.host), STR_ARG(holder.since),
                 STR_ARG(feed));
}

static enum outcome sign(int fd, const char *path, struct err *err) {
  char host[HOLDER_MOST], since[32] = "", text[HOLDER_MOST * 2];
  time_t now = time(NULL);
  struct tm parts;
  own_host(host);
  if (gmtime_r(&now, &parts)) strftime(since, sizeof since, "%Y-%m-%dT%H:%M:%SZ", &parts);
  int len = snprintf(text, sizeof text, "%ld %s %s\n", (long)getpid(), host, since);
  if (ftruncate(fd, 0) || pwrite(fd, text, (size_t)len, 0) != len)
    return err_errno(err, "cannot write %s", path);
  return OUT_OK;
}

static enum outcome open_lock(struct spool *spool, str feed, int *fd, const char **path, struct err *err) {
  enum outcome out = spool_need_name(feed, "feed", err);
  if (!out) out = file_make_folders(spool_path(spool, "var/lock", STR_NONE, STR_NONE), 0700, err);
  if (out) return out;
  *path = spool_path(spool, "var/lock", feed, STR_NONE);
  *fd = open(*path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);
  if (*fd < 0) return err_errno(err, "cannot open %s", *path);
  if (spool_flock(*fd, false)) return OUT_OK;
  if (errno == EWOULDBLOCK) out = busy(feed, *fd, err);
  else out = err_errno(err, "cannot lock %s", *path);
  close(*fd);
  return out;
}

enum outcome spool_lock(struct spool *spool, str feed, struct err *err) {
  const char *path;
  int fd;
  if (find_held(spool->feeds, spool->feed_count, feed)) return OUT_OK;
  enum outcome out = open_lock(spool, feed, &fd, &path, err);
  if (out) return out;
  out = check_host(feed, fd, err);
  if (!out) out = sign(fd, path, err);
  if (out) {
    close(fd);
    return out;
  }
  *ARENA_PUSH(spool->arena, spool->feeds, spool->feed_count) =
      (struct held){ arena_str(spool->arena, feed), fd, getpid() };
  return OUT_OK;
}

enum outcome spool_unlock(struct spool *spool, str feed, struct err *err) {
  const char *path;
  int fd;
  if (find_held(spool->feeds, spool->feed_count, feed))
    return err_set(err, OUT_BUG, "feed %.*s is run by this very process", STR_ARG(feed));
  enum outcome out = open_lock(spool, feed, &fd, &path, err);
  if (out) return out;
  if (ftruncate(fd, 0)) out = err_errno(err, "cannot write %s", path);
  close(fd);
  return out;
}

/* Builds. A lock file is removed by its holder, so one that was opened before may be gone when it is locked.
 */

bool spool_build_is_ours(const struct spool *spool, str k) {
  return find_held(spool->builds, spool->build_count, k) != NULL;
}

static const char *build_lock_path(struct spool *spool, str k) {
  return spool_path(spool, "var/outbox/build", arena_printf(spool->arena, "%.*s.lock", STR_ARG(k)), STR_NONE);
}

enum outcome spool_build_lock(struct spool *spool, str k, bool wait, struct err *err) {
  const char *path = build_lock_path(spool, k);
  for (;;) {
    struct stat about;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);
    if (fd < 0) return err_errno(err, "cannot open %s", path);
    if (!spool_flock(fd, wait)) {
      enum outcome out = errno == EWOULDBLOCK
                             ? err_set(err, OUT_RETRY, "%.*s is being built by another run", STR_ARG(k))
                             : err_errno(err, "cannot lock %s", path);
      close(fd);
      return out;
    }
    if (fstat(fd, &about) == 0 && about.st_nlink) {
      *ARENA_PUSH(spool->arena, spool->builds, spool->build_count) =
          (struct held){ arena_str(spool->arena, k), fd, getpid() };
      return OUT_OK;
    }
    close(fd);
  }
}

void spool_build_unlock(struct spool *spool, str k) {
  struct held *held = find_held(spool->builds, spool->build_count, k);
  if (!held) return;
  if (held->pid == getpid()) unlink(build_lock_path(spool, k));
  close(held->fd);
  held->fd = -1;
}

/* Only a holder that died leaves its text. One that could not be emptied looks so too, and on this host that
 * is no harm. */
static void forget_holder(int fd) {
  if (ftruncate(fd, 0)) return;
}

void spool_close(struct spool *spool) {
  if (!spool) return;
  for (size_t i = 0; i < spool->build_count; i++) {
    if (spool->builds[i].fd >= 0) close(spool->builds[i].fd);
    spool->builds[i].fd = -1;
  }
  for (size_t i = 0; i < spool->feed_count; i++) {
    struct held *held = &spool->feeds[i];
    if (held->fd < 0) continue;
    if (held->pid == getpid()) forget_holder(held->fd);
    close(held->fd);
    held->fd = -1;
  }
}
