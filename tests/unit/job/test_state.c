/* unit/job/test_state: which rows of a state count, in which order; keep, merging, and files that are wrong.
 */
#include "job/state.h"
#include "io/digest.h"
#include "io/file.h"
#include "io/in.h"
#include "job/state_file.h"
#include "transform/past.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Hundreds of files are written: they need not reach the disk. Stands in for libc's own. */
int fsync(int fd) {
  (void)fd;
  return 0;
}

static char folder[64];
static struct arena *arena;
static struct site site;
static struct spool *spool;
static struct ledger *ledger;

static int enter(void **state) {
  struct err err = { 0 };
  size_t torn;
  (void)state;
  strcpy(folder, "/tmp/sluice-test-state-XXXXXX");
  if (!mkdtemp(folder) || chdir(folder)) return -1;
  arena = arena_new();
  site = (struct site){ .arena = arena, .folder = "." };
  if (zone_open("UTC", &site.zone, &err) || spool_open(".", arena, &spool, &err)) return -1;
  date_parse(STR("2026-11-21"), STR("YYYY-MM-DD"), &site.today);
  return ledger_open("var", &ledger, &torn, &err) ? -1 : 0;
}

static int leave(void **state) {
  char command[128];
  (void)state;
  ledger_close(ledger);
  spool_close(spool);
  zone_close(site.zone);
  arena_free(arena);
  snprintf(command, sizeof command, "rm -rf %s", folder);
  return chdir("/") == 0 && system(command) == 0 ? 0 : -1;
}

/* --- a program that looks up one state --- */

static const char stock[] = "schema state.stock  format state, keep 100 days\n"
                            "  record listing key sku\n"
                            "    sku text(40)\n"
                            "    quantity decimal\n"
                            "    sent timestamp\n"
                            "    day date(MM/DD/YYYY)\n"
                            "    note text(40)\n";

static struct program *program_of(const char *text, const char *keys) {
  struct complaints *wrong = complaints_new(arena);
  struct source *source = ARENA_NEW(arena, struct source);
  *source = (struct source){ "stock.schema", str_of(text) };
  struct schema *schema = schema_parse(source, arena, wrong);
  assert_int_equal(complaints_count(wrong), 0);
  struct lookup *lookup = ARENA_NEW(arena, struct lookup);
  *lookup = (struct lookup){ .name = STR("sent"), .table = schema->records[0] };
  str rest = str_of(keys), key;
  while (str_split(&rest, ' ', &key))
    *ARENA_PUSH(arena, lookup->pairs, lookup->key_count) = (struct pair_spec){ .name = key };
  struct program *program = ARENA_NEW(arena, struct program);
  *program = (struct program){ .lookup_count = 1 };
  program->lookups = ARENA_ARRAY(arena, struct lookup *, 1);
  program->lookups[0] = lookup;
  program->into = ARENA_ARRAY(arena, struct schema *, 1);
  program->into[program->into_count++] = schema;
  return program;
}

static enum outcome try_open(struct program *program, bool may_write, uint64_t before, struct states **states,
                             struct err *err) {
  const struct states_of of = {
    .site = &site, .spool = spool, .ledger = ledger, .programs = &program, .program_count = 1,
    .may_write = may_write, .before = before,
  };
  *err = (struct err){ 0 };
  return states_open(&of, states, err);
}

static struct states *opened(struct program *program, bool may_write) {
  struct states *states;
  struct err err;
  if (try_open(program, may_write, 0, &states, &err)) fail_msg("%s: %s", err.file, err.text);
  return states;
}

/* The quantity of a sku; "-" without a row, "absent" without a quantity. */
static const char *found(const struct states *states, const struct program *program, const char *sku) {
  const struct past *past = states_past(states, program->lookups[0]);
  value key = value_text(str_of(sku));
  ptrdiff_t row = past_find(past, &key);
  if (row < 0) return "-";
  value v = past_value(past, (size_t)row, 1);
  return value_is_present(&v) ? arena_text(arena, value_show(&v, NULL, arena)) : "absent";
}

static const char *once(const char *schema, const char *sku, bool may_write) {
  struct program *program = program_of(schema, "sku");
  struct states *states = opened(program, may_write);
  const char *answer = found(states, program, sku);
  states_free(states);
  return answer;
}

