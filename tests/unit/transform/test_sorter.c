/* unit/transform/test_sorter: key order, equal keys in the order they came, in memory and in runs on disk. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "transform/sorter.h"

#include <stdio.h>
#include <string.h>

static uint64_t next(uint64_t *seed) {
  *seed = *seed * 6364136223846793005u + 1442695040888963407u;
  return *seed >> 33;
}

/* The record tells when it was added; some records are long, some empty but for that. */
static void check(size_t count, size_t memory, uint64_t keys) {
  struct sorter *sorter = sorter_new(memory);
  struct err err = { 0 };
  uint64_t seed = count;
  static char record[5000];
  for (size_t i = 0; i < count; i++) {
    char key[32];
    int len = snprintf(key, sizeof key, "%llu", (unsigned long long)(next(&seed) % keys));
    size_t size = 8 + next(&seed) % (i % 100 == 0 ? 4000 : 40);
    memset(record, (int)(i & 0x7f), size);
    memcpy(record, &i, sizeof i);
    assert_int_equal(sorter_add(sorter, (str){ key, (size_t)len }, (str){ record, size }, &err), OUT_OK);
  }
  assert_int_equal(sorter_sort(sorter, &err), OUT_OK);
  char last[32] = "";
  str key, got;
  size_t seen = 0, before = 0, last_len = 0;
  for (; sorter_next(sorter, &key, &got); seen++) {
    size_t at;
    assert_true(got.len >= 8);
    memcpy(&at, got.at, sizeof at);
    for (size_t i = 8; i < got.len; i++) assert_int_equal(got.at[i], (int)(at & 0x7f));
    int order = str_compare((str){ last, last_len }, key);
    assert_true(!seen || order <= 0);
    if (seen && order == 0) assert_true(before < at);
    before = at;
    assert_true(key.len < sizeof last);
    memcpy(last, key.at, key.len);
    last_len = key.len;
  }
  assert_int_equal(seen, count);
  assert_false(sorter_failed(sorter));
  assert_false(sorter_next(sorter, &key, &got));
  sorter_free(sorter);
}

static void test_in_memory(void **state) {
  (void)state;
  for (size_t count = 0; count < 5; count++) check(count, 1 << 20, 3);
  check(5000, 32 << 20, 1000000);
  check(5000, 32 << 20, 7);
  check(100, 32 << 20, 1);
}

static void test_on_disk(void **state) {
  (void)state;
  check(5000, 16 << 10, 1000000);
  check(20000, 64 << 10, 50);
  check(3000, 4 << 10, 1);
}

int main(void) {
  const struct CMUnitTest tests[] = { cmocka_unit_test(test_in_memory), cmocka_unit_test(test_on_disk) };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
