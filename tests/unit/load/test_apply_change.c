/* unit/load/test_apply_change: rows of SL that are changed, only as they were read; what a dry run says. */
#include "company.h"

static const char release_schema[] =
    "schema x.release  format sql, database sl, others blank, stamp \"SLUICE\", document CpnyID OrdNbr\n"
    "  record SOHeader key CpnyID, OrdNbr change\n"
    "    was-hold was AdminHold\n"
    "    AdminHold, ShipViaID; ShipName personal\n"
    "    record SOLine key CpnyID, OrdNbr, LineRef change\n"
    "      units-was was CurySlsPrice; QtyShip\n"
    "    record ProcessQueue\n"
    "      CpnyID, SOOrdNbr required; ProcessType = \"PRCSO\"; ProcessAt = now()\n";

#define RELEASE_HEAD                                                                                         \
  "sluice rows 1 x.release\n"                                                                                \
  "=SOHeader change,CpnyID?,OrdNbr?,AdminHold?,AdminHold,ShipViaID,ShipName\n"                               \
  "=SOLine change,LineRef?,CurySlsPrice?,QtyShip\n"                                                                        \
  "=ProcessQueue,CpnyID,SOOrdNbr,ProcessType,ProcessAt\n"

static void add_release(struct buf *file, const char *number, const char *cells) {
  buf_printf(file, "+0060/%s\nSOHeader,\"0060\",\"%s\",1,0,%s\nSOLine,\"00002\",19.90,2\n", number, number, cells);
  buf_printf(file, "ProcessQueue,\"0060\",\"%s\",\"PRCSO\",2026-11-04T04:05:00\n", number);
}

static const char *releases(const char *name, const char *cells) {
  struct buf file = buf_new(1 << 20);
  buf_add(&file, STR(RELEASE_HEAD));
  for (int i = 1; i <= 3; i++) add_release(&file, arena_printf(arena, "AZ00000%d", i).at, cells);
  buf_add(&file, STR(".\n"));
  return put_file(&file, name);
}

static struct apply_settings on_hold(void) {
  struct apply_settings settings = apply_by_default();
  struct apply_result result;
  expect(OUT_OK, apply(&settings, orders_file("a.rows", 1, 4), &result));
  run_once("UPDATE SOHeader SET AdminHold = 1");
  settings.schema = schema_of(release_schema);
  settings.now = STR("2026-11-04T04:05");
  settings.run = 8;
  return settings;
}

static void test_rows_are_changed(void **state) {
  (void)state;
  struct apply_settings settings = on_hold();
  struct apply_result result;
  expect(OUT_OK, apply(&settings, releases("b.rows", "\"UPS\","), &result));
  assert_int_equal(result.written, 3);
  assert_string_equal(
      ask("SELECT OrdNbr, AdminHold, ShipViaID, ShipName, LUpd_DateTime, Crtd_DateTime FROM SOHeader"),
      "AZ000001|0|UPS|A. Buyer|2026-11-04T04:05:00|2026-11-03T04:05:00\n"
      "AZ000002|0|UPS|A. Buyer|2026-11-04T04:05:00|2026-11-03T04:05:00\n"
      "AZ000003|0|UPS|A. Buyer|2026-11-04T04:05:00|2026-11-03T04:05:00");
  assert_string_equal(ask("SELECT LineRef, QtyShip FROM SOLine WHERE OrdNbr = 'AZ000002'"),
                      "00001|0\n00002|2");
  assert_string_equal(ask("SELECT COUNT(*) FROM ProcessQueue WHERE ProcessType = 'PRCSO'"), "3");
  expect(OUT_OK, apply(&settings, releases("b.rows", "\"UPS\","), &result));
  assert_int_equal(result.known, 3);
  assert_string_equal(ask("SELECT COUNT(*) FROM ProcessQueue WHERE ProcessType = 'PRCSO'"), "3");
}

static void test_a_blank_text_empties(void **state) {
  (void)state;
  struct apply_settings settings = on_hold();
  struct apply_result result;
  expect(OUT_OK, apply(&settings, releases("b.rows", ",\" \""), &result));
  assert_string_equal(ask("SELECT DISTINCT ShipViaID, ShipName FROM SOHeader"), "|");
}

