/* unit/spec/test_block: lines to a tree of statements. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "spec/block.h"

#include <string.h>

static void show(const struct statement *statement, struct buf *text) {
  for (size_t i = 0; i < statement->tokens.count; i++)
    buf_printf(text, "%s%.*s", i ? " " : "", STR_ARG(statement->tokens.items[i].text));
  if (statement->raw.len) buf_printf(text, " <%.*s>", STR_ARG(statement->raw));
  if (!statement->kid_count) return;
  buf_add(text, STR("["));
  for (size_t i = 0; i < statement->kid_count; i++) {
    if (i) buf_add(text, STR("|"));
    show(statement->kids[i], text);
  }
  buf_add(text, STR("]"));
}

static void test_trees(void **state) {
  (void)state;
  static const struct {
    const char *source, *tree;
    size_t wrong;
  } table[] = {
    { "a\n  b\n  c\nd\n", "[a[b|c]|d]", 0 },
    { "a; b\n  c; d\n", "[a|b[c|d]]", 0 },
    { "a\r\n  b\r\n", "[a[b]]", 0 },
    { "\xef\xbb\xbf"
      "a\n",
      "[a]", 0 },
    { "a\n\n  # says nothing\n  b\n", "[a[b]]", 0 },
    { "a =\n    b\n", "[a = b]", 0 },
    { "a,\n  b\nc\n", "[a , b|c]", 0 },
    { "f(x,\n  y\n  z)\nb\n", "[f ( x , y z )|b]", 0 },
    { "skip x\n  when y\n  z\n", "[skip x when y[z]]", 0 },
    { "a\n  + b\n", "[a + b]", 0 },
    { "a\nwhen b\n", "[a|when b]", 0 },
    { "record x\n  query SELECT 1 -- ; \"\n    FROM t\n  f text\n",
      "[record x[query <SELECT 1 -- ; \"\n    FROM t>|f text]]", 0 },
    { "a\n    b\n  c\n    d\n", "[a[b|c|d]]", 1 },
    { "  a\nb\n", "[a|b]", 1 },
    { "a\n\tb\nc\n", "[a]", 1 },
    { "a \"open\nb\n", "[a open|b]", 1 },
    { "", "", 0 },
  };
  for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
    struct arena *arena = arena_new();
    struct complaints *wrong = complaints_new(arena);
    struct source source = { "x", str_of(table[i].source) };
    struct buf text = buf_new(10000);
    struct statement *root = block_parse(&source, "query", arena, wrong);
    show(root, &text);
    assert_string_equal(arena_text(arena, buf_str(&text)), table[i].tree);
    assert_int_equal(complaints_count(wrong), table[i].wrong);
    buf_free(&text);
    arena_free(arena);
  }
}

static void test_cursor_says_one_thing(void **state) {
  (void)state;
  struct arena *arena = arena_new();
  struct complaints *wrong = complaints_new(arena);
  struct source source = { "x", STR("lookup gl = 1\n") };
  struct statement *root = block_parse(&source, NULL, arena, wrong);
  struct cursor cursor = cursor_on(root->kids[0], arena, wrong);
  assert_true(cursor_accept(&cursor, "lookup"));
  assert_non_null(cursor_name(&cursor, "a name"));
  assert_false(cursor_expect(&cursor, "in"));
  assert_false(cursor_end(&cursor));
  assert_int_equal(complaints_count(wrong), 1);
  assert_true(root->kids[0]->broken);
  arena_free(arena);
}

static void test_path(void **state) {
  (void)state;
  struct arena *arena = arena_new();
  struct complaints *wrong = complaints_new(arena);
  struct source source = { "x", STR("sl.read.item on\n") };
  struct cursor cursor = cursor_on(block_parse(&source, NULL, arena, wrong)->kids[0], arena, wrong);
  str path;
  struct place place;
  assert_true(cursor_path(&cursor, "a schema", &path, &place));
  assert_true(str_eq(path, STR("sl.read.item")));
  assert_int_equal(place.at, 0);
  assert_true(cursor_at(&cursor, "on"));
  arena_free(arena);
}

int main(void) {
  const struct CMUnitTest tests[] = { cmocka_unit_test(test_trees),
                                      cmocka_unit_test(test_cursor_says_one_thing),
                                      cmocka_unit_test(test_path) };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
