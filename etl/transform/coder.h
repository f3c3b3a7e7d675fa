/* transform/coder: small numbers for cells that repeat.
 *
 * The bytes of some columns of a row, taken together, get a number: 0 for the
 * first combination met, 1 for the next new one. The inner loop compares bytes
 * in words of eight, so the block it reads from has ROWS_SLACK behind it.
 *
 * The day coder numbers timestamps by the day they fall on in the ledger's
 * zone, found from their leading bytes: "2026-11-03 04" is one day in nearly
 * every zone; where midnight lies inside the hour, the minute decides.
 */
#ifndef SLUICE_TRANSFORM_CODER_H
#define SLUICE_TRANSFORM_CODER_H

#include "base/memory.h"
#include "model/stream.h"
#include "model/value.h"

struct coder;
/* `steady`: rows mostly repeat the one before; that is looked at first. */
struct coder *coder_new(const size_t *columns, size_t count, bool steady);
/* codes[row] for every row of the block. False when there are more than `most` different ones: then
 * coder_reset and start the block again. */
bool coder_rows(struct coder *coder, const struct rows *rows, size_t most, uint32_t *codes);
void coder_reset(struct coder *coder);
void coder_free(struct coder *coder);

/* Codes: no stamp; one for each day; one for each text that is no stamp. */
enum { DAY_ABSENT = 0, DAY_FIRST = 1, DAY_BAD_FIRST = 1 << 24 };
struct day_coder;
struct day_coder *day_coder_new(size_t column, const struct notation *notation);
void day_coder_rows(struct day_coder *coder, const struct rows *rows, uint32_t *codes);
void day_coder_free(struct day_coder *coder);

#endif
