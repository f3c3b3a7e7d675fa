/* unit/spool/test_fold: a folded ledger answers as the whole one does, whatever a crash or a thumb left. */
#include "scratch_ledger.h"

static const char first[] = "var/ledger/ledger-0001.txt", second[] = "var/ledger/ledger-0002.txt",
                  checkpoint[] = "var/ledger/checkpoint";

static void fold(struct ledger *ledger) {
  struct err err = { 0 };
  if (ledger_fold(ledger, 0, &err)) fail_msg("%s", err.text);
}

/* --- what is asked --- */

static void add_entry(struct buf *text, const struct ledger_entry *entry) {
  buf_printf(text, " %d", entry ? (int)entry->line : 0);
}

static void add_found(struct buf *text, struct ledger_found found) {
  buf_char(text, '[');
  for (size_t i = 0; i < found.count; i++) add_entry(text, found.entries[i]);
  buf_char(text, ']');
}

static int by_text(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void add_tallies(struct buf *text, struct ledger *ledger) {
  struct ledger_tally **tallies;
  struct err err = { 0 };
  size_t count;
  const char *lines[64];
  if (ledger_tallies(ledger, arena, &tallies, &count, &err)) fail_msg("%s", err.text);
  size_t kept = 0;
  for (size_t i = 0; i < count; i++)
    if (tallies[i]->items)
      lines[kept++] = arena_printf(arena, " %.*s/%.*s=%d", STR_ARG(tallies[i]->feed),
                                   STR_ARG(tallies[i]->state), (int)tallies[i]->items)
                          .at;
  qsort(lines, kept, sizeof *lines, by_text);
  for (size_t i = 0; i < kept; i++) buf_add(text, str_of(lines[i]));
}

static void add_runs(struct buf *text, struct ledger_runs runs) {
  buf_printf(text, " good %.*s %d whole %.*s last %.*s %d open %.*s %d", STR_ARG(runs.good), runs.by_run,
             STR_ARG(runs.whole), STR_ARG(runs.last), runs.code, STR_ARG(runs.open), (int)runs.open_run);
}

/* Everything that can be asked about `items` items, as one text. */
static str answers(struct ledger *ledger, int items) {
  struct buf text = buf_new(1 << 24);
  char name[32];
  for (int i = 0; i < items; i++) {
    snprintf(name, sizeof name, "i%d", i);
    add_entry(&text, ledger_by_id(ledger, str_of(name)));
    add_found(&text, ledger_of_item(ledger, i % 3 ? STR("f") : STR("g"), str_of(name), STR_NONE));
    snprintf(name, sizeof name, "k%d", i);
    add_entry(&text, ledger_by_key(ledger, STR("f"), str_of(name)));
    add_entry(&text, ledger_by_key(ledger, STR("g"), str_of(name)));
    snprintf(name, sizeof name, "o%d", i);
    add_entry(&text, ledger_by_output(ledger, str_of(name)));
    add_found(&text, ledger_having(ledger, "file", str_of(name)));
  }
  add_found(&text, ledger_open_items(ledger, STR_NONE));
  add_found(&text, ledger_open_items(ledger, STR("g")));
  add_found(&text, ledger_begun(ledger, STR("f")));
  add_tallies(&text, ledger);
  buf_printf(&text, " %d", (int)ledger_next_run(ledger));
  add_runs(&text, ledger_runs(ledger, STR("g")));
  add_runs(&text, ledger_runs(ledger, STR("f")));
  str kept = arena_str(arena, buf_str(&text));
  buf_free(&text);
  return kept;
}

/* The n-th of a made-up site's entries: all kinds, over and over. */
static void happen(struct ledger *ledger, int n) {
  static const char *const events[] = { "releasing", "released", "held",     "skipped",  "ready",
                                        "refused",   "rejected", "returned", "reversed", "adopted",
                                        "run-end",   "ready",    "run-start" };
  static const int exits[] = { 0, 1, 3, 69 };
  char words[128];
  int item = n * 7 % 40;
  const char *event = events[n * 5 % 13], *feed = item % 3 ? "f" : "g";
  if (strcmp(event, "run-start") == 0) snprintf(words, sizeof words, "run=%d", n);
  else if (strcmp(event, "run-end") == 0)
    snprintf(words, sizeof words, "run=%d exit=%d%s", n, exits[n % 4], n % 5 ? "" : " only=x");
  else if (strcmp(event, "adopted") == 0) snprintf(words, sizeof words, "key=k%d", item);
  else if (strcmp(event, "skipped") == 0) snprintf(words, sizeof words, "of=i%d of-key=k%d", item, item);
  else
    snprintf(words, sizeof words, "id=i%d key=k%d file=o%d output=o%d output=p%d", item, item, n % 9, item,
             n);
  append_at(ledger, arena_printf(arena, "2026-11-21T02:%02d:04Z", n % 60), event, feed, words);
}

/* --- tests --- */

/* Two ledgers of the same entries, one never folded, one folded every so often: the same answers, always. */
static void test_the_same_answers(void **state) {
  (void)state;
  enum { ENTRIES = 400, ITEMS = 42 };
  static const int every[] = { 1, 7, 64, 399 };
  struct ledger *whole = opened();
  for (int n = 0; n < ENTRIES; n++) happen(whole, n);
  str wanted = answers(whole, ITEMS);
  ledger_close(whole);
  for (size_t e = 0; e < sizeof every / sizeof *every; e++) {
    assert_int_equal(system("rm -rf var"), 0);
    struct ledger *ledger = opened();
    for (int n = 0; n < ENTRIES; n++) {
      happen(ledger, n);
      if (n % every[e] == 0) fold(ledger);
      if (n % 50 == 0) ledger_rest(ledger);
    }
    for (int pass = 0; pass < 3; pass++) {
      str got = answers(ledger, ITEMS);
      if (!str_eq(got, wanted))
        fail_msg("every %d, pass %d:\n%s\nnot\n%s", every[e], pass, got.at, wanted.at);
      assert_entries(ledger, ENTRIES);
      ledger_close(ledger);
      if (pass == 1) assert_int_equal(unlink(checkpoint), 0);
      ledger = opened();
      assert_int_equal(ledger_remade(ledger), pass == 1);
    }
    ledger_close(ledger);
  }
}

/* Entries 0..9 in segment 1, 10..19 in segment 2, 20..24 in the tail. */
static str make_folded(void) {
  struct ledger *ledger = opened();
  for (int n = 0; n < 25; n++) {
    happen(ledger, n);
    if (n == 9 || n == 19) fold(ledger);
  }
  str wanted = answers(ledger, 42);
  ledger_close(ledger);
  assert_true(file_exists(first) && file_exists(second) && file_exists(tail) && file_exists(checkpoint));
  return wanted;
}

/* What each crash point of a fold leaves, made by hand. */
static void test_crash_points(void **state) {
  (void)state;
  static const char old[] = "var/ledger/.checkpoint.abcdef.part";
  str wanted, before;
  struct ledger *ledger = opened();
  for (int n = 0; n < 10; n++) happen(ledger, n);
  fold(ledger);
  before = contents(checkpoint); /* of segment 1 alone */
  for (int n = 10; n < 20; n++) happen(ledger, n);
  wanted = answers(ledger, 42);
  ledger_close(ledger);
  enum { NOT_RENAMED, RENAMED, HALF_WRITTEN, NEXT_TAIL, POINTS };
  for (int point = 0; point < POINTS; point++) {
    if (point == RENAMED) assert_int_equal(rename(tail, second), 0);
    if (point == HALF_WRITTEN) overwrite(old, str_sub(before, 0, 5000));
    ledger = opened();
    assert_false(ledger_remade(ledger));
    assert_false(file_exists(old));
    if (point == NEXT_TAIL) {
      happen(ledger, 20);
      assert_true(file_exists(tail));
    } else assert_true(str_eq(answers(ledger, 42), wanted));
    assert_entries(ledger, point == NEXT_TAIL ? 21 : 20);
    assert_true(str_eq(contents(checkpoint), before));
    ledger_close(ledger);
  }
  ledger = opened(); /* the next fold covers both */
  wanted = answers(ledger, 42);
  fold(ledger);
  assert_false(file_exists(tail));
  assert_true(str_eq(answers(ledger, 42), wanted));
  ledger_close(ledger);
}

/* Any byte of the checkpoint changed, or any part of it missing: the answers stay, and it is made again. */
static void test_checkpoint_damaged(void **state) {
  (void)state;
  str wanted = make_folded(), good = contents(checkpoint);
  char *bytes = malloc(good.len);
  size_t remade = 0, tried = 0;
  for (size_t at = 0; at < good.len; at += at < 600 || at > 4090 ? 3 : 500) {
    memcpy(bytes, good.at, good.len);
    bytes[at] = (char)(bytes[at] ^ 0x20);
    overwrite(checkpoint, (str){ bytes, good.len });
    struct ledger *ledger = opened();
    if (!str_eq(answers(ledger, 42), wanted)) fail_msg("byte %zu", at);
    remade += ledger_remade(ledger);
    tried++;
    ledger_close(ledger);
  }
  assert_int_equal(remade, tried);
  for (size_t len = 0; len < good.len; len += 97) {
    overwrite(checkpoint, str_sub(good, 0, len));
    struct ledger *ledger = opened();
    assert_true(ledger_remade(ledger));
    assert_true(str_eq(answers(ledger, 42), wanted));
    ledger_close(ledger);
    ledger = opened(); /* said once */
    assert_false(ledger_remade(ledger));
    ledger_close(ledger);
  }
  free(bytes);
}

/* Any byte of a segment: found by a walk, in the right file and line; nothing is written on a wrong answer.
 */
static void test_segment_flipped(void **state) {
  (void)state;
  str wanted = make_folded(), good = contents(first);
  char *bytes = malloc(good.len);
  uint64_t line = 1;
  for (size_t at = 0; at < good.len; line += good.at[at++] == '\n') {
    struct err err = { 0 };
    uint64_t lines = 0;
    memcpy(bytes, good.at, good.len);
    bytes[at] = (char)(bytes[at] ^ 1);
    overwrite(first, (str){ bytes, good.len });
    struct ledger *ledger = opened();
    assert_int_equal(ledger_walk(ledger, take_number, &lines, &err), OUT_DATA);
    assert_non_null(strstr(err.file, "ledger-0001.txt"));
    assert_int_equal(err.line, line);
    bool same = at % 5 || str_eq(answers(ledger, 42), wanted); /* looked up for some, which takes its time */
    enum outcome out = ledger_trouble(ledger, &err);
    if (!same && out != OUT_SYSTEM) fail_msg("byte %zu: a wrong answer, and no word of it", at);
    if (out) {
      assert_int_equal(ledger_append(ledger, STR("t"), STR("taken"), STR("f"), NULL, 0, &err), OUT_SYSTEM);
      assert_non_null(strstr(err.file, "ledger-000")); /* the line itself, or the one behind it */
    }
    ledger_close(ledger);
  }
  free(bytes);
}

/* Shorter than its checkpoint, at every byte; a line too many or too few; a segment that is not there. */
static void test_not_the_same_ledger(void **state) {
  (void)state;
  make_folded();
  struct err err = { 0 };
  str good = contents(second), late = contents(tail);
  assert_int_equal(rename(tail, "kept"), 0);
  for (size_t len = 0; len < good.len; len++) {
    overwrite(second, str_sub(good, 0, len));
    assert_int_equal(try_open(&err), OUT_DATA);
    assert_non_null(strstr(err.text, "checkpoint"));
  }
  size_t line = (size_t)str_find(good, '\n') + 1;
  overwrite(second, str_sub(good, line, good.len));
  assert_int_equal(try_open(&err), OUT_DATA);
  overwrite(second, arena_printf(arena, "%.*s%.*s", (int)line, good.at, STR_ARG(good)));
  assert_int_equal(try_open(&err), OUT_DATA);
  overwrite(second, good);
  assert_int_equal(rename(first, "gone"), 0);
  assert_int_equal(try_open(&err), OUT_DATA);
  assert_non_null(strstr(err.text, "ledger-0001.txt is missing"));
  assert_int_equal(rename("gone", first), 0);
  assert_int_equal(try_open(&err), OUT_OK);
  overwrite(tail, late);
  assert_int_equal(try_open(&err), OUT_OK);
}

/* The tail behind a checkpoint, cut at every byte: as in a ledger that was never folded. */
static void test_tail_cut(void **state) {
  (void)state;
  make_folded();
  str late = contents(tail);
  for (size_t len = 0; len <= late.len; len++) {
    size_t whole = 0;
    for (size_t i = 0; i < len; i++) whole += late.at[i] == '\n';
    overwrite(tail, str_sub(late, 0, len));
    struct ledger *ledger = opened();
    assert_entries(ledger, 20 + whole);
    ledger_close(ledger);
  }
}

/* One process folds while others have the ledger open and write: nobody loses an entry, all see all. */
static void test_side_by_side(void **state) {
  (void)state;
  enum { CHILDREN = 3, EACH = 60 };
  struct ledger *one = opened(), *two = opened();
  happen(one, 0);
  fold(one);
  assert_non_null(ledger_by_id(one, STR("i0")));
  struct err err = { 0 };
  assert_int_equal(ledger_refresh(two, &err), OUT_OK);
  assert_int_equal(ledger_by_id(two, STR("i0"))->line, 1);
  happen(two, 1);
  fold(two);
  happen(one, 2);
  assert_entries(one, 3);
  for (int i = 0; i < CHILDREN; i++) {
    if (fork()) continue;
    for (int n = 0; n < EACH; n++) {
      happen(one, n);
      if (n % 20 == i) fold(one);
    }
    _exit(0);
  }
  wait_for_children(CHILDREN);
  happen(one, 0);
  happen(two, 1);
  assert_entries(two, 5 + CHILDREN * EACH);
  assert_int_equal(ledger_refresh(one, &err), OUT_OK);
  assert_true(str_eq(answers(one, 42), answers(two, 42)));
  ledger_close(one);
  ledger_close(two);
}

/* What another process folded is asked of before anything else is read. */
static void test_asked_after_fold(void **state) {
  (void)state;
  struct ledger *one = opened();
  happen(one, 0);
  struct ledger *two = opened();
  fold(one);
  happen(one, 1);
  assert_non_null(ledger_by_id(two, STR("i0")));
  struct err err = { 0 };
  assert_int_equal(ledger_trouble(two, &err), OUT_OK);
  assert_entries(two, 1);
  ledger_close(one);
  ledger_close(two);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    CASE(test_the_same_answers), CASE(test_crash_points),        CASE(test_checkpoint_damaged),
    CASE(test_segment_flipped),  CASE(test_not_the_same_ledger), CASE(test_tail_cut),
    CASE(test_side_by_side),     CASE(test_asked_after_fold),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
