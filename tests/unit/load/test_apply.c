/* unit/load/test_apply: a rows file into an SL company: each document once, with all that SL expects of it.
 */
#include "company.h"

static void assert_counts(const struct apply_result *result, int written, int known, int other, int refused) {
  if ((int)result->written != written || (int)result->known != known || (int)result->known_other != other ||
      (int)result->refused != refused) {
    for (size_t i = 0; i < result->count; i++)
      if (result->documents[i].reason.len)
        print_message("%.*s: %.*s\n", STR_ARG(result->documents[i].key),
                      STR_ARG(result->documents[i].reason));
    fail_msg("written %d known %d other %d refused %d; wanted %d %d %d %d: %s", (int)result->written,
             (int)result->known, (int)result->known_other, (int)result->refused, written, known, other,
             refused, err.text);
  }
}

static void test_orders_are_written(void **state) {
  (void)state;
  struct apply_settings settings = apply_by_default();
  struct apply_result result;
  expect(OUT_OK, apply(&settings, orders_file("a.rows", 1, 4), &result));
  assert_counts(&result, 3, 0, 0, 0);
  assert_int_equal(result.count, 3);
  assert_true(str_eq(result.documents[2].key, STR("113-0000003")));
  assert_true(str_eq(result.documents[2].number, STR("AZ000003")));
  assert_string_equal(
      ask("SELECT OrdNbr, CustOrdNbr, TotOrd, Crtd_Prog, LUpd_User, Crtd_DateTime, S4Future01 "
          "FROM SOHeader WHERE OrdNbr = 'AZ000002'"),
      "AZ000002|113-0000002|39.9|SLUICE|ETL|2026-11-03T04:05:00|");
  assert_string_equal(
      ask("SELECT CpnyID, OrdNbr, LineRef, InvtID, QtyOrd, Crtd_Prog FROM SOLine WHERE OrdNbr = 'AZ000001'"),
      "0060|AZ000001|00001|MUG-BLUE|2|SLUICE\n0060|AZ000001|00002|MUG-RED|1|SLUICE");
  assert_string_equal(
      ask("SELECT CpnyID, OrdNbr, LineRef, SchedRef, QtyOrd FROM SOSched WHERE OrdNbr = 'AZ000001'"),
      "0060|AZ000001|00001|00001|2\n0060|AZ000001|00002|00001|1");
  assert_string_equal(
      ask("SELECT CpnyID, OrdNbr, EventType, ShipperID FROM SOEvent WHERE OrdNbr = 'AZ000003'"),
      "0060|AZ000003|ENT|");
  assert_string_equal(ask("SELECT SOOrdNbr, ProcessType, ProcessPriority, ProcessAt FROM ProcessQueue"),
                      "AZ000001|PLNSO|150|2026-11-03T04:05:00\nAZ000002|PLNSO|150|2026-11-03T04:05:00\n"
                      "AZ000003|PLNSO|150|2026-11-03T04:05:00");
  assert_string_equal(ask("SELECT Kind, DocKey, SLNbr, CpnyID, Item, Site, RunNbr, WrittenAt FROM "
                          "sluice_control WHERE SLNbr = 'AZ000001'"),
                      "sl.sales-order|113-0000001|AZ000001|0060|k1|a-site|7|2026-11-03T04:05:00");
  assert_string_equal(ask("SELECT LastOrdNbr FROM SOType WHERE SOTypeID = 'AMZ'"), "000003");
}

