/* unit/courier/test_submit: each file is at Amazon once, whatever answer did not come, and is told as what it
 * is. */
#include "courier/submit.h"
#include "played_amazon.h"

#define TYPE "POST_FLAT_FILE_FULFILLMENT_DATA"
#define A    "2026-11-16-aaaa." TYPE ".txt"
#define B    "2026-11-16-bbbb." TYPE ".txt"

enum { MINUTE = 60, HOUR = 3600 };

static const struct errand_wish confirmations = { .feed = { "confirmations", 13 },
                                                  .what = { TYPE, sizeof TYPE - 1 },
                                                  .folder = { "outbox/amazon/confirmations", 27 } };

static void put(struct played *played, const char *name, const char *text) {
  played_put(played, arena_printf(played->arena, "outbox/amazon/confirmations/%s", name).at, text);
}

static bool is_sent(struct played *played, const char *name) {
  return played_has(played, arena_printf(played->arena, "outbox/amazon/confirmations/sent/%s", name).at);
}

/* One run; what it said lives until the next one. */
static str run(struct played *played, struct errand_wish wish, int64_t now, enum outcome wanted) {
  played_begin(played, now);
  struct errand *errand = played_add(played, &errand_submit, wish);
  played_run(played);
  str said = arena_str(played->arena, errand->said);
  if (errand->outcome != wanted) fail_msg("outcome %d, not %d: %.*s", errand->outcome, wanted, STR_ARG(said));
  played_end(played);
  return said;
}

static void at_amazon(const struct played *played, size_t n, const char *text) {
  assert_true(n < played->feed_count);
  assert_true(str_eq(played->feeds[n].body, str_of(text)));
}

static void test_two_files(void **state) {
  (void)state;
  struct played *played = played_new(PLAYED_NOW);
  put(played, A, "A");
  put(played, B, "B");
  run(played, confirmations, PLAYED_NOW, OUT_OK);
  assert_int_equal(played->feed_count, 2);
  at_amazon(played, 0, "A");
  at_amazon(played, 1, "B");
  assert_true(is_sent(played, A) && is_sent(played, B));
  assert_true(played_has(played, "outbox/amazon/confirmations/sent/" A ".result"));
  played_free(played);
}

/* The answer about A was lost, and the list cannot be had: B stays, so that A's feed is not taken for B's. */
static void test_uncertain_holds_back(void **state) {
  (void)state;
  struct played *played = played_new(PLAYED_NOW);
  put(played, A, "A");
  put(played, B, "B");
  played_fault(played, "createFeed", FAULT_LOST, 1);
  played_fault(played, "createFeed", FAULT_503, 1);
  played_fault(played, "getFeeds", FAULT_500, 6);
  str said = run(played, confirmations, PLAYED_NOW, OUT_RETRY);
  assert_true(played_says(said, "until it is known whether Amazon has"));
  assert_int_equal(played->feed_count, 1);
  assert_false(is_sent(played, A) || is_sent(played, B));
  run(played, confirmations, PLAYED_NOW + 5 * MINUTE, OUT_RETRY); /* A; then B, whose 503 is met now */
  assert_true(is_sent(played, A));
  run(played, confirmations, PLAYED_NOW + 2 * HOUR, OUT_OK);
  assert_int_equal(played->feed_count, 2);
  at_amazon(played, 0, "A");
  at_amazon(played, 1, "B");
  assert_true(is_sent(played, B));
  played_free(played);
}

/* A file that was sent again, or is asked about, may have a feed that shows late. */
static void test_doubt_holds_back(void **state) {
  (void)state;
  struct played *played = played_new(PLAYED_NOW);
  put(played, A, "A");
  played_fault(played, "createFeed", FAULT_LOST, 1);
  played_fault(played, "getFeeds", FAULT_500, 6);
  run(played, confirmations, PLAYED_NOW, OUT_RETRY);
  played->feeds[0].hidden = true;
  run(played, confirmations, PLAYED_NOW + 40 * MINUTE, OUT_OK);
  assert_int_equal(played->feed_count, 2); /* A again */
  played->feeds[0].hidden = false;
  put(played, B, "B");
  played_fault(played, "createFeed", FAULT_503, 1);
  str said = run(played, confirmations, PLAYED_NOW + 45 * MINUTE, OUT_RETRY);
  assert_true(played_says(said, "it waits two hours after confirmations/"));
  assert_false(is_sent(played, B));
  run(played, confirmations, PLAYED_NOW + 3 * HOUR, OUT_RETRY); /* 503: it is not known */
  assert_false(is_sent(played, B));
  run(played, confirmations, PLAYED_NOW + 4 * HOUR, OUT_OK);
  at_amazon(played, 2, "B");
  played_free(played);
}

