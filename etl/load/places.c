/* load/places: how many decimals SL keeps in a FLOAT column, by SL's own settings. */
#include "load/places.h"
#include "db/query.h"
#include "model/decimal.h"

/* The first line that fits decides; * stands at one end. Made for the tables of orders and shippers. */
static const struct {
  const char *column;
  enum places_class class;
} columns[] = {
  { "User*", PLACES_ANY },
  { "S4Future*", PLACES_ANY },
  { "*Rate", PLACES_ANY },
  { "*CnvFact", PLACES_ANY },
  { "*Pct", PLACES_ANY },
  { "*Wght", PLACES_ANY },
  { "Volume", PLACES_ANY },
  { "*SlsPrice", PLACES_PRICE },
  { "*SlsPriceOrig", PLACES_PRICE },
  { "*ListPrice", PLACES_PRICE },
  { "Cost", PLACES_COST },
  { "CuryCost", PLACES_COST },
  { "CommCost", PLACES_COST },
  { "CuryCommCost", PLACES_COST },
  { "BMICost", PLACES_COST },
  { "AvgCost", PLACES_COST },
  { "Qty*", PLACES_QUANTITY },
  { "*Qty", PLACES_QUANTITY },
  { "BuildQty*", PLACES_QUANTITY },
  { "OrigBO", PLACES_QUANTITY },
  { "Cury*", PLACES_CURRENCY },
  { "*", PLACES_BASE },
};

static bool fits(str column, str pattern) {
  if (str_starts(pattern, STR("*"))) return str_ends(column, str_sub(pattern, 1, pattern.len));
  if (str_ends(pattern, STR("*"))) return str_starts(column, str_sub(pattern, 0, pattern.len - 1));
  return str_eq(column, pattern);
}

enum places_class places_class(str column) {
  size_t i = 0;
  while (!fits(column, str_of(columns[i].column))) i++;
  return columns[i].class;
}

static enum outcome take(str table, str cell, int32_t *places, struct err *err) {
  int64_t number;
  if (!str_to_int(cell, &number) || number < 0 || number > DEC_SCALE_MOST)
    return err_set(err, OUT_SPEC, "SL's %.*s says \"%.*s\" decimals", STR_ARG(table), STR_ARG(cell));
  *places = (int32_t)number;
  return OUT_OK;
}

static enum outcome read_row(struct db *db, const char *table, str sql, struct arena *arena, str *cells,
                             size_t count, struct err *err) {
  enum outcome out = db_query_row(db, sql, NULL, 0, arena, cells, count, err);
  return out == OUT_END ? err_set(err, OUT_SPEC, "SL's %s has no row", table) : out;
}

static enum outcome read_currencies(struct db *db, struct arena *arena, struct places *places,
                                    struct err *err) {
  struct db_query *query = NULL;
  const str *cells;
  enum outcome out = db_query_open(db, STR("SELECT CuryId, DecPl FROM Currncy"), NULL, 0, &query, err);
  while (!out && !(out = db_query_next(query, &cells, err))) {
    ARENA_PUSH(arena, places->currencies, places->currency_count);
    places->currencies[places->currency_count - 1].name = arena_str(arena, cells[0]);
    out = take(STR("Currncy"), cells[1], &places->currencies[places->currency_count - 1].places, err);
  }
  db_query_close(query);
  return out == OUT_END ? OUT_OK : out;
}

enum outcome places_read(struct db *db, struct arena *arena, struct places *places, struct err *err) {
  str cells[2];
  *places = (struct places){ 0 };
  if (read_row(db, "INSetup", STR("SELECT DecPlQty, DecPlPrcCst FROM INSetup"), arena, cells, 2, err) ||
      take(STR("INSetup"), cells[0], &places->quantity, err) ||
      take(STR("INSetup"), cells[1], &places->cost, err) ||
      read_row(db, "SOSetup", STR("SELECT DecPlPrice FROM SOSetup"), arena, cells, 1, err) ||
      take(STR("SOSetup"), cells[0], &places->price, err) ||
      read_row(db, "GLSetup", STR("SELECT BaseCuryId FROM GLSetup"), arena, cells, 1, err) ||
      read_currencies(db, arena, places, err))
    return err->outcome;
  if (!places_of(places, PLACES_CURRENCY, cells[0], &places->base) || !cells[0].len)
    return err_set(err, OUT_SPEC, "SL's Currncy does not have the base currency \"%.*s\" of GLSetup",
                   STR_ARG(cells[0]));
  return OUT_OK;
}

bool places_of(const struct places *places, enum places_class of, str currency, int32_t *most) {
  const int32_t fixed[] = { [PLACES_ANY] = -1,
                            [PLACES_CURRENCY] = places->base,
                            [PLACES_BASE] = places->base,
                            [PLACES_QUANTITY] = places->quantity,
                            [PLACES_PRICE] = places->price,
                            [PLACES_COST] = places->cost };
  *most = fixed[of];
  if (of != PLACES_CURRENCY || !currency.len) return true;
  for (size_t i = 0; i < places->currency_count; i++)
    if (str_eq_fold(places->currencies[i].name, currency)) {
      *most = places->currencies[i].places;
      return true;
    }
  return false;
}
