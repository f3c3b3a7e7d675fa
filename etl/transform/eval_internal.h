/* transform/eval_internal: what the files of the evaluator share. */
#ifndef SLUICE_TRANSFORM_EVAL_INTERNAL_H
#define SLUICE_TRANSFORM_EVAL_INTERNAL_H

#include "transform/eval.h"

/* eval_aggregate.c */
value eval_aggregate(const struct aggregate *aggregate, struct ctx *ctx);
value eval_prior(const struct node *node, struct ctx *ctx);
/* eval_lookup.c: also found(). */
value eval_lookup(const struct node *node, struct ctx *ctx);

/* The record being written that a block writes, or that is of a group; NULL: none around. */
static inline struct instance *eval_instance_of(struct ctx *ctx, const struct block *block) {
  struct instance *instance = ctx->instance;
  while (instance && instance->block != block) instance = instance->outer;
  return instance;
}

static inline struct instance *eval_instance_grouping(struct ctx *ctx, const struct group *group) {
  struct instance *instance = ctx->instance;
  while (instance && instance->block->group != group) instance = instance->outer;
  return instance;
}

#endif
