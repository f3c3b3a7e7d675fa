/* unit/extract/test_ti_file: the documents of a Transaction Import file, what SL is asked for them, and lines
 * that do not fit. */
#include "extract/ti_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static struct arena *arena;

static int start(void **state) {
  (void)state;
  arena = arena_new();
  return 0;
}

static int stop(void **state) {
  (void)state;
  arena_free(arena);
  return 0;
}

static const char journal[] =
    "schema j  format ti, screen \"01.010.00\"\n"
    "  record journal\n"
    "    record currency \"Currency\"\n      CuryId text(4)\n"
    "    record batch \"Batch\"\n"
    "      PerPost period(MM-YYYY)\n      Descr text(30)\n"
    "      record line \"Transaction\"\n        Acct text(10)\n        ExtRefNbr text(15)\n";
static const char orders[] = "schema o  format ti, screen \"40.100.00\"\n"
                             "  record head \"Document\"\n    Type text(4)\n    CustOrdNbr text(25)\n"
                             "    record line \"Transaction\"\n      InvtID text(30)\n"
                             "    record misc \"Misc\"\n      Id text(10)\n";
static const char payments[] =
    "schema p  format ti, screen \"08.030.00\"\n"
    "  record all\n    record batch \"Batch\"\n      PerPost period(YYYYPP)\n"
    "      record payment \"Payment\"\n        CustId text(15)\n        RefNbr text(10)\n"
    "        record use \"Application\"\n          AdjdRefNbr text(10)\n";
static const char *const of_journal[] = { "ExtRefNbr", "PerPost", "Descr" },
                         *const of_order[] = { "CustOrdNbr" }, *const of_payment[] = { "RefNbr", "CustId" },
                         *const unknown[] = { "Nowhere" };

static const struct schema *schema_of(const char *text) {
  struct source *source = ARENA_NEW(arena, struct source);
  struct complaints *wrong = complaints_new(arena);
  *source = (struct source){ "x.schema", str_of(text) };
  const struct schema *schema = schema_parse(source, arena, wrong);
  assert_int_equal(complaints_count(wrong), 0);
  return schema;
}

static void test_orders(void **state) {
  (void)state;
  struct ti_document *all;
  size_t count;
  struct err err = { 0 };
  str text = STR("\"Document\",\"SO\",\"A-1\"\r\n\"Transaction\",\"X\"\r\n\"Misc\",\"SHIP\"\r\n\r\n"
                 "document,SO, A-2 \r\n\"Transaction\",\"X\"\r\n\"Transaction\",\"Y\"\r\n\"Document\"");
  assert_int_equal(ti_file_read(schema_of(orders), text, of_order, 1, arena, &all, &count, &err), OUT_OK);
  assert_int_equal(count, 3);
  assert_true(str_eq(all[0].keys[0], STR("A-1")) && all[0].first == 1 && all[0].last == 3 &&
              all[0].lines == 1);
  assert_true(str_eq(all[1].keys[0], STR("A-2")) && all[1].first == 5 && all[1].last == 7 &&
              all[1].lines == 2);
  assert_true(!all[2].keys[0].len && all[2].first == 8 && all[2].last == 8 && !all[2].lines);
}

static void test_journal(void **state) {
  (void)state;
  struct ti_document *all;
  size_t count;
  struct err err = { 0 };
  str text = STR("Currency,CAD\r\n\"Batch\",11-2026,\"Amazon 7\"\r\n\"Transaction\",\"1020\",\"7\"\r\n"
                 "\"Transaction\",\"4010\",\"7\"\r\n");
  assert_int_equal(ti_file_read(schema_of(journal), text, of_journal, 3, arena, &all, &count, &err), OUT_OK);
  assert_int_equal(count, 1);
  assert_true(str_eq(all[0].keys[0], STR("7")) && str_eq(all[0].keys[1], STR("202611")));
  assert_true(str_eq(all[0].keys[2], STR("Amazon 7")) && all[0].first == 2 && all[0].lines == 2);
}

static const struct {
  const char *schema, *const *fields;
  const char *text;
  enum outcome outcome;
  uint64_t line;
} bad[] = {
  { orders, unknown, "", OUT_SPEC, 0 },
  { orders, of_order, "\"Document\",\"SO\",\"A-1\r\n", OUT_DATA, 1 },
  { orders, of_order, "\"Document\"\r\n\"Docment\"\r\n", OUT_DATA, 2 },
  { orders, of_order, "\"Document\",\"SO\",\"A\xeb\"\r\n", OUT_DATA, 1 },
  { journal, of_journal,
    "\"Batch\",11-2026,\"x\"\r\n\"Transaction\",\"1\",\"7\"\r\n\"Transaction\",\"1\",\"8\"\r\n", OUT_DATA,
    3 },
};

static void test_bad(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    struct ti_document *all;
    size_t count;
    struct err err = { 0 };
    enum outcome out = ti_file_read(schema_of(bad[i].schema), str_of(bad[i].text), bad[i].fields,
                                    bad[i].fields == of_journal ? 3 : 1, arena, &all, &count, &err);
    if (out != bad[i].outcome || err.line != bad[i].line)
      fail_msg("text %zu: %d, line %zu", i, out, (size_t)err.line);
  }
}

/* A line before the first document belongs to none. */
static void test_lines_of_nobody(void **state) {
  (void)state;
  struct ti_document *all;
  size_t count;
  struct err err = { 0 };
  assert_int_equal(
      ti_file_read(schema_of(orders), STR("\"Misc\",\"SHIP\"\r\n"), of_order, 1, arena, &all, &count, &err),
      OUT_OK);
  assert_int_equal(count, 0);
}

/* The batch around is no part of a payment. */
static void test_payments(void **state) {
  (void)state;
  struct ti_document *all;
  size_t count;
  struct err err = { 0 };
  str text = STR(
      "\"Batch\",202611\r\n\"Payment\",\"A\",\"1\"\r\n\"Application\",\"I1\"\r\n\"Application\",\"I2\"\r\n"
      "\"Payment\",\"B\",\"2\"\r\n\"Batch\",202612\r\n\"Payment\",\"B\",\"3\"\r\n");
  assert_int_equal(ti_file_read(schema_of(payments), text, of_payment, 2, arena, &all, &count, &err), OUT_OK);
  assert_int_equal(count, 3);
  assert_true(str_eq(all[0].keys[0], STR("1")) && str_eq(all[0].keys[1], STR("A")));
  assert_true(all[0].first == 2 && all[0].last == 4 && all[0].lines == 2);
  assert_true(str_eq(all[2].keys[0], STR("3")) && all[2].first == 7 && all[2].lines == 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(test_orders, start, stop),
    cmocka_unit_test_setup_teardown(test_payments, start, stop),
    cmocka_unit_test_setup_teardown(test_journal, start, stop),
    cmocka_unit_test_setup_teardown(test_bad, start, stop),
    cmocka_unit_test_setup_teardown(test_lines_of_nobody, start, stop),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
