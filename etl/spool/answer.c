/* spool/answer: what is owed for a dropped file: NAME.ack and NAME.ack.json beside it, and its rejected rows.
 */
#include "spool/answer.h"
#include "io/digest.h"
#include "io/in.h"
#include "io/listing.h"
#include "spool/spool_internal.h"

#include <sys/stat.h>

static const char room[] = "var/outbox/answer", scratch_name[] = "rows";
enum { TO_MOST = 16384, NAME_MOST = 220, NUMBER_MOST = 100000 };

bool spool_is_answer(str name) { return str_ends(name, STR(".ack")) || str_ends(name, STR(".ack.json")); }

bool spool_may_answer(str name) { return spool_good_name(name); }

/* Beside NAME there must be room for ".ack.json" and for the letters of a temporary name. */
static str fitting(str name) {
  size_t end = name.len < NAME_MOST ? name.len : NAME_MOST;
  while (end && end < name.len && ((unsigned char)name.at[end] & 0xc0) == 0x80) end--;
  return str_sub(name, 0, end);
}

static const char *inbox_path(struct spool *spool, str inbox) {
  return str_starts(inbox, STR("/")) ? arena_text(spool->arena, inbox)
                                     : file_join(spool->arena, spool->site, inbox);
}

enum outcome spool_answer_begin(struct spool *spool, str feed, str id, str state, const char **folder,
                                struct err *err) {
  enum outcome out = spool_need_name(feed, "feed", err);
  if (!out) out = spool_need_name(id, "item", err);
  if (out) return out;
  *folder =
      spool_path(spool, room, feed, arena_printf(spool->arena, "%.*s-%.*s", STR_ARG(id), STR_ARG(state)));
  out = file_remove_folder(*folder, err);
  return out ? out : file_make_folders(*folder, 0700, err);
}

enum outcome spool_answer_seal(struct spool *spool, const char *folder, const struct spool_answer *answer,
                               struct err *err) {
  str text = arena_printf(spool->arena, "%.*s\n%.*s\n%.*s\n", STR_ARG(answer->inbox),
                          STR_ARG(fitting(answer->name)), STR_ARG(answer->rejects));
  return file_put(file_join(spool->arena, folder, STR("to")), 0600, text, err);
}

enum outcome spool_answer_drop(struct spool *spool, const char *folder, struct err *err) {
  (void)spool;
  return file_remove_folder(folder, err);
}

static bool same_bytes(const char *a, const char *b) {
  char x[DIGEST_TEXT], y[DIGEST_TEXT];
  struct err unread = { 0 };
  return !digest_file(a, x, &unread) && !digest_file(b, y, &unread) && str_eq(str_of(x), str_of(y));
}

static const char *rejects_path(struct spool *spool, str feed, str name) {
  return spool_path(spool, "outbox/review/rejects", feed, name);
}

str spool_rejects_name(struct spool *spool, str feed, str name, const char *rows) {
  str plain = fitting(name), each = plain;
  for (unsigned n = 1; n < NUMBER_MOST; n++) {
    const char *path = rejects_path(spool, feed, each);
    if (!file_exists(path) || same_bytes(path, rows)) break;
    each = arena_printf(spool->arena, "%.*s.%u", STR_ARG(plain), n);
  }
  return each;
}

/* On the disk before the name is: a mode that is lost would keep its readers out. */
static enum outcome open_to_readers(const char *path, struct err *err) {
  struct stat about;
  if (stat(path, &about) == 0 && (about.st_mode & 07777) == 0640) return OUT_OK;
  if (chmod(path, 0640)) return err_errno(err, "cannot open %s to its readers", path);
  return file_sync(path, err);
}

/* Read by those who correct the rows, and by nobody else: they may hold personal data. */
static enum outcome send_rejects(struct spool *spool, str feed, const char *from, str name, struct err *err) {
  if (!name.len || !file_exists(from)) return OUT_OK;
  enum outcome out = spool_open_folder(spool_path(spool, "outbox/review", STR_NONE, STR_NONE), err);
  if (!out) out = file_make_folders(rejects_path(spool, feed, STR_NONE), 0750, err);
  name = spool_rejects_name(spool, feed, name, from);
  const char *to = rejects_path(spool, feed, name);
  if (!out && file_exists(to)) return file_remove(from, err);
  if (!out) out = open_to_readers(from, err);
  return out ? out : file_move(from, to, err);
}

