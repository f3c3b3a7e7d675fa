/* spool/vault: one kept file, sealed with a key or plain, written once and read from its front. */
#include "spool/vault.h"
#include "base/buf.h"
#include "io/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

enum { PATH_MOST = 8192 };

struct vault_out {
  struct file *file; /* plain, else */
  struct seal *seal;
};

struct vault_in {
  int fd; /* plain; -1: sealed */
  const char *name;
  struct seal_key *key;
  struct sealed *sealed;
  struct arena *arena;
};

static bool sealed_path(const char *path, char room[PATH_MOST]) {
  int len = snprintf(room, PATH_MOST, "%s.sealed", path);
  return len > 0 && len < PATH_MOST;
}

enum outcome vault_create(const char *path, const struct seal_key *key, struct vault_out **out,
                          struct err *err) {
  char sealed[PATH_MOST];
  *out = NULL;
  if (!sealed_path(path, sealed)) return err_set(err, OUT_SYSTEM, "the path is too long: %.200s", path);
  struct vault_out *new = mem_alloc(sizeof *new);
  enum outcome outcome =
      key ? seal_create(sealed, 0600, key, &new->seal, err) : file_create(path, 0600, &new->file, err);
  if (outcome) mem_free(new);
  else *out = new;
  return outcome;
}

enum outcome vault_write(struct vault_out *out, str bytes, struct err *err) {
  return out->seal ? seal_write(out->seal, bytes, err) : file_write(out->file, bytes, err);
}

enum outcome vault_commit(struct vault_out *out, struct err *err) {
  enum outcome outcome = out->seal ? seal_commit(out->seal, err) : file_commit(out->file, err);
  mem_free(out);
  return outcome;
}

void vault_abandon(struct vault_out *out) {
  if (!out) return;
  if (out->seal) seal_abandon(out->seal);
  else file_abandon(out->file);
  mem_free(out);
}

/* --- reading --- */

/* The key that the file asks for, in the first series that has it. A day that was destroyed in one series
 * says more than one that never was in the others. */
static enum outcome find_key(const char *path, struct keyring *keyring, const str *series, size_t count,
                             struct seal_key **key, struct err *err) {
  char id[SEAL_KEY_ID];
  struct err first = { 0 };
  if (!keyring) return err_set(err, OUT_SPEC, "%s is sealed, and the site names no keys", path);
  if (seal_peek(path, id, err)) return err->outcome;
  for (size_t i = 0; i < count; i++) {
    enum keyring_state state;
    char when[KEYRING_TIME];
    struct err tried = { 0 };
    str day = str_sub(str_of(id), 0, 10);
    keyring_series(keyring, series[i]);
    if (!keyring_find(keyring, str_of(id), key, &tried)) return OUT_OK;
    bool gone = !keyring_day_state(keyring, day, &state, when, &tried) && state == KEYRING_DESTROYED;
    if (gone && !first.outcome)
      err_set(&first, OUT_END, "%s cannot be read any more: its key was destroyed on %.10s", path, when);
    else if (!first.outcome && tried.outcome != OUT_END) first = tried;
  }
  if (!first.outcome)
    err_set(&first, OUT_SPEC, "%s is sealed with key %s, which is not in the keyring", path, id);
  if (first.outcome == OUT_REFUSED) first.outcome = OUT_SPEC; /* the keyring is another */
  *err = first;
  return err->outcome;
}

enum outcome vault_open(const char *path, struct keyring *keyring, const str *series, size_t count,
                        struct vault_in **in, struct err *err) {
  char sealed[PATH_MOST];
  *in = NULL;
  if (!sealed_path(path, sealed)) return err_set(err, OUT_SYSTEM, "the path is too long: %.200s", path);
  struct vault_in *new = mem_alloc(sizeof *new);
  *new = (struct vault_in){ .fd = -1, .arena = arena_new() };
  new->name = arena_text(new->arena, str_of(path));
  enum outcome out = OUT_OK;
  if (file_exists(sealed)) {
    out = find_key(sealed, keyring, series, count, &new->key, err);
    if (!out) out = seal_open(sealed, new->key, &new->sealed, err);
  } else if (!file_exists(path)) out = err_set(err, OUT_END, "%s is not there", path);
  else if ((new->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)) < 0)
    out = err_errno(err, "cannot open %s", path);
  if (out) vault_close(new);
  else *in = new;
  return out;
}

enum outcome vault_read(struct vault_in *in, char *to, size_t room, size_t *got, struct err *err) {
  *got = 0;
  if (in->sealed) return seal_read(in->sealed, to, room, got, err);
  while (*got < room) {
    ssize_t len = read(in->fd, to + *got, room - *got);
    if (len < 0 && errno == EINTR) continue;
    if (len < 0) return err_errno(err, "cannot read %s", in->name);
    if (!len) break;
    *got += (size_t)len;
  }
  return *got ? OUT_OK : OUT_END;
}

void vault_close(struct vault_in *in) {
  if (!in) return;
  if (in->sealed) seal_close(in->sealed);
  if (in->key) seal_key_free(in->key);
  if (in->fd >= 0) close(in->fd);
  arena_free(in->arena);
  mem_free(in);
}

bool vault_exists(const char *path) {
  char sealed[PATH_MOST];
  return file_exists(path) || (sealed_path(path, sealed) && file_exists(sealed));
}

enum outcome vault_remove(const char *path, struct err *err) {
  char sealed[PATH_MOST];
  if (!sealed_path(path, sealed)) return err_set(err, OUT_SYSTEM, "the path is too long: %.200s", path);
  enum outcome out = file_exists(sealed) ? file_remove(sealed, err) : OUT_OK;
  return !out && file_exists(path) ? file_remove(path, err) : out;
}
