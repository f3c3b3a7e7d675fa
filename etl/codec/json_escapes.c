/* codec/json_escapes: \u escapes of which yajl would make another text without saying so. */
#include "codec/json_escapes.h"

enum { PLAIN, BACKSLASH, DIGIT_LAST, DIGIT_FIRST = DIGIT_LAST + 3 };

static const char half_fact[] = "half of a surrogate pair in a \\u escape";

static int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static const char *take_code(struct json_escapes *escapes) {
  bool first = escapes->code >= 0xd800 && escapes->code < 0xdc00;
  bool second = escapes->code >= 0xdc00 && escapes->code < 0xe000;
  if (second != escapes->half) return half_fact;
  escapes->half = first;
  return escapes->code ? NULL : "\\u0000 in a text";
}

static const char *take_digit(struct json_escapes *escapes, char c) {
  int digit = digit_of(c);
  if (digit < 0) {
    *escapes = (struct json_escapes){ 0 };
    return NULL;
  }
  escapes->code = escapes->code << 4 | (uint32_t)digit;
  return escapes->state-- == DIGIT_LAST ? (escapes->state = PLAIN, take_code(escapes)) : NULL;
}

static const char *take(struct json_escapes *escapes, char c) {
  if (escapes->state >= DIGIT_LAST) return take_digit(escapes, c);
  if (escapes->state == BACKSLASH) {
    if (escapes->half && c != 'u') return half_fact;
    escapes->state = c == 'u' ? DIGIT_FIRST : PLAIN;
    escapes->code = 0;
    return NULL;
  }
  if (escapes->half && c != '\\') return half_fact;
  escapes->state = c == '\\' ? BACKSLASH : PLAIN;
  return NULL;
}

size_t json_escapes_check(struct json_escapes *escapes, str bytes, const char **fact) {
  for (size_t i = 0; i < bytes.len; i++) {
    if (escapes->state == PLAIN && !escapes->half) {
      ptrdiff_t next = str_find(str_sub(bytes, i, bytes.len), '\\');
      if (next < 0) return bytes.len;
      i += (size_t)next;
    }
    *fact = take(escapes, bytes.at[i]);
    if (*fact) return i;
  }
  return bytes.len;
}
