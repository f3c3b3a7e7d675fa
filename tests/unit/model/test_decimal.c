/* unit/model/test_decimal: exact decimals: reading, writing, arithmetic. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "model/decimal.h"

#include <stdio.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof *(table))
#define NINES_38     "99999999999999999999999999999999999999"
#define NINES_37     "9999999999999999999999999999999999999"
#define NBSP         "\xc2\xa0"
#define NARROW       "\xe2\x80\xaf"
#define QUOTE        "\xe2\x80\x99"
#define MINUS        "\xe2\x88\x92"

static const char *shown(dec value) {
  static char texts[4][DEC_TEXT_MOST + 1];
  static unsigned turn;
  char *text = texts[turn++ % 4];
  text[dec_format(value, text)] = '\0';
  return text;
}

static dec plain(const char *text) {
  dec value = { 0 };
  if (!dec_parse(str_of(text), DEC_PLAIN, &value)) fail_msg("\"%s\" is not read", text);
  return value;
}

/* Each text under the three notations; NULL = refused. */
static const struct {
  const char *text, *as_plain, *as_point, *as_comma;
} readings[] = {
  { "0", "0", "0", "0" },
  { "7", "7", "7", "7" },
  { "-7", "-7", "-7", "-7" },
  { "+7", "7", "7", "7" },
  { "7-", "-7", "-7", "-7" },
  { "7" MINUS, "-7", "-7", "-7" },
  { MINUS "7.5", "-7.5", "-7.5", NULL },
  { "12.50", "12.50", "12.50", NULL },
  { "12,50", NULL, NULL, "12.50" },
  { "  12.50\t\r\n", "12.50", "12.50", NULL },
  { ".5", "0.5", "0.5", NULL },
  { "-.5", "-0.5", "-0.5", NULL },
  { ",5", NULL, NULL, "0.5" },
  { "5.", "5", "5", NULL },
  { "5,", NULL, NULL, "5" },
  { "-0.00", "0.00", "0.00", NULL },
  { "007", "7", "7", "7" },
  { "1.234", "1.234", "1.234", "1234" },
  { "1,234", NULL, "1234", "1.234" },
  { "1,234.50", NULL, "1234.50", NULL },
  { "1.234,50", NULL, NULL, "1234.50" },
  { "1.234.567", NULL, NULL, "1234567" },
  { "1,234,567.8", NULL, "1234567.8", NULL },
  { "-1,234,567.89", NULL, "-1234567.89", NULL },
  { "1,234,567.89-", NULL, "-1234567.89", NULL },
  { "1'234.50", NULL, "1234.50", NULL },
  { "1'234,50", NULL, NULL, "1234.50" },
  { "1" QUOTE "234.50", NULL, "1234.50", NULL },
  { "1 234,50", NULL, NULL, "1234.50" },
  { "1" NBSP "234" NBSP "567,50", NULL, NULL, "1234567.50" },
  { "-1" NARROW "234,50", NULL, NULL, "-1234.50" },
  { "1 234", NULL, "1234", "1234" },
  { "12,345", NULL, "12345", "12.345" },
  { "123,456", NULL, "123456", "123.456" },
  /* groups that are none */
  { "1234,567", NULL, NULL, "1234.567" },
  { "1,23", NULL, NULL, "1.23" },
  { "1,2345", NULL, NULL, "1.2345" },
  { "1,,234", NULL, NULL, NULL },
  { ",234", NULL, NULL, "0.234" },
  { "1,234,", NULL, NULL, NULL },
  { "1,234,56", NULL, NULL, NULL },
  { "1,234 567", NULL, NULL, NULL },
  { "1 234" NBSP "567", NULL, NULL, NULL },
  { "1'234" QUOTE "567", NULL, NULL, NULL },
  { "1.234,567,8", NULL, NULL, NULL },
  { "1.234,567.8", NULL, NULL, NULL },
  { "0.1,234", NULL, NULL, NULL },
  { "0.123 456", NULL, NULL, NULL },
  { "1.2.3", NULL, NULL, NULL },
  { "1..2", NULL, NULL, NULL },
  { "1  234", NULL, NULL, NULL },
  /* no numbers */
  { "", NULL, NULL, NULL },
  { " ", NULL, NULL, NULL },
  { "-", NULL, NULL, NULL },
  { "+", NULL, NULL, NULL },
  { ".", NULL, NULL, NULL },
  { ",", NULL, NULL, NULL },
  { "-.", NULL, NULL, NULL },
  { "- 5.00", NULL, NULL, NULL },
  { "5.00 -", NULL, NULL, NULL },
  { "-5-", NULL, NULL, NULL },
  { "+5-", NULL, NULL, NULL },
  { "--5", NULL, NULL, NULL },
  { "+-5", NULL, NULL, NULL },
  { "5+", NULL, NULL, NULL },
  { "1e5", NULL, NULL, NULL },
  { "$5", NULL, NULL, NULL },
  { "5 EUR", NULL, NULL, NULL },
  { "(5.00)", NULL, NULL, NULL },
  { "0x10", NULL, NULL, NULL },
  { "five", NULL, NULL, NULL },
  { "1"
    "\xc2"
    "234",
    NULL, NULL, NULL },
  { "\xe2\x88", NULL, NULL, NULL },
  /* as large as it gets */
  { NINES_38, NINES_38, NINES_38, NINES_38 },
  { "-" NINES_38, "-" NINES_38, "-" NINES_38, "-" NINES_38 },
  { NINES_38 "0", NULL, NULL, NULL },
  { "100000000000000000000000000000000000000", NULL, NULL, NULL },
  { "340282366920938463463374607431768211457", NULL, NULL, NULL }, /* 2^128 + 1 */
  { "0000000000000000000000000000000000000000000000001", "1", "1", "1" },
  { "0.123456789012345678", "0.123456789012345678", "0.123456789012345678", NULL },
  { "0.1234567890123456789", NULL, NULL, NULL },
  { "0.0000000000000000000", NULL, NULL, NULL },
  { "99999999999999999999.999999999999999999", "99999999999999999999.999999999999999999",
    "99999999999999999999.999999999999999999", NULL },
  { "999999999999999999", "999999999999999999", "999999999999999999", "999999999999999999" },
  { "9223372036854775808", "9223372036854775808", "9223372036854775808", "9223372036854775808" },
};

