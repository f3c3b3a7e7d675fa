/* unit/base/test_buf: a buffer grows to its maximum, keeps what fitted, and stays full until cleared. */
#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void assert_holds(const struct buf *buf, const char *want) {
  str got = buf_str(buf);
  if (!str_eq(got, str_of(want))) fail_msg("got \"%.*s\", want \"%s\"", STR_ARG(got), want);
}

static void test_append(void **state) {
  (void)state;
  struct buf buf = buf_new(1000);
  assert_holds(&buf, "");
  assert_non_null(buf_str(&buf).at);
  buf_add(&buf, STR("Acct"));
  buf_char(&buf, ',');
  buf_bytes(&buf, "Sub", 3);
  buf_add(&buf, (str){ NULL, 0 });
  buf_printf(&buf, ",%d,%s", 42, "x");
  assert_holds(&buf, "Acct,Sub,42,x");
  assert_false(buf.full);
  buf_free(&buf);
  assert_holds(&buf, "");
  buf_add(&buf, STR("again")); /* free leaves it usable */
  assert_holds(&buf, "again");
  buf_free(&buf);
}

static void test_grows(void **state) {
  (void)state;
  struct buf buf = buf_new(100000);
  for (int i = 0; i < 100000; i++) buf_char(&buf, (char)('a' + i % 26));
  assert_false(buf.full);
  assert_int_equal(buf.len, 100000);
  for (int i = 0; i < 100000; i++) assert_int_equal(buf.at[i], 'a' + i % 26);
  buf_char(&buf, 'x');
  assert_true(buf.full);
  assert_int_equal(buf.len, 100000);
  buf_free(&buf);
}

/* Whatever is tried after the overflow, nothing more arrives, even where it would fit. */
static void test_full_stays(void **state) {
  (void)state;
  struct buf buf = buf_new(10);
  buf_add(&buf, STR("12345"));
  buf_add(&buf, STR("too long to fit"));
  assert_true(buf.full);
  assert_holds(&buf, "12345");
  buf_char(&buf, 'x');
  buf_add(&buf, STR("x"));
  buf_printf(&buf, "x");
  assert_true(buf.full);
  assert_holds(&buf, "12345");
  buf_clear(&buf);
  assert_false(buf.full);
  buf_add(&buf, STR("1234567890"));
  assert_false(buf.full);
  assert_holds(&buf, "1234567890");
  buf_free(&buf);
}

static void test_printf_limits(void **state) {
  (void)state;
  struct buf buf = buf_new(64);
  buf_printf(&buf, "%60d", 1);
  assert_false(buf.full);
  assert_int_equal(buf.len, 60);
  buf_printf(&buf, "%d", 12345); /* one more than there is */
  assert_true(buf.full);
  assert_int_equal(buf.len, 60);
  buf_free(&buf);
  buf = buf_new(100000);
  buf_printf(&buf, "%50000d", 7);
  assert_int_equal(buf.len, 50000);
  assert_int_equal(buf.at[49999], '7');
  buf_free(&buf);
}

static void test_none(void **state) {
  (void)state;
  struct buf buf = buf_new(0);
  buf_add(&buf, STR(""));
  assert_false(buf.full);
  buf_char(&buf, 'x');
  assert_true(buf.full);
  assert_int_equal(buf.len, 0);
  buf_free(&buf);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_append),        cmocka_unit_test(test_grows), cmocka_unit_test(test_full_stays),
    cmocka_unit_test(test_printf_limits), cmocka_unit_test(test_none),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
