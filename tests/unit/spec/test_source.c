/* unit/spec/test_source: places, carets, the order of complaints, suggestions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "spec/source.h"

#include <string.h>

static const char *formatted(struct complaints *list, struct arena *arena) {
  struct buf text = buf_new(100000);
  complaints_format(list, &text);
  const char *result = arena_text(arena, buf_str(&text));
  buf_free(&text);
  return result;
}

static void test_caret(void **state) {
  (void)state;
  struct arena *arena = arena_new();
  struct source source = { "a.transform", STR("one\n    \xc3\xa4 = sum(amout)\r\nthree") };
  struct complaints *list = complaints_new(arena);
  complain(list, (struct place){ &source, 15 }, "no column \"%s\"", "amout");
  assert_string_equal(formatted(list, arena), "a.transform:2:11: no column \"amout\"\n"
                                              "  \xc3\xa4 = sum(amout)\n"
                                              "        ^\n");
  struct err err = { 0 };
  assert_int_equal(complaints_first(list, &err), OUT_SPEC);
  assert_int_equal(err.line, 2);
  assert_int_equal(err.column, 11);
  arena_free(arena);
}

static void test_long_line(void **state) {
  (void)state;
  struct arena *arena = arena_new();
  struct buf text = buf_new(1000);
  for (int i = 0; i < 40; i++) buf_printf(&text, "word%02d ", i);
  struct source source = { "x", buf_str(&text) };
  struct complaints *list = complaints_new(arena);
  complain(list, (struct place){ &source, 175 }, "here");
  const char *shown = formatted(list, arena);
  const char *line = strchr(shown, '\n') + 3, *caret = strchr(line, '\n') + 3;
  assert_memory_equal(line + strspn(caret, " "), "word25", 6);
  assert_true(strchr(line, '\n') - line <= 105);
  buf_free(&text);
  arena_free(arena);
}

/* A place behind the line's end, and a long line of bytes that are no characters. */
static void test_odd_places(void **state) {
  (void)state;
  struct arena *arena = arena_new();
  char bytes[400];
  memset(bytes, 0x80, sizeof bytes);
  struct source returns = { "x", STR("a\r\r\r\nb") }, odd = { "x", { bytes, sizeof bytes } };
  struct complaints *list = complaints_new(arena);
  complain(list, (struct place){ &returns, 3 }, "behind");
  complain(list, (struct place){ &returns, 6 }, "at the end");
  for (size_t i = 0; i <= sizeof bytes; i += 50) complain(list, (struct place){ &odd, i }, "odd");
  assert_non_null(strstr(formatted(list, arena), "behind\n  a\n   ^\n"));
  arena_free(arena);
}

static void test_order_and_limit(void **state) {
  (void)state;
  struct arena *arena = arena_new();
  struct source one = { "one", STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa") }, two = { "two", STR("b") };
  struct complaints *list = complaints_new(arena);
  complain(list, (struct place){ &one, 5 }, "second");
  complain(list, (struct place){ &two, 0 }, "last");
  complain(list, (struct place){ &one, 2 }, "first");
  complain(list, (struct place){ &one, 2 }, "first again");
  assert_int_equal(complaints_count(list), 3);
  const char *shown = formatted(list, arena);
  assert_true(strstr(shown, "first") < strstr(shown, "second"));
  assert_true(strstr(shown, "second") < strstr(shown, "last"));
  assert_null(strstr(shown, "again"));
  for (size_t i = 6; i < 28; i++) complain(list, (struct place){ &one, i }, "more");
  shown = formatted(list, arena);
  assert_non_null(strstr(shown, "\nand 5 more\n"));
  arena_free(arena);
}

static void test_suggest(void **state) {
  (void)state;
  static const struct {
    const char *wrong, *near;
  } table[] = { { "amout", "amount" }, { "AMOUNT", "amount" }, { "curency", "currency" },
                { "xyz", NULL },       { "skus", "sku" },      { "amountx", "amount" } };
  const str names[] = { STR("amount"), STR("currency"), STR("sku") };
  struct arena *arena = arena_new();
  for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
    str hit = suggest(arena, str_of(table[i].wrong), names, 3);
    str wanted = table[i].near ? arena_printf(arena, "; did you mean \"%s\"?", table[i].near) : STR_NONE;
    assert_true(str_eq(hit, wanted));
  }
  arena_free(arena);
}

int main(void) {
  const struct CMUnitTest tests[] = { cmocka_unit_test(test_caret), cmocka_unit_test(test_long_line),
                                      cmocka_unit_test(test_odd_places),
                                      cmocka_unit_test(test_order_and_limit),
                                      cmocka_unit_test(test_suggest) };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
