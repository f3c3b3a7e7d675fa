/* unit/model/test_sqltable: a .table file to columns and keys, what is wrong in one, and what schemas take of
 * it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/schema.h"

#include <stdio.h>
#include <string.h>

static struct arena *arena;
static struct complaints *wrong;

static int start(void **state) {
  (void)state;
  arena = arena_new();
  wrong = complaints_new(arena);
  return 0;
}

static int stop(void **state) {
  (void)state;
  arena_free(arena);
  return 0;
}

static const struct source *text_source(const char *name, const char *text) {
  struct source *source = ARENA_NEW(arena, struct source);
  *source = (struct source){ name, str_of(text) };
  return source;
}

static struct sql_table *parse(const char *text) {
  return sqltable_parse(text_source("x.table", text), arena, wrong);
}

static const char event[] = "# What happened.\n"
                            "table Event\n"
                            "  key CpnyID, EventID\n"
                            "  unique EventID\n"
                            "  index Descr, CpnyID\n"
                            "  Descr, CpnyID,\n"
                            "    Crtd_Prog char(10)\n"
                            "  Kind char(1) default \"A\"\n"
                            "  User10, User2 float\n"
                            "  Size smallint nullable default 999\n"
                            "  EventID int identity\n"
                            "  EventDate smalldatetime\n"
                            "  Note text\n"
                            "  tstamp rowversion\n";

static void test_columns(void **state) {
  (void)state;
  struct sql_table *table = parse(event);
  assert_int_equal(complaints_count(wrong), 0);
  assert_true(str_eq(table->name, STR("Event")));
  static const char *const order[] = { "CpnyID", "Crtd_Prog", "Descr",  "EventDate", "EventID", "Kind",
                                       "Note",   "Size",      "User10", "User2",     "tstamp" };
  assert_int_equal(table->column_count, sizeof order / sizeof *order);
  for (size_t i = 0; i < table->column_count; i++)
    assert_true(str_eq(table->columns[i]->name, str_of(order[i])));
  const struct sql_column *kind = sqltable_column(table, STR("Kind")),
                          *id = sqltable_column(table, STR("EventID"));
  const struct sql_column *size = sqltable_column(table, STR("Size")),
                          *row = sqltable_column(table, STR("tstamp"));
  assert_true(kind->type == SQL_TYPE_CHAR && kind->width == 1 && str_eq(kind->fallback, STR("A")));
  assert_true(id->identity && id->is_key && !sql_column_is_written(id));
  assert_true(size->nullable && str_eq(size->fallback, STR("999")));
  assert_false(sql_column_is_written(row));
  assert_true(sql_column_is_written(kind));
  assert_null(sqltable_column(table, STR("descr"))); /* one spelling */
  assert_true(str_eq(sqltable_suggest(table, STR("descr"), arena), STR("; did you mean \"Descr\"?")));
  assert_true(table->key.count == 2 && table->key.columns[1] == id);
  assert_true(table->index_count == 2 && table->indexes[0].unique && !table->indexes[1].unique);
  assert_true(str_eq(table->indexes[1].columns[0]->name, STR("Descr")));
}

static void test_types(void **state) {
  (void)state;
  struct sql_table *table = parse(event);
  static const struct {
    const char *name;
    enum type type;
    int32_t size;
    const char *blank;
  } of[] = { { "Descr", TYPE_TEXT, 10, " " },   { "User2", TYPE_DECIMAL, -1, "0" },
             { "Size", TYPE_INTEGER, -1, "0" }, { "EventID", TYPE_INTEGER, -1, "0" },
             { "Note", TYPE_TEXT, -1, " " },    { "EventDate", TYPE_ANY, -1, "1900-01-01" } };
  for (size_t i = 0; i < sizeof of / sizeof *of; i++) {
    const struct sql_column *column = sqltable_column(table, str_of(of[i].name));
    struct type_spec type = sql_column_type(column);
    assert_int_equal(type.type, of[i].type);
    assert_int_equal(type.size, of[i].size);
    assert_string_equal(sql_type_blank(column->type), of[i].blank);
  }
}

static void complains(const char *text, const char *of) {
  struct buf said = buf_new(1 << 16);
  wrong = complaints_new(arena);
  parse(text);
  complaints_format(wrong, &said);
  buf_char(&said, 0);
  if (!strstr(said.at, of)) fail_msg("no \"%s\" in: %s", of, said.at);
  buf_free(&said);
}

