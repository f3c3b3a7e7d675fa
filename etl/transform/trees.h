/* transform/trees: works through source records that have records below them, one at a time.
 *
 * A streamed record (an order with its items) gets the records that lookups
 * with `many` add, then the rules see it, from the top of the transform down;
 * what a rule takes away is gone for all that follows. Then the blocks with
 * `each` write it, and the groups of `per` blocks and of the file add it up.
 * A record that fails anywhere leaves no trace in any of these.
 *
 *   struct trees_worker *worker = trees_worker_new(&run, folds_memory, &sink);
 *   trees_once(worker, once);                         records that the file has once, by level
 *   trees_batch(worker, &batch, &err);                for every batch
 *   trees_worker_end(worker, &err);
 */
#ifndef SLUICE_TRANSFORM_TREES_H
#define SLUICE_TRANSFORM_TREES_H

#include "transform/emit.h"
#include "transform/rows.h"

struct trees_worker;

/* OUT_SPEC when the transform has a block that cannot be run over such records yet. */
enum outcome trees_worker_new(const struct run *run, size_t memory_most, const struct sink *sink,
                              struct trees_worker **worker, struct err *err);
/* What the plan uses of each level, for the reader; lives in the program's arena. */
struct shapes trees_shapes(const struct program *program);
void trees_worker_once(struct trees_worker *worker, struct rec *const *once);
enum outcome trees_batch(struct trees_worker *worker, const struct tree_batch *batch, struct err *err);
/* One record whose cells are values: what another transform wrote. */
enum outcome trees_record(struct trees_worker *worker, struct rec *rec, const char *flaw, struct arena *arena,
                          struct err *err);
enum outcome trees_worker_end(struct trees_worker *worker, struct err *err);
/* Told of each record of a group of the program, as rows_trace (transform/rows.h); without its cells. */
void trees_trace(struct trees_worker *worker, rows_hit *hit, void *user);
struct tally *trees_tally(struct trees_worker *worker);
struct fold **trees_folds(struct trees_worker *worker); /* by group->index; not closed */
struct emitter *trees_emitter(struct trees_worker *worker);
void trees_worker_free(struct trees_worker *worker);

#endif
