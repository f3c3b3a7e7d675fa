/* io/file: files that are either whole or not there, and the folders they lie in. */
#define _GNU_SOURCE /* renameat2 */
#include "io/file.h"
#include "io/fd.h"
#include "io/secret.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { ROOM = 256 * 1024, NAME_KEPT = 200, TRIES = 100, RANDOM_LETTERS = 6 };

struct file {
  int fd;
  char *path, *part, *folder;
  char *block;
  size_t used;
  uint64_t written;
  int failed; /* the errno of a write that failed; the file can only be abandoned then */
};

/* The path up to its last "/", and what follows it. */
static str folder_of(str path) {
  size_t end = path.len;
  while (end && path.at[end - 1] != '/') end--;
  if (!end) return STR(".");
  while (end > 1 && path.at[end - 1] == '/') end--;
  return str_sub(path, 0, end);
}

static str name_of(str path) {
  size_t start = path.len;
  while (start && path.at[start - 1] != '/') start--;
  return str_sub(path, start, path.len);
}

static char *copy_of(str text) {
  char *copy = mem_alloc(text.len + 1);
  memcpy(copy, text.at, text.len);
  return copy;
}

/* Network file systems report a write that failed only now. After EINTR Linux has closed it all the same. */
static bool close_fd(int fd) { return close(fd) == 0 || errno == EINTR; }

static bool write_all(int fd, str bytes, size_t *done) {
  for (*done = 0; *done < bytes.len;) {
    ssize_t len = write(fd, bytes.at + *done, bytes.len - *done);
    if (len < 0 && errno == EINTR) continue;
    if (len <= 0) return false;
    *done += (size_t)len;
  }
  return true;
}

static bool sync_folder(const char *path) {
  int fd = fd_open(path, O_RDONLY | O_DIRECTORY, 0);
  if (fd < 0) return false;
  /* EINVAL: a file system that cannot sync a folder, and makes renames durable by itself. */
  bool good = fd_sync(fd) || errno == EINVAL;
  int number = errno;
  close(fd);
  errno = number;
  return good;
}

/* Writing. */

/* A random name keeps writers apart; O_EXCL is what makes it sure. */
static void random_letters(uint64_t salt, char letters[RANDOM_LETTERS]) {
  static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz0123456789";
  struct timespec now = { 0 };
  clock_gettime(CLOCK_REALTIME, &now);
  uint64_t seed[] = { (uint64_t)now.tv_sec, (uint64_t)now.tv_nsec, (uint64_t)getpid(), salt };
  uint64_t hash = str_hash((str){ (const char *)seed, sizeof seed });
  for (size_t i = 0; i < RANDOM_LETTERS; i++, hash /= sizeof alphabet - 1)
    letters[i] = alphabet[hash % (sizeof alphabet - 1)];
}

/* ".NAME.XXXXXX.part" beside it; a long NAME is cut, so that the rest of the name still fits. */
static int open_part(struct file *file, unsigned mode) {
  str name = str_sub(name_of(str_of(file->path)), 0, NAME_KEPT);
  size_t room = strlen(file->folder) + name.len + RANDOM_LETTERS + sizeof "/...part";
  file->part = mem_alloc(room);
  for (uint64_t try = 0; try < TRIES; try++) {
    char letters[RANDOM_LETTERS];
    random_letters(try, letters);
    snprintf(file->part, room, "%s/.%.*s.%.*s.part", file->folder, STR_ARG(name), RANDOM_LETTERS, letters);
    int fd = fd_open(file->part, O_WRONLY | O_CREAT | O_EXCL, mode);
    if (fd >= 0 || errno != EEXIST) return fd;
  }
  return -1;
}

/* Keys, and what is sealed, pass through the block too. */
static void free_file(struct file *file) {
  if (file->block) secret_wipe(file->block, file->written < ROOM ? (size_t)file->written : ROOM);
  mem_free(file->path);
  mem_free(file->part);
  mem_free(file->folder);
  mem_free(file->block);
  mem_free(file);
}

enum outcome file_create(const char *path, unsigned mode, struct file **file, struct err *err) {
  str whole = str_of(path);
  *file = NULL;
  if (!name_of(whole).len) {
    err_set(err, OUT_SYSTEM, "cannot create %s: it names a folder", path);
    return OUT_SYSTEM;
  }
  struct file *new = mem_alloc(sizeof *new);
  new->path = copy_of(whole);
  new->folder = copy_of(folder_of(whole));
  new->fd = open_part(new, mode);
  if (new->fd < 0) {
    err_errno(err, "cannot create %s", path);
    free_file(new);
    return OUT_SYSTEM;
  }
  new->block = mem_alloc(ROOM);
  *file = new;
  return OUT_OK;
}

