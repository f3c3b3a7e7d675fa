/* unit/net/test_attempt: what is tried again, how often, when, and what is not. */
#include "net/attempt.h"
#include "played_wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct outcome_of {
  enum outcome outcome;
  int status, tries, refusals;
  int64_t took;
  struct played_wire wire;
};

static void ended(struct attempt *attempt) {
  struct outcome_of *of = attempt->user;
  of->outcome = attempt->outcome;
  of->status = attempt->exchange.status;
  of->tries = attempt->tries;
  of->refusals = attempt->refusals;
}

static struct outcome_of play(const struct played_answer *answers, size_t count, bool repeatable,
                              int64_t patience) {
  struct outcome_of of = { .outcome = OUT_BUG, .wire = played_wire(answers, count) };
  struct limits *limits = limits_open(NULL);
  struct loop *loop = loop_new(&of.wire.wire);
  struct attempts all = { .loop = loop, .limits = limits };
  struct attempt attempt = {
    .exchange = { .method = "GET", .url = "https://a.example.com", .bytes_most = 4096 },
    .name = "test",
    .host = "a.example.com",
    .bucket = "test",
    .rate = 20000,
    .burst = 5,
    .repeatable = repeatable,
    .deadline = of.wire.now + patience,
    .ended = ended,
    .user = &of
  };
  attempt_start(&all, &attempt);
  loop_run(loop);
  of.took = of.wire.now - 1000000;
  exchange_free(&attempt.exchange);
  loop_free(loop);
  limits_close(limits);
  return of;
}

#define PLAY(repeatable, patience, ...)                                                                      \
  play((const struct played_answer[]){ __VA_ARGS__ },                                                        \
       sizeof((const struct played_answer[]){ __VA_ARGS__ }) / sizeof(struct played_answer), repeatable,     \
       patience)

static void test_good_at_once(void **state) {
  (void)state;
  struct outcome_of of = PLAY(false, 60000, { .status = 200 });
  assert_int_equal(of.outcome, OUT_OK);
  assert_int_equal(of.tries, 1);
}

static void test_what_is_repeatable(void **state) {
  (void)state;
  struct outcome_of of = PLAY(true, 60000, { .status = 500 }, { .outcome = OUT_UNCERTAIN }, { .status = 503 },
                              { .status = 200 });
  assert_int_equal(of.outcome, OUT_OK);
  assert_int_equal(of.status, 200);
  assert_int_equal(of.tries, 4);
}

static void test_what_is_not(void **state) {
  (void)state;
  struct outcome_of of = PLAY(false, 60000, { .outcome = OUT_UNCERTAIN }, { .status = 200 });
  assert_int_equal(of.outcome, OUT_UNCERTAIN);
  assert_int_equal(of.tries, 1);
  of = PLAY(false, 60000, { .status = 500 }, { .status = 200 });
  assert_int_equal(of.outcome, OUT_UNCERTAIN);
  assert_int_equal(of.tries, 1);
  of = PLAY(false, 60000, { .outcome = OUT_RETRY }, { .status = 429 },
            { .status = 201 }); /* nothing was heard; refused at the door */
  assert_int_equal(of.outcome, OUT_OK);
  assert_int_equal(of.tries, 3);
  assert_int_equal(of.refusals, 1);
}

static void test_gives_up(void **state) {
  (void)state;
  struct outcome_of of = PLAY(true, 600000, { .status = 500 });
  assert_int_equal(of.outcome, OUT_RETRY);
  assert_int_equal(of.tries, 6);
  of = PLAY(true, 1500, { .outcome = OUT_RETRY });
  assert_int_equal(of.outcome, OUT_RETRY);
  assert_true(of.took <= 1500);
}

static void test_final_answers(void **state) {
  (void)state;
  static const int statuses[] = { 200, 202, 204, 400, 401, 403, 404, 413, 415 };
  for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
    struct outcome_of of = PLAY(true, 60000, { .status = statuses[i] });
    assert_int_equal(of.outcome, OUT_OK);
    assert_int_equal(of.status, statuses[i]);
    assert_int_equal(of.tries, 1);
  }
  struct outcome_of of = PLAY(true, 60000, { .outcome = OUT_REFUSED });
  assert_int_equal(of.outcome, OUT_REFUSED);
  assert_int_equal(of.tries, 1);
}

/* A 429 empties our bucket: the next try comes when the other side has a token again, and its rate is
 * adopted. */
static void test_too_often(void **state) {
  (void)state;
  struct outcome_of of = PLAY(true, 600000, { .status = 429, .rate = "0.1" }, { .status = 200 });
  assert_int_equal(of.outcome, OUT_OK);
  assert_true(of.wire.times[1] - of.wire.times[0] >= 10000);
}

/* All in one bucket: five at once, then two a second. */
static int done;
static void one_done(struct attempt *attempt) {
  assert_int_equal(attempt->outcome, OUT_OK);
  done++;
}

static void test_many_wait_their_turn(void **state) {
  (void)state;
  const struct played_answer good = { .status = 200 };
  struct played_wire wire = played_wire(&good, 1);
  struct limits *limits = limits_open(NULL);
  struct loop *loop = loop_new(&wire.wire);
  struct attempts all = { .loop = loop, .limits = limits };
  static struct attempt many[40];
  for (size_t i = 0; i < 40; i++) {
    many[i] = (struct attempt){ .exchange = { .method = "GET", .url = "u", .bytes_most = 10 },
                                .bucket = "test",
                                .rate = 20000,
                                .burst = 5,
                                .repeatable = true,
                                .deadline = wire.now + 600000,
                                .ended = one_done };
    attempt_start(&all, &many[i]);
  }
  loop_run(loop);
  assert_int_equal(done, 40);
  assert_true(wire.now - 1000000 >= 35 * 500 && wire.now - 1000000 < 40 * 520);
  loop_free(loop);
  limits_close(limits);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_good_at_once),         cmocka_unit_test(test_what_is_repeatable),
    cmocka_unit_test(test_what_is_not),          cmocka_unit_test(test_gives_up),
    cmocka_unit_test(test_final_answers),        cmocka_unit_test(test_too_often),
    cmocka_unit_test(test_many_wait_their_turn),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