static void test_twice_is_once(void **state) {
  (void)state;
  struct apply_settings settings = apply_by_default();
  struct apply_result result;
  const char *path = orders_file("a.rows", 1, 251);
  expect(OUT_OK, apply(&settings, path, &result));
  assert_counts(&result, 250, 0, 0, 0);
  expect(OUT_OK, apply(&settings, path, &result));
  assert_counts(&result, 0, 250, 0, 0);
  assert_true(str_eq(result.documents[249].number, STR("AZ000250")));
  expect(OUT_OK, apply(&settings, orders_file("b.rows", 201, 301), &result));
  assert_counts(&result, 50, 50, 0, 0);
  assert_string_equal(count_of("SOHeader"), "300");
  assert_string_equal(count_of("SOSched"), "600");
  assert_string_equal(count_of("sluice_control"), "300");
  assert_string_equal(ask("SELECT LastOrdNbr FROM SOType WHERE SOTypeID = 'AMZ'"), "000300");
}

static void test_other_content_is_never_written(void **state) {
  (void)state;
  struct apply_settings settings = apply_by_default();
  struct apply_result result;
  struct buf file = buf_new(1 << 20);
  expect(OUT_OK, apply(&settings, orders_file("a.rows", 1, 2), &result));
  buf_add(&file, STR(ORDER_HEAD));
  add_order(&file, 1, "AMZ", "Another Buyer");
  add_order(&file, 2, "AMZ", "A. Buyer");
  add_order(&file, 2, "AMZ", "A. Buyer");      /* twice in one file: the same */
  add_order(&file, 2, "AMZ", "Another Buyer"); /* and with other content */
  buf_add(&file, STR(".\n"));
  expect(OUT_OK, apply(&settings, put_file(&file, "b.rows"), &result));
  assert_counts(&result, 1, 1, 2, 0);
  assert_int_equal(result.documents[0].state, APPLY_KNOWN_OTHER);
  assert_int_equal(result.documents[1].state, APPLY_WRITTEN);
  assert_int_equal(result.documents[2].state, APPLY_KNOWN);
  assert_int_equal(result.documents[3].state, APPLY_KNOWN_OTHER);
  assert_string_equal(ask("SELECT CustOrdNbr, ShipName FROM SOHeader"),
                      "113-0000001|A. Buyer\n113-0000002|A. Buyer");
}

/* The run's own times are in the rows, and say nothing of the order. */
static void test_another_day_is_the_same_content(void **state) {
  (void)state;
  struct apply_settings settings = apply_by_default();
  struct apply_result result;
  expect(OUT_OK, apply(&settings, orders_file("a.rows", 1, 3), &result));
  const char *path = orders_file("b.rows", 1, 3);
  char command[1200];
  snprintf(command, sizeof command,
           "sed -i 's/^\\(SOEvent.*\\)2026-11-03/\\12026-11-04/; s/2026-11-03T04/2026-11-04T04/' %s", path);
  assert_int_equal(system(command), 0);
  expect(OUT_OK, apply(&settings, path, &result));
  assert_counts(&result, 0, 2, 0, 0);
}