static void test_wrong(void **state) {
  (void)state;
  complains("", "begins with \"table NAME\"");
  complains("schema x format sql\n", "x.table:1:1: a file of columns begins with");
  complains("table\n", "the table's name");
  complains("table T\n  A char(10)\n", "T has no key");
  complains("table T\n  key A\n  key A\n  A char(10)\n", "x.table:3:3: T has its key already");
  complains("table T\n  key B\n  Bc char(10)\n", "x.table:2:7: no column \"B\" in T; did you mean \"Bc\"?");
  complains("table T\n  key A\n  A char\n", "\"(\"");
  complains("table T\n  key A\n  A char(0)\n", "x.table:3:10: char(n) takes 1 to 8000 characters");
  complains("table T\n  key A\n  A char(8001)\n", "char(n) takes 1 to");
  complains("table T\n  key A\n  A char(\n", "char(n) takes 1 to");
  complains("table T\n  key A\n  A flot\n", "no type \"flot\" in SL's tables; did you mean \"float\"?");
  complains("table T\n  key A\n  A, B\n", "a type");
  complains("table T\n  key A\n  A int, a int\n", "after its type a column says");
  complains("table T\n  key A\n  A int\n  a float\n", "T already has a column \"a\"");
  complains("table T\n  key A\n  A int always\n",
            "after its type a column says identity, nullable or default");
  complains("table T\n  key A\n  A int default\n", "a text or a number is missing");
  complains("table T\n  key A\n  A int default blank\n", "a text or a number is missing");
  complains("table T defaults\n  key A\n  A int\n", "x.table:1:9:");
  complains("table T\n  key A\n  A int\ntable U\n", "x.table:4:1: one file holds one table");
}

static const struct sql_table *find(void *user, str name, struct place place) {
  (void)place;
  const struct sql_table *table = user;
  return str_eq(table->name, name) ? table : NULL;
}

static struct schema *take(const char *text) {
  struct sql_table *table = parse(event);
  struct schema *schema = schema_parse(text_source("x.schema", text), arena, wrong);
  schema_take_columns(schema, find, table, wrong, arena);
  return schema;
}

static void test_schema_takes_columns(void **state) {
  (void)state;
  struct schema *schema = take("schema x  format sql, database sl, document CpnyID\n"
                               "  record Event key CpnyID\n"
                               "    Descr required; Kind text(1); Size = 3; EventDate date\n"
                               "    record Other\n"
                               "      anything\n");
  assert_int_equal(complaints_count(wrong), 0);
  struct record *record = schema_record(schema, STR("Event"));
  const struct field *descr = record_field(record, STR("Descr")),
                     *date = record_field(record, STR("EventDate"));
  assert_true(descr->typed && descr->required && descr->type.type == TYPE_TEXT && descr->type.size == 10);
  assert_true(date->type.type == TYPE_DATE && date->column);
  assert_null(schema_record(schema, STR("Other"))->table);
  struct field *more = record_open_field(record, STR("User10"), record->place, arena);
  assert_true(more && more->type.type == TYPE_DECIMAL && more->typed);
  assert_null(record_open_field(record, STR("User11"), record->place, arena));
}

static void test_moments(void **state) {
  (void)state;
  struct schema *schema =
      take("schema x  format sql, database sl, document Descr\n  record Event\n    Descr\n");
  struct record *record = schema_record(schema, STR("Event"));
  struct field *at = record_open_field(record, STR("EventDate"), record->place, arena);
  assert_true(at->type.type == TYPE_ANY && !at->typed);
  assert_false(field_settle(at, TYPE_TEXT));
  assert_true(field_settle(at, TYPE_ABSENT) && at->type.type == TYPE_ANY);
  assert_true(field_settle(at, TYPE_TIMESTAMP) && at->typed);
  assert_true(field_settle(at, TYPE_DATE)); /* settled: whether it fits is said by its type now */
  assert_int_equal(at->type.type, TYPE_TIMESTAMP);
}

static void schema_complains(const char *fields, const char *of) {
  char text[400];
  struct buf said = buf_new(1 << 16);
  wrong = complaints_new(arena);
  snprintf(text, sizeof text,
           "schema x  format sql, database sl, document Descr\n  record Event key CpnyID\n    %s\n", fields);
  take(text);
  complaints_format(wrong, &said);
  buf_char(&said, 0);
  if (!strstr(said.at, of)) fail_msg("no \"%s\" in: %s", of, said.at);
  buf_free(&said);
}

