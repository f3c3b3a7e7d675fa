/* unit/courier/test_pages: which span is asked for, and of whom; and of the list of what Amazon makes by
 * itself.
 */
#include "played_amazon.h"

enum { DAY = 86400 };

static struct errand_wish orders(void) {
  return (struct errand_wish){ .feed = STR("fba-orders"),
                               .what = STR("orders"),
                               .folder = STR("inbox/fba-orders"),
                               .pages = page_source_find(STR("orders")) };
}

static struct errand_wish settlements(void) {
  return (struct errand_wish){ .feed = STR("settlement"),
                               .what = STR("GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2"),
                               .folder = STR("inbox/settlement") };
}

/* One run; what was asked first of the operation: "lastUpdatedAfter=2026-..". */
static str run(struct played *played, const struct errand_kind *kind, struct errand_wish wish, int64_t now,
               const char *operation) {
  played_begin(played, now);
  struct errand *errand = played_add(played, kind, wish);
  played_run(played);
  if (errand->outcome) fail_msg("outcome %d: %.*s", errand->outcome, STR_ARG(errand->said));
  played_end(played);
  const struct played_request *request = played_asked(played, operation, 0);
  assert_non_null(request);
  return request->query;
}

/* A person asks for what is later than what was fetched: the next run still asks for what lies between. */
static void test_since_later(void **state) {
  (void)state;
  struct played *played = played_new(PLAYED_NOW);
  struct errand_wish since = orders();
  since.since = PLAYED_NOW + 5 * DAY;
  since.since_is_asked = true;
  played->orders = "{\"orders\": [{\"orderId\": \"x\"}]}";
  run(played, &errand_pages, orders(), PLAYED_NOW, "searchOrders");
  str query = run(played, &errand_pages, since, PLAYED_NOW + 6 * DAY, "searchOrders");
  assert_true(played_says(query, "lastUpdatedAfter=2026-11-21T03%3A00%3A00Z"));
  query = run(played, &errand_pages, orders(), PLAYED_NOW + 7 * DAY, "searchOrders");
  assert_true(played_says(query, "lastUpdatedAfter=2026-11-16T01%3A58%3A00Z"));
  query = run(played, &errand_pages, orders(), PLAYED_NOW + 8 * DAY, "searchOrders");
  assert_true(played_says(query, "lastUpdatedAfter=2026-11-23T01%3A58%3A00Z"));
  played_free(played);
}

static void test_list_since_later(void **state) {
  (void)state;
  struct played *played = played_new(PLAYED_NOW);
  struct errand_wish since = settlements();
  since.since = PLAYED_NOW + 35 * DAY;
  since.since_is_asked = true;
  run(played, &errand_listed, settlements(), PLAYED_NOW, "getReports");
  str query = run(played, &errand_listed, since, PLAYED_NOW + 40 * DAY, "getReports");
  assert_true(played_says(query, "createdSince=2026-12-21T03%3A00%3A00Z"));
  query = run(played, &errand_listed, settlements(), PLAYED_NOW + 41 * DAY, "getReports");
  assert_true(played_says(query, "createdSince=2026-11-06T03%3A00%3A00Z"));
  query = run(played, &errand_listed, settlements(), PLAYED_NOW + 42 * DAY, "getReports");
  assert_true(played_says(query, "createdSince=2026-12-17T03%3A00%3A00Z"));
  played_free(played);
}

int main(void) {
  const struct CMUnitTest tests[] = { cmocka_unit_test(test_since_later),
                                      cmocka_unit_test(test_list_since_later) };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
