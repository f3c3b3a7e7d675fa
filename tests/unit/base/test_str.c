/* unit/base/test_str: slices of text compare, trim, split, count and measure as base/str.h says. */
#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#define COUNT(items) (sizeof(items) / sizeof *(items))

static void assert_str(str got, const char *want) {
  if (!str_eq(got, str_of(want))) fail_msg("got \"%.*s\", want \"%s\"", STR_ARG(got), want);
}

static void test_of(void **state) {
  (void)state;
  assert_int_equal(str_of(NULL).len, 0);
  assert_str(str_of("amount"), "amount");
  assert_int_equal(STR("a\0b").len, 3);
}

static void test_compare(void **state) {
  (void)state;
  const struct {
    str a, b;
    int order;
    bool same, same_folded;
  } rows[] = {
    { { NULL, 0 }, { "", 0 }, 0, true, true },
    { STR("a"), STR("a"), 0, true, true },
    { STR("A"), STR("a"), -1, false, true },
    { STR("a"), STR("ab"), -1, false, false },
    { STR("ab"), STR("a"), 1, false, false },
    { STR("amount-type"), STR("AMOUNT-Type"), 1, false, true },
    { STR("\xc3\x84"), STR("\xc3\xa4"), -1, false, false }, /* only ASCII folds */
    { STR("\x7f"), STR("\x80"), -1, false, false },         /* bytes are unsigned */
    { STR("a\0b"), STR("a\0c"), -1, false, false },
    { STR("["), STR("{"), -1, false, false }, /* the neighbours of the letters do not fold */
    { STR("@"), STR("`"), -1, false, false },
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    int order = str_compare(rows[i].a, rows[i].b), back = str_compare(rows[i].b, rows[i].a);
    assert_int_equal((order > 0) - (order < 0), rows[i].order);
    assert_int_equal((back > 0) - (back < 0), -rows[i].order);
    assert_int_equal(str_eq(rows[i].a, rows[i].b), rows[i].same);
    assert_int_equal(str_eq_fold(rows[i].a, rows[i].b), rows[i].same_folded);
  }
}

static void test_starts_ends(void **state) {
  (void)state;
  const struct {
    str s, part;
    bool starts, ends;
  } rows[] = {
    { STR("journal.txt"), STR("journal"), true, false },
    { STR("journal.txt"), STR(".txt"), false, true },
    { STR("journal.txt"), STR("journal.txt"), true, true },
    { STR("journal.txt"), STR("a journal.txt"), false, false },
    { STR("journal.txt"), STR(""), true, true },
    { STR(""), STR(""), true, true },
    { STR(""), STR("x"), false, false },
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    assert_int_equal(str_starts(rows[i].s, rows[i].part), rows[i].starts);
    assert_int_equal(str_ends(rows[i].s, rows[i].part), rows[i].ends);
  }
}

static void test_trim(void **state) {
  (void)state;
  static const struct {
    const char *text, *want;
  } rows[] = { { "", "" },   { " ", "" },       { " \t\r\n", "" }, { "  a b\r\n", "a b" },
               { "a", "a" }, { "\v a", "\v a" } };
  for (size_t i = 0; i < COUNT(rows); i++) assert_str(str_trim(str_of(rows[i].text)), rows[i].want);
}

static void test_sub(void **state) {
  (void)state;
  assert_str(str_sub(STR("amount"), 2, 4), "ou");
  assert_str(str_sub(STR("amount"), 4, 99), "nt");
  assert_str(str_sub(STR("amount"), 99, 99), "");
  assert_str(str_sub(STR("amount"), 4, 2), "");
  assert_str(str_sub((str){ NULL, 0 }, 0, 0), ""); /* an empty str may have any pointer */
}

static void test_find(void **state) {
  (void)state;
  assert_int_equal(str_find(STR("a=b=c"), '='), 1);
  assert_int_equal(str_find(STR("abc"), '='), -1);
  assert_int_equal(str_find(str_sub(STR("abc="), 0, 3), '='), -1);
  assert_int_equal(str_find((str){ NULL, 0 }, 'a'), -1);
}

static void test_split(void **state) {
  (void)state;
  static const struct {
    const char *text, *pieces[4];
  } rows[] = {
    { "a,b,c", { "a", "b", "c" } }, { "", { "" } },       { ",", { "", "" } },
    { "a,", { "a", "" } },          { "abc", { "abc" } },
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    str rest = str_of(rows[i].text), piece;
    size_t count = 0;
    while (str_split(&rest, ',', &piece)) {
      assert_non_null(rows[i].pieces[count]);
      assert_str(piece, rows[i].pieces[count++]);
    }
    assert_null(rows[i].pieces[count]);
    assert_false(str_split(&rest, ',', &piece));
  }
}

static void test_to_int(void **state) {
  (void)state;
  static const struct {
    const char *text;
    bool good;
    int64_t value;
  } rows[] = {
    { "0", true, 0 },
    { "-0", true, 0 },
    { "00042", true, 42 },
    { "-17", true, -17 },
    { "9223372036854775807", true, INT64_MAX },
    { "-9223372036854775808", true, INT64_MIN },
    { "9223372036854775808", false, 0 },
    { "-9223372036854775809", false, 0 },
    { "99999999999999999999999", false, 0 },
    { "", false, 0 },
    { "-", false, 0 },
    { "+1", false, 0 },
    { " 1", false, 0 },
    { "1 ", false, 0 },
    { "1.0", false, 0 },
    { "--1", false, 0 },
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    int64_t value = 4711;
    if (str_to_int(str_of(rows[i].text), &value) != rows[i].good) fail_msg("row \"%s\"", rows[i].text);
    assert_true(value == (rows[i].good ? rows[i].value : 4711));
  }
}