static enum outcome write_failed(const struct file *file, struct err *err) {
  errno = file->failed;
  return err_errno(err, "cannot write %s", file->path);
}

static bool write_out(struct file *file, str bytes) {
  size_t done;
  if (!file->failed && !write_all(file->fd, bytes, &done)) file->failed = errno ? errno : EIO;
  return !file->failed;
}

static bool flush(struct file *file) {
  bool good = write_out(file, (str){ file->block, file->used });
  file->used = 0;
  return good;
}

enum outcome file_write(struct file *file, str bytes, struct err *err) {
  if (file->failed) return write_failed(file, err);
  if (bytes.len > ROOM - file->used && !flush(file)) return write_failed(file, err);
  if (bytes.len >= ROOM) {
    if (!write_out(file, bytes)) return write_failed(file, err);
  } else if (bytes.len) {
    memcpy(file->block + file->used, bytes.at, bytes.len);
    file->used += bytes.len;
  }
  file->written += bytes.len;
  return OUT_OK;
}

enum outcome file_write_first(struct file *file, str bytes, struct err *err) {
  if (file->failed || !flush(file)) return write_failed(file, err);
  if (fd_write_at(file->fd, bytes.at, bytes.len, 0)) return OUT_OK;
  file->failed = errno ? errno : EIO;
  return write_failed(file, err);
}

uint64_t file_written(const struct file *file) { return file->written; }

void file_abandon(struct file *file) {
  if (!file) return;
  if (file->fd >= 0) close(file->fd);
  unlink(file->part);
  free_file(file);
}

/* Without RENAME_NOREPLACE (NFS, older systems). Of two that move one file to two names, only one can unlink
 * it; the other takes its own name back. */
static bool link_new(const char *from, const char *to) {
  if (link(from, to)) return false;
  if (unlink(from) == 0) return true;
  int number = errno;
  unlink(to);
  errno = number;
  return false;
}

/* Folders cannot be linked. A plain rename replaces an empty folder at most, and that is refused first. */
static bool rename_folder(const char *from, const char *to) {
  struct stat about;
  if (lstat(to, &about)) return rename(from, to) == 0;
  errno = EEXIST;
  return false;
}

/* A rename that never replaces: EEXIST when `to` is there. */
static bool rename_new(const char *from, const char *to) {
#ifdef RENAME_NOREPLACE
  if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0) return true;
  if (errno != EINVAL && errno != ENOSYS && errno != ENOTSUP) return false;
#endif
  return file_is_folder(from) ? rename_folder(from, to) : link_new(from, to);
}

static enum outcome taken_or_errno(const char *path, const char *doing, struct err *err) {
  if (errno == EEXIST) return err_set(err, OUT_REFUSED, "cannot %s %s: the name is taken", doing, path);
  return err_errno(err, "cannot %s %s", doing, path);
}

/* All bytes are on the disk before the name is; the name is on the disk before anybody is told. */
static enum outcome commit(struct file *file, bool (*rename_to)(const char *, const char *),
                           struct err *err) {
  enum outcome out = OUT_OK;
  if (!flush(file)) out = write_failed(file, err);
  else if (!fd_sync(file->fd)) out = err_errno(err, "cannot write %s", file->path);
  if (!out) {
    if (!close_fd(file->fd)) out = err_errno(err, "cannot write %s", file->path);
    file->fd = -1;
  }
  if (!out && !rename_to(file->part, file->path)) out = taken_or_errno(file->path, "create", err);
  if (out) {
    file_abandon(file);
    return out;
  }
  if (!sync_folder(file->folder)) out = err_errno(err, "cannot sync the folder of %s", file->path);
  free_file(file);
  return out;
}

static bool rename_over(const char *from, const char *to) { return rename(from, to) == 0; }

enum outcome file_commit(struct file *file, struct err *err) { return commit(file, rename_over, err); }
enum outcome file_commit_new(struct file *file, struct err *err) { return commit(file, rename_new, err); }

enum outcome file_put(const char *path, unsigned mode, str bytes, struct err *err) {
  struct file *file;
  enum outcome out = file_create(path, mode, &file, err);
  if (out) return out;
  out = file_write(file, bytes, err);
  if (!out) return file_commit(file, err);
  file_abandon(file);
  return out;
}

/* A piece that did not fit on the disk is taken back, or the next one would be glued to it; not if somebody
 * else has appended behind it. */
