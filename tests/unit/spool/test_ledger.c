/* unit/spool/test_ledger: what was appended is read back, a torn end is cut, a changed byte is found. */
#include "scratch_ledger.h"

#include <sys/stat.h>

static void append(struct ledger *ledger, const char *event, const char *feed, const char *words) {
  append_at(ledger, STR("2026-11-21T02:10:04Z"), event, feed, words);
}

/* The entry at an index, kept until the ledger rests: found by walking there. */
struct walk {
  size_t index;
  struct arena *arena;
  struct ledger_entry *entry;
};
static bool visit(void *user, const struct ledger_entry *entry) {
  struct walk *walk = user;
  if (entry->line != walk->index + 1) return true;
  struct ledger_word *words = ARENA_ARRAY(walk->arena, struct ledger_word, entry->word_count + 1);
  walk->entry = ARENA_NEW(walk->arena, struct ledger_entry);
  *walk->entry = *entry;
  walk->entry->time = arena_str(walk->arena, entry->time);
  walk->entry->event = arena_str(walk->arena, entry->event);
  walk->entry->feed = arena_str(walk->arena, entry->feed);
  walk->entry->words = words;
  for (size_t i = 0; i < entry->word_count; i++) {
    words[i].name = arena_str(walk->arena, entry->words[i].name);
    words[i].value = arena_str(walk->arena, entry->words[i].value);
  }
  return false;
}

static const struct ledger_entry *entry_at(struct ledger *ledger, size_t index) {
  struct walk walk = { .index = index, .arena = arena };
  struct err err = { 0 };
  if (ledger_walk(ledger, visit, &walk, &err)) fail_msg("%s", err.text);
  assert_non_null(walk.entry);
  return walk.entry;
}

static void assert_same(const struct ledger_entry *a, const struct ledger_entry *b) {
  assert_non_null(a);
  assert_non_null(b);
  assert_int_equal(a->line, b->line);
  assert_true(str_eq(a->time, b->time) && str_eq(a->event, b->event) && str_eq(a->feed, b->feed));
  assert_int_equal(a->word_count, b->word_count);
  for (size_t i = 0; i < a->word_count; i++)
    assert_true(str_eq(a->words[i].name, b->words[i].name) && str_eq(a->words[i].value, b->words[i].value));
}

static void assert_word(const struct ledger_entry *entry, const char *name, const char *want) {
  assert_non_null(entry);
  str got = ledger_word(entry, name);
  if (!str_eq(got, str_of(want))) fail_msg("%s is \"%.*s\", not \"%s\"", name, STR_ARG(got), want);
}

static void fill(void) {
  struct ledger *ledger = opened();
  append(ledger, "run-start", "", "run=7");
  append(ledger, "taken", "settlement", "id=a1 key=11840 file=a.txt");
  append(ledger, "released", "settlement", "id=a1 key=11840 output=outbox/x.txt output=outbox/y.csv");
  append(ledger, "held", "orders", "id=b2 key=11840 total=-1.50");
  ledger_close(ledger);
}

static void test_format(void **state) {
  (void)state;
  struct stat about;
  fill();
  str all = contents(tail), line;
  static const char *const starts[] = {
    "2026-11-21T02:10:04Z run-start - run=7 ~",
    "2026-11-21T02:10:04Z taken settlement id=a1 key=11840 file=a.txt ~",
    "2026-11-21T02:10:04Z released settlement id=a1 key=11840 output=outbox/x.txt output=outbox/y.csv ~",
    "2026-11-21T02:10:04Z held orders id=b2 key=11840 total=-1.50 ~"
  };
  for (size_t i = 0; i < 4; i++) {
    assert_true(str_split(&all, '\n', &line));
    assert_true(str_starts(line, str_of(starts[i])));
    assert_int_equal(line.len, strlen(starts[i]) + 8);
  }
  assert_int_equal(all.len, 0);
  /* printf '%s' '2026-11-21T02:10:04Z run-start - run=7 ' | sha256sum */
  assert_true(str_starts(contents(tail), STR("2026-11-21T02:10:04Z run-start - run=7 ~9ad3d03e\n")));
  assert_int_equal(stat("var/ledger", &about), 0);
  assert_int_equal(about.st_mode & 0777, 0700);
  assert_int_equal(stat(tail, &about), 0);
  assert_int_equal(about.st_mode & 0777, 0600);
}

