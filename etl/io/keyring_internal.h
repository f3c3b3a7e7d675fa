/* io/keyring_internal: a keyring's masters, for the files that wrap under them.
 *
 * The arena lives as long as the keyring; the secrets are freed with it.
 *
 *   const struct master *master = keyring_master(keyring, id);
 *   if (!master) ...                              neither in keys/ nor among the credentials
 */
#ifndef SLUICE_IO_KEYRING_INTERNAL_H
#define SLUICE_IO_KEYRING_INTERNAL_H

#include "base/memory.h"
#include "io/keyring.h"

struct master {
  char id[SECRET_FINGERPRINT];
  struct secret *secret;
};

struct keyring {
  struct arena *arena;
  const char *folder, *days; /* keys, keys/day */
  struct arena *series;      /* of `days` alone: it changes from file to file */
  struct master *masters;
  size_t count;
  char current[SECRET_FINGERPRINT]; /* as the file names it; empty when there is none */
};

const struct master *keyring_master(const struct keyring *keyring, str id); /* NULL: not there */
/* The master that wraps; OUT_SPEC as keyring_current. */
enum outcome keyring_wrapper(const struct keyring *keyring, const struct master **master, struct err *err);

/* One line of a day's file. */
enum { KEYRING_DAY = 10, KEYRING_LINE_MOST = 256 };
void keyring_wrap(const struct master *master, str day, const struct secret *secret,
                  char line[KEYRING_LINE_MOST]);
enum outcome keyring_unwrap(const struct keyring *keyring, str day, str line, str *master,
                            struct secret **secret, struct err *err);

#endif
