/* model/decimal: exact decimal numbers, a whole number and how many of its digits are decimals. */
#include "model/decimal.h"

__extension__ typedef unsigned __int128 uint128;

enum { DIGITS_MOST = 38, QUICK_DIGITS = 18 };

#define E13 ((int128)10000000000000)
#define E26 (E13 * E13)
#define ROW(x)                                                                                               \
  (x), (x)*10, (x)*100, (x)*1000, (x)*10000, (x)*100000, (x)*1000000, (x)*10000000, (x)*100000000,           \
      (x)*1000000000, (x)*10000000000, (x)*100000000000, (x)*1000000000000

static const int128 powers[DIGITS_MOST + 1] = { ROW((int128)1), ROW(E13), ROW(E26) };

static bool fits(int128 mantissa) {
  return mantissa < powers[DIGITS_MOST] && mantissa > -powers[DIGITS_MOST];
}

static bool give(int128 mantissa, int32_t scale, dec *value) {
  if (!fits(mantissa)) return false;
  *value = (dec){ mantissa, scale };
  return true;
}

dec dec_of(int64_t whole) { return (dec){ whole, 0 }; }

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* "-1234.50" and nothing else: what nearly every cell holds. False says only that the text is not that. */
static bool parse_quick(str text, char mark, dec *value) {
  size_t i = text.len && text.at[0] == '-', first = i, point = text.len;
  int64_t sum = 0;
  if (text.len - i == 0 || text.len - i > QUICK_DIGITS) return false;
  for (; i < text.len; i++) {
    char c = text.at[i];
    if (is_digit(c)) sum = sum * 10 + (c - '0');
    else if (c == mark && point == text.len && i > first) point = i;
    else return false;
  }
  *value = (dec){ first ? -sum : sum, (int32_t)(point < text.len ? text.len - point - 1 : 0) };
  return true;
}

static const str minus_sign = { "\xe2\x88\x92", 3 }; /* U+2212 */

/* Takes the sign off; false when there is one on both sides. */
static bool take_sign(str *text, bool *minus) {
  bool leading = true;
  *minus = false;
  if (str_starts(*text, STR("-"))) *minus = true, *text = str_sub(*text, 1, text->len);
  else if (str_starts(*text, minus_sign)) *minus = true, *text = str_sub(*text, minus_sign.len, text->len);
  else if (str_starts(*text, STR("+"))) *text = str_sub(*text, 1, text->len);
  else leading = false;

  size_t trailing = str_ends(*text, STR("-")) ? 1 : str_ends(*text, minus_sign) ? minus_sign.len : 0;
  if (trailing && leading) return false;
  if (trailing) *minus = true;
  *text = str_sub(*text, 0, text->len - trailing);
  return true;
}

/* The thousands mark that the text starts with, or an empty one. */
static str thousands_mark(str text, enum dec_notation notation) {
  static const str shared[] = {
    { "'", 1 }, { " ", 1 }, { "\xe2\x80\x99", 3 }, { "\xc2\xa0", 2 }, { "\xe2\x80\xaf", 3 }
  };
  str own = notation == DEC_POINT ? STR(",") : STR(".");
  if (notation == DEC_PLAIN) return STR_NONE;
  if (str_starts(text, own)) return own;
  for (size_t i = 0; i < sizeof shared / sizeof *shared; i++)
    if (str_starts(text, shared[i])) return shared[i];
  return STR_NONE;
}

/* As many digits as there are, *count of them; false when the sum would have more than 38. */
static bool take_digits(str *text, int128 *sum, size_t *count) {
  size_t i = 0;
  for (; i < text->len && is_digit(text->at[i]); i++) {
    if (*sum >= powers[DIGITS_MOST - 1]) return false;
    *sum = *sum * 10 + (text->at[i] - '0');
  }
  *text = str_sub(*text, i, text->len);
  *count = i;
  return true;
}