static void check_reading(const char *text, enum dec_notation notation, const char *expected) {
  dec value = { 77, 3 };
  bool is_read = dec_parse(str_of(text), notation, &value);
  if (is_read != (expected != NULL) || (is_read && strcmp(shown(value), expected) != 0))
    fail_msg("\"%s\" under %d: %s instead of %s", text, (int)notation, is_read ? shown(value) : "refused",
             expected ? expected : "refused");
  if (!is_read) assert_true(value.mantissa == 77 && value.scale == 3);
}

static void test_readings(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT(readings); i++) {
    check_reading(readings[i].text, DEC_PLAIN, readings[i].as_plain);
    check_reading(readings[i].text, DEC_POINT, readings[i].as_point);
    check_reading(readings[i].text, DEC_COMMA, readings[i].as_comma);
  }
}

static void test_a_zero_byte_is_no_digit(void **state) {
  dec value;
  (void)state;
  assert_false(dec_parse((str){ "1\0", 2 }, DEC_PLAIN, &value));
  assert_false(dec_parse((str){ NULL, 0 }, DEC_PLAIN, &value));
}

static void test_fields(void **state) {
  dec value = plain("-12.50");
  (void)state;
  assert_true(value.mantissa == -1250 && value.scale == 2);
  value = plain("-0.00");
  assert_true(dec_is_zero(value) && dec_sign(value) == 0 && value.mantissa == 0);
  value = dec_of(INT64_MIN);
  assert_string_equal(shown(value), "-9223372036854775808");
  assert_string_equal(shown((dec){ -5, 18 }), "-0.000000000000000005");
  assert_string_equal(shown((dec){ 0, 0 }), "0");
  assert_int_equal(dec_format(plain("-99999999999999999999.999999999999999999"), (char[DEC_TEXT_MOST]){ 0 }),
                   40);
}

