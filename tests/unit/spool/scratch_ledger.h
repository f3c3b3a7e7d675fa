/* unit/spool/scratch_ledger: an empty folder for each test, the ledger in it, and its files as bytes. */
#ifndef TESTS_SPOOL_SCRATCH_LEDGER_H
#define TESTS_SPOOL_SCRATCH_LEDGER_H

#include "base/buf.h"
#include "io/file.h"
#include "io/in.h"
#include "spool/ledger.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define CASE(test) cmocka_unit_test_setup_teardown(test, enter, leave)

static const char tail[] = "var/ledger/ledger.txt";
static char folder[64];
static struct arena *arena; /* of one test */
static bool fsync_fails;

/* Thousands of ledgers are written: they need not reach the disk. Stands in for libc's own. */
int fsync(int fd) {
  (void)fd;
  if (!fsync_fails) return 0;
  errno = EIO;
  return -1;
}

static inline int enter(void **state) {
  (void)state;
  fsync_fails = false;
  arena = arena_new();
  strcpy(folder, "/tmp/sluice-test-ledger-XXXXXX");
  return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static inline int leave(void **state) {
  (void)state;
  char command[128];
  arena_free(arena);
  snprintf(command, sizeof command, "rm -rf %s", folder);
  return chdir("/") == 0 && system(command) == 0 ? 0 : -1;
}

/* *torn: how many bytes of a last line were cut. */
static inline struct ledger *opened_torn(size_t *torn) {
  struct ledger *ledger;
  struct err err = { 0 };
  if (ledger_open("var", &ledger, torn, &err)) fail_msg("%s %s:%d", err.text, err.file, (int)err.line);
  return ledger;
}

static inline struct ledger *opened(void) {
  size_t torn;
  return opened_torn(&torn);
}

/* Opened for nothing but what comes of it. */
static inline enum outcome try_open(struct err *err) {
  struct ledger *ledger;
  size_t torn;
  *err = (struct err){ 0 };
  enum outcome out = ledger_open("var", &ledger, &torn, err);
  assert_int_equal(!out, ledger != NULL);
  ledger_close(ledger);
  return out;
}

/* `words`: NAME=VALUE, parted by blanks. */
static inline void append_at(struct ledger *ledger, str time, const char *event, const char *feed,
                             const char *words) {
  struct ledger_word all[64];
  struct err err = { 0 };
  str rest = str_of(words), piece;
  size_t count = 0;
  while (str_split(&rest, ' ', &piece)) {
    size_t sign = (size_t)str_find(piece, '=');
    all[count++] = (struct ledger_word){ str_sub(piece, 0, sign), str_sub(piece, sign + 1, piece.len) };
  }
  if (ledger_append(ledger, time, str_of(event), str_of(feed), all, count, &err)) fail_msg("%s", err.text);
}

static inline bool take_number(void *user, const struct ledger_entry *entry) {
  uint64_t *line = user;
  return entry->line == ++*line;
}

/* As many as this process has read, numbered from 1, and every sum is right. */
static inline void assert_entries(struct ledger *ledger, uint64_t want) {
  uint64_t count = 0;
  struct err err = { 0 };
  if (ledger_walk(ledger, take_number, &count, &err)) fail_msg("%s", err.text);
  assert_int_equal(count, want);
}

static inline str contents(const char *path) {
  str bytes;
  struct err err = { 0 };
  if (in_read_whole(path, 64 << 20, arena, &bytes, &err)) fail_msg("%s", err.text);
  return bytes;
}

static inline void overwrite(const char *path, str bytes) {
  FILE *file = fopen(path, "wb");
  if (!file) fail_msg("cannot write %s", path);
  assert_int_equal(fwrite(bytes.at, 1, bytes.len, file), bytes.len);
  assert_int_equal(fclose(file), 0);
}

/* Processes of the test itself, each of which ended well. */
static inline void wait_for_children(int count) {
  for (int i = 0; i < count; i++) {
    int status;
    assert_true(wait(&status) > 0);
    assert_int_equal(status, 0);
  }
}

#endif
