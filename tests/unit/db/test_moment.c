/* unit/db/test_moment: dates of cells, read and written. */
#include "db/moment.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const char *read_as(const char *text) {
  static char said[MOMENT_TEXT];
  struct moment at;
  if (!moment_parse(str_of(text), &at)) return "no";
  moment_format(at, 'T', said);
  return said;
}

static void test_read(void **state) {
  (void)state;
  assert_string_equal(read_as("2026-11-03"), "2026-11-03T00:00:00");
  assert_string_equal(read_as("2026-11-03 04:05"), "2026-11-03T04:05:00");
  assert_string_equal(read_as("2026-11-03T04:05:06"), "2026-11-03T04:05:06");
  assert_string_equal(read_as("2026-11-03 04:05:06.997"), "2026-11-03T04:05:06");
  assert_string_equal(read_as("2024-02-29 23:59:59"), "2024-02-29T23:59:59");
  static const char *const bad[] = { "",
                                     "2026",
                                     "2026-11",
                                     "2026-11-31",
                                     "2023-02-29",
                                     "2026-13-01",
                                     "2026-00-01",
                                     "2026-11-00",
                                     "2026/11/03",
                                     "03.11.2026",
                                     "26-11-03",
                                     "2026-11-03 ",
                                     "2026-11-03T",
                                     "2026-11-03 4:05",
                                     "2026-11-03 24:00",
                                     "x",
                                     "2026-1-03",
                                     "2026-11-03 04:60",
                                     "2026-11-03 04:05:60",
                                     "2026-11-03 04:05:",
                                     "2026-11-03 04:05:06.",
                                     "2026-11-03 04:05:06Z",
                                     "2026-11-03 04:05:06.1x",
                                     "20261103" };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_string_equal(read_as(bad[i]), "no");
}

static void test_range(void **state) {
  (void)state;
  static const struct {
    const char *text;
    bool fits;
  } cases[] = { { "1900-01-01", true },  { "1899-12-31", false }, { "2079-06-06", true },
                { "2079-06-07", false }, { "2079-07-01", false }, { "2080-01-01", false },
                { "0001-01-01", false }, { "2026-12-31", true } };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct moment at;
    assert_true(moment_parse(str_of(cases[i].text), &at));
    assert_int_equal(moment_fits(at), cases[i].fits);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = { cmocka_unit_test(test_read), cmocka_unit_test(test_range) };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