static void check_lookups(struct ledger *ledger) {
  assert_entries(ledger, 4);
  assert_int_equal(ledger_next_run(ledger), 8);
  assert_true(str_eq(entry_at(ledger, 0)->event, STR("run-start")));
  assert_int_equal(entry_at(ledger, 0)->feed.len, 0);
  assert_int_equal(entry_at(ledger, 3)->line, 4);
  assert_same(ledger_by_id(ledger, STR("a1")), entry_at(ledger, 2)); /* the latest */
  assert_same(ledger_by_key(ledger, STR("settlement"), STR("11840")), entry_at(ledger, 2));
  assert_same(ledger_by_key(ledger, STR("orders"), STR("11840")), entry_at(ledger, 3));
  assert_same(ledger_by_output(ledger, STR("outbox/x.txt")), entry_at(ledger, 2));
  assert_same(ledger_by_output(ledger, STR("outbox/y.csv")), entry_at(ledger, 2));
  assert_null(ledger_by_id(ledger, STR("11840")));
  assert_null(ledger_by_key(ledger, STR("stock"), STR("11840")));
  assert_null(ledger_by_output(ledger, STR("outbox")));
  assert_word(entry_at(ledger, 3), "total", "-1.50");
  assert_word(entry_at(ledger, 3), "file", "");
}

static void test_reopen(void **state) {
  (void)state;
  size_t torn = 99;
  struct ledger *ledger = opened_torn(&torn);
  assert_int_equal(torn, 0);
  assert_entries(ledger, 0);
  assert_int_equal(ledger_next_run(ledger), 1);
  assert_null(ledger_by_id(ledger, STR("a1")));
  ledger_close(ledger);
  fill();
  ledger = opened_torn(&torn);
  assert_int_equal(torn, 0);
  check_lookups(ledger);
  ledger_close(ledger);
  ledger_close(NULL);
}

/* Whatever a word holds, it comes back, and the file stays one line an entry. */
static void test_odd_values(void **state) {
  (void)state;
  static const str odd[] = {
    { " ", 1 },           { "=", 1 },         { "%", 1 },     { "%20", 3 },
    { "a b", 3 },         { "\n", 1 },        { "\0", 1 },    { "\r\n\t\x7f\x1b", 5 },
    { "~", 1 },           { "~8c1d22f0", 9 }, { "-", 1 },     { "%2D", 3 },
    { "caf\xc3\xa9", 5 }, { "\xff\xfe", 2 },  { "a=b=c", 5 }, { " ~12345678\n", 11 }
  };
  enum { ODD = sizeof odd / sizeof *odd };
  struct err err = { 0 };
  size_t torn;
  struct ledger *ledger = opened_torn(&torn);
  for (size_t i = 0; i < ODD; i++) {
    struct ledger_word words[] = { { odd[i], odd[i] }, { STR("empty"), STR_NONE }, { STR("id"), odd[i] } };
    assert_int_equal(ledger_append(ledger, odd[i], odd[i], odd[i], words, 3, &err), OUT_OK);
  }
  for (int pass = 0; pass < 2; pass++) {
    assert_entries(ledger, ODD);
    for (size_t i = 0; i < ODD; i++) {
      const struct ledger_entry *entry = entry_at(ledger, i);
      assert_same(ledger_by_id(ledger, odd[i]), entry);
      assert_int_equal(entry->word_count, 2);
      assert_true(str_eq(entry->words[0].name, odd[i]) && str_eq(entry->words[0].value, odd[i]));
      assert_true(str_eq(entry->time, odd[i]) && str_eq(entry->event, odd[i]) && str_eq(entry->feed, odd[i]));
    }
    ledger_close(ledger);
    ledger = opened_torn(&torn);
    assert_int_equal(torn, 0);
  }
  str all = contents(tail);
  size_t lines = 0;
  for (size_t i = 0; i < all.len; i++) lines += all.at[i] == '\n';
  assert_int_equal(lines, ODD);
  ledger_close(ledger);
}

