/* spool/release: the outbox side of custody: what is built, what waits for a yes, what is released. */
#include "spool/spool_internal.h"

#include <sys/stat.h>

/* Building. */

/* build/K is ours and not there. */
static enum outcome clear_build(struct spool *spool, str k, const char **folder, struct err *err) {
  enum outcome out = spool_need_name(k, "build", err);
  if (out) return out;
  *folder = spool_path(spool, "var/outbox/build", k, STR_NONE);
  out = file_make_folders(spool_path(spool, "var/outbox/build", STR_NONE, STR_NONE), 0700, err);
  if (!out && !spool_build_is_ours(spool, k)) out = spool_build_lock(spool, k, true, err);
  return out ? out : file_remove_folder(*folder, err);
}

enum outcome spool_build(struct spool *spool, str k, const char **folder, struct err *err) {
  enum outcome out = clear_build(spool, k, folder, err);
  return out ? out : file_make_folders(*folder, 0700, err);
}

enum outcome spool_build_drop(struct spool *spool, str k, struct err *err) {
  enum outcome out = spool_need_name(k, "build", err);
  if (!out) out = file_remove_folder(spool_path(spool, "var/outbox/build", k, STR_NONE), err);
  return out ? out : spool_build_unlock(spool, k, err);
}

/* A ready/K that is there already was left by a run that died before it was released: the same K is the same
 * bytes, and the new one is whole. */
enum outcome spool_ready(struct spool *spool, str k, struct err *err) {
  enum outcome out = spool_need_name(k, "build", err);
  if (out) return out;
  const char *build = spool_path(spool, "var/outbox/build", k, STR_NONE);
  const char *ready = spool_path(spool, "var/outbox/ready", k, STR_NONE);
  if (!file_is_folder(build)) return err_set(err, OUT_BUG, "there is no %s", build);
  out = file_make_folders(spool_path(spool, "var/outbox/ready", STR_NONE, STR_NONE), 0700, err);
  if (!out) out = file_remove_folder(ready, err);
  return out ? out : file_move(build, ready, err);
}

/* Back to build first, in one move: half of it in ready would look like a release that was begun. */
enum outcome spool_ready_drop(struct spool *spool, str k, struct err *err) {
  enum outcome out = spool_need_name(k, "build", err);
  const char *build, *ready = spool_path(spool, "var/outbox/ready", k, STR_NONE);
  if (out || !file_is_folder(ready)) return out;
  out = clear_build(spool, k, &build, err);
  if (!out) out = file_move(ready, build, err);
  return out ? out : spool_build_drop(spool, k, err);
}

/* Releasing. */

struct release {
  struct arena *arena;
  const char *ready, *site;
  str *names; /* relative to both, sorted */
  size_t count;
};

/* Depth first, each folder's names sorted: the same order every time. */
static enum outcome add_files(struct release *release, str inner, struct err *err) {
  str *names;
  size_t count;
  const char *folder = inner.len ? file_join(release->arena, release->ready, inner) : release->ready;
  enum outcome out = file_list(folder, release->arena, &names, &count, err);
  for (size_t i = 0; i < count && !out; i++) {
    str name =
        inner.len ? arena_printf(release->arena, "%.*s/%.*s", STR_ARG(inner), STR_ARG(names[i])) : names[i];
    if (file_is_folder(file_join(release->arena, release->ready, name))) out = add_files(release, name, err);
    else if (!str_starts(names[i], STR(".")) || !str_ends(names[i], STR(".part")))
      *ARENA_PUSH(release->arena, release->names, release->count) = name;
  }
  return out;
}

/* OUT_REFUSED: other bytes stand there already. *moved: these do. */
static enum outcome look_at_target(const char *from, const char *to, str name, bool *moved, struct err *err) {
  struct stat about;
  *moved = false;
  if (lstat(to, &about)) return OUT_OK;
  enum outcome out = spool_same_bytes(from, to, moved, err);
  if (out || *moved) return out;
  return err_set(err, OUT_REFUSED, "%.*s is there already, with other content", STR_ARG(name));
}

static enum outcome check_all(const struct release *release, struct err *err) {
  enum outcome out = OUT_OK;
  for (size_t i = 0; i < release->count && !out; i++) {
    bool moved;
    out = look_at_target(file_join(release->arena, release->ready, release->names[i]),
                         file_join(release->arena, release->site, release->names[i]), release->names[i],
                         &moved, err);
  }
  return out;
}

static str folder_of(str path) {
  size_t end = path.len;
  while (end && path.at[end - 1] != '/') end--;
  return end > 1 ? str_sub(path, 0, end - 1) : STR(".");
}

/* Rows for later runs lie in var/state/. */
static bool is_ours_alone(str name) { return str_starts(name, STR("var/")); }

/* Documents on their way to SL: names and addresses, for the load and nobody else (R34). */
static bool is_rows(str name) { return str_ends(name, STR(".rows")); }

static enum outcome release_one(const struct release *release, str name, struct err *err) {
  const char *from = file_join(release->arena, release->ready, name);
  const char *to = file_join(release->arena, release->site, name);
  bool moved;
  enum outcome out = look_at_target(from, to, name, &moved, err);
  if (out) return out;
  if (moved) return spool_moved(from, to, err);
  const char *folder = arena_text(release->arena, folder_of(str_of(to)));
  bool closed = is_ours_alone(name), alone = closed || is_rows(name);
  out = closed ? file_make_folders(folder, 0700, err) : spool_open_folder(folder, err);
  if (!out && chmod(from, alone ? 0600 : 0640)) out = err_errno(err, "cannot open %s to its readers", from);
  if (!out) out = file_sync(from, err);
  return out ? out : file_move(from, to, err);
}

enum outcome spool_may_place(struct spool *spool, const char *folder, struct err *err) {
  struct release release = { .arena = spool->arena, .site = spool->site, .ready = folder };
  enum outcome out = add_files(&release, STR_NONE, err);
  return out ? out : check_all(&release, err);
}

enum outcome spool_may_release(struct spool *spool, str k, struct err *err) {
  enum outcome out = spool_need_name(k, "build", err);
  if (out) return out;
  const char *ready = spool_path(spool, "var/outbox/ready", k, STR_NONE);
  if (!file_is_folder(ready)) return err_set(err, OUT_END, "there is no %s", ready);
  return spool_may_place(spool, ready, err);
}

bool spool_in_ready(struct spool *spool, str k, str name) {
  return spool_good_name(k) && file_exists(spool_path(spool, "var/outbox/ready", k, name));
}

enum outcome spool_release(struct spool *spool, str k, str **released, size_t *count, struct err *err) {
  *released = NULL;
  *count = 0;
  enum outcome out = spool_need_name(k, "build", err);
  if (out) return out;
  struct release release = { .arena = spool->arena, .site = spool->site };
  release.ready = spool_path(spool, "var/outbox/ready", k, STR_NONE);
  if (!file_is_folder(release.ready)) return err_set(err, OUT_END, "there is no %s", release.ready);
  out = add_files(&release, STR_NONE, err);
  if (!out) out = check_all(&release, err);
  for (size_t i = 0; i < release.count && !out; i++) out = release_one(&release, release.names[i], err);
  if (!out) out = file_remove_folder(release.ready, err);
  if (!out) *released = release.names, *count = release.count;
  return out;
}
