/* spool/review: the folders of the review loop: sheets that go out, sheets that come back, their answers. */
#include "spool/review.h"
#include "spool/spool_internal.h"

#include <sys/stat.h>

enum { NUMBER_MOST = 10000 };

static const char out_folder[] = "outbox/review", in_folder[] = "inbox/review";

static const char *with_ending(struct spool *spool, const char *folder, str name, const char *ending) {
  return spool_path(spool, folder, arena_printf(spool->arena, "%.*s%s", STR_ARG(name), ending), STR_NONE);
}

/* Those who fill and drop the sheets are other users than those who run sluice; so each folder on the way is
 * opened, whatever the umask. */
static enum outcome make_open(struct spool *spool, const char *name, struct err *err) {
  str whole = str_of(name);
  enum outcome out = OUT_OK;
  for (size_t i = 1; i <= whole.len && !out; i++) {
    if (i < whole.len && whole.at[i] != '/') continue;
    const char *folder = file_join(spool->arena, spool->site, str_sub(whole, 0, i));
    if (file_is_folder(folder)) continue;
    out = spool_open_folder(folder, err);
  }
  return out;
}

bool spool_review_lies(struct spool *spool, str name) {
  return spool_good_name(name) && (file_exists(with_ending(spool, out_folder, name, ".xlsx")) ||
                                   file_exists(with_ending(spool, out_folder, name, ".csv")));
}

static enum outcome put_new(const char *path, unsigned mode, str bytes, struct err *err) {
  struct file *file;
  enum outcome out = file_create(path, mode, &file, err);
  if (out) return out;
  out = file_write(file, bytes, err);
  if (!out) return file_commit_new(file, err);
  file_abandon(file);
  return out;
}

enum outcome spool_review_put(struct spool *spool, str name, str xlsx, str csv, str *put, struct err *err) {
  enum outcome out = spool_need_name(name, "review sheet", err);
  if (!out) out = make_open(spool, in_folder, err); /* where it is to come back */
  if (!out) out = make_open(spool, out_folder, err);
  if (out) return out;
  str each = name;
  for (int n = 2; n < NUMBER_MOST; n++) {
    out = spool_review_lies(spool, each)
              ? OUT_REFUSED
              : put_new(with_ending(spool, out_folder, each, ".csv"), 0640, csv, err);
    if (out != OUT_REFUSED) break;
    each = arena_printf(spool->arena, "%.*s-%d", STR_ARG(name), n);
  }
  if (out == OUT_REFUSED) return err_set(err, OUT_SYSTEM, "outbox/review is full of %.*s", STR_ARG(name));
  *put = each;
  return out ? out : put_new(with_ending(spool, out_folder, each, ".xlsx"), 0640, xlsx, err);
}

enum outcome spool_review_scratch_drop(struct spool *spool, str feed, struct err *err) {
  enum outcome out = spool_need_name(feed, "feed", err);
  return out ? out : file_remove_folder(spool_path(spool, "var/outbox/sheets", feed, STR_NONE), err);
}

enum outcome spool_review_scratch(struct spool *spool, str feed, const char **folder, struct err *err) {
  enum outcome out = spool_review_scratch_drop(spool, feed, err);
  *folder = spool_path(spool, "var/outbox/sheets", feed, STR_NONE);
  return out ? out : file_make_folders(*folder, 0700, err);
}

enum outcome spool_review_drop(struct spool *spool, str name, str bytes, str *dropped, struct err *err) {
  enum outcome out = spool_need_name(name, "review sheet", err);
  if (!out) out = make_open(spool, in_folder, err);
  *dropped = name;
  for (int n = 1; n < NUMBER_MOST && !out; n++) {
    out = put_new(spool_path(spool, in_folder, *dropped, STR_NONE), 0640, bytes, err);
    if (out != OUT_REFUSED) break;
    *dropped = arena_printf(spool->arena, "%.*s.%d", STR_ARG(name), n);
    out = OUT_OK;
  }
  return out;
}

bool spool_review_left(struct spool *spool) {
  const char *folder = spool_path(spool, "var/inbox/work", STR("review"), STR_NONE);
  str *names;
  size_t count = 0;
  struct err unread = { 0 };
  return file_is_folder(folder) && !file_list(folder, spool->arena, &names, &count, &unread) && count;
}

enum outcome spool_review_ack(struct spool *spool, str name, str text, struct err *err) {
  enum outcome out = spool_need_name(name, "review sheet", err);
  if (!out) out = make_open(spool, in_folder, err);
  return out ? out : file_put(with_ending(spool, in_folder, name, ".ack"), 0640, text, err);
}

enum outcome spool_keep_lookup(struct spool *spool, str sheet, str as, str bytes, struct err *err) {
  enum outcome out = spool_need_name(sheet, "lookup sheet", err);
  if (!out) out = spool_need_name(as, "change", err);
  const char *folder = spool_path(spool, "var/lookups-history", sheet, STR_NONE);
  if (!out) out = file_make_folders(folder, 0700, err);
  return out ? out : file_put(file_join(spool->arena, folder, as), 0600, bytes, err);
}
