/* unit/db/test_listed: column lists as columns of a statement, and against what a database has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "db/listed.h"

static struct arena *arena;
static struct sql_table *table;

static int start(void **state) {
  (void)state;
  static const char list[] = "table Event\n"
                             "  key EventID\n"
                             "  CpnyID, Descr char(10)\n"
                             "  Note text\n"
                             "  Amount float\n"
                             "  Hold smallint\n"
                             "  EventID int identity\n"
                             "  EventDate smalldatetime\n"
                             "  tstamp rowversion\n";
  static const struct source source = { "x.table", { list, sizeof list - 1 } };
  arena = arena_new();
  struct complaints *wrong = complaints_new(arena);
  table = sqltable_parse(&source, arena, wrong);
  assert_int_equal(complaints_count(wrong), 0);
  return 0;
}

static int stop(void **state) {
  (void)state;
  arena_free(arena);
  return 0;
}

static void test_columns(void **state) {
  (void)state;
  size_t all, written;
  struct db_column *columns = listed_columns(table, false, arena, &all);
  assert_int_equal(all, 8);
  assert_true(str_eq(columns[7].name, STR("tstamp")) && columns[7].type == DB_ROWVERSION);
  columns = listed_columns(table, true, arena, &written);
  assert_int_equal(written, 6);
  for (size_t i = 0; i < written; i++) {
    assert_false(columns[i].identity || columns[i].type == DB_ROWVERSION);
    assert_int_equal(columns[i].places, -1);
  }
  assert_true(str_eq(columns[1].name, STR("CpnyID")) && columns[1].type == DB_CHAR && columns[1].width == 10);
}

/* The live columns are the listed ones after `change`; what is then said. */
static str differ(void (*change)(struct db_column *columns, size_t *count), size_t *said) {
  size_t count;
  struct db_column *live = listed_columns(table, false, arena, &count);
  str *texts;
  if (change) change(live, &count);
  *said = listed_differ(table, live, count, arena, &texts);
  return *said ? texts[0] : STR_NONE;
}

static void missing(struct db_column *columns, size_t *count) {
  (void)columns;
  --*count; /* the row version is the last */
}
static void narrower(struct db_column *columns, size_t *count) {
  (void)count;
  columns[1].width = 9;
}
static void wider(struct db_column *columns, size_t *count) {
  (void)count;
  columns[1].width = 11;
  columns[1].name = STR("cpnyid");
  columns[5].type = DB_INT; /* Hold */
}
static void other_type(struct db_column *columns, size_t *count) {
  (void)count;
  columns[0].type = DB_INT;
}
static void more(struct db_column *columns, size_t *count) {
  columns[*count] = (struct db_column){ .name = STR("Extra"), .type = DB_INT };
  ++*count;
}

static void test_differ(void **state) {
  (void)state;
  size_t said;
  differ(NULL, &said);
  assert_int_equal(said, 0);
  assert_true(str_eq(differ(missing, &said), STR("Event has no column tstamp")));
  assert_true(str_eq(differ(narrower, &said), STR("Event.CpnyID takes 9 characters there, not 10")));
  assert_int_equal(said, 1);
  differ(wider, &said);
  assert_int_equal(said, 0);
  assert_true(str_eq(differ(other_type, &said), STR("Event.Amount is int there, not float")));
  assert_true(str_eq(differ(more, &said), STR("Event has a column Extra there that our list lacks")));
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(test_columns, start, stop),
    cmocka_unit_test_setup_teardown(test_differ, start, stop),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
