/* transform/numbers: the amounts of a column, block by block, as whole numbers of units.
 *
 * Cells are read straight from their bytes to 64-bit integers at one scale
 * (12.50 at two places is 1250 units). A cell with more decimals raises the
 * scale for the whole column, a value beyond 64 bits is kept beside as 128
 * bits; a cell that is no number under the notation is a flaw of its row.
 */
#ifndef SLUICE_TRANSFORM_NUMBERS_H
#define SLUICE_TRANSFORM_NUMBERS_H

#include "transform/plan.h"

struct number_sum {
  int64_t part; /* added to until it would overflow, then moved into whole */
  int128 whole;
  bool overflowed; /* 128 bits were not enough */
};
void number_sum_raise(struct number_sum *sum, int32_t places); /* by so many more decimals */

struct numbers;
struct numbers *numbers_new(const struct number *number, const struct notation *notation);
void numbers_free(struct numbers *numbers);
/* Reads the block's column. Returns by how many places the scale was raised. */
int32_t numbers_read(struct numbers *numbers, const struct rows *rows);
bool numbers_any_flaw(const struct numbers *numbers);
const char *numbers_why(const struct numbers *numbers, size_t row); /* NULL: the cell is good */
bool numbers_overflowed(const struct numbers *numbers); /* a value did not follow a larger scale */
int32_t numbers_places(const struct numbers *numbers);
int128 numbers_at(const struct numbers *numbers, size_t row); /* an empty cell is 0 */
bool numbers_other_lives(const struct numbers *numbers);
uint64_t numbers_bad(const struct numbers *numbers);

/* The units of the block just read; NULL when some lie beyond 64 bits. */
const int64_t *numbers_units(const struct numbers *numbers);
void numbers_add_big(const struct numbers *numbers, size_t row, struct number_sum *sum);

static inline void numbers_add(const struct numbers *numbers, const int64_t *units, size_t row,
                               struct number_sum *sum) {
  int64_t added;
  if (units && !__builtin_add_overflow(sum->part, units[row], &added)) sum->part = added;
  else numbers_add_big(numbers, row, sum);
}

#endif