static void test_hash(void **state) {
  (void)state;
  char text[32] = "abcdefghijklmnopqrstuvwxyz01234", copy[40];
  for (size_t len = 0; len < 31; len++) {
    memcpy(copy + 3, text, len); /* another alignment, other bytes around */
    assert_true(str_hash((str){ text, len }) == str_hash((str){ copy + 3, len }));
    assert_true(str_hash((str){ text, len }) != str_hash((str){ text, len + 1 }));
  }
  assert_true(str_hash(STR("a\0")) != str_hash(STR("a")));
  assert_true(str_hash((str){ NULL, 0 }) == str_hash(STR("")));
}

static void test_chars(void **state) {
  (void)state;
  static const struct {
    const char *text;
    size_t chars;
    size_t most;
    const char *left, *right;
  } rows[] = {
    { "", 0, 3, "", "" },
    { "abc", 3, 0, "", "" },
    { "abc", 3, 2, "ab", "bc" },
    { "abc", 3, 9, "abc", "abc" },
    { "a\xc3\xa4\xe2\x82\xac", 3, 1, "a", "\xe2\x82\xac" },
    { "a\xc3\xa4\xe2\x82\xac", 3, 2, "a\xc3\xa4", "\xc3\xa4\xe2\x82\xac" },
    { "\xf0\x9f\x8c\x8ax", 2, 1, "\xf0\x9f\x8c\x8a", "x" },
    { "\xff\xfe", 2, 1, "\xff", "\xfe" },
    { "a\x80", 2, 1, "a", "\x80" }, /* a stray continuation is a bad byte, and counts one */
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    str s = str_of(rows[i].text);
    assert_int_equal(str_chars(s), rows[i].chars);
    assert_str(str_left_chars(s, rows[i].most), rows[i].left);
    assert_str(str_right_chars(s, rows[i].most), rows[i].right);
  }
}

static void test_is_utf8(void **state) {
  (void)state;
  enum { GOOD = -1 };
  const struct {
    str s;
    int bad_at;
  } rows[] = {
    { STR(""), GOOD },
    { STR("plain ASCII, longer than eight"), GOOD },
    { STR("\0"), GOOD },
    { STR("\xc2\x80"), GOOD },
    { STR("\xdf\xbf\xe0\xa0\x80"), GOOD },
    { STR("\xed\x9f\xbf\xee\x80\x80"), GOOD },
    { STR("\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"), GOOD },
    { STR("12345678\xc3\xa4"), GOOD },
    { STR("\x80"), 0 },
    { STR("\xc0\xaf"), 0 },         /* overlong */
    { STR("\xc1\xbf"), 0 },         /* overlong */
    { STR("\xe0\x9f\xbf"), 0 },     /* overlong */
    { STR("\xf0\x8f\xbf\xbf"), 0 }, /* overlong */
    { STR("\xed\xa0\x80"), 0 },     /* a surrogate */
    { STR("\xf4\x90\x80\x80"), 0 }, /* past U+10FFFF */
    { STR("\xf5\x80\x80\x80"), 0 },
    { STR("ab\xc3"), 2 }, /* cut off */
    { STR("ab\xe2\x82"), 2 },
    { STR("ab\xf0\x9f\x8c"), 2 },
    { STR("12345678\xff"), 8 },
    { STR("1234567\xff"
          "9"),
      7 },
    { STR("\xe2\x82\x41"), 0 },
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    size_t bad_at = 4711;
    bool good = str_is_utf8(rows[i].s, &bad_at);
    if (good != (rows[i].bad_at == GOOD)) fail_msg("row %zu", i);
    if (!good) assert_int_equal(bad_at, rows[i].bad_at);
    assert_int_equal(str_is_utf8(rows[i].s, NULL), good);
  }
}

static void test_distance(void **state) {
  (void)state;
  static const char longest[] = "0123456789012345678901234567890123456789012345678901234567890123";
  static const struct {
    const char *a, *b;
    size_t most, want;
  } rows[] = {
    { "", "", 3, 0 },
    { "", "abc", 3, 3 },
    { "amout", "amount", 2, 1 },
    { "amuont", "amount", 2, 2 },
    { "AMOUNT", "amount", 2, 0 },
    { "kitten", "sitting", 5, 3 },
    { "kitten", "sitting", 2, 3 }, /* most + 1 */
    { "deposit-date", "x", 4, 5 },
    { longest, longest, 4, 0 },
    { longest, "x", 4, 5 },
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    str a = str_of(rows[i].a), b = str_of(rows[i].b);
    assert_int_equal(str_distance(a, b, rows[i].most), rows[i].want);
    assert_int_equal(str_distance(b, a, rows[i].most), rows[i].want);
  }
  char beyond[100] = { 0 };
  memset(beyond, 'x', sizeof beyond);
  assert_int_equal(str_distance((str){ beyond, sizeof beyond }, STR("x"), 3), 4);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_of),    cmocka_unit_test(test_compare), cmocka_unit_test(test_starts_ends),
    cmocka_unit_test(test_trim),  cmocka_unit_test(test_sub),     cmocka_unit_test(test_find),
    cmocka_unit_test(test_split), cmocka_unit_test(test_to_int),  cmocka_unit_test(test_hash),
    cmocka_unit_test(test_chars), cmocka_unit_test(test_is_utf8), cmocka_unit_test(test_distance),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
