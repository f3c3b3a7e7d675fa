/* spool/recover: the crash table: what a dead run left is given back or removed. */
#include "spool/answer.h"
#include "spool/ledger.h"
#include "spool/spool_internal.h"

#include <string.h>

/* Temporary files lie where a run of this feed writes under a lasting name. */
static void sweep(struct spool *spool, str feed) {
  static const char *const rooms[] = { "inbox", "var/inbox/work", "var/inbox/hold", "var/inbox/reject" };
  for (size_t i = 0; i < sizeof rooms / sizeof *rooms; i++)
    file_sweep(spool_path(spool, rooms[i], feed, STR_NONE));
}

static enum outcome list_if_there(struct spool *spool, const char *folder, str **names, size_t *count,
                                  struct err *err) {
  *names = NULL;
  *count = 0;
  return file_is_folder(folder) ? file_list(folder, spool->arena, names, count, err) : OUT_OK;
}

/* What a dead run had not brought into the archive yet. */
static enum outcome empty(struct spool *spool, const char *room, str feed, struct err *err) {
  const char *folder = spool_path(spool, room, feed, STR_NONE);
  str *names;
  size_t count;
  enum outcome out = list_if_there(spool, folder, &names, &count, err);
  for (size_t i = 0; i < count && !out; i++)
    out = file_remove(file_join(spool->arena, folder, names[i]), err);
  return out;
}

static enum outcome give_back_all(struct spool *spool, str feed, size_t *given_back, struct err *err) {
  const char *folder = spool_path(spool, "var/inbox/work", feed, STR_NONE);
  str *names;
  size_t count;
  enum outcome out = list_if_there(spool, folder, &names, &count, err);
  for (size_t i = 0; i < count && !out; i++) {
    const char *path = file_join(spool->arena, folder, names[i]);
    if (file_is_folder(path)) continue;
    out = spool_give_back(spool, feed, path, err);
    *given_back += !out;
  }
  return out;
}

/* A reason, or rejected rows, whose file is not there: the run died between them. A person's own file called
 * X.why has a .why of its own beside it. */
static enum outcome sweep_reasons(struct spool *spool, const char *room, str feed, struct err *err) {
  static const char *const endings[] = { ".why", ".rows" };
  const char *folder = spool_path(spool, room, feed, STR_NONE);
  str *names;
  size_t count;
  enum outcome out = list_if_there(spool, folder, &names, &count, err);
  for (size_t i = 0; i < count && !out; i++) {
    size_t ending = 0;
    for (size_t j = 0; j < sizeof endings / sizeof *endings; j++)
      if (str_ends(names[i], str_of(endings[j]))) ending = strlen(endings[j]);
    if (!ending || names[i].len == ending) continue;
    const char *path = file_join(spool->arena, folder, names[i]);
    const char *stem = file_join(spool->arena, folder, str_sub(names[i], 0, names[i].len - ending));
    if (file_exists(stem) || file_exists(arena_printf(spool->arena, "%s.why", path).at)) continue;
    out = file_remove(path, err);
  }
  return out;
}

static enum outcome drop_build(struct spool *spool, str k, struct err *err) {
  struct err busy = { 0 };
  enum outcome out = spool_build_lock(spool, k, false, &busy);
  if (out == OUT_RETRY) return OUT_OK; /* its run lives */
  if (!out) return spool_build_drop(spool, k, err);
  *err = busy;
  return out;
}

static enum outcome drop_builds(struct spool *spool, struct err *err) {
  const char *folder = spool_path(spool, "var/outbox/build", STR_NONE, STR_NONE);
  str *names;
  size_t count;
  enum outcome out = list_if_there(spool, folder, &names, &count, err);
  for (size_t i = 0; i < count && !out; i++) {
    bool is_lock = str_ends(names[i], STR(".lock"));
    str k = is_lock ? str_sub(names[i], 0, names[i].len - (sizeof ".lock" - 1)) : names[i];
    if (spool_good_name(k) && !spool_build_is_ours(spool, k)) out = drop_build(spool, k, err);
  }
  return out;
}

enum outcome spool_recover(struct spool *spool, str feed, size_t *given_back, struct err *err) {
  *given_back = 0;
  enum outcome out = spool_need_name(feed, "feed", err);
  if (out) return out;
  sweep(spool, feed);
  out = empty(spool, "var/inbox/sealing", feed, err);
  if (!out) out = empty(spool, "var/outbox/archiving", feed, err);
  const char *scratch;
  if (!out && file_is_folder(spool_path(spool, "var/outbox/answer", feed, STR_NONE)))
    file_sweep(spool_path(spool, "var/outbox/answer", feed, STR_NONE)),
        out = spool_answer_scratch(spool, feed, &scratch, err);
  if (out) return out;
  out = drop_builds(spool, err);
  if (!out) out = sweep_reasons(spool, "var/inbox/hold", feed, err);
  if (!out) out = sweep_reasons(spool, "var/inbox/reject", feed, err);
  return out ? out : give_back_all(spool, feed, given_back, err);
}

static bool has_k(struct ledger_found found, str k) {
  for (size_t i = 0; i < found.count; i++)
    if (str_eq(ledger_word(found.entries[i], "k"), k)) return true;
  return false;
}

/* What is ready and has no entry was built by a run that died before it said so; its file lies in work, and
 * what is made of it now may have another K. What a person refused is none of ours either. */
static bool waits(struct ledger *ledger, str k) {
  return has_k(ledger_open_items(ledger, STR_NONE), k) || has_k(ledger_begun(ledger, STR_NONE), k);
}

/* Its lock is let go only when the ledger has the entry: so the ledger is asked once more when we hold it. */
static enum outcome drop_unknown(struct spool *spool, struct ledger *ledger, str k, struct err *err) {
  struct err busy = { 0 };
  enum outcome out = spool_build_lock(spool, k, false, &busy);
  if (out == OUT_RETRY) return OUT_OK; /* its run lives */
  if (out) {
    *err = busy;
    return out;
  }
  out = ledger_refresh(ledger, err);
  if (out) return out;
  return waits(ledger, k) ? spool_build_unlock(spool, k, err) : spool_ready_drop(spool, k, err);
}

/* A dead run has left build/K.lock too. Without it the ledger is what was lost (an old copy was put back),
 * and what is ready stays. */
enum outcome spool_recover_ready(struct spool *spool, struct ledger *ledger, struct err *err) {
  const char *folder = spool_path(spool, "var/outbox/build", STR_NONE, STR_NONE);
  str *names;
  size_t count;
  enum outcome out = list_if_there(spool, folder, &names, &count, err);
  for (size_t i = 0; i < count && !out; i++) {
    str k = str_sub(names[i], 0, names[i].len - (str_ends(names[i], STR(".lock")) ? sizeof ".lock" - 1 : 0));
    if (!spool_good_name(k) || spool_build_is_ours(spool, k)) continue;
    if (!file_is_folder(spool_path(spool, "var/outbox/ready", k, STR_NONE))) continue;
    if (!waits(ledger, k)) out = drop_unknown(spool, ledger, k, err);
  }
  return out;
}
