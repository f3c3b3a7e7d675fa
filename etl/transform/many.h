/* transform/many: records that a lookup adds: `lookup part in "bundles.csv" many` makes parts below each
 * item.
 *
 * Every row of the sheet (the state, SL's table) that answers is a record below the one that asked, in
 * its order; without a row the `miss` values make the only one, and
 * without `miss` there is none.
 */
#ifndef SLUICE_TRANSFORM_MANY_H
#define SLUICE_TRANSFORM_MANY_H

#include "transform/eval.h"

/* Below one streamed record; ctx->failed when a key cannot be computed. */
void many_add(const struct program *program, struct ctx *ctx, struct rec *streamed, struct arena *arena);
/* Like eval_over below one record, while the function may take records away. */
void many_each(struct ctx *ctx, const struct level *level, struct rec *from, struct arena *arena,
               eval_each *each, void *user);

#endif
