/* unit/load/test_counter: numbers as SL counts them; decimals by SL's own settings. */
#include "company.h"

#include "load/control.h"
#include "load/counter.h"
#include "load/places.h"

static str numbers[1200];

static enum outcome take(const char *counter, const char *type, size_t count) {
  struct db *db = company_open();
  err = (struct err){ 0 };
  enum outcome out = counter_take(db, counter_named(str_of(counter)), STR("0060"), str_of(type), count, arena,
                                  numbers, &err);
  company_close(db);
  return out;
}

static void set_type(const char *type, const char *columns) {
  run_once(arena_printf(arena, "UPDATE SOType SET %s WHERE SOTypeID = '%s'", columns, type).at);
}

static const char *last_of(const char *column, const char *type) {
  return ask(arena_printf(arena, "SELECT %s FROM SOType WHERE SOTypeID = '%s'", column, type).at);
}

static void assert_number(size_t at, const char *wanted) {
  if (!str_eq(numbers[at], str_of(wanted))) fail_msg("%.*s, not %s", STR_ARG(numbers[at]), wanted);
}

static void test_counts_on(void **state) {
  (void)state;
  expect(OUT_OK, take("order-number", "AMZ", 3));
  assert_number(0, "AZ000001");
  assert_number(2, "AZ000003");
  expect(OUT_OK, take("order-number", "FBA", 1)); /* its prefix, AMZ's counter */
  assert_number(0, "AZ000004");
  assert_string_equal(last_of("LastOrdNbr", "AMZ"), "000004");
  assert_string_equal(last_of("LastOrdNbr", "FBA"), "");
  expect(OUT_OK, take("order-number", "SO", 1200));
  assert_number(0, "O0000002");
  assert_number(1199, "O0001201");
  expect(OUT_OK, take("shipper-number", "AMZ", 1));
  assert_number(0, "S0000002");
  expect(OUT_OK, take("invoice-number", "AMZ", 2));
  assert_number(1, "I0000003");
  assert_null(counter_named(STR("batch-number")));
}

static void test_used_and_wrapped(void **state) {
  (void)state;
  struct apply_settings settings = apply_by_default();
  struct apply_result result;
  expect(OUT_OK, apply(&settings, orders_file("a.rows", 1, 6), &result));
  set_type("AMZ", "LastOrdNbr = '999997'");
  expect(OUT_OK, take("order-number", "AMZ", 4));
  assert_number(0, "AZ999998");
  assert_number(1, "AZ999999");
  assert_number(2, "AZ000006"); /* 1 to 5 are used */
  assert_number(3, "AZ000007");
  assert_string_equal(last_of("LastOrdNbr", "AMZ"), "000007");
}

static void test_none_left(void **state) {
  (void)state;
  struct apply_settings settings = apply_by_default();
  struct apply_result result;
  set_type("AMZ", "LastOrdNbr = '0', OrdNbrPrefix = 'A'");
  expect(OUT_OK, apply(&settings, orders_file("a.rows", 1, 8), &result));
  assert_int_equal(result.written, 7);
  expect(OUT_OK, take("order-number", "AMZ", 2));
  assert_number(1, "A9");
  expect(OUT_REFUSED, take("order-number", "AMZ", 3)); /* 8 and 9 are free again, as nobody used them */
  assert_non_null(strstr(err.text, "all numbers of LastOrdNbr are used"));
  assert_string_equal(last_of("LastOrdNbr", "AMZ"), "9");
  expect(OUT_OK, take("order-number", "AMZ", 2));
  assert_number(0, "A8");
}

static void refuses(const char *columns, const char *said) {
  set_type("AMZ", "LastOrdNbr = '000000', OrdNbrPrefix = 'AZ', OrdNbrType = ' '");
  set_type("AMZ", columns);
  expect(OUT_REFUSED, take("order-number", "AMZ", 1));
  if (!strstr(err.text, said)) fail_msg("%s, not %s", err.text, said);
}

