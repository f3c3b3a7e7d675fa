/* load/places: how many decimals SL keeps in a FLOAT column, by SL's own settings.
 *
 *   money in the document's currency   Currncy.DecPl of its CuryID           Cury*
 *   money in the base currency         Currncy.DecPl of GLSetup.BaseCuryId   what is left
 *   quantities                         INSetup.DecPlQty                      Qty*, *Qty, ...
 *   sales prices                       SOSetup.DecPlPrice                    *SlsPrice*, *ListPrice
 *   costs of a unit                    INSetup.DecPlPrcCst                   Cost, CuryCost, ...
 *   rates, factors, per cent, weights, user fields: as many as fifteen digits hold
 *
 * Which column is which stands in one table in places.c, by name. An amount with more decimals is the
 * document's error: a transform rounds by name, a load never does.
 */
#ifndef SLUICE_LOAD_PLACES_H
#define SLUICE_LOAD_PLACES_H

#include "base/memory.h"
#include "db/connect.h"

enum places_class { PLACES_ANY, PLACES_CURRENCY, PLACES_BASE, PLACES_QUANTITY, PLACES_PRICE, PLACES_COST };

enum places_class places_class(str column);

/* What SL's setup says. */
struct places {
  int32_t quantity, price, cost, base;
  struct { /* Currncy */
    str name;
    int32_t places;
  } * currencies;
  size_t currency_count;
};

/* OUT_SPEC: a setup row is missing, or is none. */
enum outcome places_read(struct db *db, struct arena *arena, struct places *places, struct err *err);
/* -1: any. `currency` "" is the base currency. False: SL has no such currency. */
bool places_of(const struct places *places, enum places_class of, str currency, int32_t *most);

#endif