static void test_changed_since_it_was_read(void **state) {
  (void)state;
  struct apply_settings settings = on_hold();
  struct apply_result result;
  run_once("UPDATE SOHeader SET AdminHold = 0 WHERE OrdNbr = 'AZ000002'");
  expect(OUT_OK, apply(&settings, releases("b.rows", "\"UPS\","), &result));
  assert_int_equal(result.written, 2);
  assert_int_equal(result.refused, 1);
  assert_string_equal(
      arena_text(arena, result.documents[1].reason),
      "SOHeader (AdminHold 1, CpnyID 0060, OrdNbr AZ000002) was changed in SL since it was read, or is gone");
  assert_string_equal(ask("SELECT OrdNbr, ShipViaID FROM SOHeader"), "AZ000001|UPS\nAZ000002|\nAZ000003|UPS");
  assert_string_equal(ask("SELECT QtyShip FROM SOLine WHERE OrdNbr = 'AZ000002'"), "0\n0");
  assert_string_equal(ask("SELECT SOOrdNbr FROM ProcessQueue WHERE ProcessType = 'PRCSO'"),
                      "AZ000001\nAZ000003");
}

static void assert_diff(const struct diff_result *result, int fresh, int same, int changed, int conflicting) {
  assert_int_equal(result->fresh, fresh);
  assert_int_equal(result->same, same);
  assert_int_equal(result->changed, changed);
  assert_int_equal(result->conflicting, conflicting);
}

static void test_diff_of_changes(void **state) {
  (void)state;
  struct apply_settings settings = on_hold();
  struct diff_result diff;
  run_once("UPDATE SOHeader SET AdminHold = 0 WHERE OrdNbr = 'AZ000002'");
  expect(OUT_OK, apply_diff(&settings, releases("b.rows", "\"UPS\",\"B. Buyer\""), arena, &diff, &err));
  assert_diff(&diff, 0, 0, 2, 1);
  assert_string_equal(arena_text(arena, diff.documents[0].what),
                      "AdminHold: 1 in SL, 0 here; ShipName differs; ShipViaID: nothing in SL, UPS here; "
                      "QtyShip: 0 in SL, 2 here");
  assert_int_equal(diff.documents[1].state, DIFF_CONFLICTING);
  assert_string_equal(ask("SELECT COUNT(*) FROM sluice_control"), "3");
}

static void test_diff_of_orders(void **state) {
  (void)state;
  struct apply_settings settings = apply_by_default();
  struct apply_result result;
  struct diff_result diff;
  expect(OUT_OK, apply(&settings, orders_file("a.rows", 1, 4), &result));
  run_once("DELETE FROM sluice_control WHERE SLNbr <> 'AZ000001'"); /* 2 and 3 are somebody else's now */
  run_once("UPDATE SOHeader SET ShipName = 'C. Buyer', SOTypeID = 'SO' WHERE OrdNbr = 'AZ000003'");
  struct buf file = buf_new(1 << 20);
  buf_add(&file, STR(ORDER_HEAD));
  for (int i = 1; i <= 4; i++) add_order(&file, i, "AMZ", "A. Buyer");
  add_order(&file, 1, "AMZ", "B. Buyer");
  buf_add(&file, STR(".\n"));
  expect(OUT_OK, apply_diff(&settings, put_file(&file, "b.rows"), arena, &diff, &err));
  assert_diff(&diff, 1, 2, 1, 1);
  const enum diff_state states[] = { DIFF_SAME, DIFF_SAME, DIFF_CONFLICTING, DIFF_NEW, DIFF_CHANGED };
  for (size_t i = 0; i < 5; i++) assert_int_equal(diff.documents[i].state, states[i]);
  assert_true(str_eq(diff.documents[1].number, STR("AZ000002")));
  assert_string_equal(arena_text(arena, diff.documents[2].what),
                      "ShipName differs; SOTypeID: SO in SL, AMZ here");
  assert_string_equal(ask("SELECT LastOrdNbr FROM SOType WHERE SOTypeID = 'AMZ'"), "000003");
  assert_string_equal(count_of("SOHeader"), "3");
}

