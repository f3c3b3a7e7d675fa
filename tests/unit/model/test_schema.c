/* unit/model/test_schema: a .schema file to records and fields, and what is wrong in one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/schema.h"

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

static struct schema *parse(const char *text) {
  struct source *source = ARENA_NEW(arena, struct source);
  *source = (struct source){ "x.schema", str_of(text) };
  return schema_parse(source, arena, wrong);
}

static void test_fields(void **state) {
  (void)state;
  struct schema *s = parse("schema a.b  format ti, screen \"01.010.00\", newline crlf\n"
                           "  record batch \"Batch\" key id, other\n"
                           "    id, other text(10) required control cbatnbr\n"
                           "    when date(MM/DD/YYYY) optional as \"When it was\"\n"
                           "    kind text(3) one of \"a\", \"b\" = \"a\"\n"
                           "    note text(30) too-long cut personal\n"
                           "    record line \"Transaction\" once\n"
                           "      amount decimal(config.places)\n");
  assert_int_equal(complaints_count(wrong), 0);
  assert_int_equal(s->format, FORMAT_TI);
  assert_true(str_eq(schema_option_word(s, "screen", 0), STR("01.010.00")));
  assert_true(str_eq(schema_option_word(s, "charset", 0), STR_NONE));
  struct record *batch = schema_record(s, STR("batch")), *line = schema_record(s, STR("line"));
  assert_int_equal(batch->field_count, 5);
  assert_int_equal(batch->key_count, 2);
  assert_true(line->once && line->parent == batch && line->depth == 2);
  assert_true(str_eq(line->word, STR("Transaction")));
  struct field *other = record_field(batch, STR("other")), *kind = record_field(batch, STR("kind"));
  assert_true(other->required && other->index == 1 && other->type.size == 10);
  assert_true(str_eq(other->control, STR("cbatnbr")));
  assert_true(kind->choice_count == 2 && kind->fallback);
  assert_true(record_field(batch, STR("when"))->optional);
  assert_int_equal(record_field(batch, STR("note"))->too_long, TOO_LONG_CUT);
  assert_true(str_eq(record_field(line, STR("amount"))->type.size_setting, STR("places")));
  assert_true(record_has_personal(batch) && !record_has_personal(line));
  assert_true(record_is_under(line, batch) && !record_is_under(batch, line));
  assert_false(batch->open);
}

static void test_paths(void **state) {
  (void)state;
  struct schema *s = parse("schema x  format xml\n"
                           "  record order at \"Message\"\n"
                           "    id text(5)\n"
                           "    at \"Data\"\n"
                           "      name text(5)\n"
                           "      at \"Deep\"\n"
                           "        city text(5) at \"City@name\"\n"
                           "      record item at \"Item\"\n"
                           "        sku text(5)\n");
  assert_int_equal(complaints_count(wrong), 0);
  struct record *order = schema_record(s, STR("order"));
  assert_true(str_eq(record_field(order, STR("name"))->at, STR("Data/name")));
  assert_true(str_eq(record_field(order, STR("city"))->at, STR("Data/Deep/City@name")));
  assert_true(str_eq(schema_record(s, STR("item"))->at, STR("Data/Item")));
}

static void test_tables_are_open(void **state) {
  (void)state;
  struct schema *s = parse("schema x  format sql, database sl\n"
                           "  record read key a\n"
                           "    query SELECT a FROM t WHERE b = {config.c}\n"
                           "          ORDER BY a\n"
                           "    a text(5)\n"
                           "  record written\n"
                           "    a required\n");
  assert_int_equal(complaints_count(wrong), 0);
  struct record *read = schema_record(s, STR("read")), *written = schema_record(s, STR("written"));
  assert_true(str_ends(read->query, STR("ORDER BY a")) && !read->open && written->open);
  struct schema *copy = schema_copy(s, arena);
  struct record *own = schema_record(copy, STR("written"));
  struct field *more = record_open_field(own, STR("more"), own->place, arena);
  assert_true(more && more->record == own && more->index == 1 && !more->typed);
  assert_null(record_field(written, STR("more")));
  assert_null(record_open_field(schema_record(copy, STR("read")), STR("more"), own->place, arena));
}

static void test_like(void **state) {
  (void)state;
  struct schema *model =
      parse("schema m  format csv\n  record r\n    a text(7) personal too-long cut = \"x\"\n    b date required\n"
            "    c text(3) too-long review\n    d text(3) one of \"p\", \"q\"\n");
  struct schema *s = parse("schema s like m  format ti\n  record r \"R\"\n    a\n    b date(MM/DD/YYYY)\n"
                           "    c too-long refuse\n    d\n");
  schema_complete(s, model, wrong, arena);
  assert_int_equal(complaints_count(wrong), 0);
  struct field *a = record_field(s->records[0], STR("a")), *b = record_field(s->records[0], STR("b"));
  assert_true(a->type.type == TYPE_TEXT && a->type.size == 7 && a->personal && a->fallback);
  struct field *c = record_field(s->records[0], STR("c")), *d = record_field(s->records[0], STR("d"));
  assert_true(str_eq(b->type.pattern, STR("MM/DD/YYYY")));
  assert_true(a->too_long == TOO_LONG_CUT && c->too_long == TOO_LONG_REFUSE);
  assert_true(b->required && !a->required && d->choice_count == 2);
}

/* What a field is goes over to another format; what it states itself stays; how it is written is the format's own. */
static void test_like_attributes(void **state) {
  (void)state;
  struct schema *model = parse("schema m  format sql, database d, document a\n  record r\n    query \"x\"\n    a text(7) required one of \"x\", \"y\"\n"
                               "    b text(9) too-long cut personal\n    c text(9) too-long review as \"C\" refused \"no\"\n    d text(9) required\n");
  struct schema *s = parse("schema s like m  format ti\n  record r \"R\"\n    a\n    b too-long refuse\n    c control cc\n    d optional\n");
  schema_complete(s, model, wrong, arena);
  assert_int_equal(complaints_count(wrong), 0);
  struct field *a = record_field(s->records[0], STR("a")), *b = record_field(s->records[0], STR("b"));
  struct field *c = record_field(s->records[0], STR("c")), *d = record_field(s->records[0], STR("d"));
  assert_true(a->required && a->choice_count == 2);
  assert_true(b->too_long == TOO_LONG_REFUSE && b->personal);
  assert_true(c->too_long == TOO_LONG_REVIEW && !c->as.len && str_eq(c->refused, STR("no")));
  assert_true(d->optional && !d->required);
}

