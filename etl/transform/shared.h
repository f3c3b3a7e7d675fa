/* transform/shared: what lets of one streamed record come to, worked out once.
 *
 * Which lets may be kept is decided when a transform is checked (check_shared.c). Whoever makes another
 * record, or another group of records, the current one says so, and everything is forgotten; so does who
 * takes away records below it or adds them. Values live until then.
 *
 *   shared_forget(ctx->shared);                         before each streamed record
 *   v = eval(node, ctx);                                asks shared_value() by itself
 */
#ifndef SLUICE_TRANSFORM_SHARED_H
#define SLUICE_TRANSFORM_SHARED_H

#include "transform/eval.h"

struct shared *shared_new(const struct program *program);
void shared_free(struct shared *shared);
void shared_forget(struct shared *shared);
value shared_value(const struct node *node, struct ctx *ctx); /* of a node that is shared */

#endif
