/* spool/state: the files of a state table: listed, put, removed, under one lock for each table. */
#include "spool/spool_internal.h"
#include "io/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static const char folder[] = "var/state";

const char *spool_state_path(struct spool *spool, str table, str name) {
  return spool_path(spool, folder, table, name);
}

enum outcome spool_state_list(struct spool *spool, str table, str **names, size_t *count, struct err *err) {
  *names = NULL;
  *count = 0;
  enum outcome out = spool_need_name(table, "state", err);
  if (out) return out;
  const char *path = spool_state_path(spool, table, STR_NONE);
  return file_is_folder(path) ? file_list(path, spool->arena, names, count, err) : OUT_OK;
}

/* A feed has no point in its name, so that no feed has this lock. */
enum outcome spool_state_lock(struct spool *spool, str table, int *lock, struct err *err) {
  *lock = -1;
  enum outcome out = spool_need_name(table, "state", err);
  if (!out) out = file_make_folders(spool_path(spool, "var/lock", STR_NONE, STR_NONE), 0700, err);
  if (out) return out;
  const char *path =
      spool_path(spool, "var/lock", arena_printf(spool->arena, "state.%.*s", STR_ARG(table)), STR_NONE);
  int fd = fd_open(path, O_RDWR | O_CREAT, 0600);
  if (fd < 0) return err_errno(err, "cannot open %s", path);
  if (fd_lock(fd, false)) {
    *lock = fd;
    if (file_is_folder(spool_state_path(spool, table, STR_NONE)))
      file_sweep(spool_state_path(spool, table, STR_NONE));
    return OUT_OK;
  }
  out = errno == EWOULDBLOCK
            ? err_set(err, OUT_RETRY, "state.%.*s is being put in order by another run", STR_ARG(table))
            : err_errno(err, "cannot lock %s", path);
  close(fd);
  return out;
}

void spool_state_unlock(int lock) {
  if (lock >= 0) close(lock);
}

static enum outcome need_names(str table, str name, struct err *err) {
  enum outcome out = spool_need_name(table, "state", err);
  return out ? out : spool_need_name(name, "file of a state", err);
}

enum outcome spool_state_put(struct spool *spool, str table, str name, str bytes, struct err *err) {
  enum outcome out = need_names(table, name, err);
  if (!out) out = file_make_folders(spool_state_path(spool, table, STR_NONE), 0700, err);
  return out ? out : file_put(spool_state_path(spool, table, name), 0600, bytes, err);
}

enum outcome spool_state_remove(struct spool *spool, str table, const str *names, size_t count,
                                struct err *err) {
  const char *above = spool_state_path(spool, table, STR_NONE);
  struct arena *arena = arena_new();
  enum outcome out = OUT_OK;
  for (size_t i = 0; i < count && !out; i++) {
    arena_reset(arena);
    out = need_names(table, names[i], err);
    const char *path = file_join(arena, above, names[i]);
    if (!out && unlink(path)) out = err_errno(err, "cannot remove %s", path);
  }
  arena_free(arena);
  return out ? out : file_sync_folder(above, err);
}
