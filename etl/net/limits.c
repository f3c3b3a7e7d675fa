/* net/limits: what we may still ask of whom: buckets and breakers in one file that our processes share. */
#include "net/limits.h"
#include "base/buf.h"
#include "base/map.h"
#include "base/memory.h"
#include "io/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { FILE_MOST = 1024 * 1024, NUMBERS = 4 };

static const char first_line[] = "sluice-limits 1";

struct limits {
  struct arena *arena;
  char *path; /* NULL: memory only */
  int fd;     /* while it is locked */
  struct map *buckets, *breakers;
};

static void forget(struct limits *limits) {
  arena_reset(limits->arena);
  limits->buckets = map_new(limits->arena);
  limits->breakers = map_new(limits->arena);
}

struct limits *limits_open(const char *path) {
  struct limits *limits = mem_alloc(sizeof *limits);
  limits->arena = arena_new();
  limits->fd = -1;
  if (path) {
    size_t len = str_of(path).len;
    limits->path = mem_alloc(len + 1);
    memcpy(limits->path, path, len);
  }
  forget(limits);
  return limits;
}

void limits_close(struct limits *limits) {
  if (!limits) return;
  arena_free(limits->arena);
  mem_free(limits->path);
  mem_free(limits);
}

/* --- the file --- */

static bool take_numbers(str rest, int64_t *numbers, size_t count) {
  str word;
  size_t i = 0;
  for (; str_split(&rest, ' ', &word); i++)
    if (i == count || !str_to_int(word, &numbers[i]) || numbers[i] < 0) return false;
  return i == count;
}

static void take_line(struct limits *limits, str line) {
  str word, name;
  int64_t n[NUMBERS];
  if (!str_split(&line, ' ', &word) || !str_split(&line, ' ', &name) || !name.len) return;
  if (str_eq(word, STR("bucket")) && take_numbers(line, n, 4)) {
    struct bucket *bucket = ARENA_NEW(limits->arena, struct bucket);
    *bucket = (struct bucket){ n[0], n[1], n[2], n[3] };
    *map_put(limits->buckets, name) = bucket;
  } else if (str_eq(word, STR("breaker")) && take_numbers(line, n, 3)) {
    struct breaker *breaker = ARENA_NEW(limits->arena, struct breaker);
    *breaker = (struct breaker){ n[0], n[1], n[2] };
    *map_put(limits->breakers, name) = breaker;
  }
}

static enum outcome load(struct limits *limits, struct err *err) {
  struct buf text = buf_new(FILE_MOST);
  char block[4096];
  ssize_t got;
  forget(limits);
  while ((got = fd_read(limits->fd, block, sizeof block)) > 0) buf_bytes(&text, block, (size_t)got);
  str rest = buf_str(&text), line;
  bool known = got == 0 && str_split(&rest, '\n', &line) && str_eq(line, str_of(first_line));
  while (known && str_split(&rest, '\n', &line)) take_line(limits, line);
  buf_free(&text);
  return got < 0 ? err_errno(err, "cannot read %s", limits->path) : OUT_OK;
}

static void format(const struct limits *limits, struct buf *text) {
  buf_printf(text, "%s\n", first_line);
  for (size_t i = 0; i < map_count(limits->buckets); i++) {
    const struct map_entry *entry = map_at(limits->buckets, i);
    const struct bucket *bucket = entry->value;
    buf_printf(text, "bucket %.*s %lld %lld %lld %lld\n", STR_ARG(entry->key), (long long)bucket->rate,
               (long long)bucket->burst, (long long)bucket->tokens, (long long)bucket->at);
  }
  for (size_t i = 0; i < map_count(limits->breakers); i++) {
    const struct map_entry *entry = map_at(limits->breakers, i);
    const struct breaker *breaker = entry->value;
    if (!breaker->failures) continue; /* a host that is well need not be known */
    buf_printf(text, "breaker %.*s %lld %lld %lld\n", STR_ARG(entry->key), (long long)breaker->failures,
               (long long)breaker->until, (long long)breaker->trying);
  }
}

static enum outcome lock(struct limits *limits, struct err *err) {
  if (!limits->path) return OUT_OK;
  limits->fd = fd_open(limits->path, O_RDWR | O_CREAT, 0600);
  if (limits->fd < 0 || !fd_lock(limits->fd, true)) {
    err_errno(err, "cannot lock %s", limits->path);
    if (limits->fd >= 0) close(limits->fd);
    return err->outcome;
  }
  enum outcome out = load(limits, err);
  if (out) close(limits->fd);
  return out;
}

/* Written over in place: who dies in between leaves lines that are none. */
static enum outcome unlock(struct limits *limits, struct err *err) {
  if (!limits->path) return OUT_OK;
  struct buf text = buf_new(FILE_MOST);
  format(limits, &text);
  enum outcome out = OUT_OK;
  if (ftruncate(limits->fd, (off_t)text.len) || !fd_write_at(limits->fd, text.at, text.len, 0))
    out = err_errno(err, "cannot write %s", limits->path);
  buf_free(&text);
  close(limits->fd);
  return out;
}

/* --- questions --- */

static struct bucket *bucket_of(struct limits *limits, int64_t now, const struct limits_of *what) {
  if (!what->bucket) return NULL;
  void **place = map_put(limits->buckets, str_of(what->bucket));
  if (!*place) {
    struct bucket *bucket = ARENA_NEW(limits->arena, struct bucket);
    *bucket = bucket_full(what->rate, what->burst, now);
    *place = bucket;
  }
  return *place;
}

static struct breaker *breaker_of(struct limits *limits, const struct limits_of *what) {
  if (!what->host) return NULL;
  void **place = map_put(limits->breakers, str_of(what->host));
  if (!*place) *place = ARENA_NEW(limits->arena, struct breaker);
  return *place;
}

enum outcome limits_take(struct limits *limits, int64_t now, const struct limits_of *what, int64_t *wait,
                         struct err *err) {
  *wait = 0;
  if (lock(limits, err)) return err->outcome;
  struct bucket *bucket = bucket_of(limits, now, what);
  struct breaker *breaker = breaker_of(limits, what);
  if (bucket && bucket_left(bucket, now) < 1) *wait = bucket_take(bucket, now);
  if (!*wait && breaker) *wait = breaker_wait(breaker, now);
  if (!*wait && bucket) *wait = bucket_take(bucket, now);
  return unlock(limits, err);
}

enum outcome limits_note(struct limits *limits, int64_t now, const struct limits_of *what,
                         struct limits_seen seen, struct err *err) {
  if (lock(limits, err)) return err->outcome;
  struct bucket *bucket = bucket_of(limits, now, what);
  struct breaker *breaker = breaker_of(limits, what);
  if (bucket && seen.rate) bucket_adopt(bucket, now, seen.rate);
  if (bucket && seen.exhausted) bucket_empty(bucket, now);
  if (breaker) breaker_note(breaker, now, seen.good);
  return unlock(limits, err);
}

enum outcome limits_walk(struct limits *limits, const struct limits_visit *visit, struct err *err) {
  if (lock(limits, err)) return err->outcome;
  for (size_t i = 0; i < map_count(limits->buckets); i++)
    visit->bucket(visit->user, map_at(limits->buckets, i)->key, map_at(limits->buckets, i)->value);
  for (size_t i = 0; i < map_count(limits->breakers); i++)
    visit->breaker(visit->user, map_at(limits->breakers, i)->key, map_at(limits->breakers, i)->value);
  return unlock(limits, err);
}
