/* codec/xlsx_text: characters that XML cannot hold, as workbooks write them. */
#include "codec/xlsx_text.h"

enum { ESCAPE_LEN = 7 }; /* _xHHHH_ */

static int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/* The code of the escape that `s` begins with, or -1. */
static int32_t escape_at(str s) {
  if (s.len < ESCAPE_LEN || s.at[0] != '_' || s.at[1] != 'x' || s.at[6] != '_') return -1;
  int32_t code = 0;
  for (size_t i = 2; i < 6; i++) {
    int digit = hex_digit(s.at[i]);
    if (digit < 0) return -1;
    code = code * 16 + digit;
  }
  return code;
}

/* U+FFFE or U+FFFF, which are UTF-8 and no XML. */
static bool is_no_character(str s) {
  return s.len >= 3 && s.at[0] == '\xef' && s.at[1] == '\xbf' && (s.at[2] == '\xbe' || s.at[2] == '\xbf');
}

void xlsx_text_escape(str text, struct buf *out) {
  for (size_t i = 0; i < text.len; i++) {
    char c = text.at[i];
    str rest = str_sub(text, i, text.len);
    if ((unsigned char)c < 0x20 && c != '\t' && c != '\n') {
      buf_printf(out, "_x%04X_", (unsigned)c);
    } else if (is_no_character(rest)) {
      buf_printf(out, "_xFFF%c_", rest.at[2] == '\xbe' ? 'E' : 'F');
      i += 2;
    } else {
      if (escape_at(rest) >= 0) buf_add(out, STR("_x005F"));
      buf_char(out, c);
    }
  }
}

static bool is_high_surrogate(int32_t code) { return code >= 0xD800 && code <= 0xDBFF; }
static bool is_low_surrogate(int32_t code) { return code >= 0xDC00 && code <= 0xDFFF; }

static void add_utf8(struct buf *out, int32_t code) {
  uint32_t c = (uint32_t)code;
  if (c < 0x80) {
    buf_char(out, (char)c);
    return;
  }
  if (c < 0x800) {
    buf_char(out, (char)(0xC0 | c >> 6));
  } else {
    if (c < 0x10000) {
      buf_char(out, (char)(0xE0 | c >> 12));
    } else {
      buf_char(out, (char)(0xF0 | c >> 18));
      buf_char(out, (char)(0x80 | (c >> 12 & 0x3F)));
    }
    buf_char(out, (char)(0x80 | (c >> 6 & 0x3F)));
  }
  buf_char(out, (char)(0x80 | (c & 0x3F)));
}

/* Takes one escape, or the two of a surrogate pair; how many bytes that were, 0 for none. */
static size_t take_escape(str rest, struct buf *out) {
  int32_t code = escape_at(rest);
  if (code <= 0 || is_low_surrogate(code)) return 0;
  if (!is_high_surrogate(code)) {
    add_utf8(out, code);
    return ESCAPE_LEN;
  }
  int32_t low = escape_at(str_sub(rest, ESCAPE_LEN, rest.len));
  if (!is_low_surrogate(low)) return 0;
  add_utf8(out, 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00));
  return 2 * ESCAPE_LEN;
}

void xlsx_text_unescape(str written, struct buf *out) {
  while (written.len) {
    ptrdiff_t at = str_find(written, '_');
    size_t plain = at < 0 ? written.len : (size_t)at;
    buf_add(out, str_sub(written, 0, plain));
    written = str_sub(written, plain, written.len);
    if (!written.len) return;
    size_t taken = take_escape(written, out);
    if (!taken) buf_char(out, '_');
    written = str_sub(written, taken ? taken : 1, written.len);
  }
}
