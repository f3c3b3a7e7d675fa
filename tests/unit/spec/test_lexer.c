/* unit/spec/test_lexer: one line of a spec to tokens, and what is wrong in it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "spec/lexer.h"

#include <string.h>

/* Tokens as "kind:text" with a blank between: n name, d number, t "text", l 'literal', s sign. */
static void shown(const char *line, char *out, size_t room, bool *good) {
  struct arena *arena = arena_new();
  struct complaints *wrong = complaints_new(arena);
  struct source source = { "x", str_of(line) };
  struct tokens tokens = { 0 };
  struct buf text = buf_new(room - 1);
  *good = lex(&source, 0, source.text.len, arena, &tokens, wrong);
  assert_int_equal(*good, complaints_count(wrong) == 0);
  for (size_t i = 0; i < tokens.count; i++)
    buf_printf(&text, "%s%c:%.*s", i ? " " : "", "ndtls"[tokens.items[i].kind],
               STR_ARG(tokens.items[i].text));
  memcpy(out, text.len ? text.at : "", text.len);
  out[text.len] = '\0';
  buf_free(&text);
  arena_free(arena);
}

static void test_lines(void **state) {
  (void)state;
  static const struct {
    const char *line, *tokens;
  } table[] = {
    { "item-price text(64)", "n:item-price n:text s:( d:64 s:)" },
    { "a - b", "n:a s:- n:b" },
    { "a -b", "n:a s:- n:b" },
    { "a-b- c", "n:a-b s:- n:c" },
    { "-sum(x)", "s:- n:sum s:( n:x s:)" },
    { "0.25 12 1.", "d:0.25 d:12 d:1 s:." },
    { "2nd 1-2", "n:2nd d:1 s:- d:2" },
    { "\"a \"\"b\"\" {x}\"", "t:a \"\"b\"\" {x}" },
    { "'it''s'", "l:it l:s" },
    { "'{not}'", "l:{not}" },
    { "a # comment", "n:a" },
    { "# all of it", "" },
    { "a#b", NULL },
    { "a <> b <= c >= d", "n:a s:<> n:b s:<= n:c s:>= n:d" },
    { "\"{{ {f('}')} }\"", "t:{{ {f('}')} }" },
    { "gl.account;x", "n:gl s:. n:account s:; n:x" },
    { "\xc3\xa4pfel = 1", "n:\xc3\xa4pfel s:= d:1" },
    { "", "" },
    { "\"open", NULL },
    { "'open", NULL },
    { "a\tb", NULL },
    { "a ? b", NULL },
    { "\"{upper(\"x\")}\"", NULL },
  };
  for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
    char out[300];
    bool good;
    shown(table[i].line, out, sizeof out, &good);
    if (!table[i].tokens) assert_false(good);
    else assert_string_equal(out, table[i].tokens);
  }
}

static void test_blanks(void **state) {
  (void)state;
  struct arena *arena = arena_new();
  struct source source = { "x", STR("a -b - c") };
  struct tokens tokens = { 0 };
  assert_true(lex(&source, 0, source.text.len, arena, &tokens, complaints_new(arena)));
  assert_int_equal(tokens.count, 5);
  assert_true(tokens.items[1].blank_before && !tokens.items[1].blank_after);
  assert_true(tokens.items[3].blank_before && tokens.items[3].blank_after);
  assert_int_equal(tokens.items[4].place.at, 7);
  arena_free(arena);
}

static void test_is_name(void **state) {
  (void)state;
  static const struct {
    const char *text;
    bool name;
  } table[] = { { "a", true },   { "a-b", true }, { "a-", false },  { "-a", false },
                { "1a", false }, { "", false },   { "a b", false }, { "A_1", true } };
  for (size_t i = 0; i < sizeof table / sizeof *table; i++)
    assert_int_equal(lexer_is_name(str_of(table[i].text)), table[i].name);
}

int main(void) {
  const struct CMUnitTest tests[] = { cmocka_unit_test(test_lines), cmocka_unit_test(test_blanks),
                                      cmocka_unit_test(test_is_name) };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
