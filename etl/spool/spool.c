/* spool/spool: the inbox side of custody: every move of a dropped file. */
#include "spool/spool_internal.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { NUMBER_MOST = 100000, TRIES = 10 };

enum outcome spool_open(const char *site, struct arena *arena, struct spool **spool, struct err *err) {
  *spool = NULL;
  if (!file_is_folder(site)) return err_set(err, OUT_SYSTEM, "there is no site at %s", site);
  *spool = ARENA_NEW(arena, struct spool);
  (*spool)->arena = arena;
  (*spool)->site = arena_text(arena, str_of(site));
  return OUT_OK;
}

/* Names. */

const char *spool_path(struct spool *spool, const char *folder, str name, str inner) {
  const char *path = file_join(spool->arena, spool->site, str_of(folder));
  if (name.len) path = file_join(spool->arena, path, name);
  return inner.len ? file_join(spool->arena, path, inner) : path;
}

bool spool_good_name(str name) {
  if (!name.len || str_eq(name, STR(".")) || str_eq(name, STR(".."))) return false;
  for (size_t i = 0; i < name.len; i++) {
    unsigned char byte = (unsigned char)name.at[i];
    if (byte < ' ' || byte == 0x7f || byte == '/') return false;
  }
  return true;
}

enum outcome spool_need_name(str name, const char *what, struct err *err) {
  if (spool_good_name(name)) return OUT_OK;
  return err_set(err, OUT_BUG, "\"%.*s\" cannot be the name of a %s", STR_ARG(name), what);
}

str spool_name_of(const char *path) {
  const char *last = strrchr(path, '/');
  return str_of(last ? last + 1 : path);
}

str spool_fitting(str name, size_t most) {
  size_t end = name.len < most ? name.len : most;
  while (end && end < name.len && ((unsigned char)name.at[end] & 0xc0) == 0x80) end--;
  return str_sub(name, 0, end);
}

static const char *why_of(struct spool *spool, const char *path) {
  return arena_printf(spool->arena, "%s.why", path).at;
}

static bool there(const char *path) {
  struct stat about;
  return lstat(path, &about) == 0;
}

static const char *rows_of(struct spool *spool, const char *path) {
  return arena_printf(spool->arena, "%s.rows", path).at;
}

/* With a reason to be written beside, NAME.why must be free too: a person may have dropped a file of that
 * name, which then has a .why of its own. One without is what a dead run wrote, and may be replaced. */
static bool is_free(struct spool *spool, const char *path, bool with_why) {
  if (there(path)) return false;
  const char *why = why_of(spool, path);
  return !with_why || (!there(rows_of(spool, path)) && (!there(why) || !there(why_of(spool, why))));
}

/* FOLDER/NAME, or NAME.1, .2 ... */
static const char *free_path(struct spool *spool, const char *folder, str name, bool with_why) {
  const char *plain = file_join(spool->arena, folder, spool_fitting(name, SPOOL_NAME_MOST)), *path = plain;
  for (unsigned n = 1; !is_free(spool, path, with_why) && n < NUMBER_MOST; n++)
    path = arena_printf(spool->arena, "%s.%u", plain, n).at;
  return path;
}

/* Moves. Whoever takes the name between the question and the move makes us ask again. */

static enum outcome move_in(struct spool *spool, const char *from, const char *folder, unsigned mode,
                            str name, const char **path, struct err *err) {
  enum outcome out = file_make_folders(folder, mode, err);
  if (out) return out;
  for (int try = 0; try < TRIES; try++) {
    const char *to = free_path(spool, folder, name, false);
    out = file_move(from, to, err);
    if (!out) *path = to;
    if (out != OUT_REFUSED) break;
  }
  return out;
}

/* The reason first: a file without one would never be understood, a reason without its file is swept. */
static enum outcome move_with_why(struct spool *spool, const char *from, const char *folder, str why,
                                  const char *rows, const char **path, struct err *err) {
  enum outcome out = file_make_folders(folder, 0700, err);
  if (out) return out;
  const char *to = free_path(spool, folder, spool_name_of(from), true);
  out = file_put(why_of(spool, to), 0600, why, err);
  if (!out && rows) chmod(rows, 0600), out = file_move(rows, rows_of(spool, to), err);
  if (out) return out;
  chmod(from, 0600); /* not ours to change when another user dropped it; the folder is closed anyway */
  out = file_move(from, to, err);
  if (!out) *path = to;
  return out;
}

enum outcome spool_claim(struct spool *spool, str feed, const struct drop *drop, const char **path,
                         struct err *err) {
  enum outcome out = spool_need_name(feed, "feed", err);
  if (out) return out;
  if (drop->unreadable)
    return err_set(err, OUT_DATA, "%s cannot be taken: it is no file that can be read", drop->path);
  /* On the disk before we answer for it. */
  out = file_sync(drop->path, err);
  if (!out)
    out = move_in(spool, drop->path, spool_path(spool, "var/inbox/work", feed, STR_NONE), 0700, drop->name,
                  path, err);
  if (out && !there(drop->path)) return err_set(err, OUT_RETRY, "%s was taken by somebody else", drop->path);
  if (out) return out;
  const char *done = arena_printf(spool->arena, "%s.done", drop->path).at;
  return there(done) ? file_remove(done, err) : OUT_OK;
}

enum outcome spool_reject_rows(struct spool *spool, str feed, const char *work, str why, const char *rows,
                               const char **path, struct err *err) {
  enum outcome out = spool_need_name(feed, "feed", err);
  if (out) return out;
  const char *folder = spool_path(spool, "var/inbox/reject", feed, STR_NONE);
  return move_with_why(spool, work, folder, why, rows, path, err);
}

enum outcome spool_reject(struct spool *spool, str feed, const char *work, str why, const char **path,
                          struct err *err) {
  return spool_reject_rows(spool, feed, work, why, NULL, path, err);
}

enum outcome spool_hold(struct spool *spool, str feed, const char *work, str why, const char **path,
                        struct err *err) {
  enum outcome out = spool_need_name(feed, "feed", err);
  if (out) return out;
  return move_with_why(spool, work, spool_path(spool, "var/inbox/hold", feed, STR_NONE), why, NULL, path, err);
}

enum outcome spool_give_back(struct spool *spool, str feed, const char *work, struct err *err) {
  const char *path;
  enum outcome out = spool_need_name(feed, "feed", err);
  if (out) return out;
  return move_in(spool, work, spool_path(spool, "inbox", feed, STR_NONE), 0755, spool_name_of(work), &path,
                 err);
}

enum outcome spool_take_again(struct spool *spool, str feed, const char *path, const char **work,
                              struct err *err) {
  enum outcome out = spool_need_name(feed, "feed", err);
  if (!out)
    out = move_in(spool, path, spool_path(spool, "var/inbox/work", feed, STR_NONE), 0700, spool_name_of(path),
                  work, err);
  if (out && !there(path)) return err_set(err, OUT_RETRY, "%s was taken by somebody else", path);
  if (out) return out;
  const char *rows = rows_of(spool, path), *why = why_of(spool, path);
  if (there(rows) && !there(why_of(spool, rows))) out = file_remove(rows, err);
  return !out && there(why) ? file_remove(why, err) : out;
}