/* Two feeds of one type: A was not taken, B was, and B's feed must not be taken for A's. */
static void test_two_feeds_of_a_type(void **state) {
  (void)state;
  struct played *played = played_new(PLAYED_NOW);
  struct errand_wish others = confirmations;
  others.feed = STR("others");
  others.folder = STR("outbox/amazon/others");
  put(played, A, "A");
  played_put(played, "outbox/amazon/others/" A, "B");
  played_fault(played, "createFeed", FAULT_503, 1);
  for (int i = 0; i < 3; i++) {
    played_begin(played, PLAYED_NOW + i * 3 * HOUR);
    played_add(played, &errand_submit, confirmations);
    struct errand *second = played_add(played, &errand_submit, others);
    played_run(played);
    if (!i) assert_true(played_says(second->said, "whether Amazon has confirmations/"));
    if (!i) assert_int_equal(played->feed_count, 0);
    played_end(played);
  }
  assert_int_equal(played->feed_count, 2);
  at_amazon(played, 0, "A");
  at_amazon(played, 1, "B");
  assert_true(is_sent(played, A));
  assert_true(played_has(played, "outbox/amazon/others/sent/" A));
  played_free(played);
}

/* Another process has the type: its other feed waits, too. */
static void test_one_process_at_a_time(void **state) {
  (void)state;
  struct played *played = played_new(PLAYED_NOW);
  struct errand_wish others = confirmations;
  struct err err = { 0 };
  others.feed = STR("others");
  played_begin(played, PLAYED_NOW);
  played_add(played, &errand_submit, confirmations);
  struct courier other = played->courier;
  other.errands = NULL;
  other.count = 0;
  assert_null(courier_add(&other, &errand_submit, &others, &err));
  assert_int_equal(err.outcome, OUT_RETRY);
  played_end(played);
  played_free(played);
}

/* --- what memory has lost stands in the ledger --- */

static const char memory_file[] = "var/courier/submit." TYPE ".txt";

static void lose_memory(struct played *played) {
  struct err err = { 0 };
  assert_true(played_has(played, memory_file));
  assert_int_equal(file_remove(file_join(played->arena, played->site, str_of(memory_file)), &err), OUT_OK);
}

static void test_sent_and_forgotten(void **state) {
  (void)state;
  struct played *played = played_new(PLAYED_NOW);
  put(played, A, "A");
  played_fault(played, "getFeed", FAULT_500, 6);
  run(played, confirmations, PLAYED_NOW, OUT_RETRY);
  lose_memory(played);
  run(played, confirmations, PLAYED_NOW + HOUR, OUT_OK);
  assert_int_equal(played->feed_count, 1);
  assert_true(is_sent(played, A));
  played_free(played);
}

/* A memory that was cut is found damaged: nothing is sent, a person is told, and the next run goes on. */
static void test_damaged(void **state) {
  (void)state;
  struct played *played = played_new(PLAYED_NOW);
  put(played, A, "A");
  played_fault(played, "getFeed", FAULT_500, 6);
  run(played, confirmations, PLAYED_NOW, OUT_RETRY);
  put(played, B, "B");
  played_put(played, memory_file, "sluice-courier 2\nclaimed 50001\n");
  str said = run(played, confirmations, PLAYED_NOW + HOUR, OUT_END);
  assert_true(played_says(said, "damaged (var/courier/submit." TYPE ".txt.damaged)"));
  assert_int_equal(played->feed_count, 1);
  run(played, confirmations, PLAYED_NOW + 2 * HOUR, OUT_OK);
  assert_int_equal(played->feed_count, 2);
  at_amazon(played, 1, "B");
  played_free(played);
}

