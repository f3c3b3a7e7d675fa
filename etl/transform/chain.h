/* transform/chain: what one transform writes is what the next one reads, record by record, without a file
 * between.
 *
 *   transform order-from-xml, order-to-sl
 *
 * The chain is the first transform's sink: records come open, their children
 * after them (or before, when a control total is awaited), and close; with its
 * close an outermost record and all below it goes to the next transform's
 * worker. What the first takes back never gets there.
 */
#ifndef SLUICE_TRANSFORM_CHAIN_H
#define SLUICE_TRANSFORM_CHAIN_H

#include "transform/trees.h"

struct chain;
/* `worker` runs the next transform; it stays the caller's. OUT_SPEC when the first does not write what it
 * reads. */
enum outcome chain_new(const struct program *first, const struct program *next, struct trees_worker *worker,
                       struct chain **chain, struct err *err);
struct sink chain_sink(struct chain *chain);
void chain_free(struct chain *chain);

#endif
