/* unit/io/scratch: a folder of its own for each test, and whole files in it. */
#ifndef SLUICE_TESTS_SCRATCH_H
#define SLUICE_TESTS_SCRATCH_H

#include "base/buf.h"
#include "io/seal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SCRATCH_MOST = 4 << 20 };

static char scratch[64];

/* The test's folder is the current one. */
static inline int scratch_enter(void **state) {
  (void)state;
  umask(022);
  strcpy(scratch, "/tmp/sluice-test-io-XXXXXX");
  return mkdtemp(scratch) && chdir(scratch) == 0 ? 0 : -1;
}

static inline int scratch_leave(void **state) {
  (void)state;
  char command[128];
  snprintf(command, sizeof command, "rm -rf %s", scratch);
  return chdir("/") == 0 && system(command) == 0 ? 0 : -1;
}

static inline void scratch_put(const char *path, str bytes) {
  FILE *file = fopen(path, "wb");
  if (!file) fail_msg("cannot write %s", path);
  assert_int_equal(fwrite(bytes.at, 1, bytes.len, file), bytes.len);
  assert_int_equal(fclose(file), 0);
}

/* To be freed with buf_free. */
static inline struct buf scratch_get(const char *path) {
  struct buf all = buf_new(SCRATCH_MOST);
  char block[4096];
  FILE *file = fopen(path, "rb");
  if (!file) fail_msg("cannot read %s", path);
  for (size_t len; (len = fread(block, 1, sizeof block, file)) > 0;) buf_bytes(&all, block, len);
  fclose(file);
  assert_false(all.full);
  return all;
}

static inline bool scratch_exists(const char *path) { return access(path, F_OK) == 0; }

/* How many names the folder holds, with hidden ones. */
static inline int scratch_count(const char *folder) {
  char command[128];
  int count = -1;
  snprintf(command, sizeof command, "ls -A %s | wc -l", folder);
  FILE *names = popen(command, "r");
  assert_non_null(names);
  assert_int_equal(fscanf(names, "%d", &count), 1);
  pclose(names);
  return count;
}

static inline void assert_said(const struct err *err, const char *part) {
  if (!strstr(err->text, part)) fail_msg("\"%s\" is not said in \"%s\"", part, err->text);
}

/* It holds `plain`, however large the pieces are in which it is read. */
static inline void assert_opens(const char *path, const struct seal_key *key, str plain, size_t piece) {
  struct err err = { 0 };
  struct sealed *sealed;
  char *block = malloc(piece);
  size_t got, done = 0;
  enum outcome out;
  if (seal_open(path, key, &sealed, &err)) fail_msg("%s", err.text);
  while (!(out = seal_read(sealed, block, piece, &got, &err))) {
    assert_true(got > 0 && done + got <= plain.len);
    assert_memory_equal(block, plain.at + done, got);
    done += got;
    if (got < piece) assert_int_equal(done, plain.len);
  }
  assert_int_equal(out, OUT_END);
  assert_int_equal(done, plain.len);
  assert_int_equal(seal_read(sealed, block, piece, &got, &err), OUT_END);
  seal_close(sealed);
  free(block);
}

/* The key whose bytes are first, first + 1, ... */
static inline struct seal_key *counted_key(uint8_t first, const char *day) {
  struct secret *secret = secret_new();
  for (int i = 0; i < SECRET_BYTES; i++) secret_bytes(secret)[i] = (uint8_t)(first + i);
  return seal_key_new(secret, str_of(day));
}

/* Bytes in which no two chunks are alike. */
static inline struct buf counted_bytes(size_t len) {
  struct buf all = buf_new(SCRATCH_MOST);
  for (size_t i = 0; i < len; i++) buf_char(&all, (char)(i * 7 + (i >> 8) + (i >> 16)));
  return all;
}

#endif
