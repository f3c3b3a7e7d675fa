/* unit/transform/test_check: what a transform's names mean, and one message for one slip. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "transform/check.h"

#include <string.h>

struct files {
  struct arena *arena;
  struct complaints *wrong;
};

static const struct {
  const char *name, *text;
} schemas[] = {
  { "orders", "schema orders  format csv\n"
              "  record order key id\n"
              "    id text(10) required\n"
              "    day date\n"
              "    at timestamp\n"
              "    total decimal\n"
              "    country text(3)\n"
              "    record item\n"
              "      sku text(20)\n"
              "      pieces integer\n"
              "      price decimal\n"
              "      country text(3)\n" },
  { "rows", "schema rows  format tsv\n"
            "  record row\n"
            "    id text(10)\n"
            "    kind text(10)\n"
            "    amount decimal\n"
            "    pieces integer\n"
            "    day date\n" },
  { "out", "schema out  format csv\n"
           "  record head\n"
           "    id text(10) required\n"
           "    sum decimal(2)\n"
           "    count integer\n"
           "    day date\n"
           "    again text(10) = id\n"
           "    record body\n"
           "      sku text(20) required\n"
           "      pieces integer\n" },
  { "note", "schema note  format csv\n  record note\n    text text(80)\n" },
};

static struct schema *schema_of(void *user, str name, struct place place) {
  struct files *files = user;
  for (size_t i = 0; i < sizeof schemas / sizeof *schemas; i++)
    if (str_eq(name, str_of(schemas[i].name))) {
      struct source *source = ARENA_NEW(files->arena, struct source);
      *source = (struct source){ schemas[i].name, str_of(schemas[i].text) };
      return schema_parse(source, files->arena, files->wrong);
    }
  if (place.source) complain(files->wrong, place, "no schema \"%.*s\"", STR_ARG(name));
  return NULL;
}

static const struct sheet *sheet_of(void *user, str name, struct place place) {
  struct files *files = user;
  complain(files->wrong, place, "no sheet \"%.*s\"", STR_ARG(name));
  return NULL;
}

static bool setting_of(void *user, str name, str *text, struct place *place) {
  (void)user;
  *place = (struct place){ NULL, 1 };
  *text = STR("0060");
  return str_eq(name, STR("company"));
}

static struct program *check(struct arena *arena, struct complaints *wrong, const char *text) {
  struct source *source = ARENA_NEW(arena, struct source);
  *source = (struct source){ "x.transform", str_of(text) };
  struct transform_spec *spec = transform_parse(source, arena, wrong);
  static struct files files;
  files = (struct files){ arena, wrong };
  struct check_files callbacks = { &files, schema_of, sheet_of, setting_of, true, false };
  return spec ? transform_check(spec, &callbacks, arena, wrong) : NULL;
}

#define ROWS   "transform x\n  from rows\n  into out, note\n"
#define ORDERS "transform x\n  from orders\n  into out, note\n"

static void test_good(void **state) {
  (void)state;
  static const char *const table[] = {
    ROWS "  head per id\n    copy id\n    sum = sum(amount)\n    count = count(row)\n",
    ROWS "  head per id\n    copy id, day\n    count = distinct(kind)\n",
    ROWS "  head each row\n    copy id\n    sum = amount\n    body\n      sku = head.id\n",
    ROWS "  head per upper(id)\n    id = upper(id)\n    body per kind\n      sku = kind\n      pieces = "
         "sum(pieces)\n",
    ROWS "  let part = amount * 2\n  head per id\n    copy id\n    sum = sum(part where kind like \"a*\")\n",
    ROWS "  head per id when sum(amount) > 0\n    copy id\n    sum = prior(sum(amount))\n",
    ROWS "  warn \"{id}\" when amount absent\n  warn file \"{count(row)} rows\" when any(amount < 0)\n"
         "  head each row\n    copy id\n",
    ROWS "  setting company text(10)\n  head each row\n    id = config.company\n",
    ROWS "  setting extra text(10)\n  head each row\n    id = config.extra otherwise \"none\"\n",
    ROWS "  head per id\n    copy id\n    sum = sum(body.pieces)\n    body each row\n      sku = kind\n      "
         "copy pieces\n"
         "  prove \"all\" sum(body.pieces) = sum(pieces)\n  prove \"each\" head.sum >= 0 per head\n",
    ORDERS
    "  head each order\n    copy id\n    count = count(item)\n    body each item\n      copy sku, pieces\n",
    ORDERS "  head each order\n    copy id\n    sum = sum(pieces * price)\n    body per sku\n      copy sku\n"
           "      pieces = sum(pieces)\n",
    ORDERS "  reject \"{id} is empty\" when count(item) = 0\n  head each order\n    copy id\n",
    ORDERS "  head each order\n    copy id\n    body each item sorted by price, sku\n      copy sku\n"
           "      pieces = count(item of order)\n",
    ORDERS
    "  head each order\n    copy id\n    body each item when country = order.country\n      copy sku\n",
    ORDERS "  head each order\n    copy id\n    body \"first\"\n      sku = first(sku)\n    body \"last\"\n"
           "      sku = last(sku)\n  prove \"labels\" count(body) = 2 * count(head)\n",
  };
  for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
    struct arena *arena = arena_new();
    struct complaints *wrong = complaints_new(arena);
    struct err err = { 0 };
    assert_non_null(check(arena, wrong, table[i]));
    if (complaints_first(wrong, &err))
      fail_msg("row %zu: %llu: %s", i, (unsigned long long)err.line, err.text);
    arena_free(arena);
  }
}

static const struct {
  const char *text;
  uint64_t line, column;
  const char *says;
} slips[] = {
  { ROWS "  head each row\n    copy id\n    sum = amout\n", 6, 11, "did you mean \"amount\"?" },
  { ROWS "  head each row\n    copy id\n    sum = kind\n", 6, 11, "sum is decimal, this is text" },
  { ROWS "  head each row\n    copy id\n    count = amount\n", 6, 13, "count is integer, this is decimal" },
  { ROWS "  head each row\n    copy id\n    id = kind\n", 5, 10, "id is set already" },
  { ROWS "  head each row\n    id = 5\n", 5, 10, "id is text, this is an integer" },
  { ROWS "  head each row\n    copy day\n", 4, 3, "head.id is required and nothing sets it" },
  { ROWS "  head each rows\n    copy id\n", 4, 13, "no such record below file" },
  { ROWS "  head per id\n    copy id\n    sum = amount\n", 6, 11, "not the same for all rows of this group" },
  { ROWS "  head per id\n    copy id\n    sum = sum(kind)\n", 6, 15,
    "sum() needs a number here, this is text" },
  { ROWS "  body each row\n    sku = id\n", 4, 3, "\"body\" belongs inside \"head\"" },
  { ROWS "  head each row\n    let closing = amount +\n    copy id\n    sum = closing\n", 5, 27,
    "a value is missing" },
  { ROWS "  head each row\n    copy id\n    sum = least(amount, \"1\")\n", 6, 25,
    "least() needs a number here" },
  { ROWS "  head each row\n    copy id\n    sum = abs()\n", 6, 11, "abs() takes 1 value, not 0" },
  { ROWS "  head each row\n    copy id\n    day = if amount then day\n", 6, 14,
    "a condition is needed here" },
  { ROWS "  head each row\n    copy id\n    day = if yes then day else id\n", 6, 32, "\"then\" gives date" },
  { ROWS "  head each row\n    copy id\n    sum = amount otherwise \"0\"\n", 6, 28, "the fallback is text" },
  { ROWS "  head each row\n    id = config.compny\n  setting company text(5)\n", 5, 10,
    "did you mean \"company\"?" },
  { ROWS "  setting extra text(10) \"what it is\"\n  head each row\n    id = config.extra\n", 4, 11,
    "sluice.conf has no extra: what it is" },
  { ROWS "  head each row\n    id = header.id\n", 5, 10, "there is no \"header where\" line" },
  { ROWS "  lookup gl in \"x.csv\"\n    on kind\n    take a text(5)\n  head each row\n    id = gl.a\n", 4, 16,
    "no sheet" },
  { ROWS "  lookup gl in other on kind\n  head each row\n    id = gl.a\n", 4, 16, "no schema \"other\"" },
  { ROWS "  lookup gl on kind\n  head each row\n    id = gl.a\n", 4, 13, "\"in\" is missing here" },
  { ROWS "  let a = b\n  let b = a\n  head each row\n    id = a\n", 4, 7, "is computed from itself" },
  { ROWS "  let amount = 1\n  head each row\n    copy id\n", 4, 7, "\"amount\" hides a column of row" },
  { ROWS "  head each row\n    let kind = 1\n    copy id\n", 5, 9, "\"kind\" hides a column of row" },
  { ROWS "  warn \"x\"\n  head each row\n    copy id\n", 4, 3,
    "this rule names no record: write \"warn file\"" },
  { ROWS "  head each row\n    copy id\n  prove \"x\" head.sum = 1\n", 6, 13, "add \"per head\"" },
  { ROWS "  head each row\n    copy id\n  prove \"x\" head.sum = 1 per haed\n", 6, 30,
    "is no record that this transform" },
  { ROWS "  head each row\n    copy id\n  prove \"x\" head.som = 1 per head\n", 6, 13,
    "did you mean \"sum\"?" },
  { ROWS "  head each row\n    copy id\n    sum = prior(amount)\n", 6, 11,
    "prior() takes a sum() or a count()" },
  { ROWS "  head each row\n    copy id\n    body\n      sku = if body is \"x\" then id\n", 5, 1, NULL },
  { ORDERS "  head each order\n    copy id\n    sum = price\n", 6, 11, "price belongs to item, below order" },
  { ORDERS "  head each order\n    copy id\n    body each item\n      copy sku\n      pieces = count(item)\n",
    8, 16, "add \"of order\"" },
  { ORDERS "  head each order\n    copy id\n    count = count(amount)\n", 6, 19,
    "count() takes the name of a record" },
  { ROWS "  head each row\n    copy id\n    every bdy\n      pieces = 1\n    body\n      sku = kind\n", 6, 11,
    "no block \"bdy\" stands beside this; did you mean \"body\"?" },
  { "transform x\n  into out\n", 1, 11, "\"from SCHEMA\" is missing" },
  { "transform x\n  from rows\n", 1, 11, "\"into SCHEMA\" is missing" },
  { "trnsform x\n", 1, 1, "a transform file begins with" },
};

static void test_one_slip_one_message(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof slips / sizeof *slips; i++) {
    struct arena *arena = arena_new();
    struct complaints *wrong = complaints_new(arena);
    struct err err = { 0 };
    check(arena, wrong, slips[i].text);
    complaints_first(wrong, &err);
    size_t count = complaints_count(wrong);
    if (count != (slips[i].says ? 1 : 0))
      fail_msg("row %zu: %zu complaints, %llu:%llu: %s", i, count, (unsigned long long)err.line,
               (unsigned long long)err.column, err.text);
    if (slips[i].says && !strstr(err.text, slips[i].says)) fail_msg("row %zu: %s", i, err.text);
    if (slips[i].says && (err.line != slips[i].line || err.column != slips[i].column))
      fail_msg("row %zu: at %llu:%llu", i, (unsigned long long)err.line, (unsigned long long)err.column);
    arena_free(arena);
  }
}

/* What the executor relies on. */
static void test_program(void **state) {
  (void)state;
  struct arena *arena = arena_new();
  struct complaints *wrong = complaints_new(arena);
  struct program *program =
      check(arena, wrong,
            ROWS "  head per id\n    copy id\n    sum = sum(amount)\n    count = count(body)\n"
                 "    body per kind\n      sku = kind\n      pieces = sum(pieces)\n  note\n    text = "
                 "\"{sum(amount)}\"\n");
  assert_int_equal(complaints_count(wrong), 0);
  assert_true(str_eq(program->streamed->name, STR("row")));
  assert_int_equal(program->block_count, 3);
  assert_int_equal(program->output_count, 2);
  struct block *head = program->blocks[0], *body = program->blocks[1];
  assert_true(head->repeat == REPEAT_PER && !head->group->gather && head->after_kids && !head->streams);
  assert_true(body->parent == head && body->group->outer == head->group && body->group->key_count == 1);
  assert_int_equal(program->fold_count, 3);
  assert_true(program->folds[0] == program->file && program->file->aggregate_count == 1);
  assert_int_equal(head->group->aggregate_count, 1);
  assert_int_equal(head->total_count, 1);
  assert_int_equal(head->assigns[4].node->op, OP_FIELD); /* again = id, the schema's default */
  assert_int_equal(head->assigns[0].node->op, OP_KEY);
  arena_free(arena);
}

static void test_gather(void **state) {
  (void)state;
  struct arena *arena = arena_new();
  struct complaints *wrong = complaints_new(arena);
  struct program *program =
      check(arena, wrong,
            ROWS "  head per id\n    copy id\n    sum = sum(amount)\n    body each row\n"
                 "      sku = kind\n");
  assert_int_equal(complaints_count(wrong), 0);
  assert_true(program->blocks[0]->group->gather);
  assert_int_equal(program->fold_count, 1);
  assert_true(program->blocks[0]->assigns[1].node->aggregate->loop);
  arena_free(arena);
}

int main(void) {
  const struct CMUnitTest tests[] = { cmocka_unit_test(test_good),
                                      cmocka_unit_test(test_one_slip_one_message),
                                      cmocka_unit_test(test_program), cmocka_unit_test(test_gather) };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
