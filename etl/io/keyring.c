/* io/keyring: the masters of a keyring, which of them wraps, and a new one. */
#include "io/keyring_internal.h"
#include "io/file.h"
#include "io/hex.h"
#include "io/in.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

enum {
  ID = SECRET_FINGERPRINT - 1,
  OTHERS = 0077,
  /* The service manager shows group bits where an access list lets the service's own user in. */
  OTHERS_OF_CREDENTIALS = 0007
};

const struct master *keyring_master(const struct keyring *keyring, str id) {
  for (size_t i = 0; i < keyring->count; i++)
    if (str_eq(str_of(keyring->masters[i].id), id)) return &keyring->masters[i];
  return NULL;
}

static bool is_id(str id) {
  uint8_t bytes[ID / 2];
  return hex_read(id, bytes, sizeof bytes);
}

/* "master-1f2e3d4c.key", among credentials also "sluice-master-1f2e3d4c.key": its id. */
static bool master_name(str name, bool credentials, str *id) {
  str rest = name;
  if (credentials && str_starts(rest, STR("sluice-"))) rest = str_sub(rest, sizeof "sluice-" - 1, rest.len);
  if (!str_starts(rest, STR("master-")) || !str_ends(rest, STR(".key"))) return false;
  *id = str_sub(rest, sizeof "master-" - 1, rest.len - (sizeof ".key" - 1));
  return true;
}

static void add_master(struct keyring *keyring, const char *id, struct secret *secret) {
  struct master *master = ARENA_PUSH(keyring->arena, keyring->masters, keyring->count);
  memcpy(master->id, id, sizeof master->id);
  master->secret = secret;
}

static enum outcome load_master(struct keyring *keyring, const char *path, str id, unsigned refused,
                                struct err *err) {
  struct secret *secret;
  char own[SECRET_FINGERPRINT];
  if (keyring_master(keyring, id)) return OUT_OK;
  enum outcome out = secret_read(path, refused, &secret, err);
  if (out) return out;
  secret_fingerprint(secret, own);
  if (str_eq(id, str_of(own))) {
    add_master(keyring, own, secret);
    return OUT_OK;
  }
  secret_free(secret);
  return err_set(err, OUT_SPEC, "%s is not the key that its name says: its fingerprint is %s", path, own);
}

static enum outcome load_masters(struct keyring *keyring, const char *folder, bool credentials,
                                 struct err *err) {
  str *names, id;
  size_t count;
  if (!file_exists(folder)) return OUT_OK;
  enum outcome out = file_list(folder, keyring->arena, &names, &count, err);
  for (size_t i = 0; i < count && !out; i++)
    if (master_name(names[i], credentials, &id))
      out = load_master(keyring, file_join(keyring->arena, folder, names[i]), id,
                        credentials ? OTHERS_OF_CREDENTIALS : OTHERS, err);
  return out;
}

static enum outcome load_current(struct keyring *keyring, struct err *err) {
  const char *path = file_join(keyring->arena, keyring->folder, STR("current"));
  str text;
  if (!file_exists(path)) return OUT_OK;
  enum outcome out = in_read_whole(path, 4096, keyring->arena, &text, err);
  if (out) return out;
  text = str_trim(text);
  if (!is_id(text))
    return err_set(err, OUT_SPEC, "%s does not hold a master key's id: 8 hex digits in lower case", path);
  if (!keyring_master(keyring, text))
    return err_set(err, OUT_SPEC,
                   "%s names master key %.*s, which is neither in %s nor among the credentials", path,
                   STR_ARG(text), keyring->folder);
  memcpy(keyring->current, text.at, ID);
  return OUT_OK;
}

enum outcome keyring_open(const char *folder, const char *credentials, struct keyring **keyring,
                          struct err *err) {
  struct keyring *new = mem_alloc(sizeof *new);
  new->arena = arena_new();
  new->series = arena_new();
  new->folder = arena_text(new->arena, str_of(folder));
  keyring_series(new, STR_NONE);
  enum outcome out = credentials ? load_masters(new, credentials, true, err) : OUT_OK;
  if (!out) out = load_masters(new, folder, false, err);
  if (!out) out = load_current(new, err);
  *keyring = out ? NULL : new;
  if (out) keyring_close(new);
  return out;
}

void keyring_close(struct keyring *keyring) {
  if (!keyring) return;
  for (size_t i = 0; i < keyring->count; i++) secret_free(keyring->masters[i].secret);
  arena_free(keyring->series);
  arena_free(keyring->arena);
  mem_free(keyring);
}

const char *keyring_folder(const struct keyring *keyring) { return keyring->folder; }

void keyring_series(struct keyring *keyring, str name) {
  arena_reset(keyring->series);
  str days = name.len ? arena_printf(keyring->series, "day-%.*s", STR_ARG(name)) : STR("day");
  keyring->days = file_join(keyring->series, keyring->folder, days);
}

size_t keyring_masters(const struct keyring *keyring) { return keyring->count; }

enum outcome keyring_wrapper(const struct keyring *keyring, const struct master **master, struct err *err) {
  *master = NULL;
  if (keyring->current[0]) *master = keyring_master(keyring, str_of(keyring->current));
  else if (keyring->count == 1) *master = keyring->masters;
  if (*master) return OUT_OK;
  if (!keyring->count)
    return err_set(err, OUT_SPEC, "there is no master key, neither in %s nor among the credentials",
                   keyring->folder);
  return err_set(err, OUT_SPEC,
                 "there are %zu master keys and none is current: write the id of one into %s/current",
                 keyring->count, keyring->folder);
}

enum outcome keyring_current(const struct keyring *keyring, const char **id, struct err *err) {
  const struct master *master;
  enum outcome out = keyring_wrapper(keyring, &master, err);
  *id = out ? NULL : master->id;
  return out;
}

/* Dead between the two writes it leaves a key that wraps nothing. */
static enum outcome save_master(struct keyring *keyring, const struct secret *secret, const char *id,
                                struct err *err) {
  str name = arena_printf(keyring->arena, "master-%s.key", id);
  str line = arena_printf(keyring->arena, "%s\n", id);
  enum outcome out = file_make_folders(keyring->folder, 0700, err);
  if (!out) out = secret_save(file_join(keyring->arena, keyring->folder, name), secret, err);
  if (out) return out;
  return file_put(file_join(keyring->arena, keyring->folder, STR("current")), 0600, line, err);
}

enum outcome keyring_new_master(struct keyring *keyring, char id[SECRET_FINGERPRINT], struct err *err) {
  struct secret *secret = secret_random();
  secret_fingerprint(secret, id);
  enum outcome out = save_master(keyring, secret, id, err);
  if (out) {
    secret_free(secret);
    return out;
  }
  add_master(keyring, id, secret);
  memcpy(keyring->current, id, sizeof keyring->current);
  return OUT_OK;
}
