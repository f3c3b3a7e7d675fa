/* unit/spec/test_expr: expressions to trees and back, with the brackets that their meaning needs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "spec/expr.h"

#include <string.h>

static struct ast *parse(const char *text, struct arena *arena, struct complaints *wrong) {
  struct source *source = ARENA_NEW(arena, struct source);
  *source = (struct source){ "x", str_of(text) };
  struct statement *root = block_parse(source, NULL, arena, wrong);
  struct cursor cursor = cursor_on(root->kids[0], arena, wrong);
  struct ast *ast = expr_parse(&cursor);
  return ast && cursor_end(&cursor) ? ast : NULL;
}

static void test_back_to_text(void **state) {
  (void)state;
  static const struct {
    const char *text, *formatted; /* NULL: as it was */
  } table[] = {
    { "a + b * c", NULL },
    { "(a + b) * c", NULL },
    { "a - (b - c)", NULL },
    { "(a - b) - c", "a - b - c" },
    { "a otherwise 0 + 1", NULL },
    { "(a otherwise 0) + 1", "a otherwise 0 + 1" },
    { "a otherwise (0 + 1)", NULL },
    { "a otherwise b otherwise c", NULL },
    { "-a + -(b + c)", NULL },
    { "not a = b and c or d", NULL },
    { "not (a and b)", NULL },
    { "(a or b) and c", NULL },
    { "a not like \"x*\"", NULL },
    { "a not in (1, 2, 3)", NULL },
    { "a in config.list", NULL },
    { "if a then b else if c then d", NULL },
    { "sum(amount where gl.class like \"tax-*\") <> 0", NULL },
    { "count(part of item)", NULL },
    { "line is \"deposit\"", NULL },
    { "header.x present and a absent", NULL },
    { "f('quoted', \"{a} and {b otherwise c}\")", "f(\"quoted\", \"{a} and {b otherwise c}\")" },
    { "\"Amazon {text(d, 'YYYY')}\"", "\"Amazon {text(d, 'YYYY')}\"" },
    { "0.25 * 3", NULL },
    { "yes", NULL },
  };
  for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
    struct arena *arena = arena_new();
    struct complaints *wrong = complaints_new(arena);
    struct buf text = buf_new(1000);
    struct ast *ast = parse(table[i].text, arena, wrong);
    assert_non_null(ast);
    expr_format(ast, &text);
    const char *formatted = arena_text(arena, buf_str(&text));
    assert_string_equal(formatted, table[i].formatted ? table[i].formatted : table[i].text);
    struct ast *again = parse(formatted, arena, wrong);
    assert_true(expr_same(ast, again));
    assert_int_equal(complaints_count(wrong), 0);
    buf_free(&text);
    arena_free(arena);
  }
}

static void test_errors(void **state) {
  (void)state;
  static const struct {
    const char *text;
    uint64_t column;
    const char *says;
  } table[] = {
    { "a -b", 3, "blank before the minus but not after it" },
    { "a- b", 2, "blank after the minus but not before it" },
    { "0 < a < 5", 7, "two comparisons in a row" },
    { "a +", 4, "a value is missing here" },
    { "f(a", 4, "\")\" is missing here" },
    { "a and and b", 7, "a value is missing here, before \"and\"" },
    { "\"x {a\"", 4, "{ is not closed" },
    { "\"x {a b}\"", 7, "\"b\" is not expected here" },
    { "if a else b", 6, "\"then\" is missing here" },
    { "a not b", 7, "\"like\" or \"in\" is missing after \"not\"" },
    { "a is b", 6, "a block's label is missing here, in quotes" },
    { "a.", 3, "a name after the point is missing here" },
  };
  for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
    struct arena *arena = arena_new();
    struct complaints *wrong = complaints_new(arena);
    struct err err = { 0 };
    assert_null(parse(table[i].text, arena, wrong));
    assert_int_equal(complaints_count(wrong), 1);
    complaints_first(wrong, &err);
    assert_int_equal(err.column, table[i].column);
    assert_non_null(strstr(err.text, table[i].says));
    arena_free(arena);
  }
}

/* Machines write what people do not; it must be refused, not fill the stack. */
static void test_too_deep(void **state) {
  (void)state;
  static const char *const pieces[] = { "(", "not ", "if ", "a + ", "f(" };
  for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
    struct arena *arena = arena_new();
    struct complaints *wrong = complaints_new(arena);
    struct buf text = buf_new(1 << 20);
    for (size_t j = 0; j < 20000; j++) buf_add(&text, str_of(pieces[i]));
    assert_null(parse(arena_text(arena, buf_str(&text)), arena, wrong));
    assert_int_equal(complaints_count(wrong), 1);
    buf_free(&text);
    arena_free(arena);
  }
}

static void test_list_stops_before_a_rule_word(void **state) {
  (void)state;
  struct arena *arena = arena_new();
  struct complaints *wrong = complaints_new(arena);
  struct source source = { "x", STR("a, b + 1, suggest c") };
  struct cursor cursor = cursor_on(block_parse(&source, NULL, arena, wrong)->kids[0], arena, wrong);
  struct ast **items = NULL;
  size_t count = 0;
  assert_true(expr_parse_list(&cursor, &items, &count));
  assert_int_equal(count, 2);
  assert_true(cursor_accept(&cursor, ",") && cursor_at(&cursor, "suggest"));
  arena_free(arena);
}

int main(void) {
  const struct CMUnitTest tests[] = { cmocka_unit_test(test_back_to_text), cmocka_unit_test(test_errors),
                                      cmocka_unit_test(test_too_deep),
                                      cmocka_unit_test(test_list_stops_before_a_rule_word) };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
