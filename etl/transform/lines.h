/* transform/lines: rows straight to lines, for blocks that write one csv or tsv line for each row.
 *
 * Most fields of such a block are cells as they came, or follow from a few
 * cells that repeat. A cell that needs no change is copied; what follows from
 * repeating cells is encoded once for each different value; only the rest is
 * computed field by field. A row with anything out of the ordinary (a blank
 * where a value must be, a text too long, a number written oddly) is left to
 * the emitter, which knows all rules: lines_row says so.
 */
#ifndef SLUICE_TRANSFORM_LINES_H
#define SLUICE_TRANSFORM_LINES_H

#include "transform/emit.h"
#include "transform/plan.h"

struct lines;

/* NULL when the block, or its sink, is not of this kind. */
struct lines *lines_new(const struct plan *plan, const struct block *block, const struct line_format *format);
void lines_block(struct lines *lines, const struct rows *rows); /* before its rows */
/* False: nothing was written, the emitter is to do this row. `ctx` holds the row. */
typedef void lines_set_row(void *user, size_t row);
bool lines_row(struct lines *lines, size_t row, struct ctx *ctx, lines_set_row *set_row, void *user);
void lines_free(struct lines *lines);

#endif
