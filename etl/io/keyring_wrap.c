/* io/keyring_wrap: a day's key as one line, wrapped under a master. */
#include "io/keyring_internal.h"
#include "io/gcm.h"
#include "io/hex.h"

#include <stdio.h>
#include <string.h>

/* sluice-day-key 1 2026-11-25 1f2e3d4c NONCE WRAPPED TAG */
enum { FORM, VERSION, DAY, MASTER, NONCE, WRAPPED, TAG, PARTS };

void keyring_wrap(const struct master *master, str day, const struct secret *secret,
                  char line[KEYRING_LINE_MOST]) {
  uint8_t nonce[GCM_NONCE], wrapped[SECRET_BYTES], tag[GCM_TAG];
  char hex[3][2 * SECRET_BYTES + 1];
  int open = snprintf(line, KEYRING_LINE_MOST, "sluice-day-key 1 %.*s %s", STR_ARG(day), master->id);
  struct gcm *gcm = gcm_new(secret_bytes(master->secret));
  secret_fill_random(nonce, sizeof nonce);
  gcm_seal(gcm, nonce, (str){ line, (size_t)open }, (str){ (char *)secret_bytes(secret), SECRET_BYTES },
           wrapped, tag);
  gcm_free(gcm);
  hex_write(nonce, sizeof nonce, hex[0]);
  hex_write(wrapped, sizeof wrapped, hex[1]);
  hex_write(tag, sizeof tag, hex[2]);
  snprintf(line + open, KEYRING_LINE_MOST - (size_t)open, " %s %s %s\n", hex[0], hex[1], hex[2]);
}

/* Exactly the words, one blank between them and a line end behind them. */
static bool split(str line, str parts[PARTS]) {
  if (!str_ends(line, STR("\n"))) return false;
  line.len--;
  for (size_t i = 0; i < PARTS; i++)
    if (!str_split(&line, ' ', &parts[i])) return false;
  return !line.at;
}

enum outcome keyring_unwrap(const struct keyring *keyring, str day, str line, str *master,
                            struct secret **secret, struct err *err) {
  str parts[PARTS];
  uint8_t nonce[GCM_NONCE], wrapped[SECRET_BYTES], tag[GCM_TAG];
  *secret = NULL;
  if (!split(line, parts) || !str_eq(parts[FORM], STR("sluice-day-key")))
    return err_set(err, OUT_DATA, "not a day's key, or changed");
  if (!str_eq(parts[VERSION], STR("1")))
    return err_set(err, OUT_DATA, "a day's key in an unknown version: this program knows version 1");
  if (!str_eq(parts[DAY], day)) return err_set(err, OUT_DATA, "changed: it is not the key of this day");
  if (!hex_read(parts[NONCE], nonce, sizeof nonce) || !hex_read(parts[WRAPPED], wrapped, sizeof wrapped) ||
      !hex_read(parts[TAG], tag, sizeof tag))
    return err_set(err, OUT_DATA, "changed: its key is not in hex digits");
  *master = parts[MASTER];
  const struct master *under = keyring_master(keyring, *master);
  if (!under)
    return err_set(err, OUT_SPEC,
                   "wrapped under master key %.*s, which is neither in %s nor among the credentials",
                   STR_ARG(*master), keyring->folder);
  str open = { line.at, (size_t)(parts[MASTER].at + parts[MASTER].len - line.at) };
  struct gcm *gcm = gcm_new(secret_bytes(under->secret));
  struct secret *new = secret_new();
  bool holds = gcm_open(gcm, nonce, open, (str){ (char *)wrapped, sizeof wrapped }, tag, secret_bytes(new));
  gcm_free(gcm);
  if (holds) *secret = new;
  else secret_free(new);
  return holds ? OUT_OK : err_set(err, OUT_DATA, "changed: it does not hold under master key %s", under->id);
}
