/* spool/lock: one run at a time for each feed, each build folder, and the night. */
#include "spool/spool_internal.h"
#include "io/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { HOLDER_MOST = 512 };

/* "1234 books.example.com 2026-11-21T02:10:04Z" */
struct holder {
  char text[HOLDER_MOST];
  str pid, host, since;
};

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

void spool_own_host(char *host, size_t room) {
  if (gethostname(host, room - 1)) snprintf(host, room, "unknown");
  host[room - 1] = '\0';
  for (char *c = host; *c; c++)
    if ((unsigned char)*c <= ' ') *c = '-';
}

/* "feed settlement", "the night": by a name without end, for a text that is made at once. */
#define WHOSE(name) is_night(name) ? "the night" : "feed ", is_night(name) ? 0 : (int)(name).len, (name).at

static bool is_night(str name) { return str_eq(name, SPOOL_NIGHT); }

static enum outcome busy(str name, int fd, struct err *err) {
  struct holder holder;
  if (!read_holder(fd, &holder))
    return err_set(err, OUT_RETRY, "%s%.*s is being run by another process", WHOSE(name));
  return err_set(err, OUT_RETRY, "%s%.*s is being run by process %.*s on %.*s since %.*s", WHOSE(name),
                 STR_ARG(holder.pid), STR_ARG(holder.host), STR_ARG(holder.since));
}

/* We hold the lock, yet the file still names a holder: it died. On this host the kernel has freed its lock;
 * on another one it may be alive behind a file system that does not carry locks across. */
static enum outcome check_host(str name, int fd, struct err *err) {
  struct holder holder;
  char host[HOLDER_MOST];
  spool_own_host(host, sizeof host);
  if (!read_holder(fd, &holder) || str_eq(holder.host, str_of(host))) return OUT_OK;
  str unlock = is_night(name) ? STR("--night") : name;
  return err_set(err, OUT_RETRY,
                 "%s%.*s is being run by process %.*s on %.*s since %.*s; if that host no longer runs it: "
                 "sluice unlock %.*s",
                 WHOSE(name), STR_ARG(holder.pid), STR_ARG(holder.host), STR_ARG(holder.since),
                 STR_ARG(unlock));
}

static enum outcome sign(int fd, const char *path, struct err *err) {
  char host[HOLDER_MOST], since[32] = "", text[HOLDER_MOST * 2];
  time_t now = time(NULL);
  struct tm parts;
  spool_own_host(host, sizeof host);
  if (gmtime_r(&now, &parts)) strftime(since, sizeof since, "%Y-%m-%dT%H:%M:%SZ", &parts);
  int len = snprintf(text, sizeof text, "%ld %s %s\n", (long)getpid(), host, since);
  int got;
  do got = ftruncate(fd, 0);
  while (got && errno == EINTR);
  if (!got && !fd_write_at(fd, text, (size_t)len, 0)) got = -1;
  return got ? err_errno(err, "cannot write %s", path) : OUT_OK;
}

static enum outcome open_lock(struct spool *spool, str feed, int *fd, const char **path, struct err *err) {
  enum outcome out = spool_need_name(feed, "feed", err);
  if (!out) out = file_make_folders(spool_path(spool, "var/lock", STR_NONE, STR_NONE), 0700, err);
  if (out) return out;
  *path = spool_path(spool, "var/lock", feed, STR_NONE);
  *fd = fd_open(*path, O_RDWR | O_CREAT, 0600);
  if (*fd < 0) return err_errno(err, "cannot open %s", *path);
  if (fd_lock(*fd, false)) return OUT_OK;
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
  *ARENA_PUSH(spool->own, spool->feeds, spool->feed_count) =
      (struct held){ arena_str(spool->own, feed), fd, getpid() };
  return OUT_OK;
}

/* Asks again ten times a second: flock itself knows no end of waiting. */
enum outcome spool_lock_wait(struct spool *spool, str feed, int64_t seconds, struct err *err) {
  static const struct timespec pause = { 0, 100 * 1000 * 1000 };
  struct timespec now, end;
  clock_gettime(CLOCK_MONOTONIC, &end);
  end.tv_sec += (time_t)seconds;
  for (;;) {
    enum outcome out = spool_lock(spool, feed, err);
    clock_gettime(CLOCK_MONOTONIC, &now);
    bool over = now.tv_sec > end.tv_sec || (now.tv_sec == end.tv_sec && now.tv_nsec >= end.tv_nsec);
    if (out != OUT_RETRY || over) return out;
    nanosleep(&pause, NULL);
    *err = (struct err){ 0 };
  }
}

enum outcome spool_unlock(struct spool *spool, str feed, str *holder, struct err *err) {
  const char *path;
  struct holder held;
  int fd;
  *holder = STR_NONE;
  if (find_held(spool->feeds, spool->feed_count, feed))
    return err_set(err, OUT_BUG, "feed %.*s is run by this very process", STR_ARG(feed));
  enum outcome out = open_lock(spool, feed, &fd, &path, err);
  if (out) return out;
  if (read_holder(fd, &held))
    *holder = arena_printf(spool->arena, "process %.*s on %.*s since %.*s", STR_ARG(held.pid),
                           STR_ARG(held.host), STR_ARG(held.since));
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

/* In the place of one that was let go, so that many files one after the other need one place. */
static void hold_build(struct spool *spool, str k, int fd) {
  struct held *place = NULL;
  for (size_t i = 0; i < spool->build_count && !place; i++)
    if (spool->builds[i].fd < 0 && spool->builds[i].name.len == k.len) place = &spool->builds[i];
  if (!place) {
    place = ARENA_PUSH(spool->own, spool->builds, spool->build_count);
    place->name = arena_str(spool->own, k);
  }
  memcpy((char *)(uintptr_t)place->name.at, k.at, k.len);
  place->fd = fd;
  place->pid = getpid();
}

enum outcome spool_build_lock(struct spool *spool, str k, bool wait, struct err *err) {
  const char *path = build_lock_path(spool, k);
  for (;;) {
    struct stat about;
    int fd = fd_open(path, O_RDWR | O_CREAT, 0600);
    if (fd < 0) return err_errno(err, "cannot open %s", path);
    if (!fd_lock(fd, wait)) {
      enum outcome out = errno == EWOULDBLOCK
                             ? err_set(err, OUT_RETRY, "%.*s is being built by another run", STR_ARG(k))
                             : err_errno(err, "cannot lock %s", path);
      close(fd);
      return out;
    }
    if (fstat(fd, &about) == 0 && about.st_nlink) {
      hold_build(spool, k, fd);
      return OUT_OK;
    }
    close(fd);
  }
}

enum outcome spool_build_unlock(struct spool *spool, str k, struct err *err) {
  struct held *held = find_held(spool->builds, spool->build_count, k);
  if (!held) return OUT_OK;
  const char *path = build_lock_path(spool, k);
  enum outcome out = OUT_OK;
  if (held->pid == getpid() && unlink(path)) out = err_errno(err, "cannot remove %s", path);
  close(held->fd);
  held->fd = -1;
  return out;
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