static void test_one_bad_document_is_left_out(void **state) {
  (void)state;
  struct apply_settings settings = apply_by_default();
  struct apply_result result;
  struct buf file = buf_new(1 << 20);
  buf_add(&file, STR(ORDER_HEAD));
  for (int i = 1; i <= 40; i++)
    add_order(&file, i, i == 7 ? "XXX" : "AMZ",
              i == 11 ? "1234567890123456789012345678901234567890123456789012345678901" : "A");
  buf_add(
      &file,
      STR("+113-bad-price\nSOHeader,\"0060\",@,\"AMZ\",\"AMZUS\",\"x\",2026-11-03,,\"USD\",\"O\",39.901,39.9,"
          "\"A\",\n"
          "+113-bad-currency\nSOHeader,\"0060\",@,\"AMZ\",\"AMZUS\",\"x\",2026-11-03,,\"XXX\",\"O\",39.9,39."
          "9,\"A\",\n"
          "+113-yen\nSOHeader,\"0060\",@,\"AMZ\",\"AMZUS\",\"x\",2026-11-03,,\"JPY\",\"O\",39.9,39.9,\"A\",\n"
          "+113-orphan\nSOLine,\"00001\",\"MUG\",1,1,1,\"EA\",\"MAIN\",2027-11-03\n"
          "+113-type\nSOHeader,\"0060\",@,\"AMZ\",\"AMZUS\",\"x\",\"2026-11-03\",,\"USD\",\"O\",39.9,39.9,"
          "\"A\",\n.\n"));
  expect(OUT_OK, apply(&settings, put_file(&file, "a.rows"), &result));
  assert_counts(&result, 38, 0, 0, 7);
  const char *const reasons[] = { "SL's company 0060 has no order type XXX",
                                  "SOHeader.ShipName: 61 characters, and SL's column holds 60",
                                  "SOHeader.CuryTotOrd: 39.901 has more decimals than SL keeps here (2)",
                                  "SL has no currency XXX",
                                  "SOHeader.CuryTotOrd: 39.9 has more decimals than SL keeps here (0)",
                                  "SOLine.CpnyID: no row of SOHeader stands before it",
                                  "SOHeader.OrdDate: 2026-11-03 is not what this column holds" };
  size_t places[] = { 6, 10, 40, 41, 42, 43, 44 };
  for (size_t i = 0; i < 7; i++) {
    const char *said = arena_text(arena, result.documents[places[i]].reason);
    if (!strstr(said, reasons[i])) fail_msg("%s, not %s", said, reasons[i]);
  }
  assert_string_equal(count_of("SOHeader"), "38");
  assert_string_equal(ask("SELECT MAX(OrdNbr) FROM SOHeader"),
                      "AZ000038"); /* refused ones took none but 7's type */
}

/* What only the server can know: its words, by document. */
static void test_what_sl_refuses(void **state) {
  (void)state;
  struct apply_settings settings = apply_by_default();
  struct apply_result result;
  run_once("CREATE UNIQUE INDEX one_name ON SOHeader (ShipName)");
  struct buf file = buf_new(1 << 20);
  buf_add(&file, STR(ORDER_HEAD));
  for (int i = 1; i <= 250; i++)
    add_order(&file, i, "AMZ", arena_printf(arena, "Buyer %d", i % 200 == 17 ? 17 : i).at);
  buf_add(&file, STR(".\n"));
  expect(OUT_OK, apply(&settings, put_file(&file, "a.rows"), &result));
  assert_counts(&result, 249, 0, 0, 1);
  assert_int_equal(result.documents[216].state, APPLY_REFUSED);
  assert_true(result.documents[216].reason.len > 20);
  assert_string_equal(count_of("SOHeader"), "249");
  assert_string_equal(count_of("SOLine"), "498");
  assert_string_equal(count_of("ProcessQueue"), "249");
  assert_string_equal(count_of("sluice_control"), "249");
  if (on_postgresql()) run_once("DROP INDEX one_name");
}

