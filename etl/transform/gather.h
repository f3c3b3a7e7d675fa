/* transform/gather: groups whose records themselves are needed: `order per order-id`, `item each row` inside.
 *
 * Rows, or records with all that is below them, are sorted by their key (transform/sorter.h), whatever order
 * they came in; then one group at a time is at hand, with its rows in the order of the file, and blocks
 * inside it may run over them. A group may take 16 MiB.
 */
#ifndef SLUICE_TRANSFORM_GATHER_H
#define SLUICE_TRANSFORM_GATHER_H

#include "model/stream.h"
#include "transform/eval.h"
#include "transform/sorter.h"

struct gather;
/* Of rows; with `shapes`, of records that have others below them, which stay the caller's. */
struct gather *gather_new(const struct block *block, const struct level *level, const struct shapes *shapes);
const struct block *gather_block(const struct gather *gather);
/* Keys are computed at the row that the ctx holds. */
enum outcome gather_add(struct gather *gather, const struct rows *rows, size_t row, struct ctx *ctx,
                        struct err *err);
/* The same of a record with records below it, which the ctx holds. */
enum outcome gather_add_rec(struct gather *gather, const struct rec *rec, struct ctx *ctx, struct err *err);
enum outcome gather_sort(struct gather *gather, struct err *err);
/* The next group: its key and members, good until the next call. OUT_END after the last. */
enum outcome gather_next(struct gather *gather, str *key, struct recs *members, bool *is_last,
                         struct err *err);
void gather_free(struct gather *gather);

#endif