static const struct {
  const char *a, *b;
  int order;
} orders[] = {
  { "1.5", "1.50", 0 },
  { "0", "-0.000", 0 },
  { "1.5", "1.49", 1 },
  { "-1.5", "-1.49", -1 },
  { "-0.5", "0.3", -1 },
  { "-0.5", "0", -1 },
  { NINES_38, "99999999999999999999.999999999999999999", 1 },
  { "-" NINES_38, "-0.000000000000000001", -1 },
  { "99999999999999999999.999999999999999999", "99999999999999999999.99", 1 },
};

static void test_compare(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT(orders); i++) {
    assert_int_equal(dec_compare(plain(orders[i].a), plain(orders[i].b)), orders[i].order);
    assert_int_equal(dec_compare(plain(orders[i].b), plain(orders[i].a)), -orders[i].order);
  }
}

/* NULL = refused. */
static const struct {
  char sign;
  const char *a, *b, *result;
} sums[] = {
  { '+', "0.1", "0.2", "0.3" },
  { '+', "1.50", "2", "3.50" },
  { '+', "-1.50", "1.5", "0.00" },
  { '+', "1", "-0.01", "0.99" },
  { '+', "-1", "0.01", "-0.99" },
  { '+', "0.9", "0.10", "1.00" },
  { '+', "-0.9", "-0.10", "-1.00" },
  { '-', "0.3", "0.1", "0.2" },
  { '-', "0", "0.000000000000000001", "-0.000000000000000001" },
  { '+', NINES_38, "0", NINES_38 },
  { '+', NINES_38, "1", NULL },
  { '-', "-" NINES_38, "1", NULL },
  { '+', NINES_38, NINES_38, NULL },
  { '-', NINES_38, NINES_38, "0" },
  { '+', NINES_38, "0.0", NULL },
  /* 10^37 has 39 digits at scale 1, the sum has 38 */
  { '+', "10000000000000000000000000000000000000", "-0.1", "9999999999999999999999999999999999999.9" },
  { '-', "-10000000000000000000000000000000000000", "-0.1", "-9999999999999999999999999999999999999.9" },
  { '+', "10000000000000000000000000000000000000", "0.1", NULL },
  { '+', NINES_38, "-9999999999999999999999999999999999999.9", NULL },
  { '+', "17500000000000000000000000000000000000", "-8000000000000000000000000000000000000.0",
    "9500000000000000000000000000000000000.0" },
  { '*', "1.50", "2.0", "3.000" },
  { '*', "-0.07", "3", "-0.21" },
  { '*', "0.000000001", "0.000000001", "0.000000000000000001" },
  { '*', "0.0000000001", "0.000000001", NULL },
  { '*', "1.000000000000000000", "12345678901234567890.000000000000000000",
    "12345678901234567890.000000000000000000" },
  { '*', "0.2000000000", "0.5000000000", "0.100000000000000000" },
  { '*', "0.000000000000000002", "0.5", "0.000000000000000001" },
  { '*', "0.000000000000000001", "0.5", NULL },
  { '*', "0.000000000000000001", "0.000000000000000000", "0.000000000000000000" },
  { '*', "10000000000000000000", "10000000000000000000", NULL },
  { '*', "10000000000000000000", "1000000000000000000", "10000000000000000000000000000000000000" },
  { '*', "-" NINES_38, "-1", NINES_38 },
  { '*', NINES_38, "2", NULL },
  { '*', NINES_38, NINES_38, NULL },
  { '/', "1", "3", "0.333333333333333333" },
  { '/', "2", "3", "0.666666666666666667" },
  { '/', "-2", "3", "-0.666666666666666667" },
  { '/', "6", "2", "3" },
  { '/', "6.000", "2", "3" },
  { '/', "1", "8", "0.125" },
  { '/', "1", "0.001", "1000" },
  { '/', "0.001", "1000", "0.000001" },
  { '/', "1", "0", NULL },
  { '/', "0", "0.00", NULL },
  { '/', "0.00", "-5", "0" },
  { '/', NINES_38, "1", NINES_38 },
  { '/', NINES_38, "-" NINES_38, "-1" },
  { '/', NINES_38, NINES_37, "10" }, /* 10, 36 zeros, 9 */
  { '/', NINES_38, "0.1", NULL },
  { '/', "10000000000000000000000000", "1.000", "10000000000000000000000000" },
  { '/', "1000000000000000000000", "3", NULL },
  /* half to even in the 18th decimal */
  { '/', "0.000000000000000001", "2", "0" },
  { '/', "0.000000000000000003", "2", "0.000000000000000002" },
  { '/', "-0.000000000000000005", "2", "-0.000000000000000002" },
  { '/', "0.000000000000000005", "2.000000000000000001", "0.000000000000000002" },
};