/* Around the sizes of groups, and of the pieces (500) in which the file is read. */
/* Before a file is loaded somebody may have entered its orders himself: they are not written again (R2). */
static void test_what_is_in_sl_is_adopted(void **state) {
  (void)state;
  struct apply_settings settings = apply_by_default();
  struct apply_result result;
  expect(OUT_OK, apply(&settings, orders_file("a.rows", 1, 7), &result));
  run_once("DELETE FROM sluice_control WHERE DocKey <> '113-0000001'");
  run_once("UPDATE SOHeader SET Cancelled = 1 WHERE OrdNbr = 'AZ000003'");
  run_once("UPDATE SOHeader SET CpnyID = '0070' WHERE OrdNbr = 'AZ000004'");
  run_once("UPDATE SOHeader SET CustOrdNbr = '' WHERE OrdNbr = 'AZ000005'");
  /* a credit memo of ours names the order that it is about */
  run_once(
      "INSERT INTO sluice_control (Kind, DocKey, Digest, SLNbr, SLRef, CpnyID, Item, Site, RunNbr, EntryNbr, "
      "WrittenAt) SELECT 'sl.credit-memo', 'memo', Digest, 'AZ000006', SLRef, CpnyID, Item, Site, RunNbr, "
      "EntryNbr, WrittenAt FROM sluice_control");
  expect(OUT_OK, apply(&settings, orders_file("b.rows", 1, 8), &result));
  assert_counts(&result, 4, 1, 0, 0);
  assert_int_equal(result.adopted, 2);
  const enum apply_state states[] = { APPLY_KNOWN,   APPLY_ADOPTED, APPLY_ADOPTED, APPLY_WRITTEN,
                                      APPLY_WRITTEN, APPLY_WRITTEN, APPLY_WRITTEN };
  for (size_t i = 0; i < 7; i++) assert_int_equal(result.documents[i].state, states[i]);
  assert_true(str_eq(result.documents[2].number, STR("AZ000003")));
  assert_string_equal(count_of("SOHeader WHERE CpnyID = '0060' AND CustOrdNbr = '113-0000002'"), "1");
  assert_string_equal(count_of("SOLine"), "20");
  assert_string_equal(ask("SELECT SLNbr, RunNbr FROM sluice_control WHERE DocKey = '113-0000002'"),
                      "AZ000002|7");
  assert_string_equal(ask("SELECT LastOrdNbr FROM SOType WHERE SOTypeID = 'AMZ'"), "000010");
  expect(OUT_OK, apply(&settings, orders_file("b.rows", 1, 8), &result)); /* asked once */
  assert_counts(&result, 0, 7, 0, 0);
  assert_int_equal(result.adopted, 0);
}

/* What SL refuses is entered by hand: then it does not wait any more. */
static void test_refused_and_entered_by_hand(void **state) {
  (void)state;
  struct apply_settings settings = apply_by_default();
  struct apply_result result;
  struct buf file = buf_new(1 << 20);
  buf_add(&file, STR(ORDER_HEAD));
  add_order(&file, 1, "XXX", "A. Buyer");
  buf_add(&file, STR(".\n"));
  const char *path = put_file(&file, "a.rows");
  expect(OUT_OK, apply(&settings, path, &result));
  assert_counts(&result, 0, 0, 0, 1);
  expect(OUT_OK, apply(&settings, orders_file("b.rows", 1, 2), &result));
  run_once("DELETE FROM sluice_control");
  expect(OUT_OK, apply(&settings, path, &result));
  assert_counts(&result, 0, 0, 0, 0);
  assert_int_equal(result.adopted, 1);
  assert_string_equal(count_of("SOHeader"), "1");
}

static void test_group_sizes(void **state) {
  (void)state;
  static const struct {
    size_t group;
    int orders;
  } sizes[] = { { 1, 30 },    { 29, 30 },  { 30, 30 },  { 31, 30 },
                { 5000, 25 }, { 20, 499 }, { 20, 500 }, { 7, 501 } };
  struct apply_settings settings = apply_by_default();
  struct apply_result result;
  int from = 1;
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    settings.group = sizes[i].group;
    expect(OUT_OK, apply(&settings, orders_file("a.rows", from, from + sizes[i].orders), &result));
    assert_counts(&result, sizes[i].orders, 0, 0, 0);
    from += sizes[i].orders;
  }
  assert_int_equal(atoi(count_of("SOLine")), 2 * (from - 1));
}

int main(void) {
  const struct CMUnitTest tests[] = {
    TEST(test_orders_are_written),
    TEST(test_twice_is_once),
    TEST(test_other_content_is_never_written),
    TEST(test_another_day_is_the_same_content),
    TEST(test_one_bad_document_is_left_out),
    TEST(test_what_sl_refuses),
    TEST(test_what_is_in_sl_is_adopted),
    TEST(test_refused_and_entered_by_hand),
    TEST(test_group_sizes),
  };
  return cmocka_run_group_tests(tests, group_start, group_stop);
}
