/* unit/transform/test_fold: groups come out in key order with exact sums, in memory, spilled, and joined. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "transform/fold.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEYS = 20000, ADDS = 60000 };

static struct aggregate sum = { .kind = AGG_SUM, .type = TYPE_DECIMAL },
                        last = { .kind = AGG_LAST, .type = TYPE_TEXT };
static struct aggregate *const both[] = { &sum, &last };

static uint64_t next(uint64_t *seed) {
  *seed = *seed * 6364136223846793005u + 1442695040888963407u;
  return *seed >> 33;
}

struct model {
  int64_t sums[KEYS];
  uint64_t last[KEYS];
  bool there[KEYS];
};

static size_t offset(size_t aggregate) {
  size_t offsets[2];
  acc_layout(both, 2, offsets);
  return offsets[aggregate];
}

static str key_text(char room[32], uint64_t key) {
  int len = snprintf(room, 32, "key-%08llu", (unsigned long long)key);
  return (str){ room, (size_t)len };
}

static void add(struct fold *fold, struct model *model, uint64_t key, int64_t cents, uint64_t row, bool run) {
  char room[32], word[32];
  str text = key_text(room, key);
  char *state = run ? fold_run(fold, text, fold_hash(text)) : fold_state(fold, text, fold_hash(text));
  struct arena *arena = run ? fold_run_arena(fold) : fold_arena(fold);
  assert_non_null(state);
  assert_true(acc_add_sum(state + offset(0), cents, 2, arena));
  snprintf(word, sizeof word, "row %llu", (unsigned long long)row);
  value v = value_text(str_of(word));
  assert_true(acc_add(AGG_LAST, state + offset(1), &v, 1, row, row, arena));
  model->sums[key] += cents;
  if (!model->there[key] || row > model->last[key]) model->last[key] = row;
  model->there[key] = true;
}

static void fill(struct fold *fold, struct model *model, uint64_t seed, uint64_t from, bool runs) {
  for (uint64_t i = 0; i < ADDS; i++) {
    uint64_t key = next(&seed) % KEYS;
    add(fold, model, key, (int64_t)(next(&seed) % 100000) - 50000, from + i, runs);
  }
  assert_true(fold_settle(fold));
}

static void compare(const struct fold *fold, const struct model *model) {
  struct arena *arena = arena_new();
  size_t at = 0;
  for (uint64_t key = 0; key < KEYS; key++) {
    if (!model->there[key]) continue;
    char room[32], word[32];
    str got, want = key_text(room, key);
    char *state;
    bool differs;
    assert_true(at < fold_count(fold));
    fold_at(fold, at++, &got, &state);
    if (!str_eq(got, want)) fail_msg("%.*s stands where %.*s should", STR_ARG(got), STR_ARG(want));
    value v = acc_result(&sum, state + offset(0), arena, &differs);
    assert_int_equal(dec_compare(v.as.decimal, (dec){ model->sums[key], 2 }), 0);
    v = acc_result(&last, state + offset(1), arena, &differs);
    snprintf(word, sizeof word, "row %llu", (unsigned long long)model->last[key]);
    if (!str_eq(v.as.text, str_of(word))) fail_msg("%.*s ends with %.*s", STR_ARG(want), STR_ARG(v.as.text));
    arena_reset(arena);
  }
  assert_int_equal(at, fold_count(fold));
  arena_free(arena);
}

static void close_all(struct fold *fold, struct fold *other, fold_keep *keep) {
  struct err err = { 0 };
  for (size_t i = 0; i < FOLD_PARTS; i++)
    assert_int_equal(fold_close_part(fold, &other, other ? 1 : 0, i, keep, NULL, &err), OUT_OK);
  fold_close_end(fold);
}

static void check(size_t memory, bool runs, bool joined) {
  struct model *model = calloc(1, sizeof *model);
  struct fold *fold = fold_new(both, 2, memory), *other = fold_new(both, 2, memory);
  assert_non_null(model);
  fill(fold, model, 5, 0, runs);
  if (joined) fill(other, model, 99, ADDS, runs);
  close_all(fold, joined ? other : NULL, NULL);
  assert_true((fold_spilled(fold) > 0) == (memory < 1 << 20));
  compare(fold, model);
  fold_free(fold);
  fold_free(other);
  free(model);
}

static void test_in_memory(void **state) {
  (void)state;
  check(64 << 20, false, false);
  check(64 << 20, true, false);
}

static void test_spilled(void **state) {
  (void)state;
  check(256 << 10, false, false);
  check(256 << 10, true, false);
}

static void test_joined(void **state) {
  (void)state;
  check(64 << 20, true, true);
  check(256 << 10, true, true);
}

static bool keep_even(void *user, str key, char *state) {
  (void)user, (void)state;
  return (key.at[key.len - 1] - '0') % 2 == 0;
}

static void test_keep(void **state) {
  (void)state;
  for (size_t memory = 256 << 10; memory <= 64 << 20; memory *= 256) {
    struct model *model = calloc(1, sizeof *model);
    struct fold *fold = fold_new(both, 2, memory);
    assert_non_null(model);
    fill(fold, model, 7, 0, false);
    close_all(fold, NULL, keep_even);
    for (uint64_t key = 1; key < KEYS; key += 2) model->there[key] = false;
    compare(fold, model);
    fold_free(fold);
    free(model);
  }
}

static void test_from(void **state) {
  (void)state;
  static const char *const keys[] = { "b1", "a2", "b0", "c", "a1" };
  struct fold *fold = fold_new(both, 2, 1 << 20);
  str key;
  char *at;
  for (size_t i = 0; i < 5; i++) fold_state(fold, str_of(keys[i]), fold_hash(str_of(keys[i])));
  close_all(fold, NULL, NULL);
  assert_int_equal(fold_count(fold), 5);
  fold_at(fold, 0, &key, &at);
  assert_true(str_eq(key, STR("a1")));
  assert_int_equal(fold_from(fold, STR("a")), 0);
  assert_int_equal(fold_from(fold, STR("b")), 2);
  assert_int_equal(fold_from(fold, STR("bz")), 4);
  assert_int_equal(fold_from(fold, STR("d")), 5);
  fold_free(fold);
}

static void test_nothing(void **state) {
  (void)state;
  struct fold *fold = fold_new(both, 2, 1 << 20);
  close_all(fold, NULL, NULL);
  assert_int_equal(fold_count(fold), 0);
  fold_free(fold);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_in_memory), cmocka_unit_test(test_spilled), cmocka_unit_test(test_joined),
    cmocka_unit_test(test_keep),      cmocka_unit_test(test_from),    cmocka_unit_test(test_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
