/* fuzz/fuzz_checkpoint: any bytes are refused as a checkpoint, or are one; the ledger's answers stay the same.
 *
 * The bytes are taken three ways: as the file; as changes (place, byte) in a good one; and as the state behind
 * its pages, with the right sums.
 */
#include "base/buf.h"
#include "io/file.h"
#include "io/in.h"
#include "spool/checkpoint.h"
#include "spool/ledger.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is fuzzed is not the disk. Stands in for libc's own. */
int fsync(int fd);
int fsync(int fd) { return fd < 0 ? -1 : 0; }

enum { ENTRIES = 60, FOLDED = 50 };

static char site[64], var[128], path[160];
static struct arena *arena; /* of the whole run */
static str good;            /* the checkpoint's bytes */
static struct covered covers;

static void must(int is) {
  if (!is) abort();
}

static void leave(void) {
  char command[128];
  snprintf(command, sizeof command, "rm -rf %s", site);
  if (site[0] && system(command)) abort();
  arena_free(arena);
}

static void enter(void) {
  struct ledger *ledger;
  struct err err = { 0 };
  size_t torn;
  if (site[0]) return;
  strcpy(site, "/tmp/sluice-fuzz-checkpoint-XXXXXX");
  must(mkdtemp(site) != NULL);
  arena = arena_new();
  atexit(leave);
  snprintf(var, sizeof var, "%s/var", site);
  snprintf(path, sizeof path, "%s/ledger/checkpoint", var);
  must(!ledger_open(var, &ledger, &torn, &err));
  for (int i = 0; i < ENTRIES; i++) {
    char id[16];
    snprintf(id, sizeof id, "i%d", i % 40);
    struct ledger_word words[] = { { STR("id"), str_of(id) }, { STR("key"), STR("k") } };
    must(!ledger_append(ledger, STR("t"), i % 3 ? STR("held") : STR("ready"), STR("f"), words, 2, &err));
    if (i == FOLDED - 1) must(!ledger_fold(ledger, 0, &err));
  }
  ledger_close(ledger);
  struct checkpoint *checkpoint;
  must(!in_read_whole(path, 1 << 20, arena, &good, &err));
  must(!checkpoint_open(path, &checkpoint, &err) && checkpoint);
  covers = checkpoint_covers(checkpoint);
  checkpoint_close(checkpoint);
}

static void put(str bytes) {
  struct err err = { 0 };
  must(!file_put(path, 0600, bytes, &err));
}

static bool count_entry(void *user, const struct ledger_entry *entry) {
  size_t *count = user;
  return entry->line == ++*count;
}

/* Whatever stands there, the ledger knows its items: 40 by id, all of them open, 20 of them written twice. Only
 * a good checkpoint of another ledger is refused. */
static void check_answers(bool foreign) {
  struct ledger *ledger;
  struct err err = { 0 };
  size_t torn;
  enum outcome out = ledger_open(var, &ledger, &torn, &err);
  must(!out || (foreign && out == OUT_DATA));
  if (out) return;
  for (int i = 0; i < 40; i++) {
    char id[16];
    snprintf(id, sizeof id, "i%d", i);
    must(ledger_having(ledger, "id", str_of(id)).count == (i < 20 ? 2u : 1u));
    must(ledger_by_id(ledger, str_of(id)) != NULL);
  }
  must(ledger_open_items(ledger, STR("f")).count == 40);
  must(!ledger_trouble(ledger, &err));
  size_t count = 0;
  must(!ledger_walk(ledger, count_entry, &count, &err) && count == ENTRIES);
  ledger_close(ledger);
}

static void check_any(str bytes) {
  struct checkpoint *checkpoint;
  struct err err = { 0 };
  put(bytes);
  enum outcome out = checkpoint_open(path, &checkpoint, &err);
  must(out ? out == OUT_DATA && err.text[0] && !checkpoint : checkpoint != NULL);
  if (!out) {
    struct postings found = { .arena = arena_new() };
    out = checkpoint_find(checkpoint, posting_hash("id", STR("i1")), &found, &err);
    must(!out || out == OUT_DATA);
    arena_free(found.arena);
  }
  checkpoint_close(checkpoint);
}

static void check_changed(str changes) {
  char *bytes = mem_alloc(good.len);
  memcpy(bytes, good.at, good.len);
  for (size_t i = 0; i + 2 < changes.len; i += 3) {
    const unsigned char *at = (const unsigned char *)changes.at + i;
    bytes[(at[0] * 256u + at[1]) % good.len] ^= (char)at[2];
  }
  check_any((str){ bytes, good.len });
  check_answers(false);
  mem_free(bytes);
}

/* With the right sums only a program of another kind could have written it: refused, or taken. */
static void check_state(str state) {
  struct ledger *ledger = NULL;
  struct err err = { 0 };
  size_t torn;
  must(!checkpoint_write(path, NULL, NULL, 0, covers, state, &err));
  enum outcome out = ledger_open(var, &ledger, &torn, &err);
  must(!out || out == OUT_BUG);
  ledger_close(ledger);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size > 64 * 1024) return 0;
  enter();
  str bytes = { (const char *)data, size };
  check_any(bytes);
  check_answers(true);
  check_changed(bytes);
  check_state(bytes);
  unlink(path);
  put(good);
  return 0;
}