static void test_refused(void **state) {
  (void)state;
  struct ledger_word words[2];
  struct err err = { 0 };
  char *long_text = malloc(LEDGER_LINE_MOST);
  memset(long_text, 'x', LEDGER_LINE_MOST);
  struct ledger *ledger = opened();
  words[0] = (struct ledger_word){ STR_NONE, STR("x") };
  assert_int_equal(ledger_append(ledger, STR("t"), STR("e"), STR("f"), words, 1, &err), OUT_BUG);
  words[0] = (struct ledger_word){ STR("x"), { long_text, LEDGER_LINE_MOST } };
  assert_int_equal(ledger_append(ledger, STR("t"), STR("e"), STR("f"), words, 1, &err), OUT_BUG);
  fsync_fails = true; /* not known to be durable: not told as done */
  words[0] = (struct ledger_word){ STR("x"), STR("y") };
  assert_int_equal(ledger_append(ledger, STR("t"), STR("e"), STR("f"), words, 1, &err), OUT_SYSTEM);
  fsync_fails = false;
  assert_entries(ledger, 0);
  ledger_close(ledger);
  free(long_text);
}

/* One commit, however many outputs an item has: all of them are known by name afterwards. */
static void test_many_outputs(void **state) {
  (void)state;
  enum { OUTPUTS = 2000 };
  static struct ledger_word words[OUTPUTS + 1];
  static char names[OUTPUTS][64];
  struct err err = { 0 };
  words[0] = (struct ledger_word){ STR("id"), STR("a1") };
  for (size_t i = 0; i < OUTPUTS; i++) {
    snprintf(names[i], sizeof names[i], "outbox/sl/settlement/journal of branch %zu.txt", i);
    words[i + 1] = (struct ledger_word){ STR("output"), str_of(names[i]) };
  }
  struct ledger *ledger = opened();
  assert_int_equal(ledger_append(ledger, STR("t"), STR("released"), STR("f"), words, OUTPUTS + 1, &err),
                   OUT_OK);
  for (int pass = 0; pass < 2; pass++) {
    assert_entries(ledger, 1);
    assert_int_equal(ledger_by_id(ledger, STR("a1"))->word_count, OUTPUTS + 1);
    for (size_t i = 0; i < OUTPUTS; i++) {
      const struct ledger_entry *entry = ledger_by_output(ledger, str_of(names[i]));
      assert_non_null(entry);
      assert_true(str_eq(entry->words[i + 1].value, str_of(names[i])));
    }
    ledger_close(ledger);
    ledger = opened();
  }
  ledger_close(ledger);
}

/* Torn at every byte of the last line: the lines before it stand, the next append goes on. */
static void test_torn(void **state) {
  (void)state;
  fill();
  str all = contents(tail);
  size_t last = all.len - 1;
  while (all.at[last - 1] != '\n') last--;
  for (size_t end = last; end < all.len; end++) {
    size_t torn;
    assert_int_equal(system("rm -f var/ledger/ledger.torn-*"), 0);
    overwrite(tail, str_sub(all, 0, end));
    struct ledger *ledger = opened_torn(&torn);
    assert_int_equal(torn, end - last);
    assert_entries(ledger, 3);
    assert_int_equal(file_exists("var/ledger/ledger.torn-1"), end > last);
    append(ledger, "held", "orders", "id=b2 key=11840 total=-1.50");
    ledger_close(ledger);
    assert_true(str_eq(contents(tail), all));
    ledger_close(opened_torn(&torn));
    assert_int_equal(torn, 0);
  }
}

