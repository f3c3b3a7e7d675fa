/* model/currency: ISO 4217 codes and how many decimals each has.
 *
 * R8 needs the decimals: a reading of a file's amounts may not have more of
 * them than the currency (JPY 0, USD 2, KWD 3). Source: ISO 4217:2015 list one, minor units.
 */
#ifndef SLUICE_MODEL_CURRENCY_H
#define SLUICE_MODEL_CURRENCY_H

#include "base/str.h"

/* False when the code (three capital letters) is not a current ISO 4217 currency. */
bool currency_places(str code, int32_t *places);

#endif
