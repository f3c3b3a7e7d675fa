/* unit/transform/test_accumulate: every split of the rows among workers, in any order, gives one result. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "transform/accumulate.h"

#include <string.h>

enum { ROWS = 60, PARTS = 4, STATE_MOST = 64 };

static const char *const kind_names[] = { "sum",  "count", "distinct", "min", "max", "first",
                                          "last", "same",  "any",      "all", "list" };

static struct arena *arena;

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

static uint64_t next(uint64_t *seed) {
  *seed = *seed * 6364136223846793005u + 1442695040888963407u;
  return *seed >> 33;
}

static value number(const char *text) {
  dec d;
  assert_true(dec_parse(str_of(text), DEC_PLAIN, &d));
  return value_decimal(d);
}

/* One that an aggregate of this kind may meet; equal numbers are written in two ways. */
static value value_for(enum aggregate_kind kind, bool texts, uint64_t at) {
  static const char *const words[] = { "a", "b", "cc", "a longer text that is kept", "B" };
  static const char *const numbers[] = {
    "1.5", "1.50", "-3", "0.01", "0.10", "0.1", "9223372036854775807", "-9223372036854775807.5"
  };
  if (kind == AGG_ANY || kind == AGG_ALL) return value_yes_no(at % 3 == 0);
  if (at % 7 == 6) return value_absent();
  if (texts && kind != AGG_SUM) return value_text(str_of(words[at % 5]));
  return number(numbers[at % 8]);
}

static str shown(enum aggregate_kind kind, const char *state) {
  struct aggregate aggregate = { .kind = kind, .type = TYPE_DECIMAL };
  bool differs;
  value v = acc_result(&aggregate, state, arena, &differs);
  return arena_printf(arena, "%.*s%s", STR_ARG(value_show(&v, NULL, arena)), differs ? " (differs)" : "");
}

static void add(enum aggregate_kind kind, char *state, bool texts, const uint64_t *rows, size_t count) {
  for (size_t i = 0; i < count; i++) {
    value v = value_for(kind, texts, rows[i] * 31 % 17);
    assert_true(acc_add(kind, state, &v, 1, rows[i], rows[i], arena));
  }
}

static void shuffle(uint64_t *rows, size_t count, uint64_t *seed) {
  for (size_t i = count; i > 1; i--) {
    size_t other = next(seed) % i;
    uint64_t row = rows[other];
    rows[other] = rows[i - 1], rows[i - 1] = row;
  }
}

/* Saved and read back, as when groups go to disk. */
static void through_disk(enum aggregate_kind kind, char *state) {
  struct buf saved = buf_new(1 << 20);
  acc_save(kind, state, &saved);
  str rest = arena_str(arena, buf_str(&saved));
  memset(state, 0x5a, STATE_MOST);
  assert_true(acc_load(kind, &rest, state, arena));
  assert_int_equal(rest.len, 0);
  buf_free(&saved);
}

static void check_kind(enum aggregate_kind kind, bool texts, uint64_t seed) {
  uint64_t rows[ROWS];
  _Alignas(16) char whole[STATE_MOST] = { 0 }, parts[PARTS][STATE_MOST] = { { 0 } };
  for (size_t i = 0; i < ROWS; i++) rows[i] = i;
  add(kind, whole, texts, rows, ROWS);
  shuffle(rows, ROWS, &seed);
  for (size_t i = 0, from = 0; i < PARTS; i++) {
    size_t to = i == PARTS - 1 ? ROWS : from + next(&seed) % (ROWS - from + 1);
    add(kind, parts[i], texts, rows + from, to - from);
    if (next(&seed) % 2) through_disk(kind, parts[i]);
    from = to;
  }
  for (size_t i = 1; i < PARTS; i++) assert_true(acc_merge(kind, parts[0], parts[i], arena));
  str want = shown(kind, whole), got = shown(kind, parts[0]);
  if (!str_eq(want, got))
    fail_msg("%s of %s, seed %llu: %.*s, in parts %.*s", kind_names[kind], texts ? "texts" : "numbers",
             (unsigned long long)seed, STR_ARG(want), STR_ARG(got));
}