static void test_torn_is_kept(void **state) {
  (void)state;
  static const struct {
    const char *torn, *file;
  } steps[] = { { "one", "var/ledger/ledger.torn-1" },
                { "two", "var/ledger/ledger.torn-2" },
                { "one", "var/ledger/ledger.torn-1" } }; /* died between keeping and cutting */
  struct err err = { 0 };
  fill();
  for (size_t i = 0; i < 3; i++) {
    size_t torn;
    str kept;
    assert_int_equal(file_append(tail, 0600, str_of(steps[i].torn), &err), OUT_OK);
    ledger_close(opened_torn(&torn));
    assert_int_equal(torn, 3);
    assert_int_equal(in_read_whole(steps[i].file, 100, arena, &kept, &err), OUT_OK);
    assert_true(str_eq(kept, str_of(steps[i].torn)));
  }
  assert_false(file_exists("var/ledger/ledger.torn-3"));
}

/* One bit of any byte, in any line: found, with the number of a line that is no longer right. */
static void test_flipped(void **state) {
  (void)state;
  fill();
  str all = contents(tail);
  char *bytes = malloc(all.len);
  uint64_t line = 1;
  for (size_t at = 0; at < all.len; line += all.at[at++] == '\n') {
    for (unsigned bit = 0; bit < 8; bit++) {
      struct ledger *ledger;
      struct err err = { 0 };
      size_t torn;
      memcpy(bytes, all.at, all.len);
      bytes[at] = (char)((unsigned char)bytes[at] ^ (1u << bit));
      overwrite(tail, (str){ bytes, all.len });
      enum outcome out = ledger_open("var", &ledger, &torn, &err);
      if (at + 1 == all.len) { /* the last line has lost its end */
        assert_int_equal(out, OUT_OK);
        assert_true(torn > 0);
        assert_entries(ledger, 3);
        ledger_close(ledger);
        continue;
      }
      if (out != OUT_DATA) fail_msg("byte %zu bit %u: outcome %d", at, bit, (int)out);
      assert_int_equal(err.line, line);
      assert_non_null(strstr(err.file, "ledger.txt"));
      assert_null(ledger);
    }
  }
  free(bytes);
}

/* A line taken out, put in twice, or changed places with its neighbour. */
static void test_chain(void **state) {
  (void)state;
  static const char *const orders[] = { "023", "013", "123", "0113", "0213", "0132", "01230" };
  static const uint64_t wrong[] = { 2, 3, 1, 3, 2, 3, 5 };
  fill();
  str rest = contents(tail), lines[4];
  for (size_t i = 0; i < 4; i++) str_split(&rest, '\n', &lines[i]);
  for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
    struct buf file = buf_new(10000);
    struct ledger *ledger;
    struct err err = { 0 };
    size_t torn;
    for (const char *c = orders[i]; *c; c++) {
      buf_add(&file, lines[*c - '0']);
      buf_char(&file, '\n');
    }
    overwrite(tail, buf_str(&file));
    assert_int_equal(ledger_open("var", &ledger, &torn, &err), OUT_DATA);
    assert_int_equal(err.line, wrong[i]);
    buf_free(&file);
  }
}

/* Two that have it open see each other's entries as soon as they append; so do processes. */
static void test_side_by_side(void **state) {
  (void)state;
  enum { CHILDREN = 4, EACH = 50 };
  struct ledger *one = opened(), *two = opened();
  append(one, "taken", "f", "id=1");
  append(two, "taken", "f", "id=2");
  append(one, "taken", "f", "id=3");
  assert_entries(one, 3);
  assert_non_null(ledger_by_id(one, STR("2")));
  for (int i = 0; i < CHILDREN; i++) {
    if (fork()) continue;
    for (int n = 0; n < EACH; n++) append(one, "taken", "child", "id=9 key=7");
    _exit(0);
  }
  wait_for_children(CHILDREN);
  append(two, "taken", "f", "id=4");
  assert_entries(two, 4 + CHILDREN * EACH);
  ledger_close(one);
  ledger_close(two);
}

