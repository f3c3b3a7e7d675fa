/* unit/base/test_err: the deepest place wins, and the text reads file:line:column: field: fact. */
#include "base/err.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

static void test_set(void **state) {
  (void)state;
  struct err err = { 0 };
  assert_int_equal(err_set(&err, OUT_SPEC, "no column \"%s\"", "amout"), OUT_SPEC);
  assert_int_equal(err.outcome, OUT_SPEC);
  assert_string_equal(err.text, "no column \"amout\"");
}

static void test_errno(void **state) {
  (void)state;
  struct err err = { 0 };
  errno = ENOENT;
  assert_int_equal(err_errno(&err, "cannot open %s", "x.tsv"), OUT_SYSTEM);
  assert_string_equal(err.text, "cannot open x.tsv: No such file or directory");
}

static void test_first_place_wins(void **state) {
  (void)state;
  struct err err = { 0 };
  err_set(&err, OUT_DATA, "not a number");
  assert_int_equal(err_in_file(&err, STR("deep.tsv")), OUT_DATA);
  assert_int_equal(err_in_file(&err, STR("shallow.tsv")), OUT_DATA);
  assert_int_equal(err_at(&err, 7, 0), OUT_DATA);
  assert_int_equal(err_at(&err, 8, 9), OUT_DATA);
  assert_int_equal(err_of_field(&err, STR("row"), STR("amount")), OUT_DATA);
  assert_int_equal(err_of_field(&err, STR("line"), STR("total")), OUT_DATA);
  assert_string_equal(err.file, "deep.tsv");
  assert_int_equal(err.line, 7);
  assert_int_equal(err.column, 0);
  assert_string_equal(err.record, "row");
  assert_string_equal(err.field, "amount");
}

static void test_format(void **state) {
  (void)state;
  static const struct {
    const char *file;
    uint64_t line, column;
    const char *field, *want;
  } rows[] = {
    { "", 0, 0, "", "bad" },
    { "a.tsv", 0, 0, "", "a.tsv: bad" },
    { "a.tsv", 3, 0, "", "a.tsv:3: bad" },
    { "a.tsv", 3, 14, "", "a.tsv:3:14: bad" },
    { "a.tsv", 3, 14, "amount", "a.tsv:3:14: amount: bad" },
    { "", 3, 14, "", "3:14: bad" },
    { "", 0, 0, "amount", "amount: bad" },
    { "", 5000000000, 0, "", "5000000000: bad" },
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct err err = { 0 };
    char text[200];
    err_set(&err, OUT_DATA, "bad");
    err_in_file(&err, str_of(rows[i].file));
    err_at(&err, rows[i].line, rows[i].column);
    err_of_field(&err, STR("row"), str_of(rows[i].field));
    assert_int_equal(err_format(&err, text, sizeof text), strlen(rows[i].want));
    assert_string_equal(text, rows[i].want);
  }
}

/* Texts longer than their place are cut, and the length is what was written. */
static void test_cut(void **state) {
  (void)state;
  struct err err = { 0 };
  char text[16];
  err_set(&err, OUT_DATA, "%5000d", 1);
  assert_int_equal(strlen(err.text), ERR_TEXT_MOST - 1);
  char name[2000];
  memset(name, 'n', sizeof name);
  err_in_file(&err, (str){ name, sizeof name });
  err_of_field(&err, (str){ name, sizeof name }, (str){ name, sizeof name });
  assert_int_equal(strlen(err.file), ERR_FILE_MOST - 1);
  assert_int_equal(strlen(err.record), ERR_NAME_MOST - 1);
  assert_int_equal(strlen(err.field), ERR_NAME_MOST - 1);
  assert_int_equal(err_format(&err, text, sizeof text), 15);
  assert_string_equal(text, "nnnnnnnnnnnnnnn");
  errno = ENOENT;
  assert_int_equal(err_errno(&err, "%5000d", 1), OUT_SYSTEM);
  assert_int_equal(strlen(err.text), ERR_TEXT_MOST - 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_set),    cmocka_unit_test(test_errno), cmocka_unit_test(test_first_place_wins),
    cmocka_unit_test(test_format), cmocka_unit_test(test_cut),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
