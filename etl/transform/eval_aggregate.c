/* transform/eval_aggregate: what records come to: those at hand, or the running states of what is around. */
#include "transform/eval_internal.h"

struct over {
  struct ctx *ctx;
  const struct level *level;
  eval_each *each;
  void *user;
};

/* Walks down from a record to those of the wanted level below it. */
static void walk(const struct over *over, struct rec *rec) {
  struct ctx *ctx = over->ctx;
  struct rec *before = ctx->recs[rec->level->index];
  ctx->recs[rec->level->index] = rec;
  if (rec->level == over->level) over->each(over->user, ctx);
  else if (rec->below) {
    const struct level *next = over->level;
    while (next->parent != rec->level) next = next->parent;
    const struct recs *kids = &rec->below[next->index];
    for (size_t i = 0; i < kids->count; i++) walk(over, kids->items[i]);
  }
  ctx->recs[rec->level->index] = before;
}

void eval_over(struct ctx *ctx, const struct level *level, const struct recs *from, eval_each *each,
               void *user) {
  struct over over = { ctx, level, each, user };
  for (size_t i = 0; i < from->count; i++) walk(&over, from->items[i]);
}

struct looping {
  const struct aggregate *aggregate;
  char *state;
  uint64_t row;
};

static void loop_one(void *user, struct ctx *ctx) {
  struct looping *loop = user;
  const struct aggregate *aggregate = loop->aggregate;
  if (aggregate->where && !eval_yes(aggregate->where, ctx)) return;
  value v = aggregate->of ? eval(aggregate->of, ctx) : value_yes_no(true);
  loop->row++;
  if (!acc_add(aggregate->kind, loop->state, &v, 1, loop->row, loop->row, ctx->arena))
    eval_fail(ctx, aggregate->place, "a sum has more than 38 digits");
}

/* Records at hand: under the record of `of LEVEL`, in the gathered group around, or under the current record.
 */
static void loop_source(struct ctx *ctx, struct looping *loop) {
  const struct level *level = loop->aggregate->level;
  struct rec *one[1] = { NULL };
  struct recs from = { one, 1 };
  if (loop->aggregate->within) one[0] = ctx->recs[loop->aggregate->within->index];
  for (struct instance *i = ctx->instance; i && !one[0] && !loop->aggregate->within; i = i->outer)
    if (i->members.count || (i->block->group && i->block->group->gather)) {
      eval_over(ctx, level, &i->members, loop_one, loop);
      return;
    } else if (i->block->repeat == REPEAT_EACH) break;
  for (const struct level *up = level->parent; up && !one[0]; up = up->parent) one[0] = ctx->recs[up->index];
  if (one[0]) eval_over(ctx, level, &from, loop_one, loop);
}

/* A sum is written with the decimals it needs, and no fewer than its currency's: how it was added up does not
 * show. */
static value tidy(value v, const struct ctx *ctx) {
  int32_t least = ctx->run->notation.places_most;
  if (v.type != TYPE_DECIMAL) return v;
  dec same = dec_trim(v.as.decimal);
  if (least > same.scale) dec_rescale(same, least, &same);
  return value_decimal(same);
}

static value result(const struct aggregate *aggregate, const char *state, struct ctx *ctx) {
  bool differs;
  value v = acc_result(aggregate, state, ctx->arena, &differs);
  if (differs) eval_fail(ctx, aggregate->place, "the records of this group do not agree on a value");
  return aggregate->kind == AGG_SUM && !aggregate->record ? tidy(v, ctx) : v;
}

value eval_aggregate(const struct aggregate *aggregate, struct ctx *ctx) {
  if (aggregate->loop) {
    struct looping loop = { aggregate, arena_alloc(ctx->arena, acc_size(aggregate->kind)), 0 };
    loop_source(ctx, &loop);
    return result(aggregate, loop.state, ctx);
  }
  const char *state;
  struct instance *instance;
  if (aggregate->record) {
    instance = aggregate->scope ? eval_instance_of(ctx, aggregate->scope) : NULL;
    state = aggregate->scope ? (instance ? instance->totals : NULL) : ctx->file_totals;
  } else {
    instance = aggregate->group->block ? eval_instance_grouping(ctx, aggregate->group) : NULL;
    state = aggregate->group->block ? (instance ? instance->state : NULL) : ctx->file_state;
  }
  return state ? result(aggregate, state + aggregate->offset, ctx) : value_absent();
}

value eval_prior(const struct node *node, struct ctx *ctx) {
  struct instance *instance = eval_instance_of(ctx, node->block);
  for (size_t i = 0; instance && i < instance->priors->count; i++)
    if (instance->priors->aggregates[i] == node->aggregate) return instance->priors->values[i];
  return node->type == TYPE_INTEGER ? value_integer(0) : value_decimal(dec_of(0));
}