static void test_shorter(void **state) {
  (void)state;
  struct err err = { 0 };
  fill();
  struct ledger *ledger = opened();
  overwrite(tail, STR_NONE);
  assert_int_equal(ledger_append(ledger, STR("t"), STR("e"), STR("f"), NULL, 0, &err), OUT_DATA);
  ledger_close(ledger);
}

/* Each entry is EVENT of id and key; which of them, from 1, is known by the key, and by id a. */
static void test_what_counts(void **state) {
  (void)state;
  static const struct {
    const char *entries[5]; /* "EVENT id" */
    uint64_t by_key, by_id;
  } cases[] = {
    { { "held a", "rejected a" }, 2, 2 },
    { { "held a", "released b", "returned a" }, 2, 3 },
    { { "held a", "released b", "refused a" }, 2, 3 },
    { { "held a", "adopted", "refused a" }, 2, 3 },
    { { "released a", "held a", "skipped a", "rejected b", "returned a" }, 1, 1 },
    { { "released a", "reversed a", "held a" }, 2, 2 },
    { { "released a", "reversed a", "releasing a", "released a" }, 4, 4 },
    { { "ready a", "refused a" }, 2, 2 },
    { { "ready a", "refused b" }, 1, 1 },
    { { "ready a", "held b", "refused a" }, 3, 3 },
    { { "ready a", "refused a", "ready b", "held a" }, 3, 4 },
    { { "released a", "refused a" }, 1, 1 },
    { { "releasing a" }, 0, 1 },
    { { "releasing a", "held a" }, 2, 2 },
    { { "ready a", "releasing a" }, 1, 2 },
    { { "ready a", "releasing a", "refused a" }, 3, 3 },
    { { "adopted", "releasing a" }, 1, 2 },
  };
  for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
    char feed[8];
    snprintf(feed, sizeof feed, "f%zu", c);
    for (int pass = 0; pass < 2; pass++) {
      struct ledger *ledger = opened();
      for (size_t i = 0; !pass && i < 5 && cases[c].entries[i]; i++) {
        str rest = str_of(cases[c].entries[i]), event;
        char words[64], name[16];
        str_split(&rest, ' ', &event);
        snprintf(name, sizeof name, "%.*s", STR_ARG(event));
        snprintf(words, sizeof words, "key=k%s%.*s output=o", rest.len ? " id=" : "", STR_ARG(rest));
        append(ledger, name, feed, words);
      }
      const struct ledger_entry *by_key = ledger_by_key(ledger, str_of(feed), STR("k")),
                                *by_id = ledger_by_id(ledger, STR("a"));
      if ((by_key ? by_key->line : 0) != cases[c].by_key || (by_id ? by_id->line : 0) != cases[c].by_id)
        fail_msg("case %zu, pass %d: by key %d, by id %d", c, pass, by_key ? (int)by_key->line : 0,
                 by_id ? (int)by_id->line : 0);
      ledger_close(ledger);
    }
    assert_int_equal(remove(tail), 0);
  }
}

/* An output that is only on its way was not released, and may never be. */
static void test_begun(void **state) {
  (void)state;
  struct ledger *ledger = opened();
  append(ledger, "releasing", "f", "id=a key=k output=o");
  assert_null(ledger_by_output(ledger, STR("o")));
  append(ledger, "released", "f", "id=a key=k output=o");
  append(ledger, "releasing", "f", "id=a key=k output=o");
  assert_int_equal(ledger_by_output(ledger, STR("o"))->line, 2);
  ledger_close(ledger);
}