/* --- what the site's own tables lack --- */

static void renamed(const char *table, const char *column, const char *to,
                    const struct apply_settings *settings, enum outcome wanted, const char *said) {
  struct apply_result result;
  run_once(arena_printf(arena, "ALTER TABLE %s RENAME COLUMN %s TO %s", table, column, to).at);
  expect(wanted, apply(settings, orders_file("c.rows", 1, 4), &result));
  if (wanted && !strstr(err.text, said)) fail_msg("%s", err.text);
  run_once(arena_printf(arena, "ALTER TABLE %s RENAME COLUMN %s TO %s", table, to, column).at);
  if (!wanted) assert_int_equal(result.written, 3);
}

static void test_columns_of_the_site(void **state) {
  (void)state;
  struct apply_settings settings = apply_by_default();
  renamed("SOLine", "UnitDesc", "UnitDescr", &settings, OUT_SPEC,
          "this site's table SOLine has no column UnitDesc");
  renamed("SOType", "LastOrdNbr", "LastOrd", &settings, OUT_SPEC, "olumn");
  renamed("sluice_control", "Digest", "Dgst", &settings, OUT_SPEC,
          "sluice's own table sluice_control is not");
  renamed("ProcessQueue", "SOOrdNbr", "SONbr", &settings, OUT_SPEC, "ProcessQueue has no column SOOrdNbr");
  assert_string_equal(count_of("SOHeader"), "0");
  renamed("SOLine", "S4Future12", "OwnField", &settings, OUT_OK, "");
}

static void test_other_specs(void **state) {
  (void)state;
  struct apply_settings settings = apply_by_default();
  struct apply_result result;
  settings.schema = schema_of(release_schema);
  expect(OUT_SPEC, apply(&settings, orders_file("a.rows", 1, 2), &result));
  assert_non_null(strstr(err.text, "rows of schema sl.sales-order, and x.release was asked for"));
  settings = apply_by_default();
  struct buf file = buf_new(1 << 20);
  buf_add(&file, STR("sluice rows 1 sl.sales-order\n=SOHeader change,CpnyID?,CustID\n.\n"));
  expect(OUT_SPEC, apply(&settings, put_file(&file, "b.rows"), &result));
  assert_non_null(strstr(err.text, "written by other specs"));
  buf_add(&file, STR("sluice rows 1 sl.sales-order\n=SOHaeder,CpnyID\n.\n"));
  expect(OUT_SPEC, apply(&settings, put_file(&file, "b.rows"), &result));
  buf_add(&file, STR("sluice rows 1 sl.sales-order\n=SOEvent,EventID\n.\n"));
  expect(OUT_SPEC, apply(&settings, put_file(&file, "b.rows"), &result));
  assert_non_null(strstr(err.text, "SL gives SOEvent.EventID itself"));
}

/* A damaged file changes nothing, wherever it is damaged. */
static void test_damaged(void **state) {
  (void)state;
  struct apply_settings settings = apply_by_default();
  struct apply_result result;
  const char *path = orders_file("a.rows", 1, 800);
  char command[1200];
  snprintf(command, sizeof command, "sed -i '$d' %s", path);
  assert_int_equal(system(command), 0);
  expect(OUT_DATA, apply(&settings, path, &result));
  assert_non_null(strstr(err.text, "the file ends in the middle"));
  assert_true(err.line > 6000 && strstr(err.file, "a.rows"));
  assert_string_equal(count_of("SOHeader"), "0");
  assert_string_equal(ask("SELECT LastOrdNbr FROM SOType WHERE SOTypeID = 'AMZ'"), "000000");
}

int main(void) {
  const struct CMUnitTest tests[] = {
    TEST(test_rows_are_changed),
    TEST(test_a_blank_text_empties),
    TEST(test_changed_since_it_was_read),
    TEST(test_diff_of_changes),
    TEST(test_diff_of_orders),
    TEST(test_columns_of_the_site),
    TEST(test_other_specs),
    TEST(test_damaged),
  };
  return cmocka_run_group_tests(tests, group_start, group_stop);
}
