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

/* Amazon takes one marketplace at a time: each is asked for, page by page, and all are one file. */
static void test_each_marketplace(void **state) {
  (void)state;
  static const struct {
    const char *source, *operation, *parameter, *answer;
  } cases[] = {
    { "inventory", "getInventorySummaries",
      "marketplaceIds=", "{\"payload\": {\"inventorySummaries\": []}}" },
    { "transactions", "listTransactions", "marketplaceId=", "{\"payload\": {\"transactions\": []}}" },
  };
  for (size_t i = 0; i < 2; i++) {
    struct played *played = played_new(PLAYED_NOW);
    struct errand_wish wish = { .feed = STR("x"), .what = str_of(cases[i].source), .folder = STR("inbox/x") };
    str *names, text;
    size_t count;
    struct err err = { 0 };
    wish.pages = page_source_find(wish.what);
    played->orders = cases[i].answer;
    played_begin(played, PLAYED_NOW);
    played->courier.marketplaces = STR("ATVPDKIKX0DER,A2EUQ1WTGCTBG2,A1AM78C64UM0Y8");
    struct errand *errand = played_add(played, &errand_pages, wish);
    played_run(played);
    assert_int_equal(errand->outcome, OUT_OK);
    assert_int_equal(errand->files, 3);
    static const char *const ids[] = { "ATVPDKIKX0DER", "A2EUQ1WTGCTBG2", "A1AM78C64UM0Y8" };
    for (size_t n = 0; n < 3; n++) {
      const struct played_request *request = played_asked(played, cases[i].operation, n);
      assert_non_null(request);
      assert_true(str_eq(played_value(request->query, cases[i].parameter, "&"), str_of(ids[n])));
    }
    assert_null(played_asked(played, cases[i].operation, 3));
    const char *folder = file_join(played->arena, played->site, STR("inbox/x"));
    assert_int_equal(file_list(folder, played->arena, &names, &count, &err), OUT_OK);
    assert_int_equal(count, 2); /* and NAME.done */
    assert_int_equal(
        in_read_whole(file_join(played->arena, folder, names[0]), 4096, played->arena, &text, &err), OUT_OK);
    str wanted = arena_printf(played->arena, "{\"pages\": [\n%s,\n%s,\n%s\n]}\n", cases[i].answer,
                              cases[i].answer, cases[i].answer);
    assert_true(str_eq(text, wanted));
    played_end(played);
    played_free(played);
  }
}

/* Two filters of one feed are two errands with a memory each; an address is in no file's name. */
static void test_memory_names(void **state) {
  (void)state;
  struct played *played = played_new(PLAYED_NOW);
  struct errand_wish amazon = orders(), merchant = orders();
  struct errand_wish keyed = { .feed = STR("rates"), .what = STR("https://s3/rates.csv?apikey=TOPSECRET") };
  str *names;
  size_t count;
  struct err err = { 0 };
  amazon.filter = STR("fulfilledBy=AMAZON");
  merchant.filter = STR("fulfilledBy=MERCHANT");
  keyed.folder = STR("inbox/rates");
  played->orders = "{\"orders\": [{\"orderId\": \"x\"}]}";
  played_begin(played, PLAYED_NOW);
  played_add(played, &errand_pages, amazon);
  played_add(played, &errand_pages, merchant);
  played_add(played, &errand_pages, orders());
  played_add(played, &errand_https, keyed);
  keyed.what = STR("https://s3/rates.csv?apikey=ANOTHER");
  played_add(played, &errand_https, keyed);
  played_run(played);
  for (size_t i = 0; i < played->courier.count; i++)
    assert_int_equal(played->courier.errands[i]->outcome, OUT_OK);
  const char *folder = file_join(played->arena, played->site, STR("var/courier"));
  assert_int_equal(file_list(folder, played->arena, &names, &count, &err), OUT_OK);
  assert_int_equal(count, 10); /* and their locks */
  for (size_t i = 0; i < count; i++) assert_false(played_says(names[i], "SECRET"));
  played_end(played);
  played_free(played);
}

int main(void) {
  const struct CMUnitTest tests[] = { cmocka_unit_test(test_since_later),
                                      cmocka_unit_test(test_list_since_later),
                                      cmocka_unit_test(test_each_marketplace),
                                      cmocka_unit_test(test_memory_names) };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
