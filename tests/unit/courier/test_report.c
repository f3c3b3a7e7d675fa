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

int main(void) {
  const struct CMUnitTest tests[] = { cmocka_unit_test(test_options) };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
