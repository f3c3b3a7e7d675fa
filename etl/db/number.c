/* db/number: exact decimals in FLOAT columns. */
#include "db/number.h"

#include <string.h>

enum { EXPONENT_MOST = 400 }; /* more than a binary64 can have */

static const int128 sure = (int128)1000000000000000; /* 10^NUMBER_DIGITS */

static bool is_sure(dec value) { return value.mantissa < sure && value.mantissa > -sure; }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* The digits of a number without its point: mantissa * 10^-scale. Digits that an int128 has no room for are
 * behind all that a binary64 can tell, and only their place is kept. */
struct digits {
  int128 mantissa;
  int32_t scale;
  bool any;
};

static void take_digits(str *text, bool decimals, struct digits *digits) {
  size_t i = 0;
  for (; i < text->len && is_digit(text->at[i]); i++) {
    digits->any = true;
    if (digits->mantissa < sure * sure) digits->mantissa = digits->mantissa * 10 + (text->at[i] - '0');
    else digits->scale--;
    if (decimals) digits->scale++;
  }
  *text = str_sub(*text, i, text->len);
}

static bool take(str *text, char c) {
  if (!text->len || text->at[0] != c) return false;
  *text = str_sub(*text, 1, text->len);
  return true;
}

static bool take_exponent(str text, int32_t *scale) {
  int64_t exponent;
  if (!text.len) return true;
  if (!take(&text, 'e') && !take(&text, 'E')) return false;
  bool minus = take(&text, '-');
  if (!minus) take(&text, '+');
  if (!text.len || !is_digit(text.at[0]) || !str_to_int(text, &exponent) || exponent > EXPONENT_MOST)
    return false;
  *scale += (int32_t)(minus ? exponent : -exponent);
  return true;
}

/* Brings the scale into 0..18. Cutting decimals behind the 18th cannot change how earlier ones are rounded,
 * half away from zero. */
static bool bring_into_range(struct digits *digits) {
  for (; digits->scale > DEC_SCALE_MOST; digits->scale--) digits->mantissa /= 10;
  for (; digits->scale < 0 && digits->mantissa; digits->scale++) {
    if (digits->mantissa >= sure) return false;
    digits->mantissa *= 10;
  }
  if (digits->scale < 0) digits->scale = 0;
  return true;
}

static bool parse(str text, dec *value) {
  struct digits digits = { 0, 0, false };
  bool minus = take(&text, '-');
  take_digits(&text, false, &digits);
  if (take(&text, '.')) take_digits(&text, true, &digits);
  if (!digits.any || !take_exponent(text, &digits.scale) || !bring_into_range(&digits)) return false;
  *value = (dec){ minus ? -digits.mantissa : digits.mantissa, digits.scale };
  return true;
}

/* To 15 digits, whichever they are. */
static bool round_to_digits(dec read, dec *value) {
  int32_t places = read.scale;
  for (int128 left = read.mantissa / sure; left; left /= 10) places--;
  if (places < 0 || !dec_round(read, places, DEC_HALF_UP, value)) return false;
  if (!is_sure(*value) && (places == 0 || !dec_round(read, places - 1, DEC_HALF_UP, value))) return false;
  *value = dec_trim(*value);
  return is_sure(*value);
}

bool number_from_float(str text, int32_t places, dec *value) {
  dec read;
  if (!parse(str_trim(text), &read)) return false;
  if (places == NUMBER_ALL) return round_to_digits(read, value);
  return dec_round(read, places, DEC_HALF_UP, value) && is_sure(*value);
}

/* "-1234.50", short enough and with no more decimals than wanted: what nearly every cell is. */
static bool is_ready(str text, int32_t places) {
  size_t first = text.len && text.at[0] == '-', point = text.len;
  if (text.len == first || text.len - first > NUMBER_DIGITS || text.at[first] == '.') return false;
  for (size_t i = first; i < text.len; i++)
    if (text.at[i] == '.' && point == text.len) point = i;
    else if (!is_digit(text.at[i])) return false;
  size_t decimals = point == text.len ? 0 : text.len - point - 1;
  return places == NUMBER_ALL || decimals <= (size_t)places;
}

bool number_to_float(str text, int32_t places, char written[DEC_TEXT_MOST], size_t *len) {
  dec value;
  if (is_ready(text, places)) {
    memcpy(written, text.at, text.len);
    *len = text.len;
    return true;
  }
  if (!dec_parse(text, DEC_PLAIN, &value)) return false;
  if (places != NUMBER_ALL && value.scale > places && !dec_round(value, places, DEC_HALF_UP, &value))
    return false;
  value = dec_trim(value);
  if (!is_sure(value)) return false;
  *len = dec_format(value, written);
  return true;
}
