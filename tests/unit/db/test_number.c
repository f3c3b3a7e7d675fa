/* unit/db/test_number: decimals of 15 digits survive a binary float, however a driver writes it. */
#include "db/number.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RANDOM_VALUES = 2000000, SEED = 20261103 };

static const char *from(const char *text, int32_t places) {
  static char said[DEC_TEXT_MOST];
  dec value;
  if (!number_from_float(str_of(text), places, &value)) return "no";
  said[dec_format(value, said)] = '\0';
  return said;
}

static const char *to(const char *text, int32_t places) {
  static char said[DEC_TEXT_MOST];
  size_t len;
  if (!number_to_float(str_of(text), places, said, &len)) return "no";
  said[len] = '\0';
  return said;
}

static void test_from(void **state) {
  (void)state;
  assert_string_equal(from("15.949999999999999", 2), "15.95");
  assert_string_equal(from("15.9499999999999993", 2), "15.95");
  assert_string_equal(from("1.595e+01", 2), "15.95");
  assert_string_equal(from("1.595E1", 3), "15.950");
  assert_string_equal(from("-2.5e-07", 8), "-0.00000025");
  assert_string_equal(from("4.9406564584124654e-324", 2), "0.00");
  assert_string_equal(from("-0.0", 2), "0.00");
  assert_string_equal(from("-0.004", 2), "0.00");
  assert_string_equal(from("0.005", 2), "0.01");
  assert_string_equal(from("-0.005", 2), "-0.01");
  assert_string_equal(from(" 7 ", 0), "7");
  assert_string_equal(from("7.", 0), "7");
  assert_string_equal(from(".5", 1), "0.5");
  assert_string_equal(from("9999999999999.99", 2), "9999999999999.99");
  assert_string_equal(from("99999999999999.99", 2), "no");
  assert_string_equal(from("9999999999999.995", 2), "no"); /* rounds up to 16 digits */
  assert_string_equal(from("1e15", 0), "no");
  assert_string_equal(from("123456789012345e0", 0), "123456789012345");
  assert_string_equal(from("1797693134862315708145274237317043567980705675258449965989", 0), "no");
}

static void test_from_as_many_places_as_there_are(void **state) {
  (void)state;
  assert_string_equal(from("20.0", NUMBER_ALL), "20");
  assert_string_equal(from("15.949999999999999", NUMBER_ALL), "15.95");
  assert_string_equal(from("0.30000000000000004", NUMBER_ALL), "0.3");
  assert_string_equal(from("999999999999999.9", NUMBER_ALL), "no");
  assert_string_equal(from("99999999999999.99", NUMBER_ALL), "100000000000000");
  assert_string_equal(from("99999999999999.9", NUMBER_ALL), "99999999999999.9");
  assert_string_equal(from("1.7e-05", NUMBER_ALL), "0.000017");
  assert_string_equal(from("0", NUMBER_ALL), "0");
}

static void test_no_numbers(void **state) {
  (void)state;
  static const char *const bad[] = { "",      " ",    "-",   ".",   "e5",    "1e",   "1e+",
                                     "1e-",   "nan",  "inf", "1,5", "1.2.3", "1 2",  "0x10",
                                     "1e999", "1e5x", "--1", "+1",  "1e--5", "1e+-5" };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    for (int32_t places = NUMBER_ALL; places <= 4; places++) assert_string_equal(from(bad[i], places), "no");
}

static void test_to(void **state) {
  (void)state;
  assert_string_equal(to("19.95", 2), "19.95");
  assert_string_equal(to("-19.950", 2), "-19.95");
  assert_string_equal(to("19.955", 2), "19.96");
  assert_string_equal(to("-19.955", 2), "-19.96");
  assert_string_equal(to("19.9", NUMBER_ALL), "19.9");
  assert_string_equal(to("0.00000000000000001", NUMBER_ALL), "0.00000000000000001");
  assert_string_equal(to("123456789012345.6", 0), "123456789012346");
  assert_string_equal(to("999999999999999.6", 0), "no");
  assert_string_equal(to("1234567890123456", 2), "no");
  assert_string_equal(to("12345678901234.56", 2), "no");
  assert_string_equal(to("1e5", 2), "no");
  assert_string_equal(to("1,50", 2), "no");
  assert_string_equal(to("", 2), "no");
}

static uint64_t next(uint64_t *seed) {
  *seed ^= *seed << 13, *seed ^= *seed >> 7, *seed ^= *seed << 17;
  return *seed;
}

/* Any decimal of at most 15 digits, as text to a double and, as drivers print those, back. */
static void check_round_trip(const char *text, int32_t places, dec wanted) {
  static const char *const formats[] = { "%.15g", "%.16g", "%.17g", "%.16e" };
  double stored = strtod(text, NULL);
  for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
    char printed[64];
    dec found;
    snprintf(printed, sizeof printed, formats[i], stored);
    if (!number_from_float(str_of(printed), places, &found) || dec_compare(found, wanted) != 0 ||
        found.scale != places)
      fail_msg("%s came back as %s", text, printed);
  }
}

static void test_millions(void **state) {
  (void)state;
  uint64_t seed = SEED, most[16] = { 1 };
  for (int i = 1; i < 16; i++) most[i] = most[i - 1] * 10;
  for (int i = 0; i < RANDOM_VALUES; i++) {
    int32_t places = (int32_t)(next(&seed) % 10);
    uint64_t digits = 1 + next(&seed) % 15;
    dec value = { (int128)(next(&seed) % most[digits]), places };
    char text[DEC_TEXT_MOST], written[DEC_TEXT_MOST];
    size_t len;
    if (next(&seed) % 2) value = dec_negate(value);
    text[dec_format(value, text)] = '\0';
    if (!number_to_float(str_of(text), places, written, &len)) fail_msg("%s is refused", text);
    written[len] = '\0';
    check_round_trip(written, places, value);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_from),       cmocka_unit_test(test_from_as_many_places_as_there_are),
    cmocka_unit_test(test_no_numbers), cmocka_unit_test(test_to),
    cmocka_unit_test(test_millions),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
