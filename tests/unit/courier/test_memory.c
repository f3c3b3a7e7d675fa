/* unit/courier/test_memory: lines come back as they were kept, one run has them at a time, and a damaged file
 * is put aside. */
#include "courier/memory.h"
#include "io/file.h"
#include "io/in.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

static char site[] = "/tmp/sluice-memory-XXXXXX";

static struct memory *open_it(bool *damaged) {
  struct memory *memory;
  struct err err = { 0 };
  assert_int_equal(memory_open(site, STR("orders.GET_X"), &memory, damaged, &err), OUT_OK);
  return memory;
}

static void test_lines(void **state) {
  (void)state;
  bool damaged;
  struct err err = { 0 };
  str words;
  struct memory *memory = open_it(&damaged);
  assert_int_equal(memory_get(memory, "covered").len, 0);
  memory_set(memory, "covered", STR("2026-11-21T02:00:00Z"));
  memory_add(memory, "got", STR("1 aa"));
  memory_add(memory, "got", STR("2 bb"));
  memory_add(memory, "got", STR("3 cc"));
  memory_set(memory, "covered", STR("2026-11-22T02:00:00Z"));
  memory_limit(memory, "got", 2);
  assert_int_equal(memory_keep(memory, &err), OUT_OK);
  memory_close(memory);
  memory = open_it(&damaged);
  assert_false(damaged);
  assert_true(str_eq(memory_get(memory, "covered"), STR("2026-11-22T02:00:00Z")));
  assert_false(memory_find(memory, "got", STR("1"), &words));
  assert_true(memory_find(memory, "got", STR("3"), &words));
  assert_true(str_eq(words, STR("3 cc")));
  memory_drop(memory, "got", STR("3"));
  assert_true(memory_at(memory, "got", 0, &words));
  assert_false(memory_at(memory, "got", 1, &words));
  memory_close(memory); /* not kept */
  memory = open_it(&damaged);
  assert_true(memory_find(memory, "got", STR("3"), &words));
  memory_close(memory);
}

static void test_one_at_a_time(void **state) {
  (void)state;
  bool damaged;
  struct memory *one = open_it(&damaged), *other;
  struct err err = { 0 };
  assert_int_equal(memory_open(site, STR("orders.GET_X"), &other, &damaged, &err), OUT_RETRY);
  assert_non_null(strstr(err.text, "another run"));
  memory_close(one);
}

static void test_damaged(void **state) {
  (void)state;
  /* of the last two the end is cut off */
  static const char *const texts[] = { "rubbish", "sluice-courier 3\nend\n", "",
                                       "sluice-courier 2\ncovered 2026-11-21T02:00:00Z\n",
                                       "sluice-courier 2\ncovered 2026-11-21T02:00:00Z\nen" };
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    bool damaged;
    struct err err = { 0 };
    struct arena *arena = arena_new();
    const char *path = file_join(arena, site, STR("var/courier/orders.GET_X.txt"));
    assert_int_equal(file_put(path, 0600, str_of(texts[i]), &err), OUT_OK);
    struct memory *memory = open_it(&damaged);
    assert_true(damaged);
    assert_int_equal(memory_get(memory, "covered").len, 0);
    memory_close(memory);
    assert_true(file_exists(arena_printf(arena, "%s.damaged", path).at));
    arena_free(arena);
  }
}

/* A file that lost its end, at whatever byte. */
static void test_cut(void **state) {
  (void)state;
  bool damaged;
  struct err err = { 0 };
  struct arena *arena = arena_new();
  const char *path = file_join(arena, site, STR("var/courier/orders.GET_X.txt"));
  str text;
  struct memory *memory = open_it(&damaged);
  memory_set(memory, "covered", STR("2026-11-21T02:00:00Z"));
  memory_add(memory, "file", STR("a/b sent 50001 2026-11-21T02:00:00Z"));
  assert_int_equal(memory_keep(memory, &err), OUT_OK);
  memory_close(memory);
  assert_int_equal(in_read_whole(path, 4096, arena, &text, &err), OUT_OK);
  for (size_t len = 0; len + 1 < text.len; len++) { /* its last line's end alone is no loss */
    assert_int_equal(file_put(path, 0600, str_sub(text, 0, len), &err), OUT_OK);
    memory = open_it(&damaged);
    assert_true(damaged);
    memory_close(memory);
  }
  arena_free(arena);
}

/* As they were written before there was a last line. */
static void test_older(void **state) {
  (void)state;
  bool damaged;
  struct err err = { 0 };
  struct arena *arena = arena_new();
  const char *path = file_join(arena, site, STR("var/courier/orders.GET_X.txt"));
  str text = STR("sluice-courier 1\ncovered 2026-11-21T02:00:00Z\n");
  assert_int_equal(file_put(path, 0600, text, &err), OUT_OK);
  struct memory *memory = open_it(&damaged);
  assert_false(damaged);
  assert_true(str_eq(memory_get(memory, "covered"), STR("2026-11-21T02:00:00Z")));
  memory_close(memory);
  arena_free(arena);
}

int main(void) {
  struct err err = { 0 };
  if (!mkdtemp(site)) return 1;
  const struct CMUnitTest tests[] = { cmocka_unit_test(test_lines), cmocka_unit_test(test_one_at_a_time),
                                      cmocka_unit_test(test_damaged), cmocka_unit_test(test_cut),
                                      cmocka_unit_test(test_older) };
  int failed = cmocka_run_group_tests(tests, NULL, NULL);
  file_remove_folder(site, &err);
  return failed;
}
