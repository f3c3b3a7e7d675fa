/* unit/codec/test_xlsx_text: what XML cannot hold goes out as _xHHHH_ and comes back. */
#include "codec/xlsx_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct {
  const char *text, *written;
} both_ways[] = {
  { "", "" },
  { "plain", "plain" },
  { "a\tb\nc", "a\tb\nc" },
  { "a\rb", "a_x000D_b" },
  { "\x01\x1f", "_x0001__x001F_" },
  { "\x7f", "\x7f" },
  { "_x0041_", "_x005F_x0041_" },
  { "_x005F_x0041_", "_x005F_x005F_x005F_x0041_" },
  { "__x00e4__", "__x005F_x00e4__" },
  { "_x004_ _x00411_ _X0041_ _x00g1_ _x0041", "_x004_ _x00411_ _X0041_ _x00g1_ _x0041" },
  { "_x0041_x0042_", "_x005F_x0041_x005F_x0042_" },
  { "\xef\xbf\xbe\xef\xbf\xbf\xef\xbf\xbd", "_xFFFE__xFFFF_\xef\xbf\xbd" },
  { "\xc3\xa4\xf0\x9f\x98\x80", "\xc3\xa4\xf0\x9f\x98\x80" },
};

static void test_both_ways(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof both_ways / sizeof *both_ways; i++) {
    struct buf written = buf_new(1000), back = buf_new(1000);
    xlsx_text_escape(str_of(both_ways[i].text), &written);
    xlsx_text_unescape(buf_str(&written), &back);
    buf_char(&written, '\0'), buf_char(&back, '\0');
    assert_string_equal(written.at, both_ways[i].written);
    assert_string_equal(back.at, both_ways[i].text);
    buf_free(&written), buf_free(&back);
  }
}

/* What other programs write and we do not. */
static const struct {
  const char *written, *text;
} read_only[] = {
  { "_x0041_", "A" },
  { "_x00e4_", "\xc3\xa4" },
  { "_x20AC_", "\xe2\x82\xac" },
  { "_xD83D__xDE00_!", "\xf0\x9f\x98\x80!" },
  { "_xD83D_", "_xD83D_" },
  { "_xD83D_ _xDE00_", "_xD83D_ _xDE00_" },
  { "_xDE00__xD83D_", "_xDE00__xD83D_" },
  { "_xD83D__x0041_", "_xD83D_A" },
  { "_x0000_", "_x0000_" },
  { "__x000D_", "_\r" },
};

static void test_read_only(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof read_only / sizeof *read_only; i++) {
    struct buf text = buf_new(1000);
    xlsx_text_unescape(str_of(read_only[i].written), &text);
    buf_char(&text, '\0');
    assert_string_equal(text.at, read_only[i].text);
    buf_free(&text);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = { cmocka_unit_test(test_both_ways), cmocka_unit_test(test_read_only) };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
