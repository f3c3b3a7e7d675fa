/* unit/transform/test_past: rows of earlier runs found by typed keys: by value, then without case. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "transform/past.h"

static struct arena *arena;
static struct record record;
static struct lookup lookup;

static int start(void **state) {
  static struct field fields[2] = { { .name = { "sku", 3 }, .index = 0 },
                                    { .name = { "at", 2 }, .index = 1 } };
  static struct field *both[2] = { &fields[0], &fields[1] };
  (void)state;
  arena = arena_new();
  record = (struct record){ .fields = both, .field_count = 2 };
  lookup = (struct lookup){ .table = &record };
  return 0;
}

static int stop(void **state) {
  (void)state;
  arena_free(arena);
  return 0;
}

static void on(const char *name, bool exact) {
  *ARENA_PUSH(arena, lookup.pairs, lookup.key_count) =
      (struct pair_spec){ .name = str_of(name), .exact = exact };
}

static void add(struct past *past, const char *sku, value at) {
  value *row = ARENA_ARRAY(arena, value, 2);
  row[0] = value_text(str_of(sku));
  row[1] = at;
  past_add(past, row);
}

static ptrdiff_t by_sku(const struct past *past, const char *sku) {
  value key = value_text(str_of(sku));
  return past_find(past, &key);
}

static value number(const char *text) {
  dec d = dec_of(0);
  assert_true(dec_parse(str_of(text), DEC_PLAIN, &d));
  return value_decimal(d);
}

static void letters_first(void **state) {
  (void)state;
  on("sku", false);
  struct past *past = past_new(&lookup, arena);
  add(past, "Cup", number("1"));
  add(past, "CUP", number("2"));
  add(past, " Jug", number("3"));
  assert_int_equal(by_sku(past, "Cup"), 0);
  assert_int_equal(by_sku(past, "CUP"), 1);
  assert_int_equal(by_sku(past, "cup "), 1); /* the last of those that differ by case only */
  assert_int_equal(by_sku(past, "JUG"), 2);
  assert_int_equal(by_sku(past, "J-ug"), -1);
  assert_int_equal(by_sku(past, ""), -1);
  add(past, "", number("4"));
  assert_int_equal(by_sku(past, ""), 3); /* absent is absent */
  assert_int_equal(by_sku(past, "-"), -1);
  assert_int_equal(past_value(past, 1, 1).as.decimal.mantissa, 2);
}

static void stars_are_letters(void **state) {
  (void)state;
  on("sku", false);
  struct past *past = past_new(&lookup, arena);
  add(past, "*", number("1"));
  add(past, "C*", number("2"));
  assert_int_equal(by_sku(past, "CUP"), -1);
  assert_int_equal(by_sku(past, "c*"), 1);
}

static void exact_keys(void **state) {
  (void)state;
  on("sku", true);
  struct past *past = past_new(&lookup, arena);
  add(past, "Cup", number("1"));
  assert_int_equal(by_sku(past, "cup"), 0);
  add(past, "Cup", number("1"));
  assert_int_equal(by_sku(past, "cup"), 1); /* one key still */
  add(past, "CUP", number("2"));
  assert_int_equal(by_sku(past, "cup"), -1); /* never chosen between two */
  assert_int_equal(by_sku(past, "CUP"), 2);
}

static void by_value(void **state) {
  (void)state;
  on("at", false);
  struct past *past = past_new(&lookup, arena);
  add(past, "A", number("1.50"));
  add(past, "B", (value){ .type = TYPE_TIMESTAMP, .as.at = { 1000, 0 } });
  add(past, "C", value_absent());
  value same = number("1.5"), other = number("1.51"), none = value_absent();
  value there = { .type = TYPE_TIMESTAMP, .as.at = { 1000, 60 } };
  assert_int_equal(past_find(past, &same), 0);
  assert_int_equal(past_find(past, &other), -1);
  assert_int_equal(past_find(past, &there), 1);
  assert_int_equal(past_find(past, &none), 2);
}

static void parts_do_not_run_together(void **state) {
  (void)state;
  on("sku", false);
  on("at", false);
  struct past *past = past_new(&lookup, arena);
  add(past, "A1", number("2"));
  value keys[2] = { value_text(STR("A")), number("12") };
  assert_int_equal(past_find(past, keys), -1);
  keys[0] = value_text(STR("A1"));
  keys[1] = value_integer(2);
  assert_int_equal(past_find(past, keys), 0);
}

/* For `many`: all rows of a key as they were added, also when they differ; letters only where no row is so. */
static void all_rows(void **state) {
  (void)state;
  on("sku", false);
  struct past *past = past_new(&lookup, arena);
  past_choose_none(past);
  add(past, "CUP", number("1"));
  add(past, "MUG", number("2"));
  add(past, "CUP", number("3"));
  add(past, "CUP", number("3"));
  value key = value_text(STR("CUP")), other = value_text(STR("mug ")), none = value_text(STR("POT"));
  size_t *rows;
  assert_int_equal(past_find(past, &key), PAST_SEVERAL);
  assert_int_equal(past_find_all(past, &key, arena, &rows), 3);
  assert_int_equal(rows[0], 0);
  assert_int_equal(rows[1], 2);
  assert_int_equal(rows[2], 3);
  assert_int_equal(past_find_all(past, &other, arena, &rows), 1);
  assert_int_equal(rows[0], 1);
  assert_int_equal(past_find_all(past, &none, arena, &rows), 0);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
  const struct CMUnitTest tests[] = { TEST(letters_first), TEST(stars_are_letters), TEST(exact_keys),
                                      TEST(by_value), TEST(parts_do_not_run_together),
                                      TEST(all_rows) };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
