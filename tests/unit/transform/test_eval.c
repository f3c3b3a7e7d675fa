/* unit/transform/test_eval: what an expression comes to at one row, and what cannot be computed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "transform/check.h"
#include "transform/eval.h"

#include <stdio.h>
#include <string.h>

static const char rows_schema[] = "schema rows  format csv\n"
                                  "  record row\n"
                                  "    name text(40)\n"
                                  "    empty text(40)\n"
                                  "    amount decimal\n"
                                  "    pieces integer\n"
                                  "    nothing decimal\n"
                                  "    day date\n"
                                  "    at timestamp\n"
                                  "    broken decimal\n"
                                  "    flag boolean\n";
static const char note_schema[] = "schema note  format csv\n  record note\n    text text(80)\n";
static const char calendar_text[] = "period,start,end,status\n202609,2026-09-01,2026-09-30,closed\n"
                                    "202610,2026-10-01,2026-10-31,open\n202611,2026-11-01,2026-11-30,open\n";
static const struct {
  const char *column, *cell;
} cells[] = {
  { "name", "HOK-Mill \"x\" 12" },
  { "empty", "" },
  { "amount", "-12.345" },
  { "pieces", "7" },
  { "nothing", "" },
  { "day", "2026-10-31" },
  { "at", "2026-11-01 06:59:59 UTC" },
  { "broken", "12x" },
  { "flag", "yes" },
};

static struct arena *arena;
static struct zone *zone;
static const struct calendar *calendar;

static struct schema *schema_of(void *user, str name, struct place place) {
  const char *text = str_eq(name, STR("rows")) ? rows_schema : note_schema;
  struct source *source = ARENA_NEW(arena, struct source);
  (void)place;
  *source = (struct source){ "x.schema", str_of(text) };
  return schema_parse(source, arena, user);
}

static const struct sheet *sheet_of(void *user, str name, struct place place) {
  (void)user, (void)name, (void)place;
  return NULL;
}

static bool setting_of(void *user, str name, str *text, struct place *place) {
  (void)user;
  *place = (struct place){ NULL, 1 };
  *text = STR("0060");
  return str_eq(name, STR("company"));
}

static struct program *program_of(const char *text) {
  struct complaints *wrong = complaints_new(arena);
  struct source *source = ARENA_NEW(arena, struct source);
  *source = (struct source){ "x.transform", str_of(text) };
  struct transform_spec *spec = transform_parse(source, arena, wrong);
  struct check_files files = { wrong, schema_of, sheet_of, setting_of, true, false };
  struct program *program = spec ? transform_check(spec, &files, arena, wrong) : NULL;
  struct buf shown = buf_new(1 << 16);
  complaints_format(wrong, &shown);
  buf_char(&shown, '\0');
  if (shown.len > 1 || !program) fail_msg("%s\n%s", text, shown.at);
  buf_free(&shown);
  return program;
}

/* The expression as a text; what cannot be computed as "! why". */
static str value_of(const char *expression) {
  char text[1000];
  snprintf(text, sizeof text,
           "transform x\n  from rows\n  into note\n  setting company text(10)\n"
           "  let v = %s\n  warn \"{v}\" when name present\n  note each row\n    text = config.company\n",
           expression);
  struct program *program = program_of(text);
  const struct level *level = program->streamed;
  str *values = ARENA_ARRAY(arena, str, level->column_count + 1);
  for (size_t i = 0; i < level->column_count; i++)
    for (size_t j = 0; j < sizeof cells / sizeof *cells; j++)
      if (str_eq(level->columns[i]->name, str_of(cells[j].column))) values[i] = str_of(cells[j].cell);
  struct rec rec = { .level = level, .cells = values, .row = 0 };
  struct run run = { .program = program, .calendar = calendar, .source_file = STR("in.csv") };
  run.notation = (struct notation){ .decimal = DEC_POINT, .zone = zone, .places_most = -1 };
  run.today = date_of(2026, 11, 20);
  struct ctx ctx = { .run = &run, .arena = arena, .answers = answers_new(program) };
  ctx.recs[level->index] = &rec;
  str shown = eval_text(program->rules[0].text, &ctx);
  if (ctx.failed) shown = arena_printf(arena, "! %s", ctx.err.text);
  answers_free(ctx.answers);
  return shown;
}

struct expectation {
  const char *expression, *want;
};

static void check(const struct expectation *table, size_t count) {
  for (size_t i = 0; i < count; i++) {
    str got = value_of(table[i].expression);
    if (!str_eq(got, str_of(table[i].want)))
      fail_msg("%s is \"%.*s\", not \"%s\"", table[i].expression, STR_ARG(got), table[i].want);
  }
}
#define CHECK(table) check(table, sizeof(table) / sizeof *(table))