static bool calculate(char sign, dec a, dec b, dec *result) {
  switch (sign) {
  case '+': return dec_add(a, b, result);
  case '-': return dec_subtract(a, b, result);
  case '*': return dec_multiply(a, b, result);
  default: return dec_divide(a, b, result);
  }
}

static void test_arithmetic(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT(sums); i++) {
    dec result;
    bool done = calculate(sums[i].sign, plain(sums[i].a), plain(sums[i].b), &result);
    const char *text = done ? shown(result) : "refused", *expected = sums[i].result;
    if (strcmp(text, expected ? expected : "refused") != 0)
      fail_msg("%s %c %s: %s instead of %s", sums[i].a, sums[i].sign, sums[i].b, text,
               expected ? expected : "refused");
  }
}

static const struct {
  const char *value;
  int32_t places;
  const char *half_up, *half_even, *down, *up;
} roundings[] = {
  { "2.345", 2, "2.35", "2.34", "2.34", "2.35" },
  { "2.355", 2, "2.36", "2.36", "2.35", "2.36" },
  { "-2.345", 2, "-2.35", "-2.34", "-2.34", "-2.35" },
  { "2.3451", 2, "2.35", "2.35", "2.34", "2.35" },
  { "2.341", 2, "2.34", "2.34", "2.34", "2.35" },
  { "2.340", 2, "2.34", "2.34", "2.34", "2.34" },
  { "0.5", 0, "1", "0", "0", "1" },
  { "-0.5", 0, "-1", "0", "0", "-1" },
  { "1.5", 0, "2", "2", "1", "2" },
  { "-0.4", 0, "0", "0", "0", "-1" },
  { "0.999", 2, "1.00", "1.00", "0.99", "1.00" },
  { "7", 2, "7.00", "7.00", "7.00", "7.00" },
  { "99999999999999999999.999999999999999999", 0, "100000000000000000000", "100000000000000000000",
    "99999999999999999999", "100000000000000000000" },
  { NINES_38, 1, NULL, NULL, NULL, NULL },
  { "1.5", -1, NULL, NULL, NULL, NULL },
  { "1.5", 19, NULL, NULL, NULL, NULL },
};

static void test_rounding(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT(roundings); i++) {
    const char *expected[] = { [DEC_HALF_UP] = roundings[i].half_up,
                               [DEC_HALF_EVEN] = roundings[i].half_even,
                               [DEC_DOWN] = roundings[i].down,
                               [DEC_UP] = roundings[i].up };
    for (enum dec_rounding how = DEC_HALF_UP; how <= DEC_UP; how++) {
      dec rounded;
      bool done = dec_round(plain(roundings[i].value), roundings[i].places, how, &rounded);
      assert_int_equal(done, expected[how] != NULL);
      if (done) assert_string_equal(shown(rounded), expected[how]);
    }
  }
}