/* What moves money is asked about, though nothing is remembered; and a person's word holds. */
static void test_money_forgotten(void **state) {
  (void)state;
  struct played *played = played_new(PLAYED_NOW);
  struct errand_wish money = confirmations;
  struct err err = { 0 };
  bool found;
  money.payment = true;
  put(played, A, "A");
  played_fault(played, "createFeed", FAULT_LOST, 1);
  played_fault(played, "getFeeds", FAULT_500, 6);
  run(played, money, PLAYED_NOW, OUT_RETRY);
  played->feeds[0].hidden = true;
  lose_memory(played);
  run(played, money, PLAYED_NOW + HOUR, OUT_END);
  lose_memory(played);
  str said = run(played, money, PLAYED_NOW + 2 * HOUR, OUT_END);
  assert_true(played_says(said, "a person is asked"));
  assert_int_equal(played->feed_count, 1);
  lose_memory(played);
  played_begin(played, PLAYED_NOW + 3 * HOUR);
  struct errand *errand = played_add(played, &errand_submit, money);
  assert_int_equal(submit_decide(errand, STR(A), STR("50001"), &found, &err), OUT_OK);
  assert_true(found);
  played_end(played);
  lose_memory(played);
  run(played, money, PLAYED_NOW + 4 * HOUR, OUT_OK);
  assert_int_equal(played->feed_count, 1);
  assert_true(is_sent(played, A));
  played_free(played);
}

/* Refused at the door: it was not sent, whatever is forgotten. */
static void test_not_sent(void **state) {
  (void)state;
  struct played *played = played_new(PLAYED_NOW);
  put(played, A, "A");
  played_fault(played, "createFeed", FAULT_REFUSED, 1);
  run(played, confirmations, PLAYED_NOW, OUT_RETRY);
  lose_memory(played);
  run(played, confirmations, PLAYED_NOW + MINUTE, OUT_OK);
  assert_int_equal(played->feed_count, 1);
  played_free(played);
}

/* A's feed is A's, though only the ledger knows. */
static void test_claims_forgotten(void **state) {
  (void)state;
  struct played *played = played_new(PLAYED_NOW);
  put(played, A, "A");
  run(played, confirmations, PLAYED_NOW, OUT_OK);
  lose_memory(played);
  put(played, B, "B");
  played_fault(played, "createFeed", FAULT_503, 1);
  run(played, confirmations, PLAYED_NOW, OUT_RETRY);
  assert_false(is_sent(played, B));
  played_free(played);
}

/* Released once more, under its name: it goes again. */
static void test_once_more(void **state) {
  (void)state;
  struct played *played = played_new(PLAYED_NOW);
  put(played, A, "A");
  run(played, confirmations, PLAYED_NOW, OUT_OK);
  put(played, A, "A");
  lose_memory(played);
  run(played, confirmations, PLAYED_NOW + HOUR, OUT_OK);
  assert_int_equal(played->feed_count, 2);
  played_free(played);
}

/* --- clocks --- */

/* A night says when it began; half an hour is counted from createFeed. */
static void test_half_an_hour(void **state) {
  (void)state;
  struct played *played = played_new(PLAYED_NOW);
  put(played, A, "A");
  played->now += 40 * MINUTE * 1000;
  played_fault(played, "createFeed", FAULT_LOST, 1);
  played_fault(played, "getFeeds", FAULT_500, 6);
  run(played, confirmations, PLAYED_NOW, OUT_RETRY);
  assert_int_equal(played->feed_count, 1);
  played->feeds[0].hidden = true;
  run(played, confirmations, PLAYED_NOW + 42 * MINUTE, OUT_RETRY);
  run(played, confirmations, PLAYED_NOW, OUT_RETRY); /* the same night, once more */
  assert_int_equal(played->feed_count, 1);
  played->feeds[0].hidden = false;
  run(played, confirmations, PLAYED_NOW + 90 * MINUTE, OUT_OK);
  assert_int_equal(played->feed_count, 1);
  played_free(played);
}