static void test_errors(void **state) {
  (void)state;
  static const struct {
    const char *text;
    uint64_t line, column;
    const char *says;
  } table[] = {
    { "", 1, 1, "a schema file begins with" },
    { "shema x format csv\n", 1, 1, "a schema file begins with" },
    { "schema x format cvs\n  record r\n    a text(3)\n", 1, 17, "no format \"cvs\"" },
    { "schema x format csv, screen \"1\"\n  record r\n    a text(3)\n", 1, 22,
      "format csv has no option \"screen\"" },
    { "schema x format csv\n  a text(3)\n", 2, 3, "only records stand below the schema line" },
    { "schema x format csv\n", 1, 8, "the schema has no record" },
    { "schema x format csv\n  record r\n    a txt(3)\n", 3, 7, "did you mean \"text\"?" },
    { "schema x format csv\n  record r\n    a text(0)\n", 3, 12, "text(0) has no meaning" },
    { "schema x format csv\n  record r\n    a date(DD.MM)\n", 3, 12, "has no meaning" },
    { "schema x format csv\n  record r\n    a text(3) requird\n", 3, 15, "did you mean \"required\"?" },
    { "schema x format csv\n  record r\n    a text(3)\n    a text(4)\n", 4, 5,
      "r already has a field \"a\"" },
    { "schema x format csv\n  record r\n    a text(3) too-long never\n", 3, 24, "refuse, cut or review" },
    { "schema x format csv\n  record r\n    a text(3) one \"x\"\n", 3, 19, "\"of\" is missing here" },
    { "schema x format csv\n  record r\n    a text(3)\n      b text(3)\n", 4, 7,
      "a field has no lines below it" },
    { "schema x format csv\n  record r\n    a text(3)\nschema y format csv\n", 4, 1,
      "one file holds one schema" },
  };
  for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
    struct err err = { 0 };
    wrong = complaints_new(arena);
    parse(table[i].text);
    if (complaints_count(wrong) != 1) fail_msg("row %zu: %zu complaints", i, complaints_count(wrong));
    complaints_first(wrong, &err);
    if (!strstr(err.text, table[i].says)) fail_msg("row %zu: %s", i, err.text);
    if (err.line != table[i].line || err.column != table[i].column)
      fail_msg("row %zu: at %llu:%llu", i, (unsigned long long)err.line, (unsigned long long)err.column);
  }
}

static void test_header_fold(void **state) {
  (void)state;
  assert_true(str_eq(header_fold(STR("Amount-Type"), arena), header_fold(STR("amount_type"), arena)));
  assert_true(str_eq(header_fold(STR(" amount type "), arena), STR("amounttype")));
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(test_fields, start, stop),
    cmocka_unit_test_setup_teardown(test_paths, start, stop),
    cmocka_unit_test_setup_teardown(test_tables_are_open, start, stop),
    cmocka_unit_test_setup_teardown(test_like, start, stop),
    cmocka_unit_test_setup_teardown(test_like_attributes, start, stop),
    cmocka_unit_test_setup_teardown(test_errors, start, stop),
    cmocka_unit_test_setup_teardown(test_header_fold, start, stop),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
