/* fake/spapi/digits: JSON whose numbers keep their digits: 9.90 stays 9.90, and no double is in between.
 *
 * While it is read, a number that is no small whole one becomes a text that begins with the byte 1:
 *
 *   {"value_with_tax": 9.90}   ->   {"value_with_tax": "\u00019.90"}
 *
 * and while it is written the mark goes and the digits stand there bare.
 */
#include "spapi.h"
#include "model/decimal.h"

#include <stdlib.h>

enum { MARK = 1, WHOLE_DIGITS = 18 };

static size_t digits_at(str text, size_t at) {
  size_t end = at;
  while (end < text.len && text.at[end] >= '0' && text.at[end] <= '9') end++;
  return end;
}

/* Where the number ends that JSON's grammar finds here; `at` itself: there is none. *is_whole: no point, no
 * exponent, few digits. */
static size_t number_end(str text, size_t at, bool *is_whole) {
  size_t from = at + (text.at[at] == '-'), end = digits_at(text, from);
  if (end == from || (text.at[from] == '0' && end > from + 1)) return at;
  *is_whole = end - from <= WHOLE_DIGITS;
  if (end < text.len && text.at[end] == '.') {
    size_t decimals = digits_at(text, end + 1);
    if (decimals == end + 1) return at;
    end = decimals, *is_whole = false;
  }
  if (end < text.len && (text.at[end] | 0x20) == 'e') {
    size_t sign = end + 1 < text.len && (text.at[end + 1] == '+' || text.at[end + 1] == '-');
    size_t exponent = digits_at(text, end + 1 + sign);
    if (exponent == end + 1 + sign) return at;
    end = exponent, *is_whole = false;
  }
  return end;
}

static size_t string_end(str text, size_t at) {
  for (at++; at < text.len && text.at[at] != '"'; at++) at += text.at[at] == '\\';
  return at < text.len ? at + 1 : text.len;
}

json_t *digits_read(str text) {
  struct buf marked = buf_new(text.len * 5 + 64);
  for (size_t at = 0, end; at < text.len; at = end) {
    bool is_whole = true;
    char c = text.at[at];
    end = c == '"'                             ? string_end(text, at)
          : c == '-' || (c >= '0' && c <= '9') ? number_end(text, at, &is_whole)
                                               : at + 1;
    if (end == at) end = at + 1; /* not JSON: jansson will say so */
    if (!is_whole) buf_printf(&marked, "\"\\u0001%.*s\"", STR_ARG(str_sub(text, at, end)));
    else buf_add(&marked, str_sub(text, at, end));
  }
  json_t *json = json_loadb(marked.at ? marked.at : "", marked.len, 0, NULL);
  buf_free(&marked);
  return json;
}

str digits_text(struct arena *arena, const json_t *json, size_t flags) {
  char *dumped = json_dumps(json, flags | JSON_ENCODE_ANY);
  str text = str_of(dumped), mark = STR("\"\\u0001");
  struct buf bare = buf_new(text.len + 1);
  for (size_t at = 0, end; at < text.len; at = end) {
    end = text.at[at] == '"' ? string_end(text, at) : at + 1;
    str piece = str_sub(text, at, end);
    buf_add(&bare, str_starts(piece, mark) ? str_sub(piece, mark.len, piece.len - 1) : piece);
  }
  str made = arena_str(arena, buf_str(&bare));
  buf_free(&bare);
  free(dumped);
  return made;
}

bool digits_number(const json_t *json, dec *number) {
  const char *text = json_string_value(json);
  if (json_is_integer(json)) *number = dec_of((int64_t)json_integer_value(json));
  return json_is_integer(json) || (text && *text == MARK && dec_parse(str_of(text + 1), DEC_PLAIN, number));
}

const char *digits_shown(struct arena *arena, const json_t *json) {
  const char *text = json_string_value(json);
  if (json_is_integer(json)) return arena_printf(arena, "%lld", (long long)json_integer_value(json)).at;
  return !text ? "" : *text == MARK ? text + 1 : text;
}