static void test_many(void **state) {
  (void)state;
  enum { MANY = 10000 };
  struct ledger *ledger = opened();
  char words[100];
  for (int i = 0; i < MANY; i++) {
    snprintf(words, sizeof words, "id=i%d key=k%d output=o%d run=%d", i / 2, i, i, i);
    append(ledger, i % 2 ? "released" : "taken", "f", words);
  }
  for (int pass = 0; pass < 2; pass++) {
    assert_entries(ledger, MANY);
    assert_int_equal(ledger_next_run(ledger), MANY);
    for (int i = 0; i < MANY; i++) {
      snprintf(words, sizeof words, "i%d", i / 2);
      assert_int_equal(ledger_by_id(ledger, str_of(words))->line, i / 2 * 2 + 2);
      snprintf(words, sizeof words, "k%d", i);
      assert_int_equal(ledger_by_key(ledger, STR("f"), str_of(words))->line, i + 1);
    }
    ledger_close(ledger);
    ledger = opened();
  }
  ledger_close(ledger);
}

static void assert_runs(struct ledger *ledger, const char *want) {
  struct ledger_runs runs = ledger_runs(ledger, STR("f"));
  char got[256];
  snprintf(got, sizeof got, "good %.*s, whole %.*s, last %.*s %d, open %.*s %llu", STR_ARG(runs.good),
           STR_ARG(runs.whole), STR_ARG(runs.last), runs.code, STR_ARG(runs.open),
           (unsigned long long)(runs.open.len ? runs.open_run : 0));
  assert_string_equal(got, want);
}

static void end_run(struct ledger *ledger, const char *time, const char *code, const char *only) {
  const struct ledger_word words[] = { { STR("exit"), str_of(code) }, { STR("only"), str_of(only) } };
  struct err err = { 0 };
  assert_int_equal(ledger_append(ledger, str_of(time), STR("run-end"), STR("f"), words, 2, &err), OUT_OK);
}

/* Two that begin side by side get two numbers; what is told of a feed's runs follows them. */
static void test_runs(void **state) {
  (void)state;
  uint64_t run;
  struct err err = { 0 };
  const struct ledger_word only = { STR("only"), STR("a.txt") };
  struct ledger *one = opened(), *two = opened();
  assert_runs(one, "good , whole , last  0, open  0");
  append(one, "released", "f", "id=a1");
  assert_runs(one, "good 2026-11-21T02:10:04Z, whole , last  0, open  0");
  assert_int_equal(ledger_start_run(one, STR("t1"), STR("f"), NULL, 0, &run, &err), OUT_OK);
  assert_int_equal(run, 1);
  assert_int_equal(ledger_start_run(two, STR("t1"), STR("g"), &only, 1, &run, &err), OUT_OK);
  assert_int_equal(run, 2);
  assert_runs(two, "good 2026-11-21T02:10:04Z, whole , last  0, open t1 1");
  end_run(two, "t2", "69", "");
  assert_runs(two, "good 2026-11-21T02:10:04Z, whole , last t2 69, open  0");
  end_run(two, "t3", "1", "a.txt");
  assert_runs(two, "good t3, whole , last t3 1, open  0");
  end_run(two, "t4", "65", "");
  append(two, "skipped", "f", "of=a1");
  assert_runs(two, "good t3, whole t4, last t4 65, open  0");
  end_run(two, "t5", "none", "");
  assert_int_equal(ledger_start_run(one, STR("t6"), STR("f"), NULL, 0, &run, &err), OUT_OK);
  assert_int_equal(run, 3);
  ledger_close(two);
  two = opened();
  assert_runs(two, "good t3, whole t4, last t5 255, open t6 3");
  append(two, "run-died", "f", "run=3");
  assert_runs(two, "good t3, whole t4, last t5 255, open  0");
  ledger_close(one);
  ledger_close(two);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    CASE(test_format),       CASE(test_reopen),       CASE(test_odd_values),   CASE(test_refused),
    CASE(test_many_outputs), CASE(test_torn),         CASE(test_torn_is_kept), CASE(test_flipped),
    CASE(test_chain),        CASE(test_side_by_side), CASE(test_shorter),      CASE(test_what_counts),
    CASE(test_begun),        CASE(test_runs),         CASE(test_many),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
