/* unit/net/test_limits: buckets and breakers outlive their process, are shared by those side by side, and
 * survive a torn file. */
#include "net/limits.h"
#include "io/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static char path[] = "/tmp/sluice-limits-XXXXXX";

static const struct limits_of reports = { "a.example.com", "getReports", 222, 10 };

static int take_all(int64_t now) {
  struct limits *limits = limits_open(path);
  struct err err = { 0 };
  int64_t wait = 0;
  int taken = 0;
  while (!limits_take(limits, now, &reports, &wait, &err) && !wait) taken++;
  limits_close(limits);
  return taken;
}

static void begin(void) {
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  fclose(file);
}

static void test_lasts(void **state) {
  (void)state;
  begin();
  assert_int_equal(take_all(1000), 10);
  assert_int_equal(take_all(1000), 0);
  assert_int_equal(take_all(1000 + 46000), 1);
}

/* Eight processes at once get ten tokens between them. */
static void test_shared(void **state) {
  (void)state;
  int sum = 0;
  begin();
  for (int i = 0; i < 8; i++)
    if (fork() == 0) _exit(take_all(5000));
  for (int i = 0; i < 8; i++) {
    int status = 0;
    assert_true(wait(&status) > 0);
    sum += WEXITSTATUS(status);
  }
  assert_int_equal(sum, 10);
}

static void test_torn(void **state) {
  (void)state;
  static const char *const texts[] = { "", "sluice-limits 1\nbucket getReports 222 1", "rubbish\n\n",
                                       "sluice-limits 1\nbucket getReports -1 x y z\n" };
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(texts[i], file);
    fclose(file);
    assert_int_equal(take_all(1000), 10);
  }
}

static void test_breaker(void **state) {
  (void)state;
  struct err err = { 0 };
  const struct limits_seen bad = { 0 }, good = { .good = true };
  int64_t wait = 0;
  begin();
  struct limits *limits = limits_open(path);
  const struct limits_of host = { .host = "b.example.com" };
  for (int i = 0; i < 8; i++) {
    assert_int_equal(limits_take(limits, 0, &host, &wait, &err), OUT_OK);
    assert_int_equal(wait, 0);
    limits_note(limits, 0, &host, bad, &err);
  }
  limits_close(limits);
  limits = limits_open(path); /* the next run */
  limits_take(limits, 10, &host, &wait, &err);
  assert_true(wait > 50000);
  limits_take(limits, 60001, &host, &wait, &err); /* half-open: one may try */
  assert_int_equal(wait, 0);
  limits_take(limits, 60001, &host, &wait, &err);
  assert_true(wait > 0);
  limits_note(limits, 60002, &host, good, &err);
  limits_take(limits, 60003, &host, &wait, &err);
  assert_int_equal(wait, 0);
  limits_close(limits);
}

int main(void) {
  int fd = mkstemp(path);
  if (fd < 0) return 1;
  close(fd);
  const struct CMUnitTest tests[] = { cmocka_unit_test(test_lasts), cmocka_unit_test(test_shared),
                                      cmocka_unit_test(test_torn), cmocka_unit_test(test_breaker) };
  int failed = cmocka_run_group_tests(tests, NULL, NULL);
  unlink(path);
  return failed;
}
