/* io/in: the bytes of one file, plain, gzip or sealed, from the front to the back. */
#include "io/in.h"
#include "io/gunzip.h"
#include "base/buf.h"
#include "base/memory.h"
#include "io/fd.h"
#include "io/seal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const struct in_limits in_default_limits = { .bytes_most = UINT64_C(64) << 30, .ratio_most = 1000 };

/* Large, so that ISA-L stays in its fast loop and the calls to read are few. */
enum { PACKED_BLOCK = 256 * 1024, MAGIC = 2 };

struct in {
  int fd;
  bool regular;
  char *name;           /* as messages say it */
  uint64_t start, size; /* standard input need not stand at its front */
  uint64_t handed_out;
  char head[MAGIC]; /* read when opened, to tell gzip from plain */
  size_t head_len, head_used;
  struct gunzip *gunzip; /* NULL: plain */
  char *packed;
  struct sealed *sealed; /* NULL: it lies in the open */
};

static str name_of(const struct in *in) { return str_of(in->name); }

static ssize_t read_some(int fd, char *to, size_t room) {
  ssize_t len;
  do len = read(fd, to, room);
  while (len < 0 && errno == EINTR);
  return len;
}

/* Joins short reads; fewer than `room` only at the end. */
static enum outcome read_full(struct in *in, char *to, size_t room, size_t *got, struct err *err) {
  *got = 0;
  if (in->sealed && room) {
    enum outcome out = seal_read(in->sealed, to, room, got, err);
    return out == OUT_END ? OUT_OK : out;
  }
  ssize_t len = 1;
  for (; *got < room && len > 0; *got += (size_t)(len > 0 ? len : 0))
    len = read_some(in->fd, to + *got, room - *got);
  return len < 0 ? err_errno(err, "cannot read %s", in->name) : OUT_OK;
}

static enum outcome look_at(struct in *in, struct err *err) {
  struct stat about;
  if (fstat(in->fd, &about)) return err_errno(err, "cannot read %s", in->name);
  if (S_ISDIR(about.st_mode)) return err_set(err, OUT_SYSTEM, "cannot read %s: it is a folder", in->name);
  off_t start = S_ISREG(about.st_mode) ? lseek(in->fd, 0, SEEK_CUR) : -1;
  if (start >= 0) {
    in->regular = true;
    in->start = (uint64_t)start;
    in->size = about.st_size > start ? (uint64_t)(about.st_size - start) : 0;
    (void)posix_fadvise(in->fd, start, 0, POSIX_FADV_SEQUENTIAL);
  }
  return OUT_OK;
}

static enum outcome tell_gzip(struct in *in, struct in_limits limits, struct err *err) {
  if (read_full(in, in->head, MAGIC, &in->head_len, err)) return err->outcome;
  if (in->head_len == MAGIC && memcmp(in->head, "\x1f\x8b", MAGIC) == 0) {
    in->gunzip = gunzip_new(limits.bytes_most, limits.ratio_most);
    in->packed = mem_alloc(PACKED_BLOCK);
    gunzip_feed(in->gunzip, (str){ in->head, MAGIC });
  }
  return OUT_OK;
}

static char *copy_of(str text) {
  char *copy = mem_alloc(text.len + 1);
  memcpy(copy, text.at, text.len);
  return copy;
}

enum outcome in_open_as_is(const char *path, struct in **in, struct err *err) {
  bool standard = strcmp(path, "-") == 0;
  *in = NULL;
  int fd = standard ? STDIN_FILENO : fd_open(path, O_RDONLY, 0);
  if (fd < 0) {
    err_errno(err, "cannot open %s", path);
    return OUT_SYSTEM;
  }
  struct in *new = mem_alloc(sizeof *new);
  new->fd = fd;
  new->name = copy_of(standard ? STR("standard input") : str_of(path));
  enum outcome out = look_at(new, err);
  if (out) in_close(new);
  else *in = new;
  return out;
}

static enum outcome tell_seal(struct in *in, const char *path, const struct seal_key *key, struct err *err) {
  if (!in->regular || in->start || !seal_is(path)) return OUT_OK;
  if (key) return seal_open(path, key, &in->sealed, err);
  char id[SEAL_KEY_ID];
  if (seal_peek(path, id, err)) return err->outcome;
  return err_set(err, OUT_DATA, "it is sealed with key %s, which this site does not have", id);
}