/* The digits before the decimal mark, in groups of three when a thousands mark follows the first. */
static bool take_whole(str *text, enum dec_notation notation, int128 *sum, size_t *count) {
  if (!take_digits(text, sum, count)) return false;
  str kind = thousands_mark(*text, notation);
  if (!kind.len) return true;
  if (*count < 1 || *count > 3) return false;
  while (str_starts(*text, kind)) {
    size_t group;
    *text = str_sub(*text, kind.len, text->len);
    if (!take_digits(text, sum, &group) || group != 3) return false;
    *count += group;
  }
  return true;
}

static bool parse_any(str text, enum dec_notation notation, char mark, dec *value) {
  int128 sum = 0;
  size_t whole = 0, decimals = 0;
  bool minus;
  text = str_trim(text);
  if (!text.len) return false;
  if (!take_sign(&text, &minus) || !take_whole(&text, notation, &sum, &whole)) return false;
  if (text.len && text.at[0] == mark) {
    text = str_sub(text, 1, text.len);
    if (!take_digits(&text, &sum, &decimals) || decimals > DEC_SCALE_MOST) return false;
  }
  if (text.len || whole + decimals == 0) return false;
  *value = (dec){ minus ? -sum : sum, (int32_t)decimals };
  return true;
}

bool dec_parse(str text, enum dec_notation notation, dec *value) {
  char mark = notation == DEC_COMMA ? ',' : '.';
  return parse_quick(text, mark, value) || parse_any(text, notation, mark, value);
}

size_t dec_format(dec value, char text[DEC_TEXT_MOST]) {
  char backwards[DEC_TEXT_MOST];
  size_t len = 0;
  int32_t digits = 0;
  int128 left = value.mantissa < 0 ? -value.mantissa : value.mantissa;
  for (; left > INT64_MAX; digits++, left /= 10) {
    if (digits == value.scale && digits) backwards[len++] = '.';
    backwards[len++] = (char)('0' + (int)(left % 10));
  }
  for (uint64_t few = (uint64_t)left; few || digits <= value.scale; digits++, few /= 10) { /* much cheaper */
    if (digits == value.scale && digits) backwards[len++] = '.';
    backwards[len++] = (char)('0' + (int)(few % 10));
  }
  if (value.mantissa < 0) backwards[len++] = '-';
  for (size_t i = 0; i < len; i++) text[i] = backwards[len - 1 - i];
  return len;
}

/* The value is whole_of + part_of / 10^places, both with its sign; neither can overflow. */
static int128 whole_of(dec a) { return a.mantissa / powers[a.scale]; }
static int128 part_of(dec a, int32_t places) {
  return a.mantissa % powers[a.scale] * powers[places - a.scale];
}

int dec_compare(dec a, dec b) {
  if (a.scale == b.scale) return (a.mantissa > b.mantissa) - (a.mantissa < b.mantissa);
  int128 x = whole_of(a), y = whole_of(b);
  if (x == y) x = part_of(a, DEC_SCALE_MOST), y = part_of(b, DEC_SCALE_MOST);
  return (x > y) - (x < y);
}

bool dec_is_zero(dec a) { return a.mantissa == 0; }
int dec_sign(dec a) { return (a.mantissa > 0) - (a.mantissa < 0); }
dec dec_negate(dec a) { return (dec){ -a.mantissa, a.scale }; }

/* Other scales are added as wholes and parts: scaling one up first could overflow where the sum does not. */
bool dec_add(dec a, dec b, dec *sum) {
  int128 total;
  if (a.scale == b.scale)
    return !__builtin_add_overflow(a.mantissa, b.mantissa, &total) && give(total, a.scale, sum);

  int32_t places = a.scale > b.scale ? a.scale : b.scale;
  int128 unit = powers[places], whole = whole_of(a) + whole_of(b); /* one of them has at most 37 digits */
  int128 part = part_of(a, places) + part_of(b, places);
  if (__builtin_mul_overflow(whole, unit, &total)) return false;
  return !__builtin_add_overflow(total, part, &total) && give(total, places, sum);
}

bool dec_subtract(dec a, dec b, dec *difference) { return dec_add(a, dec_negate(b), difference); }

