/* fault/fault: a preload library that counts the calls by which a program changes files, and spoils one.
 *
 *   SLUICE_FAULT_ROOT=DIR      only calls about paths at or below it count (an absolute path, without links)
 *   SLUICE_FAULT_STATE=FILE    the counter, outside of DIR; processes that inherit all this share it
 *   SLUICE_FAULT=KIND:N        what happens to the N-th call (none: they are only counted)
 *   SLUICE_FAULT_LOG=FILE      outside of DIR: every counted call, with the bytes written and their place
 *
 * kinds
 *   kill, kill-after      the process dies (SIGKILL) before the call, or when it is done
 *   EIO, EDQUOT           the call fails so, once, and nothing is done; close closes all the same
 *   ENOSPC                this call fails, and from now on everything that needs room
 *   short                 half of the bytes are written; from now on everything that needs room fails
 *   half                  half of the bytes are written, and no error: what POSIX allows
 *   EINTR                 the call fails so, once
 *   EROFS                 from this call on everything that is counted fails so
 *
 * A call that a kind cannot meet (half of a rename) goes through; the campaign does not ask for it. What
 * changes nothing is not counted: mkdir of what is there, unlink of what is not, close of what was only read.
 * The C library's own calls inside stdio are not seen from here: in this program streams carry messages and
 * temporary sorting only, no file in custody (look with strace when that is in doubt).
 *
 * A line of the log: N, the call's name, 1 or 0 (did it succeed), path, other path ("-": none), a number
 * (mode, or place in the file), the bytes in hex; parted by tabs. Paths are relative to DIR, "." being DIR.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

/* The campaign reads it: count, struck (the N-th call was met), what that was. */
struct state {
  _Atomic uint64_t count, struck, full;
  char what[3 * PATH_MAX];
};

/* What may befall a call. */
enum { NEEDS_ROOM = 1, MAY_WAIT = 2, HAS_BYTES = 4 };

struct call {
  uint64_t number; /* 0: not counted */
  const char *name;
  char path[PATH_MAX], other[PATH_MAX];
  bool dies_after;
  size_t most; /* bytes that may be written */
  int log;     /* held until the call is in the log, so that the log's order is the order of what happened */
};

static char root[PATH_MAX];
static struct state *state;
static const char *kind, *log_path;
static uint64_t wanted;