static void test_schema_wrong(void **state) {
  (void)state;
  schema_complains("Desc required",
                   "x.schema:3:5: no column \"Desc\" in SL's table Event; did you mean \"Descr\"?");
  schema_complains("EventID", "SL gives EventID itself: it cannot be written");
  schema_complains("tstamp", "SL gives tstamp itself");
  schema_complains("Descr text(11)", "Descr has 10 characters in SL, not 11");
  schema_complains("Descr integer", "Descr is integer in the schema, and text in SL");
  schema_complains("EventDate text(10)", "EventDate is text in the schema, and a date or a timestamp in SL");
}

static void whole_complains(const char *text, const char *of) {
  struct buf said = buf_new(1 << 16);
  wrong = complaints_new(arena);
  take(text);
  complaints_format(wrong, &said);
  buf_char(&said, 0);
  if (!strstr(said.at, of)) fail_msg("no \"%s\" in: %s", of, said.at);
  buf_free(&said);
}

/* Records that change rows, and what documents are known by. */
static void test_changes(void **state) {
  (void)state;
  struct schema *schema = take("schema x  format sql, database sl, document CpnyID Descr\n"
                               "  record Event change key CpnyID\n"
                               "    kind-was was Kind = \"A\"; Kind = \"B\"\n");
  assert_int_equal(complaints_count(wrong), 0);
  const struct record *record = schema_record(schema, STR("Event"));
  const struct field *was = record_field(record, STR("kind-was")), *kind = record_field(record, STR("Kind"));
  assert_true(record->change && was->type.type == TYPE_TEXT && was->type.size == 1);
  assert_true(field_is_found_by(was) && !field_is_found_by(kind));
  assert_true(str_eq(field_column(was), STR("Kind")) && was->column == kind->column);
  value number = value_assigned(), other = value_text(STR("1"));
  assert_true(value_is_assigned(&number) && !value_is_assigned(&other));
  whole_complains("schema x  format sql, database sl\n  record Event\n    Descr\n",
                  "x.schema:1:8: a schema that is written says by which fields its documents are known");
  whole_complains("schema x  format sql, database sl, document\n  record Event\n    Descr\n",
                  "a schema that is written says by which fields");
  whole_complains("schema x  format sql, database sl, document Desc\n  record Event\n    Descr\n",
                  "no column \"Desc\" in SL's table Event; did you mean \"Descr\"?");
  whole_complains(
      "schema x  format sql, database sl, document Descr\n  record Event\n    Descr assigned order-number\n",
      "documents cannot be known by Descr, which SL gives");
  whole_complains("schema x  format sql, database sl, document Descr\n  record Event change\n    Descr\n",
                  "x.schema:2:10: a changed record says by which columns its row is found");
  schema_complains("was-it was Kind", "x.schema:3:5: \"was\" stands in records with \"change\" only");
  whole_complains(
      "schema x  format sql, database sl, document Descr\n  record Event change key CpnyID\n    a was Knd\n",
      "no column \"Knd\" in SL's table Event; did you mean \"Kind\"?");
}

static void test_like_takes_columns(void **state) {
  (void)state;
  struct schema *model =
      take("schema x  format sql, database sl, document Descr\n  record Event\n    Descr personal\n");
  struct schema *schema = schema_parse(
      text_source("y.schema",
                  "schema y like x  format ti\n  record Event \"Document\"\n    Descr, Kind, Sise\n"),
      arena, wrong);
  schema_complete(schema, model, wrong, arena);
  struct record *record = schema_record(schema, STR("Event"));
  assert_true(record_field(record, STR("Descr"))->personal);
  assert_int_equal(record_field(record, STR("Kind"))->type.size, 1);
  struct err err = { 0 };
  assert_int_equal(complaints_count(wrong), 1);
  complaints_first(wrong, &err);
  assert_non_null(strstr(err.text, "no column \"Sise\" in SL's table Event; did you mean \"Size\"?"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(test_columns, start, stop),
    cmocka_unit_test_setup_teardown(test_types, start, stop),
    cmocka_unit_test_setup_teardown(test_wrong, start, stop),
    cmocka_unit_test_setup_teardown(test_schema_takes_columns, start, stop),
    cmocka_unit_test_setup_teardown(test_moments, start, stop),
    cmocka_unit_test_setup_teardown(test_schema_wrong, start, stop),
    cmocka_unit_test_setup_teardown(test_changes, start, stop),
    cmocka_unit_test_setup_teardown(test_like_takes_columns, start, stop),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