/* Whole or not there: an older one goes first, and what dies in between is sent by the next run. Somebody's
 * folder of that name stays, and the answer is not given: no reason to stop a run. */
static enum outcome send_one(const char *from, const char *to, struct err *err) {
  struct stat about;
  if (!file_exists(from) || file_is_folder(to)) return OUT_OK; /* sent before */
  enum outcome out = open_to_readers(from, err);
  if (!out && lstat(to, &about) == 0) out = file_remove(to, err);
  return out ? out : file_move(from, to, err);
}

static bool read_to(struct spool *spool, const char *folder, struct spool_answer *answer) {
  str text, *const lines[] = { &answer->inbox, &answer->name, &answer->rejects };
  struct err unread = { 0 };
  const char *path = file_join(spool->arena, folder, STR("to"));
  if (!file_exists(path) || in_read_whole(path, TO_MOST, spool->arena, &text, &unread)) return false;
  for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
    if (!str_split(&text, '\n', lines[i])) return false;
  return answer->inbox.len && spool_good_name(answer->name);
}

enum outcome spool_answer_send(struct spool *spool, str feed, const char *folder, struct err *err) {
  struct arena *arena = spool->arena;
  struct spool_answer answer;
  if (!read_to(spool, folder, &answer)) return spool_answer_drop(spool, folder, err);
  const char *inbox = inbox_path(spool, answer.inbox);
  enum outcome out = send_rejects(spool, feed, file_join(arena, folder, STR("rejects")), answer.rejects, err);
  static const char *const kinds[] = { "ack.json", "ack" };
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds && !out; i++)
    out = send_one(file_join(arena, folder, str_of(kinds[i])),
                   file_join(arena, inbox, arena_printf(arena, "%.*s.%s", STR_ARG(answer.name), kinds[i])),
                   err);
  return out ? out : spool_answer_drop(spool, folder, err);
}

enum outcome spool_answers_owed(struct spool *spool, str feed, struct spool_owed **owed, size_t *count,
                                struct err *err) {
  const char *above = spool_path(spool, room, feed, STR_NONE);
  str *names;
  size_t name_count;
  *owed = NULL;
  *count = 0;
  if (!file_is_folder(above)) return OUT_OK;
  if (file_list(above, spool->arena, &names, &name_count, err)) return err->outcome;
  for (size_t i = 0; i < name_count; i++) {
    const char *folder = file_join(spool->arena, above, names[i]);
    size_t at = names[i].len;
    while (at && names[i].at[at - 1] != '-') at--;
    if (!at || !file_is_folder(folder)) continue;
    *ARENA_PUSH(spool->arena, *owed, *count) =
        (struct spool_owed){ str_sub(names[i], 0, at - 1), str_sub(names[i], at, names[i].len), folder };
  }
  return OUT_OK;
}

enum outcome spool_answer_scratch(struct spool *spool, str feed, const char **path, struct err *err) {
  enum outcome out = spool_need_name(feed, "feed", err);
  if (!out) out = file_make_folders(spool_path(spool, room, feed, STR_NONE), 0700, err);
  *path = spool_path(spool, room, feed, str_of(scratch_name));
  return !out && file_exists(*path) ? file_remove(*path, err) : out;
}

static enum outcome sweep_one(const char *path, int64_t before, struct err *err) {
  struct stat about;
  if (lstat(path, &about) || !S_ISREG(about.st_mode) || (int64_t)about.st_ctime > before) return OUT_OK;
  return file_remove(path, err);
}

enum outcome spool_answer_sweep(struct spool *spool, str inbox, int64_t before, struct err *err) {
  const char *folder = inbox_path(spool, inbox);
  struct listing *listing;
  str name;
  if (!file_is_folder(folder)) return OUT_OK;
  if (listing_open(folder, spool_is_answer, &listing, err)) return err->outcome;
  struct arena *arena = arena_new();
  enum outcome out = OUT_OK;
  while (!out && !(out = listing_next(listing, &name, err))) {
    arena_reset(arena);
    out = sweep_one(file_join(arena, folder, name), before, err);
  }
  arena_free(arena);
  listing_close(listing);
  return out == OUT_END ? OUT_OK : out;
}