/* Our clock is ahead of Amazon's, or behind it: the feed is found all the same. */
static void test_other_clock(void **state) {
  (void)state;
  for (int64_t ahead = -300; ahead <= 300; ahead += 600) {
    struct played *played = played_new(PLAYED_NOW);
    played->ahead = ahead;
    put(played, A, "A");
    played_fault(played, "createFeed", FAULT_LOST, 1);
    run(played, confirmations, PLAYED_NOW, OUT_OK);
    assert_int_equal(played->feed_count, 1);
    assert_true(is_sent(played, A));
    played_free(played);
  }
}

/* --- a person decides --- */

static enum outcome decide(struct played *played, const char *feed_id, int64_t now) {
  struct err err = { 0 };
  bool found;
  played_begin(played, now);
  struct errand *errand = played_add(played, &errand_submit, confirmations);
  enum outcome out = submit_decide(errand, STR(B), str_of(feed_id), &found, &err);
  assert_true(found);
  played_end(played);
  return out;
}

/* An id that was mistyped, or that Amazon has forgotten: a person can decide once more. */
static void test_wrong_claim(void **state) {
  (void)state;
  struct played *played = played_new(PLAYED_NOW);
  put(played, A, "A");
  run(played, confirmations, PLAYED_NOW, OUT_OK);
  put(played, B, "B");
  played_fault(played, "createFeed", FAULT_503, 1);
  run(played, confirmations, PLAYED_NOW + HOUR, OUT_RETRY);
  assert_int_equal(decide(played, "50001", PLAYED_NOW + HOUR), OUT_SPEC); /* that is A's */
  assert_int_equal(decide(played, "999999", PLAYED_NOW + HOUR), OUT_OK);
  str said = run(played, confirmations, PLAYED_NOW + 2 * HOUR, OUT_END);
  assert_true(played_says(said, "Amazon knows no feed 999999"));
  run(played, confirmations, PLAYED_NOW + 2 * HOUR, OUT_END);
  assert_int_equal(decide(played, "", PLAYED_NOW + 2 * HOUR + MINUTE), OUT_OK);
  run(played, confirmations, PLAYED_NOW + 2 * HOUR + MINUTE, OUT_OK);
  assert_int_equal(played->feed_count, 2);
  at_amazon(played, 1, "B");
  played_free(played);
}

/* The disk does not take its result: the file stays, and the result is asked for again. */
static void test_result_first(void **state) {
  (void)state;
  struct played *played = played_new(PLAYED_NOW);
  struct err err = { 0 };
  static const char result[] = "outbox/amazon/confirmations/sent/" A ".result";
  put(played, A, "A");
  played_put(played, "outbox/amazon/confirmations/sent/" A ".result/x", "in the way");
  run(played, confirmations, PLAYED_NOW, OUT_SYSTEM);
  assert_false(is_sent(played, A));
  assert_int_equal(file_remove_folder(file_join(played->arena, played->site, str_of(result)), &err), OUT_OK);
  run(played, confirmations, PLAYED_NOW + HOUR, OUT_OK);
  assert_int_equal(played->feed_count, 1);
  assert_true(is_sent(played, A) && played_has(played, result));
  played_free(played);
}

int main(void) {
  const struct CMUnitTest tests[] = { cmocka_unit_test(test_two_files),
                                      cmocka_unit_test(test_uncertain_holds_back),
                                      cmocka_unit_test(test_doubt_holds_back),
                                      cmocka_unit_test(test_two_feeds_of_a_type),
                                      cmocka_unit_test(test_one_process_at_a_time),
                                      cmocka_unit_test(test_sent_and_forgotten),
                                      cmocka_unit_test(test_damaged),
                                      cmocka_unit_test(test_money_forgotten),
                                      cmocka_unit_test(test_not_sent),
                                      cmocka_unit_test(test_claims_forgotten),
                                      cmocka_unit_test(test_once_more),
                                      cmocka_unit_test(test_half_an_hour),
                                      cmocka_unit_test(test_other_clock),
                                      cmocka_unit_test(test_wrong_claim),
                                      cmocka_unit_test(test_result_first) };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
