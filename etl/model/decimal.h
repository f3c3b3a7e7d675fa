/* model/decimal: exact decimal numbers, a whole number and how many of its digits are decimals.
 *
 * 12.50 is mantissa 1250, scale 2. The mantissa has 38 digits at the most,
 * the scale lies in 0..18; what does not fit is an error, never a rounding.
 * Equal values with other scales are equal (1.5 = 1.50). No double anywhere.
 *
 * Text is read under a *notation*: which mark is the decimal one. Amazon
 * writes 1,234.50 in some files and 1.234,50, 1 234,50 (with U+00A0 or U+202F
 * as well) or 1'234,50 in others, and a file does not say which: job/
 * exec.c tries the notations, the control total proves one (R8).
 *
 *   dec amount;
 *   if (!dec_parse(STR("1.234,50"), DEC_COMMA, &amount)) ...   -> 123450, scale 2
 */
#ifndef SLUICE_MODEL_DECIMAL_H
#define SLUICE_MODEL_DECIMAL_H

#include "base/str.h"

__extension__ typedef __int128 int128;

typedef struct {
  int128 mantissa;
  int32_t scale; /* decimals, 0..18 */
} dec;

enum { DEC_SCALE_MOST = 18, DEC_TEXT_MOST = 48 };

enum dec_notation {
  DEC_PLAIN, /* point, no thousands marks: specs, SL, canonical files */
  DEC_POINT, /* 1,234.50  1'234.50  1 234.50 */
  DEC_COMMA  /* 1.234,50  1'234,50  1 234,50 */
};

enum dec_rounding { DEC_HALF_UP, DEC_HALF_EVEN, DEC_DOWN, DEC_UP }; /* half-up and up: away from zero */

dec dec_of(int64_t whole);
/* The whole of the text: blanks around it, a leading + or - (also U+2212) and, as some exports do, a
 * trailing minus are read; groups between thousands marks must have three digits and one kind of mark;
 * ".5" and "5." are read; exponents, currency signs and parentheses are not. False when it is no number
 * under this notation or has more than 38 digits or 18 decimals. */
bool dec_parse(str text, enum dec_notation notation, dec *value);
/* Point as the mark, as many decimals as the scale says, "-" before negatives, no thousands. Returns length. */
size_t dec_format(dec value, char text[DEC_TEXT_MOST]);

int dec_compare(dec a, dec b);
bool dec_is_zero(dec a);
int dec_sign(dec a);
dec dec_negate(dec a);
/* All of these: false on overflow of 38 digits (or, for division, by zero). */
bool dec_add(dec a, dec b, dec *sum);
bool dec_subtract(dec a, dec b, dec *difference);
bool dec_multiply(dec a, dec b, dec *product);  /* scale: sum of both, trailing zeros cut down to 18 if exact */
bool dec_divide(dec a, dec b, dec *quotient);   /* 18 decimals, half-even, trailing zeros cut */
bool dec_round(dec a, int32_t places, enum dec_rounding how, dec *rounded); /* result has scale `places` */
bool dec_rescale(dec a, int32_t places, dec *same); /* false too when digits other than zero would go */
dec dec_trim(dec a);                                /* without trailing zero decimals */
bool dec_to_int(dec a, int64_t *whole);             /* false when not whole or too large */

#endif
