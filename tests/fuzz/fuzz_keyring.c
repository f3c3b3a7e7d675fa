/* fuzz/fuzz_keyring: a day's line is unwrapped only as it was written; any other bytes are refused.
 *
 * The bytes are taken as a line; and the first two say which byte of a good line is changed, and how.
 */
#include "io/keyring_internal.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds) {
  if (!holds) abort();
}

static struct secret *counted(uint8_t first) {
  struct secret *secret = secret_new();
  for (int i = 0; i < SECRET_BYTES; i++) secret_bytes(secret)[i] = (uint8_t)(first + i);
  return secret;
}

/* True when it was unwrapped. */
static bool unwrap(const struct keyring *keyring, str line, const struct secret *want) {
  struct err err = { 0 };
  struct secret *secret;
  str master;
  enum outcome out = keyring_unwrap(keyring, STR("2026-11-25"), line, &master, &secret, &err);
  must((secret != NULL) == !out);
  must(!out || ((out == OUT_DATA || out == OUT_SPEC) && err.text[0]));
  must(out || memcmp(secret_bytes(secret), secret_bytes(want), SECRET_BYTES) == 0);
  must(out || str_eq(master, STR("82d86408")));
  secret_free(secret);
  return !out;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size > 10000) return 0;
  struct master master = { .id = "82d86408", .secret = counted(0x80) };
  struct keyring keyring = { .folder = "keys", .days = "keys/day", .masters = &master, .count = 1 };
  struct secret *day = counted(0);
  char line[KEYRING_LINE_MOST];
  unwrap(&keyring, (str){ (const char *)data, size }, day);
  keyring_wrap(&master, STR("2026-11-25"), day, line);
  must(unwrap(&keyring, str_of(line), day));
  size_t len = strlen(line);
  if (size >= 2 && data[1]) {
    line[data[0] % len] = (char)(line[data[0] % len] ^ data[1]);
    must(!unwrap(&keyring, (str){ line, len }, day));
  }
  secret_free(day);
  secret_free(master.secret);
  return 0;
}