static void test_refused(void **state) {
  (void)state;
  refuses("OrdNbrPrefix = 'A&cu'", "SL makes its number's prefix \"A&cu\" of each document");
  refuses("LastOrdNbr = ' '", "LastOrdNbr is \"\", no number to count on from");
  refuses("LastOrdNbr = '00X1'", "LastOrdNbr is \"00X1\"");
  refuses("LastOrdNbr = '-1'", "LastOrdNbr is \"-1\"");
  refuses("LastOrdNbr = '000000000'", "\"AZ\" and 9 digits are more than SL's 10 characters");
  refuses("OrdNbrType = 'XX'", "SL's company 0060 has no order type XX");
  expect(OUT_REFUSED, take("order-number", "NONE", 1));
  set_type("AMZ", "InvcNbrAR = 1");
  expect(OUT_REFUSED, take("invoice-number", "AMZ", 1));
  assert_non_null(strstr(err.text, "takes its invoice-number from another counter"));
}

static void test_places(void **state) {
  (void)state;
  static const struct {
    const char *column;
    enum places_class class;
  } columns[] = {
    { "CuryTotOrd", PLACES_CURRENCY },
    { "TotOrd", PLACES_BASE },
    { "QtyOrd", PLACES_QUANTITY },
    { "BlktOrdQty", PLACES_QUANTITY },
    { "SlsPrice", PLACES_PRICE },
    { "CurySlsPrice", PLACES_PRICE },
    { "CuryListPrice", PLACES_PRICE },
    { "Cost", PLACES_COST },
    { "CuryCost", PLACES_COST },
    { "TotCost", PLACES_BASE },
    { "CuryTotCost", PLACES_CURRENCY },
    { "CuryRate", PLACES_ANY },
    { "CnvFact", PLACES_ANY },
    { "DiscPct", PLACES_ANY },
    { "User5", PLACES_ANY },
    { "CuryMiscChrg", PLACES_CURRENCY },
    { "TaxAmt00", PLACES_BASE },
    { "TaxRate", PLACES_ANY },
  };
  for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
    if (places_class(str_of(columns[i].column)) != columns[i].class) fail_msg("%s", columns[i].column);
  struct places places;
  struct db *db = company_open();
  int32_t most;
  expect(OUT_OK, places_read(db, arena, &places, &err));
  assert_true(places_of(&places, PLACES_CURRENCY, STR("JPY"), &most) && most == 0);
  assert_true(places_of(&places, PLACES_CURRENCY, STR("USD"), &most) && most == 2);
  assert_true(places_of(&places, PLACES_CURRENCY, STR_NONE, &most) && most == 2);
  assert_true(places_of(&places, PLACES_ANY, STR_NONE, &most) && most == -1);
  assert_false(places_of(&places, PLACES_CURRENCY, STR("XYZ"), &most));
  run(db, "UPDATE INSetup SET DecPlQty = 4");
  run(db, "UPDATE GLSetup SET BaseCuryId = 'JPY'");
  expect(OUT_OK, places_read(db, arena, &places, &err));
  assert_true(places_of(&places, PLACES_QUANTITY, STR("USD"), &most) && most == 4);
  assert_true(places_of(&places, PLACES_BASE, STR("USD"), &most) && most == 0);
  run(db, "UPDATE GLSetup SET BaseCuryId = 'ZZZ'");
  expect(OUT_SPEC, places_read(db, arena, &places, &err));
  assert_non_null(strstr(err.text, "Currncy does not have the base currency \"ZZZ\""));
  run(db, "UPDATE GLSetup SET BaseCuryId = 'USD'");
  run(db, "UPDATE INSetup SET DecPlQty = 2");
  company_close(db);
}

static void test_last_run(void **state) {
  (void)state;
  struct apply_settings settings = apply_by_default();
  struct apply_result result;
  int64_t run_number = -1;
  struct db *db = company_open();
  expect(OUT_OK, control_last_run(db, STR("a-site"), &run_number, &err));
  assert_int_equal(run_number, 0);
  company_close(db);
  expect(OUT_OK, apply(&settings, orders_file("a.rows", 1, 3), &result));
  settings.run = 12;
  expect(OUT_OK, apply(&settings, orders_file("b.rows", 3, 4), &result));
  db = company_open();
  expect(OUT_OK, control_last_run(db, STR("a-site"), &run_number, &err));
  assert_int_equal(run_number, 12);
  expect(OUT_OK, control_last_run(db, STR("other"), &run_number, &err));
  assert_int_equal(run_number, 0);
  company_close(db);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    TEST(test_counts_on), TEST(test_used_and_wrapped), TEST(test_none_left),
    TEST(test_refused),   TEST(test_places),           TEST(test_last_run),
  };
  return cmocka_run_group_tests(tests, group_start, group_stop);
}
