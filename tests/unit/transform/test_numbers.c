/* unit/transform/test_numbers: amounts read quickly are the amounts that decimals read, whatever their shape.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "transform/numbers.h"

#include "table.h"

static struct arena *arena;
static struct field field = { .name = { "amount", 6 }, .type = { .type = TYPE_DECIMAL, .size = -1 } };

static int start(void **state) {
  (void)state;
  arena = arena_new();
  return 0;
}

static int stop(void **state) {
  (void)state;
  arena_free(arena);
  return 0;
}

static const char *const cells[] = {
  "12.50",
  "-12.5",
  "0",
  "-0.00",
  "",
  "  ",
  " 7.25 ",
  "1141.18",
  "1,141.18",
  "1.141,18",
  "1141,18",
  "1'141.18",
  "1\xc2\xa0"
  "141,18",
  "1\xe2\x80\xaf"
  "141,18",
  "12.505",
  "0.001",
  "+3",
  "3-",
  "\xe2\x88\x92"
  "3.65",
  ".5",
  "5.",
  "1.2.3",
  "1,23",
  "12,34,567.00",
  "abc",
  "12x",
  "-",
  "--1",
  "$5",
  "1e5",
  "(5.00)",
  "99999999999999.99",
  "999999999999999999.99",
  "-9223372036854775808",
  "92233720368547758079223372036854775807",
  "1 234.50",
  "0012.50",
  "-.05",
  "1,234",
  "1.234",
};

/* A block of one row and blocks of all rows agree with dec_parse, cell by cell. */
static void check(enum dec_notation notation, int32_t places_most, const char *const *texts, size_t count) {
  struct notation how = { .decimal = notation, .places_most = places_most };
  struct number number = { .column = 0, .field = &field, .places = 2 };
  struct numbers *numbers = numbers_new(&number, &how);
  struct buf text = buf_new(1 << 16);
  struct table table;
  struct number_sum sum = { 0 };
  dec want_sum = dec_of(0);
  uint64_t bad = 0;
  for (size_t i = 0; i < count; i++) buf_printf(&text, "%s\n", texts[i]);
  buf_char(&text, '\0');
  table_fill(&table, text.at, 1, arena);
  int32_t raised = numbers_read(numbers, &table.rows);
  number_sum_raise(&sum, raised);
  for (size_t row = 0; row < count; row++) {
    str cell = str_trim(str_of(texts[row]));
    dec d = dec_of(0);
    bool good = !cell.len || dec_parse(cell, notation, &d);
    dec same; /* 38 digits at the column's scale: one that has more is told */
    bool fits =
        good && (places_most < 0 || d.scale <= places_most) && dec_rescale(d, numbers_places(numbers), &same);
    const char *why = numbers_why(numbers, row);
    if (fits != !why) fail_msg("\"%s\" under %d: %s", texts[row], (int)notation, why ? why : "taken");
    bad += !fits;
    if (!fits) continue;
    dec got = { numbers_at(numbers, row), numbers_places(numbers) };
    if (dec_compare(got, d) != 0) fail_msg("\"%s\" under %d was read wrongly", texts[row], (int)notation);
    numbers_add(numbers, numbers_units(numbers), row, &sum);
    assert_true(dec_add(want_sum, d, &want_sum));
  }
  assert_int_equal(dec_compare((dec){ sum.whole + sum.part, numbers_places(numbers) }, want_sum), 0);
  assert_int_equal(numbers_bad(numbers), bad);
  assert_int_equal(numbers_any_flaw(numbers), bad > 0);
  buf_free(&text);
  numbers_free(numbers);
}

static void test_as_decimals(void **state) {
  (void)state;
  size_t count = sizeof cells / sizeof *cells;
  for (enum dec_notation notation = DEC_PLAIN; notation <= DEC_COMMA; notation++)
    for (int32_t most = -1; most <= 3; most++) {
      for (size_t i = 0; i < count; i++) check(notation, most, &cells[i], 1);
      check(notation, most, cells, count);
      for (size_t from = 0; from + 5 <= count; from++) check(notation, most, cells + from, 5);
    }
}

/* More decimals than so far: what is added later, and what was added before, keep their value. */
static void test_scale_rises(void **state) {
  (void)state;
  static const char *const blocks[] = { "1.25\n-0.50\n", "0.001\n2\n", "3\n0.00001\n", "1.00\n" };
  static const int32_t rises[] = { 0, 1, 2, 0 };
  struct notation how = { .decimal = DEC_POINT, .places_most = -1 };
  struct number number = { .column = 0, .field = &field, .places = 2 };
  struct numbers *numbers = numbers_new(&number, &how);
  struct number_sum sum = { 0 };
  for (size_t i = 0; i < 4; i++) {
    struct table table;
    table_fill(&table, blocks[i], 1, arena);
    int32_t raised = numbers_read(numbers, &table.rows);
    assert_int_equal(raised, rises[i]);
    if (raised) number_sum_raise(&sum, raised);
    for (size_t row = 0; row < table.rows.count; row++) numbers_add(numbers, numbers_units(numbers), row, &sum);
  }
  assert_int_equal(numbers_places(numbers), 5);
  assert_true(sum.whole + sum.part == 675101);
  numbers_free(numbers);
}

static void test_other_notation(void **state) {
  (void)state;
  static const struct {
    const char *text;
    bool lives;
  } table[] = {
    { "12\n-5\n\n0\n", true }, { "1,234\n", true },      { "1,234\n12.50\n", false }, { "12.5\n", false },
    { "1.234\n", true },       { "1,234,567\n", false }, { "0.001\n", true },
  };
  for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
    struct notation how = { .decimal = DEC_POINT, .places_most = 3 };
    struct number number = { .column = 0, .field = &field, .places = 3 };
    struct numbers *numbers = numbers_new(&number, &how);
    struct table rows;
    dec d;
    table_fill(&rows, table[i].text, 1, arena);
    numbers_read(numbers, &rows.rows);
    bool lives = table[i].lives;
    if (str_eq(str_of(table[i].text), STR("0.001\n"))) lives = dec_parse(STR("0.001"), DEC_COMMA, &d);
    if (numbers_other_lives(numbers) != lives) fail_msg("%s: other notation %d", table[i].text, !lives);
    numbers_free(numbers);
  }
}

static void test_whole_numbers(void **state) {
  (void)state;
  struct field pieces = { .name = STR("pieces"), .type = { .type = TYPE_INTEGER } };
  struct notation how = { .decimal = DEC_POINT, .places_most = 2 };
  struct number number = { .column = 0, .field = &pieces, .places = 0 };
  struct numbers *numbers = numbers_new(&number, &how);
  struct table table;
  table_fill(&table, "3\n-2\n1.5\n4.00\n1,000\n", 1, arena);
  numbers_read(numbers, &table.rows);
  assert_null(numbers_why(numbers, 0));
  assert_null(numbers_why(numbers, 1));
  assert_non_null(numbers_why(numbers, 2));
  dec got = { numbers_at(numbers, 4), numbers_places(numbers) };
  assert_int_equal(dec_compare(got, dec_of(1000)), 0);
  numbers_free(numbers);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(test_as_decimals, start, stop),
    cmocka_unit_test_setup_teardown(test_scale_rises, start, stop),
    cmocka_unit_test_setup_teardown(test_other_notation, start, stop),
    cmocka_unit_test_setup_teardown(test_whole_numbers, start, stop),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
