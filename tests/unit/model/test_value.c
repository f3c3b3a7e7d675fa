/* unit/model/test_value: cells to values and back, their order, and keys that sort as they do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/value.h"

#include <string.h>

static const struct notation plain = { .decimal = DEC_PLAIN, .order = DATE_DAY_FIRST, .places_most = -1 };

static struct type_spec spec_of(enum type type, int32_t size, const char *pattern) {
  return (struct type_spec){ .type = type, .size = size, .pattern = str_of(pattern) };
}

static void test_parse_and_format(void **state) {
  (void)state;
  static const struct {
    enum type type;
    int32_t size;
    const char *pattern, *cell, *text; /* text NULL: refused; "": absent */
  } table[] = {
    { TYPE_TEXT, 5, "", "a b", "a b" },
    { TYPE_TEXT, 5, "", "   ", "" },
    { TYPE_INTEGER, -1, "", " 42 ", "42" },
    { TYPE_INTEGER, -1, "", "4.2", NULL },
    { TYPE_INTEGER, -1, "", "", "" },
    { TYPE_INTEGER, -1, "", "99999999999999999999", NULL },
    { TYPE_DECIMAL, -1, "", "-12.50", "-12.50" },
    { TYPE_DECIMAL, 2, "", "12.5", "12.50" },
    { TYPE_DECIMAL, 2, "", "twelve", NULL },
    { TYPE_BOOLEAN, -1, "", "yes", "yes" },
    { TYPE_BOOLEAN, -1, "", "no", "no" },
    { TYPE_BOOLEAN, -1, "", "perhaps", NULL },
    { TYPE_DATE, -1, "MM/DD/YYYY", "11/03/2026", "11/03/2026" },
    { TYPE_DATE, -1, "MM/DD/YYYY", "13/33/2026", NULL },
    { TYPE_DATE, -1, "", "2026-02-29", NULL },
    { TYPE_PERIOD, -1, "YYYYPP", "202611", "202611" },
    { TYPE_PERIOD, -1, "YYYYPP", "2026-1", NULL },
  };
  for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
    struct type_spec type = spec_of(table[i].type, table[i].size, table[i].pattern);
    value v;
    const char *why = NULL;
    struct buf text = buf_new(200);
    bool good = value_parse(str_of(table[i].cell), &type, &plain, &v, &why);
    if (good != (table[i].text != NULL)) fail_msg("row %zu <%s>: %s", i, table[i].cell, why ? why : "taken");
    if (!good) {
      assert_non_null(why);
    } else {
      value_format(&v, &type, NULL, &text);
      if (!str_eq(buf_str(&text), str_of(table[i].text)))
        fail_msg("row %zu: <%.*s>, not <%s>", i, STR_ARG(buf_str(&text)), table[i].text);
    }
    buf_free(&text);
  }
}

static value decimal_of(const char *text) {
  dec d;
  assert_true(dec_parse(str_of(text), DEC_PLAIN, &d));
  return value_decimal(d);
}

/* In rising order; each is compared with each, as values and as the bytes of their keys. */
static void check_order(const value *values, size_t count) {
  for (size_t i = 0; i < count; i++)
    for (size_t j = 0; j < count; j++) {
      struct buf a = buf_new(1000), b = buf_new(1000);
      struct err err = { 0 };
      assert_int_equal(value_key(&values[i], &a, &err), OUT_OK);
      assert_int_equal(value_key(&values[j], &b, &err), OUT_OK);
      int bytes = str_compare(buf_str(&a), buf_str(&b)), wanted = (i > j) - (i < j);
      if ((bytes > 0) - (bytes < 0) != wanted) fail_msg("keys of %zu and %zu", i, j);
      if (value_is_present(&values[i]) && value_is_present(&values[j])) {
        int order = value_compare(&values[i], &values[j]);
        if ((order > 0) - (order < 0) != wanted) fail_msg("values %zu and %zu", i, j);
      }
      assert_int_equal(value_equal(&values[i], &values[j]), i == j);
      buf_free(&a);
      buf_free(&b);
    }
}

static void test_order(void **state) {
  (void)state;
  const value texts[] = { value_absent(),       value_text(STR("A")), value_text(STR("AB")),
                          value_text(STR("B")), value_text(STR("a")), value_text(STR("\xc3\xa4")) };
  const value decimals[] = { value_absent(),        decimal_of("-100.5"),
                             decimal_of("-100.25"), decimal_of("-1"),
                             decimal_of("0"),       decimal_of("0.001"),
                             decimal_of("1"),       decimal_of("9.99"),
                             decimal_of("10"),      decimal_of("12345678901234567890.5") };
  const value integers[] = { value_absent(),   value_integer(INT64_MIN), value_integer(-1),
                             value_integer(0), value_integer(7),         value_integer(INT64_MAX) };
  const value yes_no[] = { value_absent(), value_yes_no(false), value_yes_no(true) };
  const value dates[] = { value_absent(), value_date(-5), value_date(0), value_date(20000) };
  check_order(texts, sizeof texts / sizeof *texts);
  check_order(decimals, sizeof decimals / sizeof *decimals);
  check_order(integers, sizeof integers / sizeof *integers);
  check_order(yes_no, sizeof yes_no / sizeof *yes_no);
  check_order(dates, sizeof dates / sizeof *dates);
}

static void test_keys_read_back(void **state) {
  (void)state;
  const value values[] = { value_text(STR("a")), value_absent(),      value_text(STR("longer than the rest")),
                           decimal_of("-3.70"),  value_integer(-9),   value_yes_no(true),
                           value_date(20000),    value_period(202611) };
  const enum type types[] = { TYPE_TEXT,    TYPE_TEXT,    TYPE_TEXT, TYPE_DECIMAL,
                              TYPE_INTEGER, TYPE_BOOLEAN, TYPE_DATE, TYPE_PERIOD };
  struct buf key = buf_new(1000);
  struct err err = { 0 };
  for (size_t i = 0; i < 8; i++) assert_int_equal(value_key(&values[i], &key, &err), OUT_OK);
  size_t at = 0;
  for (size_t i = 0; i < 8; i++) {
    value back = value_of_key(buf_str(&key), &at, types[i]);
    if (!value_equal(&values[i], &back)) fail_msg("part %zu", i);
  }
  assert_int_equal(at, key.len);
  buf_free(&key);
}

static void test_equal_decimals(void **state) {
  (void)state;
  value a = decimal_of("1.50"), b = decimal_of("1.5");
  struct buf x = buf_new(100), y = buf_new(100);
  struct err err = { 0 };
  assert_true(value_equal(&a, &b));
  assert_int_equal(value_key(&a, &x, &err), OUT_OK);
  assert_int_equal(value_key(&b, &y, &err), OUT_OK);
  assert_true(str_eq(buf_str(&x), buf_str(&y)));
  buf_free(&x);
  buf_free(&y);
}

static void test_types_by_name(void **state) {
  (void)state;
  for (enum type t = TYPE_TEXT; t <= TYPE_LIST; t++) {
    enum type back;
    assert_true(type_by_name(str_of(type_name(t)), &back));
    assert_int_equal(back, t);
  }
  enum type none;
  assert_false(type_by_name(STR("float"), &none));
}

int main(void) {
  const struct CMUnitTest tests[] = { cmocka_unit_test(test_parse_and_format), cmocka_unit_test(test_order),
                                      cmocka_unit_test(test_keys_read_back),
                                      cmocka_unit_test(test_equal_decimals),
                                      cmocka_unit_test(test_types_by_name) };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