static void test_any_split(void **state) {
  (void)state;
  for (enum aggregate_kind kind = AGG_SUM; kind <= AGG_LIST; kind++)
    for (uint64_t seed = 1; seed <= 50; seed++) {
      check_kind(kind, false, seed * 77);
      check_kind(kind, true, seed * 77);
    }
}

static void test_results(void **state) {
  (void)state;
  static const struct {
    enum aggregate_kind kind;
    const char *values[4], *want;
  } table[] = {
    { AGG_SUM, { "0.10", "0.20", "-0.30" }, "0.00" },
    { AGG_SUM, { "9223372036854775807", "9223372036854775807", "0.01" }, "18446744073709551614.01" },
    { AGG_SUM, { NULL }, "0" },
    { AGG_MIN, { "2", "-1", "10" }, "-1" },
    { AGG_MAX, { "2", "-1", "10" }, "10" },
    { AGG_MAX, { NULL }, "" },
    { AGG_FIRST, { "5", "4" }, "5" },
    { AGG_LAST, { "5", "4" }, "4" },
    { AGG_SAME, { "5", "5.0" }, "5" },
    { AGG_SAME, { "5", "5", "6" }, "5 (differs)" },
    { AGG_DISTINCT, { "1.5", "1.50", "2" }, "2" },
    { AGG_LIST, { "3", "1", "3", "2" }, "3, 1, 2" },
  };
  for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
    _Alignas(16) char at[STATE_MOST] = { 0 };
    for (uint64_t row = 0; row < 4 && table[i].values[row]; row++) {
      value v = number(table[i].values[row]);
      assert_true(acc_add(table[i].kind, at, &v, 1, row, row, arena));
    }
    str got = shown(table[i].kind, at);
    if (!str_eq(got, str_of(table[i].want)))
      fail_msg("row %zu, %s: %.*s, not %s", i, kind_names[table[i].kind], STR_ARG(got), table[i].want);
  }
}

/* A value seen many times is the value added many times. */
static void test_times(void **state) {
  (void)state;
  _Alignas(16) char sum[STATE_MOST] = { 0 }, count[STATE_MOST] = { 0 };
  value v = number("12.34");
  assert_true(acc_add(AGG_SUM, sum, &v, 5000000, 0, 9, arena));
  assert_true(acc_add(AGG_COUNT, count, &v, 5000000, 0, 9, arena));
  assert_true(str_eq(shown(AGG_SUM, sum), STR("61700000.00")));
  assert_true(str_eq(shown(AGG_COUNT, count), STR("5000000")));
}

static void test_overflow_is_told(void **state) {
  (void)state;
  _Alignas(16) char at[STATE_MOST] = { 0 };
  value v = number("99999999999999999999999999999999999999");
  assert_true(acc_add(AGG_SUM, at, &v, 1, 0, 0, arena));
  assert_false(acc_add(AGG_SUM, at, &v, 1, 1, 1, arena));
  assert_false(acc_add(AGG_SUM, at, &v, 10, 1, 1, arena));
}

static void test_long_lists_end(void **state) {
  (void)state;
  _Alignas(16) char at[STATE_MOST] = { 0 };
  for (int64_t i = 30; i > 0; i--) {
    value v = value_integer(i);
    assert_true(acc_add(AGG_LIST, at, &v, 1, (uint64_t)i, (uint64_t)i, arena));
  }
  assert_true(
      str_eq(shown(AGG_LIST, at), STR("1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, "
                                      "19, 20, ...")));
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(test_any_split, start, stop),
    cmocka_unit_test_setup_teardown(test_results, start, stop),
    cmocka_unit_test_setup_teardown(test_times, start, stop),
    cmocka_unit_test_setup_teardown(test_overflow_is_told, start, stop),
    cmocka_unit_test_setup_teardown(test_long_lists_end, start, stop),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
