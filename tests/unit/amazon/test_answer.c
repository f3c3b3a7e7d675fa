/* unit/amazon/test_answer: JSON answers as trees, and processing reports of three forms. */
#include "amazon/answer.h"
#include "amazon/report_types.h"
#include "amazon/region.h"
#include "amazon/result.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_tree(void **state) {
  (void)state;
  struct arena *arena = arena_new();
  struct answer *answer;
  struct err err = { 0 };
  assert_int_equal(
      answer_read(arena,
                  STR("{\"reports\": [{\"reportId\": \"7\"}, {\"reportId\": 12345678901234567890.10}],"
                      " \"a\": {\"b\": {\"c\": \"x\"}}, \"none\": null}"),
                  &answer, &err),
      OUT_OK);
  const struct answer *one = answer_part(answer, "reports[]");
  assert_true(str_eq(answer_text(one, "reportId"), STR("7")));
  one = answer_same(one);
  assert_true(str_eq(answer_text(one, "reportId"), STR("12345678901234567890.10")));
  assert_null(answer_same(one));
  assert_true(str_eq(answer_text(answer, "a.b.c"), STR("x")));
  assert_int_equal(answer_text(answer, "none").len, 0);
  assert_int_equal(answer_text(answer, "a.x.c").len, 0);
  assert_null(answer_part(answer, "nothing[]"));
  arena_free(arena);
}

static void test_no_json(void **state) {
  (void)state;
  static const char *const texts[] = { "", "<html>", "{\"a\": ", "{\"a\": 1} x", "\xff" };
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    struct arena *arena = arena_new();
    struct answer *answer;
    struct err err = { 0 };
    assert_int_equal(answer_read(arena, str_of(texts[i]), &answer, &err), OUT_DATA);
    arena_free(arena);
  }
}

static void test_results(void **state) {
  (void)state;
  static const struct {
    const char *text;
    bool known;
    int64_t processed, refused;
  } rows[] = {
    { "<ProcessingSummary><MessagesProcessed>12</MessagesProcessed><MessagesSuccessful>10</"
      "MessagesSuccessful>"
      "<MessagesWithError>2</MessagesWithError>",
      true, 12, 2 },
    { "{\"summary\": {\"errors\": 3, \"messagesProcessed\": 25000, \"messagesAccepted\": 24998, "
      "\"messagesInvalid\": 2}}",
      true, 25000, 2 },
    { "Feed Processing Summary:\n\tNumber of records processed\t\t5\n\tNumber of records successful\t\t4\n",
      true, 5, 1 },
    { "", false, 0, 0 },
    { "Number of records processed", false, 0, 0 },
    { "<MessagesProcessed>x", false, 0, 0 },
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct feed_result result = { 0 };
    assert_int_equal(feed_result_read(str_of(rows[i].text), &result), rows[i].known);
    if (!rows[i].known) continue;
    assert_int_equal(result.processed, rows[i].processed);
    assert_int_equal(result.refused, rows[i].refused);
  }
}

static void test_tables(void **state) {
  (void)state;
  assert_true(report_type_find(STR("GET_ORDER_REPORT_DATA_SHIPPING"))->restricted);
  assert_true(report_type_find(STR("GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2"))->listed);
  assert_non_null(report_type_find(STR("GET_SOMETHING_NEW")));
  assert_false(report_type_find(STR("GET_SOMETHING_NEW"))->restricted);
  assert_string_equal(marketplace_find(STR("UK"))->id, "A1F83G8C2ARO7P");
  assert_string_equal(marketplace_find(STR("ATVPDKIKX0DER"))->country, "US");
  assert_null(marketplace_find(STR("XX")));
  assert_null(region_by_name(STR("us")));
  assert_string_equal(region_by_name(STR("eu"))->endpoint, "https://sellingpartnerapi-eu.amazon.com");
}

int main(void) {
  const struct CMUnitTest tests[] = { cmocka_unit_test(test_tree), cmocka_unit_test(test_no_json),
                                      cmocka_unit_test(test_results), cmocka_unit_test(test_tables) };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