enum outcome in_open(const char *path, struct in_limits limits, struct in **in, struct err *err) {
  enum outcome out = in_open_as_is(path, in, err);
  if (!*in) return out;
  out = tell_seal(*in, path, limits.key, err);
  if (!out) out = tell_gzip(*in, limits, err);
  if (out) {
    in_close(*in);
    *in = NULL;
  }
  return out;
}

static enum outcome read_plain(struct in *in, char *to, size_t room, size_t *got, struct err *err) {
  size_t head = in->head_len - in->head_used;
  if (head > room) head = room;
  memcpy(to, in->head + in->head_used, head);
  in->head_used += head;
  size_t more = 0;
  if (room > head && read_full(in, to + head, room - head, &more, err)) return err->outcome;
  *got = head + more;
  in->handed_out += *got;
  return *got ? OUT_OK : OUT_END;
}

static enum outcome read_gzip(struct in *in, char *to, size_t room, size_t *got, struct err *err) {
  size_t done = 0;
  while (done < room) {
    size_t more;
    enum outcome out = gunzip_take(in->gunzip, to + done, room - done, &more, err);
    if (out == OUT_END) break;
    if (out) return err_in_file(err, name_of(in));
    done += more;
    if (done == room) break;
    size_t len = 0;
    if (in->sealed) {
      if (read_full(in, in->packed, PACKED_BLOCK, &len, err)) return err->outcome;
    } else {
      ssize_t some = read_some(in->fd, in->packed, PACKED_BLOCK);
      if (some < 0) return err_errno(err, "cannot read %s", in->name);
      len = (size_t)some;
    }
    gunzip_feed(in->gunzip, (str){ in->packed, len });
  }
  *got = done;
  return done ? OUT_OK : OUT_END;
}

enum outcome in_read(struct in *in, char *to, size_t room, size_t *got, struct err *err) {
  *got = 0;
  if (!room) return err_set(err, OUT_BUG, "no room to read %s into", in->name);
  return in->gunzip ? read_gzip(in, to, room, got, err) : read_plain(in, to, room, got, err);
}

bool in_is_gzip(const struct in *in) { return in->gunzip != NULL; }
bool in_can_read_again(const struct in *in) { return in->regular; }
bool in_can_read_at(const struct in *in) { return in->regular && !in->gunzip && !in->sealed; }
uint64_t in_size(const struct in *in) { return in->size; }
uint64_t in_position(const struct in *in) { return in->gunzip ? gunzip_used(in->gunzip) : in->handed_out; }

enum outcome in_read_at(struct in *in, uint64_t place, char *to, size_t room, size_t *got, struct err *err) {
  *got = 0;
  if (!in_can_read_at(in)) return err_set(err, OUT_BUG, "%s cannot be read at a place", in->name);
  size_t done = 0;
  while (done < room) {
    ssize_t len = pread(in->fd, to + done, room - done, (off_t)(in->start + place + done));
    if (len < 0 && errno == EINTR) continue;
    if (len < 0) return err_errno(err, "cannot read %s", in->name);
    if (len == 0) break;
    done += (size_t)len;
  }
  *got = done;
  return OUT_OK;
}

enum outcome in_read_whole(const char *path, size_t most, struct arena *arena, str *bytes, struct err *err) {
  struct in_limits limits = { .bytes_most = most, .ratio_most = in_default_limits.ratio_most };
  struct in *in;
  enum outcome out = in_open(path, limits, &in, err);
  if (out) return out;
  struct buf all = buf_new(most);
  char block[16 * 1024];
  size_t got;
  while (!(out = in_read(in, block, sizeof block, &got, err)) && !all.full) buf_bytes(&all, block, got);
  if (all.full) {
    out = err_set(err, OUT_DATA, "larger than %zu bytes", most);
    err_in_file(err, name_of(in));
  } else if (out == OUT_END) {
    *bytes = arena_str(arena, buf_str(&all));
    out = OUT_OK;
  }
  buf_free(&all);
  in_close(in);
  return out;
}

void in_close(struct in *in) {
  if (!in) return;
  if (in->fd != STDIN_FILENO) close(in->fd);
  gunzip_free(in->gunzip);
  if (in->sealed) seal_close(in->sealed);
  mem_free(in->packed);
  mem_free(in->name);
  mem_free(in);
}
