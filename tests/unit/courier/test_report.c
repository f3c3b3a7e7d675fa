/* unit/courier/test_report: what is asked for, which span is covered, and what is asked for again. */
#include "played_amazon.h"

enum { DAY = 86400 };

static struct errand_wish wish_of(const char *feed, const char *type) {
  return (struct errand_wish){ .feed = str_of(feed), .what = str_of(type), .folder = STR("inbox/reports") };
}

static struct errand_wish returns(void) {
  return wish_of("fba-returns", "GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA");
}

/* One run; what it said lives until the next one. */
static str run(struct played *played, struct errand_wish wish, int64_t now, enum outcome wanted) {
  played_begin(played, now);
  struct errand *errand = played_add(played, &errand_report, wish);
  played_run(played);
  str said = arena_str(played->arena, errand->said);
  if (errand->outcome != wanted) fail_msg("outcome %d, not %d: %.*s", errand->outcome, wanted, STR_ARG(said));
  played_end(played);
  return said;
}

static str asked(const struct played *played) {
  const struct played_request *request = played_asked(played, "createReport", 0);
  return request ? request->body : STR_NONE;
}

static void test_options(void **state) {
  (void)state;
  struct played *played = played_new(PLAYED_NOW);
  struct errand_wish wish = returns();
  wish.options = STR("");
  run(played, wish, PLAYED_NOW, OUT_OK);
  assert_false(played_says(asked(played), "reportOptions"));
  wish.options = STR("ShowSalesChannel=true, custom = 1");
  run(played, wish, PLAYED_NOW + DAY, OUT_OK);
  assert_true(
      played_says(asked(played), "\"reportOptions\": {\"ShowSalesChannel\": \"true\", \"custom\": \"1\"}"));
  played_free(played);
}

static str covered(struct played *played, struct errand_wish wish) {
  played_begin(played, 0);
  struct errand *errand = played_add(played, &errand_report, wish);
  str words = arena_str(played->arena, memory_get(errand->memory, "covered"));
  played_end(played);
  return words;
}

static bool is_asked(const struct played *played, const char *from, const char *to) {
  const char *body =
      arena_printf(played->arena, "\"dataStartTime\": \"%s\", \"dataEndTime\": \"%s\"", from, to).at;
  return played_says(asked(played), body);
}

/* A month without returns is cancelled each time: the next one is asked for all the same. */
static void test_cancelled_month(void **state) {
  (void)state;
  struct played *played = played_new(PLAYED_NOW);
  run(played, returns(), PLAYED_NOW, OUT_OK);
  played->report_status = "CANCELLED";
  str said = run(played, returns(), PLAYED_NOW + DAY, OUT_END);
  assert_true(played_says(said, "since 2026-11-16T01:00:00Z is asked for again"));
  assert_true(str_eq(covered(played, returns()), STR("2026-11-16T03:00:00Z")));
  said = run(played, returns(), PLAYED_NOW + 40 * DAY, OUT_END);
  assert_true(is_asked(played, "2026-11-16T01:00:00Z", "2026-12-16T01:00:00Z"));
  assert_true(played_says(said, "to 2026-12-16T01:00:00Z it is not asked for again"));
  run(played, returns(), PLAYED_NOW + 41 * DAY, OUT_END);
  assert_true(is_asked(played, "2026-12-15T23:00:00Z", "2026-12-27T03:00:00Z"));
  played->report_status = "DONE";
  run(played, returns(), PLAYED_NOW + 42 * DAY, OUT_OK);
  assert_true(is_asked(played, "2026-12-15T23:00:00Z", "2026-12-28T03:00:00Z"));
  played_free(played);
}

/* One that was asked for last night is not cut because a night has gone by. */
static void test_cancelled_later(void **state) {
  (void)state;
  struct played *played = played_new(PLAYED_NOW);
  played->report_status = "IN_QUEUE";
  run(played, returns(), PLAYED_NOW, OUT_RETRY);
  played->report_status = "CANCELLED";
  str said = run(played, returns(), PLAYED_NOW + DAY, OUT_END);
  assert_true(played_says(said, "is asked for again"));
  assert_int_equal(covered(played, returns()).len, 0);
  played_free(played);
}

/* The same when another source could tell, and contradicts or cannot be asked. */
static void test_witness(void **state) {
  (void)state;
  struct played *played = played_new(PLAYED_NOW);
  struct errand_wish wish = wish_of("orders", "GET_ORDER_REPORT_DATA_SHIPPING");
  run(played, wish, PLAYED_NOW, OUT_OK);
  played->report_status = "CANCELLED";
  played->orders = "{\"orders\": [{\"orderId\": \"x\"}]}";
  str said = run(played, wish, PLAYED_NOW + DAY, OUT_END);
  assert_true(played_says(said, "searchOrders knows of orders. What it would have held"));
  run(played, wish, PLAYED_NOW + 40 * DAY, OUT_END);
  assert_true(str_eq(covered(played, wish), STR("2026-12-16T01:00:00Z")));
  played->orders = "{\"orders\": []}";
  run(played, wish, PLAYED_NOW + 41 * DAY, OUT_OK);
  assert_true(str_eq(covered(played, wish), STR("2026-12-27T03:00:00Z")));
  played_free(played);
}

