/* transform/sheet: a lookup sheet that accounting keeps, held in memory.
 *
 *   transaction-type,amount-type,amount-description,account,label
 *   Order,ItemPrice,Principal,4000,Sales
 *   FBAFees,*,Tax on fee,6100,FBA fees
 *
 * Keys are compared folded: without case, blanks, - and _ (R9), unless the
 * lookup says `exact`. A * in a key cell matches anything. The most specific row
 * wins: columns from the left, exact before pattern, more letters before fewer,
 * * alone last. Two rows that could match the same label and are equally exact are an error when the
 * sheet is bound to a lookup, unless they answer the same.
 */
#ifndef SLUICE_TRANSFORM_SHEET_H
#define SLUICE_TRANSFORM_SHEET_H

#include "transform/program.h"

struct sheet_row {
  const str *cells;
  size_t count;
  uint64_t line;
};

struct sheet {
  const struct source *source;
  str *columns; /* as written */
  size_t column_count;
  struct sheet_row *rows;
  size_t row_count;
  char digest[65];
};

ptrdiff_t sheet_column(const struct sheet *sheet, str name); /* header names folded; -1 when absent */

/* A sheet as one lookup sees it. Read-only after binding; safe for many threads. */
struct finder;
struct finder *finder_new(const struct lookup *lookup, struct arena *arena, struct complaints *wrong);
/* The rows that answer, best first; without `many` at the most one. *hits borrows from the finder or
 * `scratch`. */
size_t finder_find(const struct finder *finder, const value *keys, struct arena *scratch,
                   const uint32_t **hits);
value finder_value(const struct finder *finder, uint32_t row, size_t take);

str key_fold(str key, struct arena *arena); /* without case, blanks, - and _ */
/* `*` any run, `?` one character, `#` one digit; both already folded as wanted. */
bool pattern_matches(str pattern, str text);

#endif
