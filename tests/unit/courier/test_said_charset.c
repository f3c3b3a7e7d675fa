/* unit/courier/test_said_charset: what is said of a report's bytes is doubted when they do not bear it out, in pieces of any size. */
#include "courier/said_charset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static const struct {
  const char *bytes, *charset, *fallback;
  bool doubt;
} rows[] = {
  { "plain", "UTF-8", "windows-1252", false },
  { "plain", "EBCDIC", "windows-1252", false }, /* letters that every set has */
  { "M\xc3\xbcller \xe2\x82\xac \xf0\x9f\x98\x80", "utf8", "windows-1252", false },
  { "M\xfcller", "UTF-8", "windows-1252", true },
  { "M\xfcller", "Cp1252", "windows-1252", false },
  { "M\xfcller", "ISO-8859-1", "windows-1252", false },
  { "M\xfcller", "Cp1252", "shift_jis", true },
  { "\x83\x65\x83\x58\x83\x67", "Shift_JIS", "windows-1252", true },
  { "\x83\x65\x83\x58\x83\x67", "Windows-31J", "shift_jis", false },
  { "M\xc3\xbcller", "Shift_JIS", "windows-1252", false }, /* it is UTF-8 all the same */
  { "M\xfcller", "KOI8-R", "windows-1252", true },
  { "M\xfcller", "", "windows-1252", false },
  { "cut \xe2\x82", "UTF-8", "windows-1252", true },
};

static void test_rows(void **state) {
  (void)state;
  static const size_t pieces[] = { 1, 2, 3, 7, 4096 };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    for (size_t p = 0; p < sizeof pieces / sizeof *pieces; p++) {
      struct said_charset said = { 0 };
      str rest = str_of(rows[i].bytes);
      while (rest.len) {
        size_t len = rest.len < pieces[p] ? rest.len : pieces[p];
        said_charset_see(&said, str_sub(rest, 0, len));
        rest = str_sub(rest, len, rest.len);
      }
      if ((said_charset_doubt(&said, rows[i].charset, str_of(rows[i].fallback)) != NULL) != rows[i].doubt)
        fail_msg("row %zu in pieces of %zu", i, pieces[p]);
    }
}

int main(void) {
  const struct CMUnitTest tests[] = { cmocka_unit_test(test_rows) };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