static void test_numbers(void **state) {
  (void)state;
  static const struct expectation table[] = {
    { "amount", "-12.345" },
    { "-amount + 0.005", "12.350" },
    { "pieces * 3 - 1", "20" },
    { "amount * pieces", "-86.415" },
    { "1 / 3", "0.333333333333333333" },
    { "pieces / 2", "3.5" },
    { "abs(amount)", "12.345" },
    { "least(3, amount, 5)", "-12.345" },
    { "greatest(-amount, 0)", "12.345" },
    { "round-half-up(amount, 2)", "-12.35" },
    { "round-half-even(12.345, 2)", "12.34" },
    { "round-half-even(12.355, 2)", "12.36" },
    { "round-down(amount, 0)", "-12" },
    { "round-up(12.001, 2)", "12.01" },
    { "decimal(\"1.50\") + 1", "2.50" },
    { "integer(\"12\") + 1", "13" },
    { "currency-places(\"JPY\")", "0" },
    { "currency-places(\"KWD\")", "3" },
    { "if amount < 0 then -amount else amount", "12.345" },
  };
  CHECK(table);
}

static void test_texts(void **state) {
  (void)state;
  static const struct expectation table[] = {
    { "upper(name)", "HOK-MILL \"X\" 12" },
    { "left(name, 3)", "HOK" },
    { "right(name, 2)", "12" },
    { "length(name)", "15" },
    { "replace(name, \"-\", \"/\")", "HOK/Mill \"x\" 12" },
    { "part(name, \" \", 1)", "HOK-Mill" },
    { "part(name, \" \", 9)", "" },
    { "join(\"/\", left(name, 3), empty, pieces)", "HOK/7" },
    { "digits(name)", "12" },
    { "text(day, 'DD.MM.YYYY')", "31.10.2026" },
    { "source-file()", "in.csv" },
    { "name like \"hok-*x? ##\"", "yes" },
    { "name like \"hok\"", "no" },
    { "name in (\"a\", \"b\")", "no" },
  };
  CHECK(table);
}

static void test_absent(void **state) {
  (void)state;
  static const struct expectation table[] = {
    { "nothing", "" },
    { "nothing + 1", "" },
    { "upper(empty)", "" },
    { "nothing otherwise 5", "5" },
    { "amount otherwise 5", "-12.345" },
    { "empty = empty", "yes" },
    { "empty = name", "no" },
    { "empty <> name", "yes" },
    { "nothing < 1", "no" },
    { "nothing >= 1", "no" },
    { "not (nothing < 1)", "yes" },
    { "empty like \"*\"", "no" },
    { "empty in (\"a\")", "no" },
    { "empty present", "no" },
    { "empty absent", "yes" },
    { "if nothing > 1 then \"more\" else \"not\"", "not" },
    { "least(nothing, 1)", "" },
    { "join(\"-\", empty, empty)", "" },
    { "amount = -12.3450", "yes" },
  };
  CHECK(table);
}

static void test_conditions(void **state) {
  (void)state;
  static const struct expectation table[] = {
    { "flag and amount < 0", "yes" },
    { "flag and amount > 0 or pieces = 7", "yes" },
    { "flag and (amount > 0 or pieces = 8)", "no" },
    { "not flag or flag", "yes" },
    { "amount > 0 and broken > 0", "no" }, /* the second is not asked */
    { "amount < 0 or broken > 0", "yes" },
  };
  CHECK(table);
}

static void test_days(void **state) {
  (void)state;
  static const struct expectation table[] = {
    { "date(at)", "2026-10-31" }, /* still October in Los Angeles */
    { "fiscal-period(at)", "202610" },
    { "fiscal-period(day)", "202610" },
    { "add-days(day, 1)", "2026-11-01" },
    { "add-days(day, -31)", "2026-09-30" },
    { "period-start(fiscal-period(day))", "2026-10-01" },
    { "period-end(fiscal-period(day))", "2026-10-31" },
    { "is-open(fiscal-period(add-days(day, -31)))", "no" },
    { "first-open(fiscal-period(add-days(day, -31)))", "202610" },
    { "first-open(fiscal-period(add-days(day, 1)))", "202611" },
    { "today()", "2026-11-20" },
  };
  CHECK(table);
}

static void test_what_fails(void **state) {
  (void)state;
  static const struct expectation table[] = {
    { "broken + 1", "! broken: \"12x\" is not a number" },
    { "amount / (pieces - 7)", "! division by zero" },
    { "fiscal-period(add-days(day, 31))",
      "! 2026-12-01 lies outside the fiscal calendar (2026-09-01 to 2026-11-30)" },
    { "decimal(name)", "! \"HOK-Mill \"x\" 12\" is not a number" },
    { "integer(amount)", "! -12.345 is not a whole number" },
    { "99999999999999999999999999999999999999 * 10", "! a number has more than 38 digits" },
  };
  CHECK(table);
}

static int start(void **state) {
  struct err err = { 0 };
  (void)state;
  arena = arena_new();
  if (zone_open("America/Los_Angeles", &zone, &err)) return 1;
  return calendar_parse(STR("fiscal-calendar.csv"), str_of(calendar_text), arena, &calendar, &err) != OUT_OK;
}

static int stop(void **state) {
  (void)state;
  zone_close(zone);
  arena_free(arena);
  return 0;
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(test_numbers, start, stop),
    cmocka_unit_test_setup_teardown(test_texts, start, stop),
    cmocka_unit_test_setup_teardown(test_absent, start, stop),
    cmocka_unit_test_setup_teardown(test_conditions, start, stop),
    cmocka_unit_test_setup_teardown(test_days, start, stop),
    cmocka_unit_test_setup_teardown(test_what_fails, start, stop),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