#define REAL(name)                                                                                           \
  __typeof__(&name) real;                                                                                    \
  *(void **)&real = dlsym(RTLD_NEXT, #name)

/* --- set up --- */

__attribute__((constructor)) static void set_up(void) {
  const char *where = getenv("SLUICE_FAULT_ROOT"), *counter = getenv("SLUICE_FAULT_STATE"),
             *what = getenv("SLUICE_FAULT");
  if (!where || !counter) return;
  REAL(open);
  int fd = real(counter, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0 || ftruncate(fd, sizeof *state)) abort();
  void *shared = mmap(NULL, sizeof *state, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (shared == MAP_FAILED) abort();
  close(fd);
  snprintf(root, sizeof root, "%s", where);
  state = shared; /* from here on calls count */
  log_path = getenv("SLUICE_FAULT_LOG");
  const char *colon = what ? strchr(what, ':') : NULL;
  if (!colon) return;
  wanted = strtoull(colon + 1, NULL, 10);
  kind = strndup(what, (size_t)(colon - what));
}

static bool is_kind(const char *name) { return kind && strcmp(kind, name) == 0; }

/* --- paths --- */

static bool path_of_fd(int fd, char path[PATH_MAX]) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t len = readlink(link, path, PATH_MAX - 1);
  path[len > 0 ? len : 0] = '\0';
  return len > 0 && path[0] == '/';
}

/* Without "//", "/./" and an end "/"; the campaign uses no "..". */
static void tidy(char *path) {
  char *to = path;
  for (const char *from = path; *from;) {
    if (*from == '/' && (from[1] == '/' || !from[1])) from++;
    else if (*from == '/' && from[1] == '.' && (from[2] == '/' || !from[2])) from += 2;
    else *to++ = *from++;
  }
  *to = '\0';
}

static void absolute(int folder, const char *path, char whole[PATH_MAX]) {
  char base[PATH_MAX] = "";
  if (path[0] != '/' && (folder == AT_FDCWD ? !getcwd(base, sizeof base) : !path_of_fd(folder, base)))
    base[0] = '\0';
  int len = snprintf(whole, PATH_MAX, path[0] == '/' ? "%s%s" : "%s/%s", base, path);
  if (len < 0 || len >= PATH_MAX) whole[0] = '\0';
  tidy(whole);
}

static const char *inner(const char *path) {
  size_t len = strlen(root);
  if (!state || strncmp(path, root, len) != 0) return NULL;
  return !path[len] ? "." : path[len] == '/' ? path + len + 1 : NULL;
}

/* --- one call --- */

static void lock_log(struct call *call) {
  REAL(open);
  call->log = log_path ? real(log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
  if (call->log >= 0 && flock(call->log, LOCK_EX)) abort();
}

static _Noreturn void die(void) {
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

static int fail(int number) {
  errno = number;
  return -1;
}

/* The fault that meets this call: 0, or an errno. */
static int met(struct call *call, unsigned traits) {
  bool room = traits & NEEDS_ROOM;
  if (is_kind("EROFS") && call->number >= wanted) {
    state->struck = 1;
    return EROFS;
  }
  if (state->full && room) return ENOSPC;
  if (!kind || call->number != wanted) return 0;
  snprintf(state->what, sizeof state->what, "%s %s %s", call->name,
           inner(call->path) ? inner(call->path) : "-",
           call->other[0] && inner(call->other) ? inner(call->other) : "");
  state->struck = 1;
  if (is_kind("kill")) die();
  if (is_kind("kill-after")) call->dies_after = true;
  if (is_kind("EIO")) return EIO;
  if (is_kind("EINTR") && traits & MAY_WAIT) return EINTR;
  if (is_kind("EDQUOT") && room) return EDQUOT;
  if (is_kind("half") && traits & HAS_BYTES) call->most -= call->most / 2;
  if (is_kind("short") && traits & HAS_BYTES) call->most /= 2;
  if ((is_kind("ENOSPC") && room) || (is_kind("short") && traits & HAS_BYTES)) state->full = 1;
  return state->full && !(is_kind("short") && call->most) ? ENOSPC : 0;
}

/* Counts the call when it is about the root; -1 and errno: it shall fail. */
static int begin(struct call *call, const char *name, unsigned traits) {
  call->name = name;
  call->number = 0;
  call->log = -1;
  call->dies_after = false;
  if (!inner(call->path) && !(call->other[0] && inner(call->other))) return 0;
  lock_log(call);
  call->number = ++state->count;
  int number = met(call, traits);
  if (!number) return 0;
  if (call->log >= 0) close(call->log);
  return fail(number);
}

/* Names with tabs or line ends are none of the campaign's. */
static void write_log(const struct call *call, bool good, long long number, const char *bytes, size_t len) {
  static const char digits[] = "0123456789abcdef";
  size_t room = 3 * PATH_MAX + 2 * len, used;
  char *line = malloc(room);
  if (!line) abort();
  used = (size_t)snprintf(line, room, "%llu\t%s\t%d\t%s\t%s\t%lld\t", (unsigned long long)call->number,
                          call->name, good, inner(call->path) ? inner(call->path) : "-",
                          call->other[0] && inner(call->other) ? inner(call->other) : "-", number);
  for (size_t i = 0; i < len; i++) {
    line[used++] = digits[(unsigned char)bytes[i] >> 4];
    line[used++] = digits[(unsigned char)bytes[i] & 15];
  }
  line[used++] = '\n';
  REAL(write);
  if (real(call->log, line, used) != (ssize_t)used) abort();
  free(line);
}

static void end_with(const struct call *call, bool good, long long number, const char *bytes, size_t len) {
  int before = errno;
  if (call->log >= 0) {
    write_log(call, good, number, bytes, len);
    REAL(close);
    real(call->log);
  }
  if (call->dies_after) die();
  errno = before;
}

static void end(const struct call *call, int result, long long number) {
  if (call->number) end_with(call, result >= 0, number, NULL, 0);
}

/* --- what is interposed: by path --- */

static bool is_there(const char *path) {
  struct stat about;
  return path[0] && lstat(path, &about) == 0;
}

static struct call by_path(int folder, const char *path) {
  struct call call = { .number = 0 };
  int before = errno;
  if (state) absolute(folder, path, call.path);
  errno = before;
  return call;
}

static int open_one(int (*real)(int, const char *, int, ...), int folder, const char *path, int flags,
                    mode_t mode) {
  bool changes = flags & (O_CREAT | O_TRUNC) || (flags & O_ACCMODE) != O_RDONLY;
  if (!changes || !state) return real(folder, path, flags, mode);
  struct call call = by_path(folder, path);
  bool makes = flags & O_CREAT && !is_there(call.path);
  if (begin(&call,
            flags & O_TRUNC ? "truncate-open"
            : makes         ? "create"
                            : "open",
            MAY_WAIT | (makes ? NEEDS_ROOM : 0)))
    return -1;
  int fd = real(folder, path, flags, mode);
  mode_t mask = 0;
  if (call.log >= 0) umask(mask = umask(0));
  end(&call, fd, mode & ~mask);
  return fd;
}

static mode_t mode_of(int flags, va_list args) {
  return flags & (O_CREAT | O_TMPFILE) ? va_arg(args, mode_t) : 0;
}

#define OPEN(function, parameters, folder)                                                                   \
  int function parameters {                                                                                  \
    va_list args;                                                                                            \
    va_start(args, flags);                                                                                   \
    mode_t mode = mode_of(flags, args);                                                                      \
    va_end(args);                                                                                            \
    REAL(openat);                                                                                            \
    return open_one(real, folder, path, flags, mode);                                                        \
  }
OPEN(open, (const char *path, int flags, ...), AT_FDCWD)
OPEN(open64, (const char *path, int flags, ...), AT_FDCWD)
OPEN(openat, (int folder, const char *path, int flags, ...), folder)
OPEN(openat64, (int folder, const char *path, int flags, ...), folder)

static int rename_one(int from_folder, const char *from, int to_folder, const char *to, unsigned flags) {
  struct call call = by_path(from_folder, from);
  if (state) absolute(to_folder, to, call.other);
  if (begin(&call, "rename", NEEDS_ROOM)) return -1;
  REAL(renameat2);
  int result = real(from_folder, from, to_folder, to, flags);
  end(&call, result, 0);
  return result;
}

int rename(const char *from, const char *to) { return rename_one(AT_FDCWD, from, AT_FDCWD, to, 0); }
int renameat(int a, const char *from, int b, const char *to) { return rename_one(a, from, b, to, 0); }
int renameat2(int a, const char *from, int b, const char *to, unsigned flags) {
  return rename_one(a, from, b, to, flags);
}

int linkat(int a, const char *from, int b, const char *to, int flags) {
  struct call call = by_path(a, from);
  if (state) absolute(b, to, call.other);
  if (begin(&call, "link", NEEDS_ROOM)) return -1;
  REAL(linkat);
  int result = real(a, from, b, to, flags);
  end(&call, result, 0);
  return result;
}

int link(const char *from, const char *to) { return linkat(AT_FDCWD, from, AT_FDCWD, to, 0); }

int unlinkat(int folder, const char *path, int flags) {
  struct call call = by_path(folder, path);
  REAL(unlinkat);
  if (!is_there(call.path)) return real(folder, path, flags);
  if (begin(&call, flags & AT_REMOVEDIR ? "rmdir" : "unlink", 0)) return -1;
  int result = real(folder, path, flags);
  end(&call, result, 0);
  return result;
}

int unlink(const char *path) { return unlinkat(AT_FDCWD, path, 0); }
int rmdir(const char *path) { return unlinkat(AT_FDCWD, path, AT_REMOVEDIR); }

int mkdirat(int folder, const char *path, mode_t mode) {
  struct call call = by_path(folder, path);
  REAL(mkdirat);
  if (is_there(call.path)) return real(folder, path, mode);
  if (begin(&call, "mkdir", NEEDS_ROOM)) return -1;
  int result = real(folder, path, mode);
  mode_t mask = 0;
  if (call.log >= 0) umask(mask = umask(0));
  end(&call, result, mode & ~mask);
  return result;
}

int mkdir(const char *path, mode_t mode) { return mkdirat(AT_FDCWD, path, mode); }

int fchmodat(int folder, const char *path, mode_t mode, int flags) {
  struct call call = by_path(folder, path);
  if (begin(&call, "chmod", 0)) return -1;
  REAL(fchmodat);
  int result = real(folder, path, mode, flags);
  end(&call, result, mode);
  return result;
}

int chmod(const char *path, mode_t mode) { return fchmodat(AT_FDCWD, path, mode, 0); }

/* --- by open file --- */

static struct call by_fd(int fd) {
  struct call call = { .number = 0 };
  int before = errno;
  if (state && !path_of_fd(fd, call.path)) call.path[0] = '\0';
  errno = before;
  return call;
}

int fchmod(int fd, mode_t mode) {
  struct call call = by_fd(fd);
  if (begin(&call, "chmod", 0)) return -1;
  REAL(fchmod);
  int result = real(fd, mode);
  end(&call, result, mode);
  return result;
}

int ftruncate(int fd, off_t size) {
  struct call call = by_fd(fd);
  if (begin(&call, "cut", MAY_WAIT)) return -1;
  REAL(ftruncate);
  int result = real(fd, size);
  end(&call, result, size);
  return result;
}

int ftruncate64(int fd, off64_t size) { return ftruncate(fd, size); }

int fsync(int fd) {
  struct call call = by_fd(fd);
  if (begin(&call, "fsync", MAY_WAIT | NEEDS_ROOM)) return -1;
  REAL(fsync);
  int result = real(fd);
  end(&call, result, 0);
  return result;
}

int fdatasync(int fd) { return fsync(fd); }

int close(int fd) {
  struct call call = by_fd(fd);
  REAL(close);
  int flags = state ? fcntl(fd, F_GETFL) : -1;
  if (flags < 0 || (flags & O_ACCMODE) == O_RDONLY) return real(fd);
  if (begin(&call, "close", MAY_WAIT)) {
    int number = errno;
    real(fd);
    return fail(number);
  }
  int result = real(fd);
  end(&call, result, 0);
  return result;
}

/* place < 0: where the file stands, which is at its end when it was opened to append. */
static ssize_t write_one(int fd, const void *bytes, size_t len, off_t place) {
  struct call call = by_fd(fd);
  call.most = len;
  if (begin(&call, "write", MAY_WAIT | NEEDS_ROOM | HAS_BYTES)) return -1;
  REAL(pwrite);
  __typeof__(&write) write_on;
  *(void **)&write_on = dlsym(RTLD_NEXT, "write");
  if (!call.number) call.most = len;
  ssize_t done = place < 0 ? write_on(fd, bytes, call.most) : real(fd, bytes, call.most, place);
  if (!call.number) return done;
  off_t at = place < 0 && done >= 0 ? lseek(fd, 0, SEEK_CUR) - done : place;
  end_with(&call, done >= 0, at, bytes, call.log >= 0 && done > 0 ? (size_t)done : 0);
  return done;
}

ssize_t write(int fd, const void *bytes, size_t len) { return write_one(fd, bytes, len, -1); }
ssize_t pwrite(int fd, const void *bytes, size_t len, off_t place) {
  return write_one(fd, bytes, len, place);
}
ssize_t pwrite64(int fd, const void *bytes, size_t len, off64_t place) {
  return write_one(fd, bytes, len, place);
}

/* Piece by piece: a vector that was written in part is what POSIX allows. */
ssize_t writev(int fd, const struct iovec *pieces, int count) {
  ssize_t all = 0;
  for (int i = 0; i < count; i++) {
    ssize_t done = write_one(fd, pieces[i].iov_base, pieces[i].iov_len, -1);
    if (done < 0) return all ? all : done;
    all += done;
    if ((size_t)done < pieces[i].iov_len) break;
  }
  return all;
}
