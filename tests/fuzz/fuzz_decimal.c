/* fuzz/fuzz_decimal: what is read as a decimal is written and read again as the same; sums come apart again.
 *
 * The input is one number, or two with a line end between them.
 */
#include "model/decimal.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds) {
  if (!holds) abort();
}

static bool same(dec a, dec b) { return a.mantissa == b.mantissa && a.scale == b.scale; }

static void check_writing(dec value) {
  char text[DEC_TEXT_MOST];
  dec again;
  size_t len = dec_format(value, text);
  must(len <= DEC_TEXT_MOST && dec_parse((str){ text, len }, DEC_PLAIN, &again) && same(value, again));
}

static void check_alone(dec value) {
  dec other;
  int64_t whole;
  must(value.scale >= 0 && value.scale <= DEC_SCALE_MOST);
  check_writing(value);
  check_writing(dec_trim(value));
  must(dec_compare(value, dec_trim(value)) == 0);
  must(same(dec_negate(dec_negate(value)), value));
  must(dec_add(value, dec_negate(value), &other) && dec_is_zero(other));
  if (dec_to_int(value, &whole)) must(dec_compare(dec_of(whole), value) == 0);
  for (int32_t places = 0; places <= DEC_SCALE_MOST; places++) {
    dec down, up;
    if (dec_rescale(value, places, &other)) must(dec_compare(other, value) == 0 && other.scale == places);
    if (!dec_round(value, places, DEC_DOWN, &down) || !dec_round(value, places, DEC_UP, &up)) continue;
    must(dec_compare(down, value) * dec_sign(value) <= 0 && dec_compare(up, value) * dec_sign(value) >= 0);
  }
}

static void check_pair(dec a, dec b) {
  dec result, back, swapped;
  must(dec_compare(a, b) == -dec_compare(b, a));
  if (dec_add(a, b, &result)) {
    check_writing(result);
    must(dec_add(b, a, &swapped) && same(result, swapped));
    if (dec_subtract(result, b, &back)) must(dec_compare(back, a) == 0);
  }
  if (dec_subtract(a, b, &result)) {
    must(dec_sign(result) == dec_compare(a, b));
    if (dec_add(result, b, &back)) must(dec_compare(back, a) == 0);
  }
  if (dec_multiply(a, b, &result)) {
    check_writing(result);
    must(dec_multiply(b, a, &swapped) && same(result, swapped));
    if (!dec_is_zero(b) && dec_divide(result, b, &back)) must(dec_compare(back, a) == 0);
  }
  if (dec_divide(a, b, &result)) check_writing(result);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const enum dec_notation notations[] = { DEC_PLAIN, DEC_POINT, DEC_COMMA };
  str rest = { (const char *)data, size }, pieces[2] = { STR_NONE, STR_NONE };
  if (!size) return 0;
  for (int i = 0; i < 2; i++) str_split(&rest, '\n', &pieces[i]);
  for (size_t n = 0; n < 3; n++) {
    dec a, b;
    bool is_first = dec_parse(pieces[0], notations[n], &a),
         is_second = dec_parse(pieces[1], notations[n], &b);
    if (is_first) check_alone(a);
    if (is_second) check_alone(b);
    if (is_first && is_second) check_pair(a, b);
  }
  return 0;
}
