/* unit/job/test_rejects_text: what an answer may tell of a row. */
#include "job/rejects.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct arena *arena;
static struct rejects_teller *teller;

static struct field buyer = { .name = { "buyer", 5 }, .personal = true }, price = { .name = { "price", 5 } };
static struct field *fields[] = { &buyer, &price };
static struct record record = { .fields = fields, .field_count = 2 };
static struct level level = { .record = &record };

static int enter(void **state) {
  static const str names[] = { { "Buyer", 5 }, { "price", 5 }, { "note", 4 } };
  struct program program = { .streamed = &level };
  (void)state;
  arena = arena_new();
  teller = rejects_teller_new(&program, arena);
  rejects_header(teller, names, 3);
  return 0;
}

static int leave(void **state) {
  (void)state;
  buyer.personal = true;
  arena_free(arena);
  return 0;
}

static void told(const char *text, const char *buyer_cell, const char *note_cell, const char *field,
                 const char *want) {
  const str cells[] = { str_of(buyer_cell), STR("1.00"), str_of(note_cell) };
  struct ack_record record_of = { 0 };
  const struct reject reject = { .text = str_of(text) };
  rejects_tell(teller, &reject, cells, 3, &record_of);
  if (!str_eq(record_of.error, str_of(want))) fail_msg("%.*s, not %s", STR_ARG(record_of.error), want);
  assert_true(str_eq(record_of.field, str_of(field)));
}

static void values_of_the_row_go(void **state) {
  (void)state;
  told("price: \"Ann Lee\" is not a number", "Ann Lee", "", "price", "price: \"(personal)\" is not a number");
  told("price: \"x\" is not a number", "Ann Lee", "", "price", "price: \"x\" is not a number");
  told("the row has more fields than the header", "fields of gold", "", "",
       "the row has more fields than the header");
}

/* What the schema does not know may be personal, in a file that has personal columns. */
static void unknown_columns_are_personal(void **state) {
  (void)state;
  told("price: \"call Ann\" is not a number", "", " call Ann ", "price",
       "price: \"(personal)\" is not a number");
}

static void quotes_go_where_the_column_is_personal_or_not_known(void **state) {
  (void)state;
  told("buyer: \"ANN\" is not a number", "Ann Lee", "", "buyer", "buyer: \"(not shown)\" is not a number");
  told("line.Name: \"ANN LEE\" has 7 characters", "Ann Lee", "", "",
       "line.Name: \"(not shown)\" has 7 characters");
}

static void short_values_are_looked_for_as_words(void **state) {
  (void)state;
  told("price: \"a\" is not a number", "a", "", "price", "price: \"(personal)\" is not (personal) number");
  told("price is missing", "is", "mis", "price", "price (personal) missing");
}

/* A rule's own words lose what is personal where they are said; nothing more is to go. */
static void a_rule_is_told_as_it_is_shown(void **state) {
  (void)state;
  const struct reject reject = { .text = STR("order 7 of Ann Lee has \"1.00\""), .shown = STR("order 7 of (personal) has \"1.00\"") };
  struct ack_record record_of = { 0 };
  rejects_tell(teller, &reject, NULL, 0, &record_of);
  assert_true(str_eq(record_of.error, reject.shown));
  const struct reject engines = { .text = STR("SOHeader.ShipName: \"Ann Lee\" has 7 characters, its field takes 6") };
  rejects_tell(teller, &engines, NULL, 0, &record_of);
  assert_true(str_eq(record_of.error, STR("SOHeader.ShipName: \"(not shown)\" has 7 characters, its field takes 6")));
}

/* Texts quote 60 characters of a cell at most. */
static void the_start_of_a_long_value_goes(void **state) {
  (void)state;
  static const char cell[] = "0123456789012345678901234567890123456789012345678901234567890123456789";
  told("price: \"012345678901234567890123456789012345678901234567890123456789\" is not a number", cell, "",
       "price", "price: \"(personal)\" is not a number");
}

static void nothing_goes_without_personal_columns(void **state) {
  (void)state;
  static const str names[] = { { "buyer", 5 }, { "price", 5 }, { "note", 4 } };
  struct program program = { .streamed = &level };
  buyer.personal = false;
  teller = rejects_teller_new(&program, arena);
  rejects_header(teller, names, 3);
  told("buyer: \"Ann Lee\" is not a number", "Ann Lee", "", "buyer", "buyer: \"Ann Lee\" is not a number");
  assert_false(rejects_needs_cells(teller));
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(values_of_the_row_go, enter, leave),
    cmocka_unit_test_setup_teardown(unknown_columns_are_personal, enter, leave),
    cmocka_unit_test_setup_teardown(quotes_go_where_the_column_is_personal_or_not_known, enter, leave),
    cmocka_unit_test_setup_teardown(short_values_are_looked_for_as_words, enter, leave),
    cmocka_unit_test_setup_teardown(a_rule_is_told_as_it_is_shown, enter, leave),
    cmocka_unit_test_setup_teardown(the_start_of_a_long_value_goes, enter, leave),
    cmocka_unit_test_setup_teardown(nothing_goes_without_personal_columns, enter, leave),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