static const char *now(const char *sku) { return once(stock, sku, false); }

static void fails(const char *schema, const char *file, uint64_t line, const char *text) {
  struct states *states;
  struct err err;
  assert_int_equal(try_open(program_of(schema, "sku"), false, 0, &states, &err), OUT_DATA);
  states_free(states);
  if (!strstr(err.text, text)) fail_msg("\"%s\" is not in \"%s\"", text, err.text);
  assert_string_equal(err.file, file);
  assert_int_equal(err.line, line);
}

/* --- what a release leaves --- */

static void put(const char *name, const char *text) {
  struct err err = { 0 };
  if (file_make_folders("var/state/stock", 0700, &err) ||
      file_put(arena_printf(arena, "var/state/stock/%s", name).at, 0600, str_of(text), &err))
    fail_msg("%s", err.text);
}

static str contents(const char *name) {
  struct err err = { 0 };
  str bytes;
  if (in_read_whole(arena_printf(arena, "var/state/stock/%s", name).at, 1 << 24, arena, &bytes, &err))
    fail_msg("%s", err.text);
  return bytes;
}

static bool is_there(const char *name) {
  return file_exists(arena_printf(arena, "var/state/stock/%s", name).at);
}

static void say_with(const char *event, const char *day, const char *id, const char *name, const char *sha256,
                     const char *key) {
  struct err err = { 0 };
  struct ledger_word words[] = { { STR("id"), str_of(id) },
                                 { STR("state"), arena_printf(arena, "stock/%s", name) },
                                 { STR("state-sha256"), str_of(sha256) },
                                 { STR("state-key"), str_of(key) } };
  size_t count = *name ? 4 : 1;
  if (ledger_append(ledger, arena_printf(arena, "%sT02:00:00Z", day), str_of(event), STR("stock"), words,
                    count, &err))
    fail_msg("%s", err.text);
}

static void say(const char *event, const char *day, const char *id, const char *name) {
  char hex[65] = "";
  struct err err = { 0 };
  if (*name) digest_file(arena_printf(arena, "var/state/stock/%s", name).at, hex, &err);
  say_with(event, day, id, name, hex, "sku");
}

static void release(const char *day, const char *name, const char *text) {
  put(name, text);
  say("released", day, name, name);
}

static const char *row(const char *sku, int quantity) {
  return arena_printf(arena, "sku,quantity\n%s,%d\n", sku, quantity).at;
}

/* --- which rows count --- */

static void latest_release_wins(void **state) {
  (void)state;
  release("2026-11-10", "2026-11-10-b.csv", "sku,quantity\nCUP,1\nJUG,5\nCUP,2\n");
  assert_string_equal(now("CUP"), "2"); /* of one file the later row */
  release("2026-11-11", "2026-11-11-a.csv", row("CUP", 3));
  release("2026-11-09", "2026-11-09-z.csv", row("CUP", 4)); /* the clock was set back */
  release("2026-11-09", "2026-11-09-a.csv", row("CUP", 5));
  assert_string_equal(now("CUP"), "5");
  assert_string_equal(now("JUG"), "5");
  assert_string_equal(now("MUG"), "-");
}

static void only_what_is_released(void **state) {
  (void)state;
  release("2026-11-10", "a.csv", row("CUP", 1));
  put("b.csv", row("CUP", 2));
  say("releasing", "2026-11-11", "b", "b.csv");
  assert_string_equal(now("CUP"), "1");
  say("released", "2026-11-11", "b", "b.csv");
  assert_string_equal(now("CUP"), "2");
  say("reversed", "2026-11-12", "b", "");
  assert_string_equal(now("CUP"), "1");
  struct states *states = opened(program_of(stock, "sku"), false);
  assert_string_equal(states_file(states, STR("var/state/stock/b.csv"), arena).at, "var/state/stock/b-2.csv");
  assert_string_equal(states_file(states, STR("var/state/stock/c.csv"), arena).at, "var/state/stock/c.csv");
  states_free(states);
  put("b-2.csv", row("CUP", 3));
  say("released", "2026-11-12", "b", "b-2.csv");
  assert_string_equal(now("CUP"), "3");
}

