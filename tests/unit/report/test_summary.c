/* unit/report/test_summary: the table as people see it, and as machines read it. */
#include "report/summary.h"
#include "report/page.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "json_check.h"

static void assert_text(struct buf *got, const char *want) {
  if (!str_eq(buf_str(got), str_of(want))) fail_msg("is:\n%.*s\nwant:\n%s", STR_ARG(buf_str(got)), want);
  buf_free(got);
}

static str notes[] = { { "warn: 3 rows have an unknown label", 34 } };
static const struct summary_row rows[] = {
  { .feed = { "settlement", 10 },
    .file = { "a.txt", 5 },
    .rows = 151,
    .amount = { "743.25 USD", 10 },
    .proof = { "holds", 5 },
    .result = { "released", 8 },
    .place = { "outbox/sl/a.txt", 15 } },
  { .feed = { "settlement", 10 },
    .file = { "caf\xc3\xa9-large.txt", 15 },
    .rows = 100001,
    .rejected = 1234,
    .amount = { "279,826.69 USD", 14 },
    .proof = { "holds", 5 },
    .result = { "held: no answer", 15 },
    .notes = notes,
    .note_count = 1 },
  { .feed = { "orders", 6 }, .file = { "bad\x1b[2J\xff.txt", 12 }, .result = { "rejected: it is cut", 19 } },
};

static void test_table(void **state) {
  (void)state;
  struct buf text = buf_new(10000);
  summary_text(rows, 3, false, &text);
  assert_text(&text,
              "feed        file               rows  rejected          amount  proof  result\n"
              "settlement  a.txt               151         0      743.25 USD  holds  released\n"
              "settlement  caf\xc3\xa9-large.txt  100,001     1,234  279,826.69 USD  holds  held: no answer\n"
              "orders      bad [2J?.txt          0         0               -  -      rejected: it is cut\n"
              "\n"
              "a.txt\n"
              "  outbox/sl/a.txt\n"
              "\n"
              "caf\xc3\xa9-large.txt\n"
              "  warn: 3 rows have an unknown label\n");
  text = buf_new(10000);
  summary_text(rows, 0, false, &text);
  assert_text(&text, "");
}

static void test_colour(void **state) {
  (void)state;
  struct buf text = buf_new(10000);
  summary_text(rows, 1, true, &text);
  assert_non_null(strstr(buf_str(&text).at, "holds  \033[32mreleased\033[0m\n"));
  buf_clear(&text);
  summary_text(rows + 1, 1, true, &text);
  buf_char(&text, '\0');
  assert_non_null(strstr(text.at, "\033[33mheld: no answer\033[0m\n"));
  buf_clear(&text);
  summary_text(rows + 2, 1, true, &text);
  buf_char(&text, '\0');
  assert_non_null(strstr(text.at, "\033[31mrejected: it is cut\033[0m\n"));
  buf_free(&text);
}

static void test_json(void **state) {
  (void)state;
  struct buf text = buf_new(10000);
  summary_json(rows, 3, &text);
  assert_true(json_is_good(buf_str(&text)));
  assert_true(
      str_starts(buf_str(&text),
                 STR("[\n  {\"feed\": \"settlement\", \"file\": \"a.txt\", \"rows\": 151, \"rejected\": 0, "
                     "\"amount\": \"743.25 USD\", \"proof\": \"holds\", \"state\": \"released\", "
                     "\"result\": \"released\", \"place\": \"outbox/sl/a.txt\", \"notes\": []},\n")));
  buf_char(&text, '\0');
  assert_non_null(strstr(text.at, "\"state\": \"held\", \"result\": \"held: no answer\""));
  assert_non_null(strstr(text.at, "\"bad\\u001b[2J\\ufffd.txt\""));
  buf_clear(&text);
  summary_json(rows, 0, &text);
  assert_text(&text, "[]\n");
}

static void test_json_text(void **state) {
  (void)state;
  static const struct {
    str text;
    const char *want;
  } cases[] = {
    { { "", 0 }, "\"\"" },
    { { "a\"b\\c", 5 }, "\"a\\\"b\\\\c\"" },
    { { "\n\t\r\0\x1f\x7f", 6 }, "\"\\n\\t\\u000d\\u0000\\u001f\\u007f\"" },
    { { "\xe2\x82\xac", 3 }, "\"\xe2\x82\xac\"" },
    { { "\xe2\x82", 2 }, "\"\\ufffd\\ufffd\"" },
    { { "a\xff", 2 }, "\"a\\ufffd\"" },
    { { "\xff\xc3\xa9", 3 }, "\"\\ufffd\xc3\xa9\"" },
    { { "\xed\xa0\x80", 3 }, "\"\\ufffd\\ufffd\\ufffd\"" },
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct buf text = buf_new(1000);
    json_text(&text, cases[i].text);
    assert_true(json_is_good(buf_str(&text)));
    assert_text(&text, cases[i].want);
  }
}

static void test_commas(void **state) {
  (void)state;
  static const struct {
    uint64_t n;
    const char *want;
  } cases[] = { { 0, "0" },          { 999, "999" },           { 1000, "1,000" },
                { 99999, "99,999" }, { 1234567, "1,234,567" }, { UINT64_MAX, "18,446,744,073,709,551,615" } };
  struct arena *arena = arena_new();
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    assert_string_equal(with_commas(cases[i].n, arena).at, cases[i].want);
  arena_free(arena);
}

static void test_wrap(void **state) {
  (void)state;
  static const size_t words[] = { 1, 3, 7, 40, 95, 96, 97, 250 };
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    struct buf text = buf_new(100000), long_text = buf_new(100000);
    struct page page = page_of(&text);
    size_t letters = 0, want = 0;
    for (size_t n = 0; n < 400; n++) {
      if (n % words[i] == 0) buf_char(&long_text, ' ');
      buf_add(&long_text, STR("\xc3\xa9"));
      want++;
    }
    page_to(&page, 4);
    page_wrap(&page, buf_str(&long_text), 4);
    page_end(&page);
    str all = buf_str(&text), line;
    while (all.len && str_split(&all, '\n', &line)) {
      assert_true(str_chars(line) <= PAGE_WIDTH);
      assert_true(str_starts(line, STR("    \xc3\xa9"))); /* indented, and no word begins with a blank */
      for (size_t at = 0; at < line.len; at++) letters += line.at[at] == '\xa9';
    }
    assert_int_equal(letters, want);
    buf_free(&text);
    buf_free(&long_text);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_table),     cmocka_unit_test(test_colour), cmocka_unit_test(test_json),
    cmocka_unit_test(test_json_text), cmocka_unit_test(test_commas), cmocka_unit_test(test_wrap),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
