/* io/keyring_day: the keys of days: made, found, destroyed, wrapped anew. */
#include "io/keyring_internal.h"
#include "io/fd.h"
#include "io/file.h"
#include "io/in.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MOST = 4096 };

/* Where a day's files are; in an arena of one call. */
struct place {
  struct arena *arena;
  str day;
  const char *key, *tombstone;
};

/* A day's text is part of a path. */
static bool is_day(str day) {
  if (day.len != KEYRING_DAY) return false;
  for (size_t i = 0; i < day.len; i++)
    if (i == 4 || i == 7 ? day.at[i] != '-' : day.at[i] < '0' || day.at[i] > '9') return false;
  return true;
}

static enum outcome begin(const struct keyring *keyring, str day, struct place *place, struct err *err) {
  *place = (struct place){ .day = day };
  if (!is_day(day)) {
    err_set(err, OUT_DATA, "\"%.*s\" is not a day as 2026-11-25", STR_ARG(str_sub(day, 0, 40)));
    return OUT_DATA;
  }
  place->arena = arena_new();
  str name = arena_printf(place->arena, "%.*s.key", STR_ARG(day));
  str tombstone = arena_printf(place->arena, "%.*s.purged", STR_ARG(day));
  place->key = file_join(place->arena, keyring->days, name);
  place->tombstone = file_join(place->arena, keyring->days, tombstone);
  return OUT_OK;
}

static void end(struct place *place) {
  if (place->arena) arena_free(place->arena);
}

/* Overwritten where it lies, on the disk, before its name goes; whoever has it open reads zeros. */
static enum outcome erase(const char *path, struct err *err) {
  char zeros[KEYRING_LINE_MOST] = { 0 };
  struct stat about;
  int fd = fd_open(path, O_WRONLY | O_NOFOLLOW, 0);
  if (fd < 0) return errno == ENOENT ? OUT_OK : err_errno(err, "cannot overwrite %s", path);
  bool good = fstat(fd, &about) == 0;
  for (off_t at = 0; good && at < about.st_size; at += (off_t)sizeof zeros) {
    size_t len = about.st_size - at < (off_t)sizeof zeros ? (size_t)(about.st_size - at) : sizeof zeros;
    good = fd_write_at(fd, zeros, len, at);
  }
  good = good && fd_sync(fd);
  enum outcome out = good ? OUT_OK : err_errno(err, "cannot overwrite %s", path);
  close(fd);
  if (out) return out;
  if (unlink(path) && errno != ENOENT) return err_errno(err, "cannot remove %s", path);
  return OUT_OK;
}

/* "destroyed TIME"; a tombstone that says something else is one all the same. */
static void read_time(const struct place *place, char time[KEYRING_TIME]) {
  struct err err = { 0 };
  str text;
  time[0] = '\0';
  if (in_read_whole(place->tombstone, FILE_MOST, place->arena, &text, &err)) return;
  text = str_trim(text);
  if (!str_starts(text, STR("destroyed "))) return;
  text = str_sub(text, sizeof "destroyed " - 1, text.len);
  if (text.len >= KEYRING_TIME || str_find(text, '\n') >= 0) return;
  memcpy(time, text.at, text.len);
  time[text.len] = '\0';
}

/* The tombstone may be another's, made just now: it is on the disk before the key is gone. */
static enum outcome remove_key(const struct keyring *keyring, const struct place *place, struct err *err) {
  if (!file_exists(place->key)) return OUT_OK;
  enum outcome out = file_sync_folder(keyring->days, err);
  if (!out) out = erase(place->key, err);
  return out ? out : file_sync_folder(keyring->days, err);
}

/* OUT_END when the day was destroyed; what a dead destroyer left of its key goes now. */
static enum outcome check_tombstone(const struct keyring *keyring, const struct place *place,
                                    struct err *err) {
  char time[KEYRING_TIME];
  if (!file_exists(place->tombstone)) return OUT_OK;
  enum outcome out = remove_key(keyring, place, err);
  if (out) return out;
  read_time(place, time);
  return err_set(err, OUT_END, "the key of %.*s was destroyed at %s", STR_ARG(place->day),
                 time[0] ? time : "a time that its tombstone does not tell");
}

/* A key that is destroyed while it is read is no damage. */
static enum outcome read_key(const struct keyring *keyring, const struct place *place, str *master,
                             struct secret **secret, struct err *err) {
  str line;
  *secret = NULL;
  enum outcome out = in_read_whole(place->key, FILE_MOST, place->arena, &line, err);
  if (!out && !(out = keyring_unwrap(keyring, place->day, line, master, secret, err))) return OUT_OK;
  if (file_exists(place->tombstone)) return check_tombstone(keyring, place, err);
  if (out == OUT_DATA || out == OUT_SPEC) err_in_file(err, str_of(place->key));
  return out;
}

/* Made aside and moved into place without replacing: of two makers one wins, and the loser's is never used.
 */
static enum outcome make_key(const struct keyring *keyring, const struct place *place, struct err *err) {
  const struct master *master;
  struct file *file;
  char line[KEYRING_LINE_MOST];
  enum outcome out = keyring_wrapper(keyring, &master, err);
  if (!out) out = file_make_folders(keyring->days, 0700, err);
  if (!out) out = file_sync_folder(keyring->folder, err); /* who made keys/day may have died before */
  if (!out) out = file_create(place->key, 0600, &file, err);
  if (out) return out;
  struct secret *secret = secret_random();
  keyring_wrap(master, place->day, secret, line);
  secret_free(secret);
  out = file_write(file, str_of(line), err);
  if (out) file_abandon(file);
  else out = file_commit_new(file, err);
  if (out != OUT_REFUSED) return out;
  *err = (struct err){ 0 }; /* nothing went wrong */
  return OUT_OK;
}