static void as_it_stood(void **state) {
  struct program *program = program_of(stock, "sku");
  struct states *states;
  struct err err;
  (void)state;
  release("2026-11-10", "a.csv", row("CUP", 1));
  release("2026-11-11", "b.csv", row("CUP", 2));
  uint64_t before = ledger_by_id(ledger, STR("b.csv"))->line;
  say("reversed", "2026-11-12", "a.csv", "");
  assert_int_equal(try_open(program, false, before, &states, &err), OUT_OK);
  assert_string_equal(found(states, program, "CUP"), "1");
  states_free(states);
  assert_string_equal(once(stock, "CUP", true), "2");
  assert_false(is_there("a.csv")); /* what was reversed since is gone, and not missed */
  assert_int_equal(try_open(program, false, before, &states, &err), OUT_OK);
  assert_string_equal(found(states, program, "CUP"), "-");
  states_free(states);
}

static void what_is_read_does_not_change(void **state) {
  (void)state;
  release("2026-11-10", "a.csv", row("CUP", 1));
  struct program *program = program_of(stock, "sku");
  struct states *states = opened(program, true);
  release("2026-11-11", "b.csv", row("CUP", 2));
  assert_string_equal(found(states, program, "CUP"), "1");
  states_free(states);
}

static void other_schemas(void **state) {
  (void)state;
  static const char more[] = "schema state.stock  format state\n"
                             "  record listing key sku\n"
                             "    sku, quantity text(40)\n"
                             "    channel text(10)\n";
  release("2026-11-10", "a.csv", "sku,gone,quantity\nCUP,x,1\n");
  assert_string_equal(once(more, "CUP", false), "1"); /* gone is not looked at, channel is absent */
  release("2026-11-11", "b.csv", "sku\nCUP\n");
  assert_string_equal(once(more, "CUP", false), "absent");
}

static void a_part_of_the_key(void **state) {
  (void)state;
  static const char parts[] = "schema state.stock  format state\n"
                              "  record listing key sku, note\n"
                              "    sku text(40)\n"
                              "    quantity decimal\n"
                              "    note text(40)\n";
  put("a.csv", "sku,quantity,note\nCUP,1,x\nCUP,2,y\n");
  char hex[65];
  struct err err = { 0 };
  digest_file("var/state/stock/a.csv", hex, &err);
  say_with("released", "2026-11-10", "a", "a.csv", hex, "sku,note");
  assert_string_equal(once(parts, "CUP", false), "2");
}

/* --- keep --- */

static void old_rows_go(void **state) {
  (void)state;
  static const char for_good[] = "schema state.stock  format state\n"
                                 "  record listing key sku\n"
                                 "    sku text(40)\n"
                                 "    quantity decimal\n";
  release("2026-08-12", "a.csv", row("CUP", 1)); /* 101 days */
  release("2026-08-13", "b.csv", row("JUG", 2)); /* 100 days */
  assert_string_equal(now("CUP"), "-");
  assert_string_equal(now("JUG"), "2");
  assert_true(is_there("a.csv")); /* nothing is removed by a rehearsal */
  assert_string_equal(once(stock, "CUP", true), "-");
  assert_false(is_there("a.csv"));
  assert_true(is_there("b.csv"));
  assert_string_equal(contents("kept-from").at, "2026-08-13\n");
  assert_string_equal(once(for_good, "CUP", true), "-"); /* it was removed for good, and is not missed */
  assert_string_equal(once(for_good, "JUG", true), "2");
}

static void reversed_files_go(void **state) {
  (void)state;
  release("2026-11-10", "a.csv", row("CUP", 1));
  put("b.csv", row("CUP", 2));
  say("releasing", "2026-11-11", "b", "b.csv");
  say("reversed", "2026-11-12", "a.csv", "");
  assert_string_equal(once(stock, "CUP", true), "-");
  assert_false(is_there("a.csv"));
  assert_true(is_there("b.csv")); /* it will be released */
}

/* --- merging --- */

static void release_many(int count) {
  for (int i = 0; i < count; i++)
    release(
        "2026-11-10", arena_printf(arena, "%02d.csv", count - i).at,
        arena_printf(arena, "sku,quantity,note,gone\nSKU-%d,%d,\"a,\"\"b\n c\",%d\nCUP,%d,,\n", i, i, i, i)
            .at);
}

