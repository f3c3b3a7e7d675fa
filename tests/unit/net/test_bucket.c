/* unit/net/test_bucket: tokens come at their rate, are never more than the burst, and rates are read as
 * Amazon writes them. */
#include "net/bucket.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_burst_then_rate(void **state) {
  (void)state;
  struct bucket bucket = bucket_full(167, 15, 1000);
  for (int i = 0; i < 15; i++) assert_int_equal(bucket_take(&bucket, 1000), 0);
  int64_t wait = bucket_take(&bucket, 1000);
  assert_true(wait > 59000 && wait < 61500); /* one in a minute, and a hundredth held back */
  assert_true(bucket_take(&bucket, 1000 + wait - 2) > 0);
  assert_int_equal(bucket_take(&bucket, 1000 + wait), 0);
  assert_true(bucket_take(&bucket, 1000 + wait) > 0);
}

static void test_fills_no_further(void **state) {
  (void)state;
  struct bucket bucket = bucket_full(20000, 3, 0);
  while (!bucket_take(&bucket, 0)) continue;
  assert_int_equal(bucket_left(&bucket, INT64_C(400000000000000)), 3);
  assert_int_equal(bucket_left(&bucket, 1), 0);
  assert_int_equal(bucket_left(&bucket, 600), 1);
}

/* What is asked for at each moment that is allowed never exceeds what the other side, exactly at its rate,
 * has. */
static void test_never_more_than_theirs(void **state) {
  (void)state;
  struct bucket ours = bucket_full(56, 20, 0);
  int64_t now = 0, taken = 0;
  for (int i = 0; i < 2000; i++) {
    int64_t wait = bucket_take(&ours, now);
    if (wait) now += wait;
    else taken++;
    assert_true(taken * 10000000 <= 20 * 10000000LL + now * 56);
  }
  assert_true(taken > 900);
}

static void test_clock_set_back(void **state) {
  (void)state;
  struct bucket bucket = bucket_full(10000, 1, 5000);
  assert_int_equal(bucket_take(&bucket, 5000), 0);
  assert_true(bucket_take(&bucket, 1000) > 4000);
  assert_int_equal(bucket_take(&bucket, 6100), 0);
}

static void test_adopts(void **state) {
  (void)state;
  struct bucket bucket = bucket_full(56, 20, 0);
  while (!bucket_take(&bucket, 0)) continue;
  int64_t slow = bucket_take(&bucket, 0);
  bucket_adopt(&bucket, 0, 5600);
  assert_true(bucket_take(&bucket, 0) < slow / 50);
  bucket_adopt(&bucket, 0, 0); /* a header that says nothing changes nothing */
  assert_int_equal(bucket.rate, 5600);
  bucket = bucket_full(56, 20, 0);
  bucket_empty(&bucket, 0);
  assert_int_equal(bucket_left(&bucket, 0), 0);
}

static void test_rates(void **state) {
  (void)state;
  static const struct {
    const char *text;
    int64_t rate;
  } rows[] = { { "0.0167", 167 }, { "2.0", 20000 }, { "5", 50000 },       { "0.01675", 167 },
               { "0.0", -1 },     { "", -1 },       { "-1", -1 },         { "x", -1 },
               { "1e3", -1 },     { "1.2.3", -1 },  { "99999999999", -1 } };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    int64_t rate = -1;
    bool good = bucket_rate(rows[i].text, &rate);
    assert_int_equal(good, rows[i].rate > 0);
    if (good) assert_int_equal(rate, rows[i].rate);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_burst_then_rate),
    cmocka_unit_test(test_fills_no_further),
    cmocka_unit_test(test_never_more_than_theirs),
    cmocka_unit_test(test_clock_set_back),
    cmocka_unit_test(test_adopts),
    cmocka_unit_test(test_rates),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
