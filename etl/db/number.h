/* db/number: exact decimals in FLOAT columns.
 *
 * SL keeps money, quantities and prices as FLOAT(53). A binary float holds any
 * decimal of up to 15 digits so that it can be found again by rounding, and no
 * more (IEEE 754 binary64: DBL_DIG). So a number goes in as decimal text of at
 * most 15 digits, rounded to SL's own precision (Currncy.DecPl,
 * INSetup.DecPlQty, DecPlPrcCst), and what comes back, 15.949999999999999 or
 * 1.595e+01, is rounded to the same places. No float of C's is ever involved.
 *
 *   dec price;
 *   number_from_float(STR("15.949999999999999"), 2, &price);   -> 15.95
 */
#ifndef SLUICE_DB_NUMBER_H
#define SLUICE_DB_NUMBER_H

#include "model/decimal.h"

enum { NUMBER_DIGITS = 15, NUMBER_ALL = -1 };

/* Text as any driver writes a float, also with an exponent; half away from zero. NUMBER_ALL: as many places
 * as 15 digits leave, without zeros at the end. False: no number, or too large to be exact at these places.
 */
bool number_from_float(str text, int32_t places, dec *value);
/* A plain decimal, rounded to `places` and written; false as above. */
bool number_to_float(str text, int32_t places, char written[DEC_TEXT_MOST], size_t *len);

#endif