static void many_become_one(void **state) {
  (void)state;
  release_many(70);
  assert_string_equal(now("CUP"), "69");
  assert_true(is_there("01.csv"));
  assert_string_equal(once(stock, "CUP", true), "69");
  assert_false(is_there("01.csv"));
  assert_true(is_there("merged-1.csv"));
  assert_string_equal(now("CUP"), "69");
  assert_string_equal(now("SKU-0"), "0");
  assert_non_null(strstr(contents("merged-1.csv").at, "gone"));
  release("2026-11-01", "later.csv", row("CUP", 100));
  assert_string_equal(now("CUP"), "100");
  say("reversed", "2026-11-12", "later.csv", "");
  say("reversed", "2026-11-12", "01.csv", ""); /* the last of the merged ones */
  assert_string_equal(once(stock, "CUP", true), "68");
  assert_string_equal(now("SKU-69"), "-");
}

static void a_crash_between_changes_nothing(void **state) {
  (void)state;
  release_many(70);
  str lost = contents("33.csv");
  assert_string_equal(once(stock, "CUP", true), "69");
  str merged = contents("merged-1.csv");
  put("33.csv", lost.at);
  put("merged-2.csv", merged.at);
  assert_string_equal(now("CUP"), "69");
  assert_string_equal(once(stock, "SKU-37", true), "37");
  assert_false(is_there("merged-1.csv"));
  assert_false(is_there("33.csv"));
  assert_string_equal(contents("merged-3.csv").at, merged.at);
}

static void old_rows_leave_a_merged_file(void **state) {
  (void)state;
  release_many(70);
  assert_string_equal(once(stock, "CUP", true), "69");
  site.today += 101;
  assert_string_equal(once(stock, "CUP", true), "-");
  assert_false(is_there("merged-1.csv"));
  assert_string_equal(contents("kept-from").at, "2026-11-22\n");
}

static void one_merges(void **state) {
  (void)state;
  release_many(70);
  assert_int_equal(mkdir("var/lock", 0700), 0);
  int lock = open("var/lock/state.stock", O_RDWR | O_CREAT, 0600);
  assert_int_equal(flock(lock, LOCK_EX), 0);
  assert_string_equal(once(stock, "CUP", true), "69");
  assert_true(is_there("01.csv"));
  close(lock);
  assert_string_equal(once(stock, "CUP", true), "69");
  assert_false(is_there("01.csv"));
}

/* --- exactness, and the files of archive and replay --- */

static const char *text_of(const struct states *states) {
  struct buf text = buf_new(1 << 20);
  struct err err = { 0 };
  if (states_text(states, STR("state.stock"), &text, &err)) fail_msg("%s", err.text);
  const char *kept = arena_text(arena, buf_str(&text));
  buf_free(&text);
  return kept;
}

static void text_and_loaded(void **state) {
  (void)state;
  static const char odd[] = "sku,quantity,sent,day,note\n"
                            "*,1.500,2026-11-02T00:30:00+01:00,2026-11-02,\"  a, \"\"b\"\"\nc  \"\n"
                            "C\xc3\x9cP,-0.000000000000000001,,,\n";
  struct err err = { 0 };
  release("2026-11-10", "a.csv", odd);
  release("2026-11-11", "b.csv", row("JUG", 7));
  struct program *program = program_of(stock, "sku");
  struct states *states = opened(program, false);
  assert_string_equal(found(states, program, "C\xc3\x9cP"), "-0.000000000000000001");
  assert_string_equal(found(states, program, "anything"), "-"); /* a star is a star */
  const char *kept = text_of(states);
  assert_int_equal(file_put("kept.csv", 0600, str_of(kept), &err), OUT_OK);
  states_free(states);
  const struct states_of nowhere = { .site = &site, .programs = &program, .program_count = 1 };
  assert_int_equal(states_open(&nowhere, &states, &err), OUT_OK);
  assert_string_equal(found(states, program, "JUG"), "-");
  assert_int_equal(states_load(states, STR("state.stock"), "kept.csv", &err), OUT_OK);
  assert_string_equal(found(states, program, "JUG"), "7");
  assert_string_equal(found(states, program, "*"), "1.500");
  assert_string_equal(text_of(states), kept);
  assert_non_null(strstr(kept, "*,1.500,2026-11-02T00:30:00+01:00,2026-11-02,\"  a, \"\"b\"\"\nc  \"\n"));
  struct buf text = buf_new(1 << 20);
  assert_int_equal(states_text(states, STR("state.other"), &text, &err), OUT_BUG);
  buf_free(&text);
  states_free(states);
}