static void take_back(int fd, size_t done) {
  struct stat about;
  off_t end = lseek(fd, 0, SEEK_CUR);
  if (!done || end < (off_t)done || fstat(fd, &about) || about.st_size != end) return;
  if (ftruncate(fd, end - (off_t)done)) return; /* the torn piece stays; the write's error is what counts */
}

enum outcome file_append(const char *path, unsigned mode, str bytes, struct err *err) {
  bool created = false;
  int fd = fd_open(path, O_WRONLY | O_APPEND, 0);
  if (fd < 0 && errno == ENOENT) {
    fd = fd_open(path, O_WRONLY | O_APPEND | O_CREAT, mode);
    created = true;
  }
  if (fd < 0) return err_errno(err, "cannot open %s", path);
  size_t done;
  enum outcome out = OUT_OK;
  if (!write_all(fd, bytes, &done)) {
    out = err_errno(err, "cannot write %s", path);
    take_back(fd, done);
  } else if (!fd_sync(fd)) out = err_errno(err, "cannot write %s", path);
  if (!close_fd(fd) && !out) out = err_errno(err, "cannot write %s", path);
  if (out || !created) return out;
  char *folder = copy_of(folder_of(str_of(path)));
  if (!sync_folder(folder)) out = err_errno(err, "cannot sync the folder of %s", path);
  mem_free(folder);
  return out;
}

/* Moving. */

enum outcome file_sync_folder(const char *path, struct err *err) {
  return sync_folder(path) ? OUT_OK : err_errno(err, "cannot sync folder %s", path);
}

static enum outcome sync_folder_of(str path, struct err *err) {
  char *folder = copy_of(folder_of(path));
  enum outcome out = file_sync_folder(folder, err);
  mem_free(folder);
  return out;
}

enum outcome file_sync(const char *path, struct err *err) {
  int fd = fd_open(path, O_RDONLY, 0);
  if (fd < 0) return err_errno(err, "cannot open %s", path);
  enum outcome out = fd_sync(fd) ? OUT_OK : err_errno(err, "cannot sync %s", path);
  close(fd);
  return out;
}

static bool is_there(const char *path) {
  struct stat about;
  return lstat(path, &about) == 0;
}

/* The new name is made durable first: a power cut between the two may show the file twice, never not at all.
 */
enum outcome file_move(const char *from, const char *to, struct err *err) {
  if (!rename_new(from, to)) {
    if (errno == EEXIST)
      return err_set(err, OUT_REFUSED, "cannot move %s to %s: the name is taken", from, to);
    if (errno == ENOENT && !is_there(from)) return err_set(err, OUT_RETRY, "%s is not there any more", from);
    return err_errno(err, "cannot move %s to %s", from, to);
  }
  enum outcome out = sync_folder_of(str_of(to), err);
  if (out || str_eq(folder_of(str_of(from)), folder_of(str_of(to)))) return out;
  return sync_folder_of(str_of(from), err);
}

enum outcome file_remove(const char *path, struct err *err) {
  if (unlink(path)) return err_errno(err, "cannot remove %s", path);
  return sync_folder_of(str_of(path), err);
}

enum outcome file_cut(const char *path, uint64_t size, struct err *err) {
  int fd = fd_open(path, O_WRONLY, 0);
  if (fd < 0) return err_errno(err, "cannot open %s", path);
  enum outcome out = OUT_OK;
  if (ftruncate(fd, (off_t)size) || !fd_sync(fd)) out = err_errno(err, "cannot cut %s", path);
  if (!close_fd(fd) && !out) out = err_errno(err, "cannot cut %s", path);
  return out;
}

/* Folders. */

bool file_exists(const char *path) {
  struct stat about;
  return stat(path, &about) == 0;
}

