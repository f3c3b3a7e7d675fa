/* courier/said_charset: the character set that an address states, held against the bytes that came. */
#include "courier/said_charset.h"

#include <string.h>

/* Is it the beginning of a character that goes on in the next piece? */
static bool is_begun(str bytes) {
  unsigned char first = bytes.len ? (unsigned char)bytes.at[0] : 0;
  size_t whole = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
  return bytes.len && bytes.len < whole;
}

static void see_text(struct said_charset *said, str bytes) {
  size_t bad = 0;
  if (str_is_utf8(bytes, &bad)) return;
  str rest = str_sub(bytes, bad, bytes.len);
  if (!is_begun(rest)) {
    said->is_no_utf8 = true;
    return;
  }
  memcpy(said->rest, rest.at, rest.len);
  said->rest_len = rest.len;
}

void said_charset_see(struct said_charset *said, str bytes) {
  if (said->is_no_utf8) return;
  for (size_t i = 0; i < bytes.len && !said->beyond_ascii; i++)
    said->beyond_ascii = (unsigned char)bytes.at[i] > 0x7f;
  /* A character that was cut is made whole by itself. */
  while (said->rest_len && bytes.len) {
    str grown;
    said->rest[said->rest_len++] = bytes.at[0];
    bytes = str_sub(bytes, 1, bytes.len);
    grown = (str){ said->rest, said->rest_len };
    size_t bad = 0;
    if (str_is_utf8(grown, &bad)) said->rest_len = 0;
    else if (!is_begun(grown)) {
      said->is_no_utf8 = true;
      return;
    }
  }
  see_text(said, bytes);
}

/* As Amazon spells them: utf8, UTF-8; Cp1252, ISO-8859-1; Shift_JIS, SJIS, MS932, Windows-31J. */
static bool is_one_of(const char *charset, const char *names) {
  str rest = str_of(names), name;
  while (str_split(&rest, ' ', &name))
    if (str_eq_fold(name, str_of(charset))) return true;
  return false;
}

const char *said_charset_doubt(const struct said_charset *said, const char *charset, str fallback) {
  bool no_utf8 = said->is_no_utf8 || said->rest_len;
  if (!*charset || !said->beyond_ascii) return NULL;
  if (is_one_of(charset, "utf8 utf-8"))
    return no_utf8 ? "Amazon says that it is UTF-8, and it is not: look for damaged characters" : NULL;
  bool japanese = is_one_of(charset, "shift_jis sjis ms932 cp932 windows-31j");
  bool western = is_one_of(charset, "cp1252 windows-1252 iso-8859-1 latin1");
  if (!japanese && !western) return "its character set is none that is known: look for damaged characters";
  if (!no_utf8) return NULL; /* it is UTF-8 all the same, and read as such */
  if (japanese && str_eq(fallback, STR("windows-1252")))
    return "it is Shift_JIS, and this site reads such files as windows-1252: set fallback-charset = "
           "shift_jis";
  if (western && str_eq(fallback, STR("shift_jis")))
    return "it is windows-1252, and this site reads such files as Shift_JIS: set fallback-charset = "
           "windows-1252";
  return NULL;
}
