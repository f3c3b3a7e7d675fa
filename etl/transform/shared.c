/* transform/shared: what lets of one streamed record come to, worked out once. */
#include "transform/shared.h"
#include "transform/eval_internal.h"

struct kept {
  const struct rec *rec; /* whose it is; NULL: nobody's */
  uint64_t turn;
  value v;
};

struct shared {
  struct arena *arena;
  struct kept *items;         /* by let */
  const struct level **below; /* levels below the streamed one */
  size_t below_count;
  uint64_t turn; /* what was kept in an earlier one is forgotten */
};

struct shared *shared_new(const struct program *program) {
  struct shared *shared = mem_alloc(sizeof *shared);
  *shared = (struct shared){ .arena = arena_new(), .turn = 1 };
  shared->items = mem_alloc(sizeof *shared->items * (program->let_count + 1));
  shared->below = mem_alloc(sizeof *shared->below * (program->level_count + 1));
  for (size_t i = 0; i < program->level_count; i++) {
    const struct level *level = program->levels[i];
    if (level != program->streamed && level_is_under(level, program->streamed))
      shared->below[shared->below_count++] = level;
  }
  return shared;
}

void shared_free(struct shared *shared) {
  if (!shared) return;
  arena_free(shared->arena);
  mem_free(shared->items);
  mem_free(shared->below);
  mem_free(shared);
}

void shared_forget(struct shared *shared) {
  if (!shared) return;
  shared->turn++;
  arena_reset(shared->arena);
}

/* A sum over records below is the streamed record's own: not that of a group of them around (as in
 * eval_aggregate.c), nor of a record below it that stands. */
static bool stands_at_record(const struct shared *shared, const struct ctx *ctx) {
  for (size_t i = 0; i < shared->below_count; i++)
    if (ctx->recs[shared->below[i]->index]) return false;
  for (const struct instance *i = ctx->instance; i; i = i->outer) {
    if (i->members.count || (i->block->group && i->block->group->gather)) return false;
    if (i->block->repeat == REPEAT_EACH) return true;
  }
  return true;
}

value shared_value(const struct node *node, struct ctx *ctx) {
  struct shared *shared = ctx->shared;
  const struct rec *rec = ctx->recs[ctx->run->program->streamed->index];
  if (!rec || ctx->failed || (node->shares_sums && !stands_at_record(shared, ctx)))
    return eval_anew(node, ctx);
  struct kept *kept = &shared->items[node->shared - 1];
  if (kept->rec == rec && kept->turn == shared->turn) return kept->v;
  struct arena *arena = ctx->arena;
  ctx->arena = shared->arena;
  value v = eval_anew(node, ctx);
  ctx->arena = arena;
  if (!ctx->failed) *kept = (struct kept){ rec, shared->turn, v };
  return v;
}