/* Takes one factor out of a product without making the product. */
static bool take_factor(int128 *a, int128 *b, int factor) {
  if (*a % factor == 0) *a /= factor;
  else if (*b % factor == 0) *b /= factor;
  else return false;
  return true;
}

bool dec_multiply(dec a, dec b, dec *product) {
  int128 total;
  int32_t scale = a.scale + b.scale;
  for (; scale > DEC_SCALE_MOST; scale--)
    if (!take_factor(&a.mantissa, &b.mantissa, 2) || !take_factor(&a.mantissa, &b.mantissa, 5)) return false;
  return !__builtin_mul_overflow(a.mantissa, b.mantissa, &total) && give(total, scale, product);
}

/* The next decimal digit of a long division. 10 * rest needs up to 39 digits, more than an int128 has, so
 * the ten is made of doublings, each reduced at once: 10 = 1010 in binary. */
static int next_digit(uint128 *rest, uint128 by) {
  uint128 left = 0;
  int digit = 0;
  for (int bit = 3; bit >= 0; bit--) {
    left *= 2, digit *= 2;
    if (left >= by) left -= by, digit++;
    if (bit == 3 || bit == 1) left += *rest;
    if (left >= by) left -= by, digit++;
  }
  *rest = left;
  return digit;
}

bool dec_divide(dec a, dec b, dec *quotient) {
  if (!b.mantissa) return false;
  bool minus = (a.mantissa < 0) != (b.mantissa < 0);
  uint128 top = (uint128)(a.mantissa < 0 ? -a.mantissa : a.mantissa);
  uint128 by = (uint128)(b.mantissa < 0 ? -b.mantissa : b.mantissa);
  uint128 rest = top % by;
  int128 result = (int128)(top / by);
  int32_t scale = a.scale - b.scale;
  for (; scale < 0 || (rest && scale < DEC_SCALE_MOST); scale++) {
    if (result >= powers[DIGITS_MOST - 1]) return false;
    result = result * 10 + next_digit(&rest, by);
  }
  result += rest * 2 > by || (rest * 2 == by && result % 2);
  if (!fits(result)) return false;
  *quotient = dec_trim((dec){ minus ? -result : result, scale });
  return true;
}

static bool goes_up(int128 kept, int128 dropped, int128 unit, enum dec_rounding how) {
  switch (how) {
  case DEC_HALF_UP: return dropped * 2 >= unit;
  case DEC_HALF_EVEN: return dropped * 2 > unit || (dropped * 2 == unit && kept % 2);
  case DEC_DOWN: return false;
  case DEC_UP: return dropped > 0;
  }
  return false;
}

bool dec_round(dec a, int32_t places, enum dec_rounding how, dec *rounded) {
  if (places < 0 || places > DEC_SCALE_MOST) return false;
  if (places >= a.scale) return dec_rescale(a, places, rounded);
  bool minus = a.mantissa < 0;
  int128 unit = powers[a.scale - places], size = minus ? -a.mantissa : a.mantissa;
  int128 kept = size / unit;
  kept += goes_up(kept, size % unit, unit, how);
  *rounded = (dec){ minus ? -kept : kept, places };
  return true;
}

bool dec_rescale(dec a, int32_t places, dec *same) {
  int128 mantissa;
  if (places < 0 || places > DEC_SCALE_MOST) return false;
  if (places >= a.scale)
    return !__builtin_mul_overflow(a.mantissa, powers[places - a.scale], &mantissa) &&
           give(mantissa, places, same);
  int128 unit = powers[a.scale - places];
  if (a.mantissa % unit) return false;
  *same = (dec){ a.mantissa / unit, places };
  return true;
}

dec dec_trim(dec a) {
  while (a.scale > 0 && a.mantissa % 10 == 0) a.mantissa /= 10, a.scale--;
  return a;
}

bool dec_to_int(dec a, int64_t *whole) {
  dec same;
  if (!dec_rescale(a, 0, &same) || same.mantissa > INT64_MAX || same.mantissa < INT64_MIN) return false;
  *whole = (int64_t)same.mantissa;
  return true;
}
