/* fuzz/fuzz_ledger: any bytes are refused or read; what is appended is read back; what is changed is found.
 *
 * The bytes are taken three ways: as a ledger file; as a ledger's lines, to which the right sums are added;
 * and as entries to append (a line each, 0x1f parts their words).
 */
#include "base/buf.h"
#include "io/digest.h"
#include "io/file.h"
#include "io/in.h"
#include "spool/ledger.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WORDS_MOST = 200 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is fuzzed is not the disk. Stands in for libc's own. */
int fsync(int fd);
int fsync(int fd) { return fd < 0 ? -1 : 0; }

static char site[64];
static const char *path, *var;

static void must(int good) {
  if (!good) abort();
}

static void leave(void) {
  char command[128];
  snprintf(command, sizeof command, "rm -rf %s", site);
  if (site[0] && system(command)) abort();
}

static void enter(void) {
  static char paths[2][128];
  if (site[0]) return;
  strcpy(site, "/tmp/sluice-fuzz-ledger-XXXXXX");
  must(mkdtemp(site) != NULL);
  atexit(leave);
  snprintf(paths[0], sizeof paths[0], "%s/var", site);
  snprintf(paths[1], sizeof paths[1], "%s/var/ledger/ledger.txt", site);
  var = paths[0], path = paths[1];
}

static void start_with(str bytes) {
  struct err err = { 0 };
  const char *torn[] = { "1", "2" };
  char name[160];
  for (size_t i = 0; i < 2; i++) {
    snprintf(name, sizeof name, "%s/ledger/ledger.torn-%s", var, torn[i]);
    unlink(name);
  }
  unlink(path);
  snprintf(name, sizeof name, "%s/ledger", var);
  must(!file_make_folders(name, 0700, &err));
  if (bytes.len) must(!file_put(path, 0600, bytes, &err));
}

/* Either OUT_DATA with its place, or a ledger that opens again to the same. */
static struct ledger *open_any(size_t *torn) {
  struct ledger *ledger;
  struct err err = { 0 };
  enum outcome out = ledger_open(var, &ledger, torn, &err);
  if (!out) return ledger;
  must(out == OUT_DATA && err.outcome == OUT_DATA && err.text[0] && !ledger);
  return NULL;
}

/* All entries as one text: two ledgers with the same text are the same. */
static bool visit(void *user, const struct ledger_entry *entry) {
  struct buf *text = user;
  buf_printf(text, "%llu", (unsigned long long)entry->line);
  const str heads[] = { entry->time, entry->event, entry->feed };
  for (size_t i = 0; i < 3; i++) buf_printf(text, " %zu:%.*s", heads[i].len, STR_ARG(heads[i]));
  for (size_t i = 0; i < entry->word_count; i++) {
    const struct ledger_word *word = &entry->words[i];
    buf_printf(text, " %zu:%.*s", word->name.len, STR_ARG(word->name));
    buf_printf(text, " %zu:%.*s", word->value.len, STR_ARG(word->value));
  }
  buf_char(text, '\n');
  return true;
}

static struct buf all_of(struct ledger *ledger) {
  struct buf text = buf_new(64 << 20);
  struct err err = { 0 };
  must(!ledger_walk(ledger, visit, &text, &err));
  return text;
}

static void check_reopened(struct ledger *ledger) {
  size_t torn;
  struct ledger *again = open_any(&torn);
  must(again && !torn);
  struct buf before = all_of(ledger), after = all_of(again);
  must(str_eq(buf_str(&before), buf_str(&after)));
  buf_free(&before);
  buf_free(&after);
  must(ledger_next_run(again) == ledger_next_run(ledger));
  ledger_close(again);
}

static void check_file(str bytes) {
  size_t torn;
  start_with(bytes);
  struct ledger *ledger = open_any(&torn);
  if (!ledger) return;
  must(torn <= bytes.len);
  check_reopened(ledger);
  ledger_close(ledger);
}

static void check_sealed(str bytes) {
  struct buf file = buf_new(16 << 20);
  char hex[DIGEST_TEXT], sum[DIGEST_TEXT] = "";
  str line;
  while (str_split(&bytes, '\n', &line)) {
    struct digest *digest = digest_new();
    digest_add(digest, str_of(sum));
    digest_add(digest, line);
    digest_add(digest, STR(" "));
    digest_end(digest, hex);
    snprintf(sum, sizeof sum, "~%.8s", hex);
    buf_add(&file, line);
    buf_printf(&file, " %s\n", sum);
  }
  check_file(buf_str(&file));
  buf_free(&file);
}

struct appended {
  size_t line; /* how many there are */
  const str *heads;
  size_t words;
  bool met; /* the last one is it */
};
static bool is_appended(void *user, const struct ledger_entry *entry) {
  struct appended *last = user;
  last->line++;
  last->met = str_eq(entry->time, last->heads[0]) && str_eq(entry->event, last->heads[1]) &&
              str_eq(entry->feed, last->heads[2]) && entry->word_count == last->words;
  return entry->line == last->line;
}

/* *count: how many entries it has. */
static void append_line(struct ledger *ledger, str line, size_t *count) {
  struct ledger_word words[WORDS_MOST];
  struct err err = { 0 };
  size_t word_count = 0, kept = 0;
  str heads[3] = { STR_NONE, STR_NONE, STR_NONE }, word;
  bool named = true;
  for (size_t i = 0; i < 3; i++) str_split(&line, '\x1f', &heads[i]);
  while (word_count < WORDS_MOST && str_split(&line, '\x1f', &word)) {
    size_t half = word.len / 2;
    words[word_count++] = (struct ledger_word){ str_sub(word, 0, half), str_sub(word, half, word.len) };
    kept += word.len > half;
    named = named && (half || word.len == half);
  }
  enum outcome out = ledger_append(ledger, heads[0], heads[1], heads[2], words, word_count, &err);
  must(out == (named ? OUT_OK : OUT_BUG));
  *count += !out;
  struct appended last = { 0, heads, kept, false };
  must(!ledger_walk(ledger, is_appended, &last, &err) && last.line == *count && (out || last.met));
}

/* Any one byte of it, in any line but for the last line's end. */
static void check_flipped(unsigned seed) {
  struct arena *arena = arena_new();
  struct err err = { 0 };
  size_t torn;
  str all;
  must(!in_read_whole(path, 64 << 20, arena, &all, &err));
  if (all.len > 1) {
    char *bytes = (char *)(uintptr_t)all.at;
    bytes[seed % (all.len - 1)] ^= (char)(1 + (seed >> 8) % 127);
    start_with(all);
    must(!open_any(&torn));
  }
  arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 2 || size > 64 * 1024) return 0;
  enter();
  str bytes = { (const char *)data + 2, size - 2 }, line;
  check_file(bytes);
  check_sealed(bytes);
  size_t torn, count = 0;
  start_with(STR_NONE);
  struct ledger *ledger = open_any(&torn);
  must(ledger != NULL);
  for (size_t i = 0; i < 50 && str_split(&bytes, '\n', &line); i++) append_line(ledger, line, &count);
  check_reopened(ledger);
  ledger_close(ledger);
  if (count) check_flipped(data[0] * 257u + data[1]);
  return 0;
}
