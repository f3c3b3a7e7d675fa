/* unit/base/test_map: keys are copied and found again, in the order in which they came. */
#include "base/map.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

static int values[1000];

static void test_empty(void **state) {
  (void)state;
  struct arena *arena = arena_new();
  struct map *map = map_new(arena);
  assert_int_equal(map_count(map), 0);
  assert_null(map_get(map, STR("amount")));
  assert_false(map_has(map, STR("")));
  arena_free(arena);
}

static void test_put(void **state) {
  (void)state;
  struct arena *arena = arena_new();
  struct map *map = map_new(arena);
  char key[] = "amount";
  assert_null(*map_put(map, str_of(key)));
  *map_put(map, str_of(key)) = &values[1];
  memset(key, 'x', sizeof key - 1); /* the map holds a copy */
  assert_ptr_equal(map_get(map, STR("amount")), &values[1]);
  assert_false(map_has(map, STR("xxxxxx")));
  assert_false(map_has(map, STR("amoun")));
  assert_false(map_has(map, STR("Amount")));
  *map_put(map, STR("amount")) = &values[2]; /* the same key again: the same place */
  assert_int_equal(map_count(map), 1);
  assert_ptr_equal(map_get(map, STR("amount")), &values[2]);
  arena_free(arena);
}

/* A key may be there without a value; the empty key and a NUL inside are keys as any other. */
static void test_odd_keys(void **state) {
  (void)state;
  struct arena *arena = arena_new();
  struct map *map = map_new(arena);
  map_put(map, STR(""));
  assert_true(map_has(map, (str){ NULL, 0 }));
  assert_null(map_get(map, STR("")));
  *map_put(map, STR("a\0b")) = &values[1];
  assert_true(map_has(map, STR("a\0b")));
  assert_false(map_has(map, STR("a\0c")));
  assert_false(map_has(map, STR("a")));
  arena_free(arena);
}

static void test_grows_in_order(void **state) {
  (void)state;
  struct arena *arena = arena_new();
  struct map *map = map_new(arena);
  char key[32];
  for (int i = 0; i < 1000; i++) {
    snprintf(key, sizeof key, "key-%d", i * 7919 % 1000);
    *map_put(map, str_of(key)) = &values[i];
  }
  assert_int_equal(map_count(map), 1000);
  for (size_t i = 0; i < 1000; i++) {
    snprintf(key, sizeof key, "key-%d", (int)i * 7919 % 1000);
    assert_true(str_eq(map_at(map, i)->key, str_of(key)));
    assert_ptr_equal(map_at(map, i)->value, &values[i]);
    assert_ptr_equal(map_get(map, str_of(key)), &values[i]);
  }
  assert_false(map_has(map, STR("key-1000")));
  arena_free(arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_empty),
    cmocka_unit_test(test_put),
    cmocka_unit_test(test_odd_keys),
    cmocka_unit_test(test_grows_in_order),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
