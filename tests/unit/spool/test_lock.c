/* unit/spool/test_lock: the night's own lock, locks of other hosts, and waiting for one's turn. */
#include "spool/spool.h"
#include "io/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[64];
static struct arena *arena;
static struct spool *first, *second; /* two of one process stand in each other's way as two processes do */
static const str feed = { "settlement", 10 };

static int enter(void **state) {
  (void)state;
  struct err err = { 0 };
  arena = arena_new();
  strcpy(folder, "/tmp/sluice-test-lock-XXXXXX");
  if (!mkdtemp(folder)) return -1;
  return spool_open(folder, arena, &first, &err) || spool_open(folder, arena, &second, &err) ? -1 : 0;
}

static int leave(void **state) {
  (void)state;
  struct err err = { 0 };
  spool_close(first);
  spool_close(second);
  int bad = file_remove_folder(folder, &err) ? -1 : 0;
  arena_free(arena);
  return bad;
}

static void test_night(void **state) {
  (void)state;
  struct err err = { 0 };
  str holder;
  assert_int_equal(spool_lock(first, SPOOL_NIGHT, &err), OUT_OK);
  assert_int_equal(spool_lock(second, SPOOL_NIGHT, &err), OUT_RETRY);
  assert_true(str_starts(str_of(err.text), STR("the night is being run by process ")));
  assert_int_equal(spool_unlock(second, SPOOL_NIGHT, &holder, &err), OUT_RETRY);
  assert_int_equal(spool_lock(second, STR("night"), &err), OUT_OK); /* a feed may be called so */
}

/* Locks as a process of another host has left them. */
static void test_another_host(void **state) {
  (void)state;
  static const struct {
    const char *name, *text, *unlock;
  } table[] = { { ".night", "the night", "--night" }, { "settlement", "feed settlement", "settlement" } };
  struct err err = { 0 };
  const char *locks = file_join(arena, folder, STR("var/lock"));
  str held = STR("77 elsewhere.example 2026-11-21T02:10:04Z\n");
  str whose = STR("process 77 on elsewhere.example since 2026-11-21T02:10:04Z");
  assert_int_equal(file_make_folders(locks, 0700, &err), OUT_OK);
  for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
    str name = str_of(table[i].name), holder;
    assert_int_equal(file_put(file_join(arena, locks, name), 0600, held, &err), OUT_OK);
    assert_int_equal(spool_lock_wait(first, name, 0, &err), OUT_RETRY);
    assert_string_equal(err.text, arena_printf(arena,
                                               "%s is being run by %.*s; if that host no longer runs it: "
                                               "sluice unlock %s",
                                               table[i].text, STR_ARG(whose), table[i].unlock)
                                      .at);
    assert_int_equal(spool_unlock(first, name, &holder, &err), OUT_OK);
    assert_true(str_eq(holder, whose));
    assert_int_equal(spool_unlock(first, name, &holder, &err), OUT_OK);
    assert_int_equal(holder.len, 0);
    assert_int_equal(spool_lock(first, name, &err), OUT_OK);
  }
  assert_int_equal(spool_lock(first, STR("a/b"), &err), OUT_BUG);
}

/* Whoever waits gets the lock when its holder goes. */
static void test_turn(void **state) {
  (void)state;
  struct err err = { 0 };
  int status;
  assert_int_equal(spool_lock(first, feed, &err), OUT_OK);
  assert_int_equal(spool_lock_wait(second, feed, 0, &err), OUT_RETRY);
  pid_t waiter = fork();
  if (!waiter) { /* the lock that it inherited is not its own: only the parent's going frees it */
    spool_close(first);
    struct spool *third;
    if (spool_open(folder, arena, &third, &err)) _exit(2);
    _exit(spool_lock_wait(third, feed, 600, &err) ? 1 : 0);
  }
  assert_int_equal(waitpid(waiter, &status, WNOHANG), 0);
  spool_close(first);
  assert_int_equal(waitpid(waiter, &status, 0), waiter);
  assert_int_equal(status, 0);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, enter, leave)

int main(void) {
  const struct CMUnitTest tests[] = {
    CASE(test_night),
    CASE(test_another_host),
    CASE(test_turn),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
