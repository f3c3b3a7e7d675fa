/* unit/courier/test_folder: each file once, however many lie there, and whatever lies between them. */
#include "played_amazon.h"

#include <sys/stat.h>
#include <time.h>

enum { MANY = 4000 };

static struct errand_wish share(struct played *played) {
  const char *folder = file_join(played->arena, played->site, STR("share"));
  return (struct errand_wish){ .feed = STR("rates"), .what = str_of(folder), .folder = STR("inbox/rates") };
}

static void put(struct played *played, const char *name) {
  played_put(played, arena_printf(played->arena, "share/%s", name).at, name);
  played_put(played, arena_printf(played->arena, "share/%s.done", name).at, "");
}

static str run(struct played *played, enum outcome wanted) {
  played_begin(played, PLAYED_NOW);
  struct errand *errand = played_add(played, &errand_folder, share(played));
  courier_run(&played->courier);
  str said = arena_str(played->arena, errand->said);
  if (errand->outcome != wanted) fail_msg("outcome %d: %.*s", errand->outcome, STR_ARG(said));
  played_end(played);
  return said;
}

/* A name that no inbox takes lies between them: the others come, and it is told. */
static void test_goes_on(void **state) {
  (void)state;
  struct played *played = played_new(PLAYED_NOW);
  put(played, "a.csv");
  put(played, "b\tc.csv");
  put(played, "d.csv");
  played_begin(played, PLAYED_NOW);
  struct errand *errand = played_add(played, &errand_folder, share(played));
  courier_run(&played->courier);
  assert_true(errand->outcome != OUT_OK);
  assert_true(played_says(errand->said, "2 new; 1 could not be had, the first: "));
  played_end(played);
  assert_true(played_has(played, "inbox/rates/a.csv") && played_has(played, "inbox/rates/d.csv"));
  put(played, "e.csv");
  played_begin(played, PLAYED_NOW);
  errand = played_add(played, &errand_folder, share(played));
  courier_run(&played->courier);
  assert_true(played_says(errand->said, "1 new; 1 could not be had"));
  played_end(played);
  played_free(played);
}

/* What came is noted though it is fewer than are noted together. */
static void test_once(void **state) {
  (void)state;
  struct played *played = played_new(PLAYED_NOW);
  put(played, "a.csv");
  assert_true(str_eq(run(played, OUT_OK), STR("1 new")));
  assert_true(str_eq(run(played, OUT_OK), STR("nothing new")));
  played_free(played);
}

/* A look-up goes over what is known once: of thousands of files it took minutes. */
static void test_many_known(void **state) {
  (void)state;
  struct played *played = played_new(PLAYED_NOW);
  struct memory *memory;
  struct err err = { 0 };
  bool damaged;
  str words;
  struct timespec began, ended;
  assert_int_equal(memory_open(played->site, STR("rates.share"), &memory, &damaged, &err), OUT_OK);
  for (int i = 0; i < MANY; i++) memory_add(memory, "got", arena_printf(played->arena, "%064d 1 2", i));
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &began);
  for (int i = 0; i < MANY; i++)
    assert_true(memory_find(memory, "got", arena_printf(played->arena, "%064d", i), &words));
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ended);
  assert_true(ended.tv_sec - began.tv_sec < 10);
  memory_close(memory);
  played_free(played);
}

int main(void) {
  const struct CMUnitTest tests[] = { cmocka_unit_test(test_goes_on), cmocka_unit_test(test_once),
                                      cmocka_unit_test(test_many_known) };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