bool file_is_folder(const char *path) {
  struct stat about;
  return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

static enum outcome make_folder(const char *path, unsigned mode, struct err *err) {
  if (mkdir(path, (mode_t)mode) == 0) return sync_folder_of(str_of(path), err);
  int number = errno;
  if (file_is_folder(path)) return OUT_OK;
  if (number == EEXIST)
    return err_set(err, OUT_SYSTEM, "cannot make folder %s: a file is in its place", path);
  errno = number;
  return err_errno(err, "cannot make folder %s", path);
}

enum outcome file_make_folders(const char *path, unsigned mode, struct err *err) {
  enum outcome out = OUT_OK;
  char *part = copy_of(str_of(path));
  size_t len = strlen(part);
  while (len > 1 && part[len - 1] == '/') part[--len] = '\0';
  for (size_t i = 1; i < len && !out; i++) {
    if (part[i] != '/' || part[i - 1] == '/') continue;
    part[i] = '\0';
    out = make_folder(part, mode, err);
    part[i] = '/';
  }
  if (!out) out = make_folder(part, mode, err);
  mem_free(part);
  return out;
}

static bool left_by_writer(str name) {
  return name.len > sizeof ".part" - 1 && str_starts(name, STR(".")) && str_ends(name, STR(".part"));
}

void file_sweep(const char *folder) {
  DIR *stream = opendir(folder);
  if (!stream) return;
  for (struct dirent *entry; (entry = readdir(stream));)
    if (left_by_writer(str_of(entry->d_name))) unlinkat(dirfd(stream), entry->d_name, 0);
  closedir(stream);
}

static int by_byte(const void *a, const void *b) { return str_compare(*(const str *)a, *(const str *)b); }

enum outcome file_list(const char *folder, struct arena *arena, str **names, size_t *count, struct err *err) {
  DIR *stream = opendir(folder);
  *names = NULL;
  *count = 0;
  if (!stream) return err_errno(err, "cannot read folder %s", folder);
  errno = 0; /* the only way to tell readdir's end from its failure */
  for (struct dirent *entry; (entry = readdir(stream)); errno = 0) {
    str name = str_of(entry->d_name);
    if (str_eq(name, STR(".")) || str_eq(name, STR(".."))) continue;
    *ARENA_PUSH(arena, *names, *count) = arena_str(arena, name);
  }
  enum outcome out = errno ? err_errno(err, "cannot read folder %s", folder) : OUT_OK;
  closedir(stream);
  if (*count) qsort(*names, *count, sizeof **names, by_byte);
  return out;
}

const char *file_join(struct arena *arena, const char *folder, str name) {
  str left = str_of(folder);
  const char *between = left.len && left.at[left.len - 1] != '/' ? "/" : "";
  return arena_printf(arena, "%.*s%s%.*s", STR_ARG(left), between, STR_ARG(name)).at;
}

static enum outcome empty_folder(const char *path, struct arena *arena, struct err *err) {
  str *names;
  size_t count;
  enum outcome out = file_list(path, arena, &names, &count, err);
  for (size_t i = 0; i < count && !out; i++) {
    const char *inner = file_join(arena, path, names[i]);
    struct stat about;
    if (lstat(inner, &about) == 0 && S_ISDIR(about.st_mode)) {
      out = empty_folder(inner, arena, err);
      if (!out && rmdir(inner)) out = err_errno(err, "cannot remove folder %s", inner);
    } else if (unlinkat(AT_FDCWD, inner, 0)) out = err_errno(err, "cannot remove %s", inner);
  }
  return out;
}

enum outcome file_remove_folder(const char *path, struct err *err) {
  struct stat about;
  if (lstat(path, &about))
    return errno == ENOENT || errno == ENOTDIR ? OUT_OK : err_errno(err, "cannot remove folder %s", path);
  struct arena *arena = arena_new();
  enum outcome out = empty_folder(path, arena, err);
  arena_free(arena);
  if (out) return out;
  if (rmdir(path)) return err_errno(err, "cannot remove folder %s", path);
  return sync_folder_of(str_of(path), err);
}

enum outcome file_make_scratch(struct arena *arena, const char **folder, struct err *err) {
  const char *above = getenv("TMPDIR");
  str pattern = arena_printf(arena, "%s/sluice-XXXXXX", above && *above ? above : "/tmp");
  char *name = arena_alloc(arena, pattern.len + 1);
  memcpy(name, pattern.at, pattern.len);
  *folder = mkdtemp(name);
  return *folder ? OUT_OK : err_errno(err, "cannot make a folder like %s", pattern.at);
}

enum outcome file_lock(const char *path, int *fd, struct err *err) {
  *fd = fd_open(path, O_RDWR | O_CREAT, 0600);
  if (*fd < 0) return err_errno(err, "cannot open %s", path);
  if (fd_lock(*fd, true)) return OUT_OK;
  err_errno(err, "cannot lock %s", path);
  close(*fd);
  *fd = -1;
  return err->outcome;
}

void file_unlock(int fd) {
  if (fd >= 0) close(fd);
}

bool file_same(const char *a, const char *b) {
  struct stat one, other;
  return stat(a, &one) == 0 && stat(b, &other) == 0 && one.st_dev == other.st_dev &&
         one.st_ino == other.st_ino;
}
