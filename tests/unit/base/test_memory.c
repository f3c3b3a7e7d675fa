/* unit/base/test_memory: arenas hand out zeroed, aligned, lasting memory and start again when reset. */
#include "base/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static void test_plain(void **state) {
  (void)state;
  char *block = mem_alloc(100);
  for (size_t i = 0; i < 100; i++) assert_int_equal(block[i], 0);
  memset(block, 'x', 100);
  block = mem_grow(block, 10000);
  for (size_t i = 0; i < 100; i++) assert_int_equal(block[i], 'x');
  mem_free(block);
  block = mem_grow(NULL, 0);
  assert_non_null(block);
  mem_free(block);
  mem_free(NULL);
}

/* Small ones, ones larger than an arena's own block, and none, all kept apart. */
static void test_alloc(void **state) {
  (void)state;
  static const size_t sizes[] = { 1, 15, 16, 17, 0, 100, 4096, 5000, 1, 16384, 100000, 3, 20000, 8 };
  enum { ROUNDS = 20, EACH = sizeof sizes / sizeof *sizes };
  unsigned char *blocks[ROUNDS * EACH];
  struct arena *arena = arena_new();
  for (size_t i = 0; i < ROUNDS * EACH; i++) {
    size_t size = sizes[i % EACH];
    blocks[i] = arena_alloc(arena, size);
    assert_int_equal((uintptr_t)blocks[i] % _Alignof(max_align_t), 0);
    for (size_t j = 0; j < size; j++) assert_int_equal(blocks[i][j], 0);
    memset(blocks[i], (int)(i % 251) + 1, size);
  }
  for (size_t i = 0; i < ROUNDS * EACH; i++)
    for (size_t j = 0; j < sizes[i % EACH]; j++) assert_int_equal(blocks[i][j], i % 251 + 1);
  arena_free(arena);
  arena_free(NULL);
}

static void test_reset(void **state) {
  (void)state;
  struct arena *arena = arena_new();
  assert_int_equal(arena_size(arena), 0);
  for (int round = 0; round < 3; round++) {
    for (int i = 0; i < 1000; i++) {
      unsigned char *block = arena_alloc(arena, 64);
      for (size_t j = 0; j < 64; j++) assert_int_equal(block[j], 0); /* zeroed again after a reset */
      memset(block, 0xee, 64);
    }
    assert_true(arena_size(arena) >= 64000);
    arena_reset(arena);
    assert_int_equal(arena_size(arena), 0);
  }
  arena_alloc(arena, 100000);
  arena_reset(arena);
  arena_reset(arena);
  assert_non_null(arena_alloc(arena, 1));
  arena_free(arena);
}

static void test_copies(void **state) {
  (void)state;
  struct arena *arena = arena_new();
  char text[] = "settlement-id";
  str copy = arena_str(arena, (str){ text, 10 });
  const char *c_copy = arena_text(arena, (str){ text, 10 });
  memset(text, 'x', sizeof text);
  assert_int_equal(copy.len, 10);
  assert_string_equal(copy.at, "settlement"); /* NUL-terminated though a slice */
  assert_string_equal(c_copy, "settlement");
  assert_string_equal(arena_text(arena, (str){ NULL, 0 }), "");
  str with_nul = arena_str(arena, STR("a\0b"));
  assert_int_equal(with_nul.len, 3);
  assert_memory_equal(with_nul.at, "a\0b", 4);
  arena_free(arena);
}

static void test_printf(void **state) {
  (void)state;
  struct arena *arena = arena_new();
  str name = arena_printf(arena, "journal-%.*s-%d.txt", STR_ARG(STR("42")), 7);
  assert_string_equal(name.at, "journal-42-7.txt");
  assert_int_equal(name.len, strlen("journal-42-7.txt"));
  str wide = arena_printf(arena, "%50000d", 1); /* larger than a block */
  assert_int_equal(wide.len, 50000);
  assert_int_equal(wide.at[49999], '1');
  assert_int_equal(arena_printf(arena, "%s", "").len, 0);
  arena_free(arena);
}

static void test_push(void **state) {
  (void)state;
  struct arena *arena = arena_new();
  struct pair {
    int a;
    char b;
  } *pairs = NULL;
  size_t count = 0;
  for (int i = 0; i < 1000; i++) *ARENA_PUSH(arena, pairs, count) = (struct pair){ i, (char)(i % 100) };
  assert_int_equal(count, 1000);
  for (int i = 0; i < 1000; i++) {
    assert_int_equal(pairs[i].a, i);
    assert_int_equal(pairs[i].b, i % 100);
  }
  arena_free(arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_plain),  cmocka_unit_test(test_alloc),  cmocka_unit_test(test_reset),
    cmocka_unit_test(test_copies), cmocka_unit_test(test_printf), cmocka_unit_test(test_push),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