/* A person asks for what is later than what was fetched: the next run still asks for what lies between. */
static void test_since_later(void **state) {
  (void)state;
  struct played *played = played_new(PLAYED_NOW);
  run(played, returns(), PLAYED_NOW, OUT_OK);
  struct errand_wish since = returns();
  since.since = PLAYED_NOW + 5 * DAY;
  since.since_is_asked = true;
  run(played, since, PLAYED_NOW + 6 * DAY, OUT_OK);
  assert_true(is_asked(played, "2026-11-21T03:00:00Z", "2026-11-22T03:00:00Z"));
  assert_true(str_eq(covered(played, returns()), STR("2026-11-16T03:00:00Z")));
  run(played, returns(), PLAYED_NOW + 7 * DAY, OUT_OK);
  assert_true(is_asked(played, "2026-11-16T01:00:00Z", "2026-11-23T03:00:00Z"));
  since.since = PLAYED_NOW + 6 * DAY; /* it is earlier: nothing lies between */
  run(played, since, PLAYED_NOW + 8 * DAY, OUT_OK);
  assert_true(str_eq(covered(played, returns()), STR("2026-11-24T03:00:00Z")));
  since.since_is_asked = false; /* as a start-date that was set later: on purpose */
  since.since = PLAYED_NOW + 20 * DAY;
  run(played, since, PLAYED_NOW + 21 * DAY, OUT_OK);
  assert_true(str_eq(covered(played, returns()), STR("2026-12-07T03:00:00Z")));
  played_free(played);
}

/* More than Amazon puts into one report: what comes of it is said. */
static void test_since_long_ago(void **state) {
  (void)state;
  struct played *played = played_new(PLAYED_NOW);
  run(played, returns(), PLAYED_NOW, OUT_OK);
  struct errand_wish since = returns();
  since.since = PLAYED_NOW - 100 * DAY;
  since.since_is_asked = true;
  str said = run(played, since, PLAYED_NOW + DAY, OUT_END);
  assert_true(is_asked(played, "2026-08-08T03:00:00Z", "2026-09-07T03:00:00Z"));
  assert_true(played_says(said, "what came later by fetch --since 2026-09-07T03:00:00Z"));
  said = run(played, returns(), PLAYED_NOW + 60 * DAY, OUT_OK); /* the next run goes on by itself */
  assert_false(played_says(said, "--since"));
  played_free(played);
}

/* A report whose document is refused, or does not come for two days, is not polled for ever. */
static void test_document_gone(void **state) {
  (void)state;
  struct played *played = played_new(PLAYED_NOW);
  played_fault(played, "getReportDocument", FAULT_GONE, 1);
  str said = run(played, returns(), PLAYED_NOW, OUT_RETRY);
  assert_true(played_says(said, "it is asked for again"));
  run(played, returns(), PLAYED_NOW + DAY, OUT_OK);
  assert_true(is_asked(played, "2026-11-15T03:00:00Z", "2026-11-17T03:00:00Z"));
  played_fault(played, "getReportDocument", FAULT_503, 18);
  for (int i = 2; i < 5; i++) {
    said = run(played, returns(), PLAYED_NOW + i * DAY, OUT_RETRY);
    assert_int_equal(played_asked(played, "createReport", 0) != NULL, i == 2);
    assert_int_equal(played_says(said, "it is asked for again"), i == 4);
  }
  run(played, returns(), PLAYED_NOW + 5 * DAY, OUT_OK);
  assert_true(is_asked(played, "2026-11-17T01:00:00Z", "2026-11-21T03:00:00Z"));
  played_free(played);
}

static void test_report_gone(void **state) {
  (void)state;
  struct played *played = played_new(PLAYED_NOW);
  played_fault(played, "getReport", FAULT_REFUSED, 1);
  run(played, returns(), PLAYED_NOW, OUT_RETRY);
  run(played, returns(), PLAYED_NOW + DAY, OUT_OK);
  assert_non_null(played_asked(played, "createReport", 0));
  played->report_status = "IN_QUEUE";
  run(played, returns(), PLAYED_NOW + 2 * DAY, OUT_RETRY);
  run(played, returns(), PLAYED_NOW + 3 * DAY, OUT_RETRY);
  str said = run(played, returns(), PLAYED_NOW + 4 * DAY, OUT_RETRY);
  assert_true(played_says(said, "in two days: it is asked for again"));
  played->report_status = "DONE";
  run(played, returns(), PLAYED_NOW + 5 * DAY, OUT_OK);
  assert_non_null(played_asked(played, "createReport", 0));
  played_free(played);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_options),         cmocka_unit_test(test_cancelled_month),
    cmocka_unit_test(test_cancelled_later), cmocka_unit_test(test_witness),
    cmocka_unit_test(test_since_later),     cmocka_unit_test(test_since_long_ago),
    cmocka_unit_test(test_document_gone),   cmocka_unit_test(test_report_gone)
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
