/* job/close: the groups of all workers, joined and closed side by side. */
#include "job/close.h"
#include "job/exec.h"

#include <stdatomic.h>

struct closing {
  const struct close_request *request;
  atomic_size_t next; /* fold * FOLD_PARTS + part */
};

/* One thread's asking whether a group is wanted. */
struct asking {
  const struct group *group;
  bool by_itself; /* its keys and aggregates are all that the condition needs */
  struct ctx ctx;
};

/* The emitter is to ask where the keys of outer groups, lets or other records are needed. */
static bool asks_by_itself(const struct group *group) {
  const struct block *block = group->block;
  for (const struct group *outer = group->outer; outer; outer = outer->outer)
    if (outer->key_count) return false;
  return !block->let_count && !block->total_count && !block->uses_is_last;
}

static bool is_own_aggregate(const struct node *node, const struct group *group) {
  return node->op == OP_AGGREGATE && node->aggregate->group == group && !node->aggregate->loop &&
         !node->aggregate->record;
}

static bool is_zero(const struct node *node) {
  dec number;
  return node->op == OP_CONST && value_to_decimal(&node->constant, &number) && dec_is_zero(number);
}

/* What stands before the no is evaluated first by eval(), and may have something to say: that the records of
 * a group do not agree. */
static bool cannot_fail(const struct node *node) {
  static const enum op plain[] = { OP_CONST,   OP_KEY,    OP_AND,   OP_OR,     OP_NOT,
                                   OP_PRESENT, OP_ABSENT, OP_EQUAL, OP_UNEQUAL };
  bool good = node->op == OP_AGGREGATE && node->aggregate->kind != AGG_SAME;
  for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) good |= node->op == plain[i];
  for (size_t i = 0; i < node->kid_count && good; i++) good = cannot_fail(node->kids[i]);
  return good;
}

/* A no without evaluating: nearly all groups fall at the first `any(...)` or `sum(...) <> 0` of an `and`. */
static bool surely_no(const struct node *node, const struct group *group, const char *state) {
  const struct node *aggregate = node->op == OP_UNEQUAL && is_zero(node->kids[1]) ? node->kids[0] : node;
  if (node->op == OP_AND)
    return surely_no(node->kids[0], group, state) ||
           (cannot_fail(node->kids[0]) && surely_no(node->kids[1], group, state));
  if (!is_own_aggregate(aggregate, group)) return false;
  enum aggregate_kind kind = aggregate->aggregate->kind;
  bool tells = node->op == OP_UNEQUAL ? kind == AGG_SUM || kind == AGG_COUNT : kind == AGG_ANY;
  return tells && acc_is_zero(kind, state + aggregate->aggregate->offset);
}

static bool is_wanted(void *user, str key, char *state) {
  struct asking *asking = user;
  const struct group *group = asking->group;
  value keys[NODE_KIDS_MOST];
  size_t at = 0;
  if (!asking->by_itself) return true;
  if (surely_no(group->block->when, group, state)) return false;
  arena_reset(asking->ctx.arena);
  for (size_t i = 0; i < group->key_count; i++) keys[i] = value_of_key(key, &at, group->keys[i]->type);
  struct block bare = *group->block;
  struct instance instance = { .block = &bare, .keys = keys, .state = state, .arena = asking->ctx.arena };
  asking->ctx.instance = &instance;
  bool yes = eval_yes(group->block->when, &asking->ctx) || asking->ctx.failed;
  asking->ctx.failed = false; /* the emitter will say it */
  return yes;
}

static enum outcome close_one(struct closing *closing, size_t index, struct asking *asking, struct err *err) {
  const struct close_request *request = closing->request;
  const struct program *program = request->run->program;
  struct fold *others[THREADS_MOST];
  size_t fold = index / FOLD_PARTS, count = 0;
  for (size_t i = 1; i < request->worker_count; i++) others[count++] = request->folds[i][fold];
  asking->group = program->folds[fold];
  bool conditional = asking->group->block && asking->group->block->when;
  asking->by_itself = conditional && asks_by_itself(asking->group);
  return fold_close_part(request->folds[0][fold], others, count, index % FOLD_PARTS,
                         conditional ? is_wanted : NULL, asking, err);
}

static enum outcome work(void *user, size_t worker, struct err *err) {
  struct closing *closing = user;
  const struct run *run = closing->request->run;
  struct asking asking = { .ctx = { .run = run, .arena = arena_new() } };
  size_t all = run->program->fold_count * FOLD_PARTS, index;
  enum outcome out = OUT_OK;
  (void)worker;
  asking.ctx.answers = answers_new(run->program);
  while (!out && (index = atomic_fetch_add(&closing->next, 1)) < all)
    out = close_one(closing, index, &asking, err);
  answers_free(asking.ctx.answers);
  arena_free(asking.ctx.arena);
  return out;
}

enum outcome close_groups(const struct close_request *request, size_t *spilled, struct err *err) {
  struct closing closing = { .request = request };
  const struct program *program = request->run->program;
  for (size_t i = 0; i < request->worker_count; i++)
    for (size_t j = 0; j < program->fold_count; j++) *spilled += fold_spilled(request->folds[i][j]);
  enum outcome out = threads_run(request->worker_count, work, &closing, err);
  for (size_t i = 0; i < program->fold_count && !out; i++) fold_close_end(request->folds[0][i]);
  return out;
}