/* A key that somebody else has just made may not be on the disk yet; nothing may be sealed with it before. */
static enum outcome make_sure(const struct keyring *keyring, const struct place *place, struct err *err) {
  enum outcome out = file_exists(place->key) ? OUT_OK : make_key(keyring, place, err);
  if (!out) out = file_sync_folder(keyring->days, err);
  return out ? out : check_tombstone(keyring, place, err);
}

enum outcome keyring_day(struct keyring *keyring, str day, bool create, struct seal_key **key,
                         struct err *err) {
  struct place place;
  struct secret *secret = NULL;
  str master;
  *key = NULL;
  enum outcome out = begin(keyring, day, &place, err);
  if (!out) out = check_tombstone(keyring, &place, err);
  if (!out && create) out = make_sure(keyring, &place, err);
  if (!out && !file_exists(place.key))
    out = err_set(err, OUT_END, "there never was a key of %.*s", STR_ARG(day));
  if (!out) out = read_key(keyring, &place, &master, &secret, err);
  if (!out) *key = seal_key_new(secret, day);
  end(&place);
  return out;
}

enum outcome keyring_find(struct keyring *keyring, str key_id, struct seal_key **key, struct err *err) {
  enum outcome out = keyring_day(keyring, str_sub(key_id, 0, KEYRING_DAY), false, key, err);
  if (out || str_eq(key_id, str_of(seal_key_id(*key)))) return out;
  err_set(err, OUT_REFUSED, "sealed with key %.*s, the key of that day in %s is %s",
          (int)(key_id.len < SEAL_KEY_ID ? key_id.len : SEAL_KEY_ID), key_id.at, keyring->folder,
          seal_key_id(*key));
  seal_key_free(*key);
  *key = NULL;
  return err->outcome;
}

enum outcome keyring_day_state(const struct keyring *keyring, str day, enum keyring_state *state,
                               char time[KEYRING_TIME], struct err *err) {
  struct place place;
  time[0] = '\0';
  *state = KEYRING_NEVER;
  enum outcome out = begin(keyring, day, &place, err);
  if (out) return out;
  if (file_exists(place.tombstone)) {
    *state = KEYRING_DESTROYED;
    read_time(&place, time);
  } else if (file_exists(place.key)) *state = KEYRING_THERE;
  end(&place);
  return OUT_OK;
}

/* The tombstone first: a key that is made or wrapped anew at this moment is then seen to be too late. */
enum outcome keyring_destroy_day(struct keyring *keyring, str day, str time, struct err *err) {
  struct place place;
  enum outcome out = begin(keyring, day, &place, err);
  if (out) return out;
  if (time.len >= KEYRING_TIME || str_find(time, '\n') >= 0)
    out =
        err_set(err, OUT_BUG, "the time of a tombstone is one word of at most %d letters", KEYRING_TIME - 1);
  else if (!file_exists(place.tombstone)) {
    if (file_exists(place.key))
      out =
          file_put(place.tombstone, 0600, arena_printf(place.arena, "destroyed %.*s\n", STR_ARG(time)), err);
    else out = err_set(err, OUT_END, "there never was a key of %.*s", STR_ARG(day));
  }
  if (!out) out = remove_key(keyring, &place, err);
  end(&place);
  return out;
}

static enum outcome rewrap_day(struct keyring *keyring, const struct master *master, str day, size_t *count,
                               struct err *err) {
  struct place place;
  struct secret *secret = NULL;
  char line[KEYRING_LINE_MOST];
  str under = STR_NONE;
  enum outcome out = begin(keyring, day, &place, err);
  if (!out) out = check_tombstone(keyring, &place, err);
  if (!out) out = read_key(keyring, &place, &under, &secret, err);
  if (!out && !str_eq(under, str_of(master->id))) {
    keyring_wrap(master, day, secret, line);
    out = file_put(place.key, 0600, str_of(line), err);
    *count += !out;
    if (!out) out = check_tombstone(keyring, &place, err);
  }
  secret_free(secret);
  end(&place);
  return out == OUT_END ? OUT_OK : out;
}

enum outcome keyring_rewrap(struct keyring *keyring, size_t *count, struct err *err) {
  const struct master *master;
  struct err first = { 0 };
  str *names;
  size_t name_count;
  *count = 0;
  enum outcome out = keyring_wrapper(keyring, &master, err);
  if (out || !file_exists(keyring->days)) return out;
  struct arena *arena = arena_new();
  out = file_list(keyring->days, arena, &names, &name_count, err);
  for (size_t i = 0; i < name_count && !out; i++) {
    struct err one = { 0 };
    str day = str_sub(names[i], 0, KEYRING_DAY);
    if (is_day(day) && str_ends(names[i], STR(".key")) && names[i].len == KEYRING_DAY + sizeof ".key" - 1 &&
        rewrap_day(keyring, master, day, count, &one) && !first.outcome)
      first = one;
  }
  arena_free(arena);
  if (out || !first.outcome) return out;
  *err = first;
  return first.outcome;
}