/* --- what cannot be read --- */

static const char one[] = "var/state/stock/a.csv";

static void wrong_files(void **state) {
  (void)state;
  release("2026-11-10", "a.csv", "sku,quantity\nCUP,1\n");
  put("b.csv", row("CUP", 2));
  fails(stock, "var/state/stock/b.csv", 0, "the ledger does not know this file");
  assert_int_equal(unlink("var/state/stock/b.csv"), 0);
  put("a.csv", "sku,quantity\nCUP,2\n");
  fails(stock, one, 0, "its SHA-256 is not the one of its release");
  put("a.csv", "sku,quantity\nCUP,1\nCUP\n");
  fails(stock, one, 3, "the row has 1 cells, its header line has 2");
  put("a.csv", "sku,sku\nCUP,1\n");
  fails(stock, one, 1, "has field names, each once");
  put("a.csv", "sku,a b\nCUP,1\n");
  fails(stock, one, 1, "has field names, each once");
  put("a.csv", "");
  fails(stock, one, 0, "");
  put("a.csv", "sku,quantity\n\"CUP");
  fails(stock, one, 2, "");
  assert_int_equal(unlink(one), 0);
  fails(stock, one, 0, "the ledger says that these rows were released, and they are not there");
}

static void wrong_content(void **state) {
  (void)state;
  release("2026-11-10", "a.csv", "sku,quantity\nCUP,1\nJUG,x\n");
  fails(stock, one, 3, "quantity: \"x\" is not a number");
  say("reversed", "2026-11-10", "a.csv", "");
  release("2026-11-10", "b.csv", "quantity\n1\n");
  fails(stock, "var/state/stock/b.csv", 1, "the header line has no key field \"sku\"");
}

static void another_key(void **state) {
  (void)state;
  put("a.csv", row("CUP", 1));
  say_with("released", "2026-11-10", "a", "a.csv", "none", "sku,quantity");
  fails(stock, "", 0, "its key is sku now, and rows released on 2026-11-10 have the key sku,quantity");
}

static void wrong_merged(void **state) {
  (void)state;
  static const char merged[] = "var/state/stock/merged-1.csv";
  release_many(70);
  assert_string_equal(once(stock, "CUP", true), "69");
  str good = contents("merged-1.csv");
  for (size_t at = 0; at < good.len; at += 97) {
    put("merged-1.csv", arena_text(arena, str_sub(good, 0, at)));
    if (at) fails(stock, merged, 0, "the file was cut or changed");
    char *changed = arena_alloc(arena, good.len + 1);
    memcpy(changed, good.at, good.len);
    changed[at] ^= 1;
    put("merged-1.csv", changed);
    fails(stock, merged, 0, "the file was cut or changed");
  }
  struct buf text = buf_new(1 << 20);
  buf_add(&text, STR("sku,quantity\nCUP,1\n"));
  state_file_seal(&text);
  put("merged-1.csv", arena_text(arena, buf_str(&text)));
  fails(stock, merged, 1, "the first column of a merged state is \"release\"");
  buf_free(&text);
  put("merged-1.csv", good.at);
  assert_string_equal(now("CUP"), "69");
  put("kept-from", "soon\n");
  fails(stock, "var/state/stock/kept-from", 1, "the file holds one day");
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)
  const struct CMUnitTest tests[] = {
    TEST(latest_release_wins),
    TEST(only_what_is_released),
    TEST(as_it_stood),
    TEST(what_is_read_does_not_change),
    TEST(other_schemas),
    TEST(a_part_of_the_key),
    TEST(old_rows_go),
    TEST(reversed_files_go),
    TEST(many_become_one),
    TEST(a_crash_between_changes_nothing),
    TEST(old_rows_leave_a_merged_file),
    TEST(one_merges),
    TEST(text_and_loaded),
    TEST(wrong_files),
    TEST(wrong_content),
    TEST(another_key),
    TEST(wrong_merged),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