static void test_scales(void **state) {
  dec same;
  (void)state;
  assert_true(dec_rescale(plain("1.500"), 1, &same));
  assert_string_equal(shown(same), "1.5");
  assert_true(dec_rescale(plain("-1.5"), 3, &same));
  assert_string_equal(shown(same), "-1.500");
  assert_false(dec_rescale(plain("1.55"), 1, &same));
  assert_false(dec_rescale(plain(NINES_38), 1, &same));
  assert_false(dec_rescale(plain("1"), -1, &same));
  assert_false(dec_rescale(plain("0"), 19, &same));
  assert_string_equal(shown(dec_trim(plain("100.100"))), "100.1");
  assert_string_equal(shown(dec_trim(plain("0.000"))), "0");
  assert_string_equal(shown(dec_trim(plain("100"))), "100");
}

static void test_whole_numbers(void **state) {
  int64_t whole = 5;
  (void)state;
  assert_true(dec_to_int(plain("-3.000"), &whole));
  assert_true(whole == -3);
  assert_true(dec_to_int(plain("9223372036854775807"), &whole) && whole == INT64_MAX);
  assert_true(dec_to_int(plain("-9223372036854775808.0"), &whole) && whole == INT64_MIN);
  assert_false(dec_to_int(plain("9223372036854775808"), &whole));
  assert_false(dec_to_int(plain("-9223372036854775809"), &whole));
  assert_false(dec_to_int(plain("0.5"), &whole));
  assert_string_equal(shown(dec_negate(plain("0.00"))), "0.00");
  assert_string_equal(shown(dec_negate(plain("1.5"))), "-1.5");
}

static uint64_t next_random(uint64_t *seed) {
  *seed = *seed * 6364136223846793005u + 1442695040888963407u;
  return *seed >> 20;
}

/* Numbers small enough that plain whole-number arithmetic at scale 8 is the judge. */
static void test_against_whole_numbers(void **state) {
  uint64_t seed = 7;
  (void)state;
  for (int i = 0; i < 20000; i++) {
    int64_t m = (int64_t)(next_random(&seed) % 2000001) - 1000000;
    int64_t n = (int64_t)(next_random(&seed) % 2000001) - 1000000;
    dec a = { m, (int32_t)(next_random(&seed) % 5) }, b = { n, (int32_t)(next_random(&seed) % 5) }, r, back;
    int64_t wide_a = m, wide_b = n;
    for (int32_t s = a.scale; s < 4; s++) wide_a *= 10;
    for (int32_t s = b.scale; s < 4; s++) wide_b *= 10;

    assert_int_equal(dec_compare(a, b), (wide_a > wide_b) - (wide_a < wide_b));
    assert_true(dec_add(a, b, &r) && dec_rescale(r, 4, &r));
    assert_true(r.mantissa == wide_a + wide_b);
    assert_true(dec_multiply(a, b, &r) && dec_rescale(r, 8, &r));
    assert_true(r.mantissa == (int128)wide_a * wide_b);
    assert_true(dec_parse(str_of(shown(a)), DEC_PLAIN, &back));
    assert_true(back.mantissa == a.mantissa && back.scale == a.scale);
    if (!n) continue;
    /* |quotient * b - a| is at most half a unit of the 18th decimal times b. */
    assert_true(dec_divide(a, b, &r) && dec_rescale(r, 18, &r));
    int128 unit = 1000000000000000000, off = r.mantissa * wide_b - wide_a * unit;
    assert_true((off < 0 ? -off : off) * 2 <= (wide_b < 0 ? -wide_b : wide_b));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_readings),
    cmocka_unit_test(test_a_zero_byte_is_no_digit),
    cmocka_unit_test(test_fields),
    cmocka_unit_test(test_compare),
    cmocka_unit_test(test_arithmetic),
    cmocka_unit_test(test_rounding),
    cmocka_unit_test(test_scales),
    cmocka_unit_test(test_whole_numbers),
    cmocka_unit_test(test_against_whole_numbers),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
