/* spool/spool: the inbox side of custody: every move of a dropped file. */
#include "io/digest.h"
#include "io/in.h"
#include "spool/spool_internal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { NUMBER_MOST = 100000, TRIES = 10 };

enum outcome spool_open(const char *site, struct arena *arena, struct spool **spool, struct err *err) {
  *spool = NULL;
  if (!file_is_folder(site)) return err_set(err, OUT_SYSTEM, "there is no site at %s", site);
  *spool = ARENA_NEW(arena, struct spool);
  (*spool)->arena = (*spool)->own = arena;
  (*spool)->site = arena_text(arena, str_of(site));
  return OUT_OK;
}

struct arena *spool_lend(struct spool *spool, struct arena *arena) {
  struct arena *before = spool->arena;
  spool->arena = arena;
  return before;
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

/* With its mode from the first instant: a run that died between mkdir and chmod would leave a folder that
 * nobody else can enter, and the next run would take it for the site's own choice. (No other thread makes
 * files while one releases.) */
enum outcome spool_open_folder(const char *path, struct err *err) {
  if (file_is_folder(path)) return OUT_OK;
  mode_t before = umask(022);
  enum outcome out = file_make_folders(path, 0755, err);
  umask(before);
  return out;
}

enum outcome spool_same_bytes(const char *a, const char *b, bool *same, struct err *err) {
  char digest[2][DIGEST_TEXT];
  struct stat about[2];
  *same = false;
  if (lstat(a, &about[0]) || lstat(b, &about[1]) || !S_ISREG(about[0].st_mode) ||
      !S_ISREG(about[1].st_mode) || about[0].st_size != about[1].st_size)
    return OUT_OK;
  enum outcome out = digest_file(a, digest[0], err);
  if (!out) out = digest_file(b, digest[1], err);
  *same = !out && strcmp(digest[0], digest[1]) == 0;
  return out;
}

enum outcome spool_moved(const char *from, const char *to, struct err *err) {
  char *folder = mem_alloc(strlen(to) + 1);
  memcpy(folder, to, (size_t)(spool_name_of(to).at - to)); /* with its "/" */
  enum outcome out = file_sync(to, err);
  if (!out) out = file_sync_folder(folder, err);
  mem_free(folder);
  return out ? out : file_remove(from, err);
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

/* FOLDER/NAME, or NAME.1, .2 ... *same: one of them has the bytes of `from`, and nothing needs to be moved.
 */
static enum outcome find_place(struct spool *spool, const char *from, const char *folder, str name,
                               bool with_why, const char **path, bool *same, struct err *err) {
  const char *plain = *path = file_join(spool->arena, folder, spool_fitting(name, SPOOL_NAME_MOST));
  enum outcome out = spool_same_bytes(from, *path, same, err);
  for (unsigned n = 1; !out && !*same && !is_free(spool, *path, with_why) && n < NUMBER_MOST; n++) {
    *path = arena_printf(spool->arena, "%s.%u", plain, n).at;
    out = spool_same_bytes(from, *path, same, err);
  }
  return out;
}

/* Moves. Whoever takes the name between the question and the move makes us ask again. */

enum outcome spool_move_in(struct spool *spool, const char *from, const char *folder, unsigned mode, str name,
                           const char **path, struct err *err) {
  enum outcome out = file_make_folders(folder, mode, err);
  if (out) return out;
  for (int try = 0; try < TRIES; try++) {
    const char *to;
    bool same;
    out = find_place(spool, from, folder, name, false, &to, &same, err);
    if (!out) out = same ? spool_moved(from, to, err) : file_move(from, to, err);
    if (!out) *path = to;
    if (out != OUT_REFUSED) break;
  }
  return out;
}

/* Of the same file, rejected before, there may be some. */
static enum outcome put_rows(struct spool *spool, const char *rows, const char *to, struct err *err) {
  const char *beside = rows_of(spool, to);
  enum outcome out = there(beside) ? file_remove(beside, err) : OUT_OK;
  return out ? out : file_move(rows, beside, err);
}

enum outcome spool_kept_place(struct spool *spool, const char *room, str feed, const char *work,
                              const char **path, struct err *err) {
  bool same;
  const char *folder = spool_path(spool, room, feed, STR_NONE);
  return find_place(spool, work, folder, spool_name_of(work), true, path, &same, err);
}

/* The reason first: a file without one would never be understood, a reason without its file is swept. */
static enum outcome move_with_why(struct spool *spool, const char *from, const char *folder, str why,
                                  const char *rows, const char **path, struct err *err) {
  enum outcome out = file_make_folders(folder, 0700, err);
  if (out) return out;
  const char *to;
  bool same;
  out = find_place(spool, from, folder, spool_name_of(from), true, &to, &same, err);
  if (!out) out = file_put(why_of(spool, to), 0600, why, err);
  if (!out && rows) out = put_rows(spool, rows, to, err);
  if (!out) out = same ? spool_moved(from, to, err) : file_move(from, to, err);
  if (!out) *path = to;
  return out;
}

enum outcome spool_claim(struct spool *spool, str feed, const struct drop *drop, const char **path,
                         struct err *err) {
  enum outcome out = spool_need_name(feed, "feed", err);
  if (out) return out;
  if (drop->unreadable)
    return err_set(err, OUT_DATA, "%s cannot be taken: it is no file that can be read", drop->path);
  /* On the disk before we answer for it, closed to others (not ours to change when another user dropped it;
   * the folder it goes to is closed anyway). */
  bool closed = chmod(drop->path, 0600) == 0 || errno == EPERM;
  out = closed ? file_sync(drop->path, err) : err_errno(err, "cannot close %s to others", drop->path);
  if (out && !there(drop->path)) out = OUT_RETRY;
  if (!out)
    out = spool_move_in(spool, drop->path, spool_path(spool, "var/inbox/work", feed, STR_NONE), 0700,
                        drop->name, path, err);
  if (out == OUT_RETRY) return err_set(err, OUT_RETRY, "%s was taken by somebody else", drop->path);
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
  return move_with_why(spool, work, spool_path(spool, "var/inbox/hold", feed, STR_NONE), why, NULL, path,
                       err);
}

enum outcome spool_give_back(struct spool *spool, str feed, const char *work, struct err *err) {
  const char *path;
  enum outcome out = spool_need_name(feed, "feed", err);
  if (out) return out;
  return spool_move_in(spool, work, spool_path(spool, "inbox", feed, STR_NONE), 0755, spool_name_of(work),
                       &path, err);
}

/* The file has left; the reason that lay beside it goes too. */
static enum outcome after_leaving(struct spool *spool, const char *path, enum outcome out, struct err *err) {
  if (out == OUT_RETRY) return err_set(err, OUT_RETRY, "%s was taken by somebody else", path);
  if (out) return out;
  const char *rows = rows_of(spool, path), *why = why_of(spool, path);
  if (there(rows) && !there(why_of(spool, rows))) out = file_remove(rows, err);
  return !out && there(why) ? file_remove(why, err) : out;
}

enum outcome spool_return(struct spool *spool, str feed, const char *held, struct err *err) {
  return after_leaving(spool, held, spool_give_back(spool, feed, held, err), err);
}

enum outcome spool_refuse(struct spool *spool, str feed, const char *held, str why, const char **path,
                          struct err *err) {
  return after_leaving(spool, held, spool_reject(spool, feed, held, why, path, err), err);
}

/* By a temporary name, which is no drop. */
enum outcome spool_drop_in(struct spool *spool, str feed, const char *from, str name, const char **path,
                           struct err *err) {
  enum { BLOCK = 64 * 1024 };
  struct in *in;
  struct file *file;
  char block[BLOCK];
  size_t got;
  enum outcome out = spool_need_name(feed, "feed", err);
  if (!out) out = in_open_as_is(from, &in, err);
  if (out) return out;
  const char *made = spool_path(spool, "var/inbox/sealing", feed, name),
             *folder = spool_path(spool, "var/inbox/sealing", feed, STR_NONE);
  if (!file_make_folders(folder, 0700, err) && !file_create(made, 0640, &file, err)) {
    while (!(out = in_read(in, block, sizeof block, &got, err)) &&
           !file_write(file, (str){ block, got }, err)) {
    }
    if (out == OUT_END && !err->outcome) file_commit(file, err);
    else file_abandon(file);
  }
  in_close(in);
  if (err->outcome) return err->outcome;
  return spool_move_in(spool, made, spool_path(spool, "inbox", feed, STR_NONE), 0755, name, path, err);
}

enum outcome spool_write_in(struct spool *spool, str feed, str text, str name, struct err *err) {
  const char *path, *made = spool_path(spool, "var/inbox/sealing", feed, name);
  if (spool_need_name(feed, "feed", err) ||
      file_make_folders(spool_path(spool, "var/inbox/sealing", feed, STR_NONE), 0700, err) ||
      file_put(made, 0600, text, err) ||
      spool_move_in(spool, made, spool_path(spool, "inbox", feed, STR_NONE), 0755, name, &path, err))
    return err->outcome;
  return file_put(arena_printf(spool->arena, "%s.done", path).at, 0600, STR_NONE, err);
}
