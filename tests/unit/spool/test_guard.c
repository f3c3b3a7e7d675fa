/* unit/spool/test_guard: a copy and a rolled-back ledger are known; a file that makes no sense is no guess. */
#include "spool/guard.h"
#include "io/file.h"
#include "io/in.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];
static struct arena *arena;

static int enter(void **state) {
  (void)state;
  arena = arena_new();
  strcpy(folder, "/tmp/sluice-test-guard-XXXXXX");
  return mkdtemp(folder) && chdir(folder) == 0 && system("mkdir -p site/var/ledger share") == 0 ? 0 : -1;
}

static int leave(void **state) {
  (void)state;
  char command[128];
  arena_free(arena);
  snprintf(command, sizeof command, "rm -rf %s", folder);
  return chdir("/") == 0 && system(command) == 0 ? 0 : -1;
}

static struct guard opened(const char *site, const char *control) {
  struct guard guard;
  struct err err = { 0 };
  if (guard_open(site, str_of(control), arena, &guard, &err)) fail_msg("%s", err.text);
  return guard;
}

static void check(const char *site, const char *control, uint64_t run, enum outcome wanted, const char *says) {
  struct guard guard = opened(site, control);
  struct err err = { 0 };
  enum outcome out = guard_check(&guard, run, &err);
  if (out != wanted || !strstr(err.text, says)) fail_msg("%s: %d: %s", site, (int)out, err.text);
}

static void note(const char *site, uint64_t run) {
  struct guard guard = opened(site, "../share");
  struct err err = { 0 };
  assert_int_equal(guard_note(&guard, run, &err), OUT_OK);
}

static void test_first_run(void **state) {
  (void)state;
  struct stat about;
  struct guard guard = opened("site", "");
  assert_true(guard.new);
  assert_int_equal(guard.id.len, 16);
  assert_false(file_exists("site/var/ledger/site.txt")); /* looking alone leaves nothing */
  check("site", "", 0, OUT_OK, "");
  assert_int_equal(stat("site/var/ledger/site.txt", &about), 0);
  assert_int_equal(about.st_mode & 0777, 0600);
  struct guard first = opened("site", ""), again = opened("./site/../site", "");
  assert_false(first.new);
  assert_true(str_eq(first.id, again.id));
  assert_false(guard_is_copy(&again));
  check("site", "", 0, OUT_OK, ""); /* without a control nothing is known of runs */
}

static void test_rolled_back(void **state) {
  (void)state;
  check("site", "../share", 0, OUT_OK, "");
  note("site", 7);
  note("site", 5); /* never takes one back */
  struct guard guard = opened("site", "../share");
  assert_int_equal(guard.run, 7);
  check("site", "../share", 6, OUT_SPEC, "sluice rejoin");
  check("site", "../share", 7, OUT_OK, "");
  check("site", "../share", 8, OUT_OK, ""); /* died before it was noted */
  check("site", arena_printf(arena, "%s/share", folder).at, 6, OUT_SPEC, "knows of run 7");
}

static void test_copy(void **state) {
  (void)state;
  struct err err = { 0 };
  check("site", "../share", 3, OUT_OK, "");
  note("site", 3);
  assert_int_equal(system("cp -R site copy"), 0);
  check("copy", "../share", 3, OUT_SPEC, "--take-over");
  check("site", "../share", 3, OUT_OK, "");
  struct guard guard = opened("copy", "../share");
  assert_int_equal(guard_take_over(&guard, 2, &err), OUT_OK);
  check("copy", "../share", 3, OUT_OK, "");
  check("copy", "../share", 2, OUT_SPEC, "sluice rejoin"); /* an older copy still has to rejoin */
  check("site", "../share", 3, OUT_SPEC, "/copy on "); /* the control says who is the real one */
}

static void test_nonsense(void **state) {
  (void)state;
  static const char *const texts[] = {
    "",
    "\n",
    "site\n",
    "site 0123456789abcdef host h run 1 path /x",
    "site 0123456789abcdef host h run -1 path /x\n",
    "site 0123456789abcdef host h run 99999999999999999999 path /x\n",
    "site 0123 host h run 1 path /x\n",
    "site 0123456789abcdef host h run 1 path\n",
    "site 0123456789abcdef host h run 1 path \n",
    "site 0123456789abcdef host  run 1 path /x\n",
    "site 0123456789abcdef host h run 1 path /x\nmore\n",
  };
  check("site", "../share", 1, OUT_OK, "");
  note("site", 1);
  struct guard guard = opened("site", "../share");
  const char *files[] = { "site/var/ledger/site.txt", guard.control };
  for (size_t f = 0; f < 2; f++) {
    struct err err = { 0 };
    str good;
    assert_int_equal(in_read_whole(files[f], 1000, arena, &good, &err), OUT_OK);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
      struct guard any;
      err = (struct err){ 0 };
      assert_int_equal(file_put(files[f], 0600, str_of(texts[i]), &err), OUT_OK);
      if (guard_open("site", STR("../share"), arena, &any, &err) != OUT_SPEC) fail_msg("file %zu, text %zu", f, i);
      assert_non_null(strstr(err.text, "put it back"));
    }
    assert_int_equal(file_put(files[f], 0600, good, &err), OUT_OK);
  }
  check("site", "../share", 1, OUT_OK, "");
}

static void test_control_away(void **state) {
  (void)state;
  struct guard guard;
  struct err err = { 0 };
  assert_int_equal(guard_open("site", STR("../elsewhere"), arena, &guard, &err), OUT_SYSTEM);
  assert_non_null(strstr(err.text, "elsewhere"));
  err = (struct err){ 0 };
  assert_int_equal(guard_open("nowhere", STR_NONE, arena, &guard, &err), OUT_SYSTEM);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(test_first_run, enter, leave),
    cmocka_unit_test_setup_teardown(test_rolled_back, enter, leave),
    cmocka_unit_test_setup_teardown(test_copy, enter, leave),
    cmocka_unit_test_setup_teardown(test_nonsense, enter, leave),
    cmocka_unit_test_setup_teardown(test_control_away, enter, leave),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
