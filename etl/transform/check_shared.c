/* transform/check_shared: which lets come to the same wherever they are asked for, as long as one record
 * stands.
 *
 * A let above the blocks is written out at each use, and one that names others grows with them: `quantity` of
 * a stock feed is asked for ten times a record, and sums up sites each time. Where it depends on nothing but
 * the streamed record, all uses have one place, which transform/shared.c keeps while that record stands.
 */
#include "transform/check_internal.h"

static bool is_fixed(const struct node *node, const struct level *streamed, bool below);

static bool kids_are_fixed(const struct node *node, const struct level *streamed, bool below) {
  for (size_t i = 0; i < node->kid_count; i++)
    if (!is_fixed(node->kids[i], streamed, below)) return false;
  return true;
}

/* What a miss stands for is worked out where the lookup is asked. */
static bool misses_are_fixed(const struct lookup *lookup, const struct level *streamed, bool below) {
  for (size_t i = 0; lookup && i < lookup->take_count; i++)
    if (lookup->takes[i].miss && !is_fixed(lookup->takes[i].miss, streamed, below)) return false;
  return true;
}

static bool sum_is_fixed(const struct aggregate *aggregate, const struct level *streamed) {
  if (!aggregate->loop || aggregate->within || aggregate->record) return false;
  if (aggregate->level == streamed || !level_is_under(aggregate->level, streamed)) return false;
  return (!aggregate->of || is_fixed(aggregate->of, streamed, true)) &&
         (!aggregate->where || is_fixed(aggregate->where, streamed, true));
}

/* Only earlier() and rejected() change while a record stands, or with those before it. */
static bool function_is_fixed(const struct function *function) {
  str name = str_of(function->name);
  return !str_eq(name, STR("earlier")) && !str_eq(name, STR("rejected"));
}

/* below: inside an aggregate, whose records are below the streamed one. */
static bool is_fixed(const struct node *node, const struct level *streamed, bool below) {
  switch (node->op) {
  case OP_CONST: return node->constant.type != TYPE_LIST;
  case OP_HEADER: return true;
  case OP_COLUMN: return node->level == streamed || (below && level_is_under(node->level, streamed));
  case OP_AGGREGATE: return !below && sum_is_fixed(node->aggregate, streamed);
  case OP_LOOKUP:
  case OP_FOUND:
    return misses_are_fixed(node->lookup, streamed, below) && kids_are_fixed(node, streamed, below);
  case OP_CALL: return function_is_fixed(node->function) && kids_are_fixed(node, streamed, below);
  case OP_IN_LIST: return is_fixed(node->kids[0], streamed, below);
  case OP_ADD:
  case OP_SUBTRACT:
  case OP_MULTIPLY:
  case OP_DIVIDE:
  case OP_NEGATE:
  case OP_EQUAL:
  case OP_UNEQUAL:
  case OP_LESS:
  case OP_LESS_EQUAL:
  case OP_GREATER:
  case OP_GREATER_EQUAL:
  case OP_AND:
  case OP_OR:
  case OP_NOT:
  case OP_PRESENT:
  case OP_ABSENT:
  case OP_LIKE:
  case OP_IN:
  case OP_IF:
  case OP_OTHERWISE:
  case OP_TEMPLATE: return kids_are_fixed(node, streamed, below);
  default: return false; /* it belongs to an output record, or to a group */
  }
}

static bool sums_up(const struct node *node) {
  if (node->op == OP_AGGREGATE) return true;
  for (size_t i = 0; i < node->kid_count; i++)
    if (sums_up(node->kids[i])) return true;
  for (size_t i = 0; node->op == OP_LOOKUP && i < node->lookup->take_count; i++)
    if (node->lookup->takes[i].miss && sums_up(node->lookup->takes[i].miss)) return true;
  return false;
}

/* --- two uses of one let are the same only if they were written out alike --- */

static bool alike(const struct node *a, const struct node *b);

static bool both_alike(const struct node *a, const struct node *b) { return a && b ? alike(a, b) : a == b; }

static bool sums_alike(const struct aggregate *a, const struct aggregate *b) {
  if (a == b || !a || !b) return a == b;
  return a->kind == b->kind && a->type == b->type && a->level == b->level && both_alike(a->of, b->of) &&
         both_alike(a->where, b->where);
}

static bool constants_alike(const value *a, const value *b) {
  return a->type == b->type && (!value_is_present(a) || value_equal(a, b));
}

static bool alike(const struct node *a, const struct node *b) {
  if (a == b) return true;
  if (a->op != b->op || a->type != b->type || a->kid_count != b->kid_count || a->index != b->index)
    return false;
  if (a->field != b->field || a->level != b->level || a->lookup != b->lookup || a->function != b->function)
    return false;
  if (!str_eq(a->text, b->text) || !sums_alike(a->aggregate, b->aggregate)) return false;
  if (a->op == OP_CONST && !constants_alike(&a->constant, &b->constant)) return false;
  for (size_t i = 0; i < a->kid_count; i++)
    if (!alike(a->kids[i], b->kids[i])) return false;
  return true;
}

/* A name for another, or a number, costs less than remembering it. */
static bool is_worth_it(const struct node *node) {
  return node->op != OP_CONST && node->op != OP_COLUMN && node->op != OP_HEADER;
}

void check_shared(struct check *check) {
  struct program *program = check->program;
  const struct node **first = ARENA_ARRAY(check->arena, const struct node *, program->let_count + 1);
  for (size_t i = 0; i < check->expanded_count; i++) {
    struct node *node = check->expanded[i];
    size_t let = (size_t)(node->let - program->lets);
    if (!is_worth_it(node) || !is_fixed(node, program->streamed, false)) continue;
    if (!first[let]) first[let] = node;
    if (!alike(first[let], node)) continue;
    node->shared = let + 1;
    node->shares_sums = sums_up(node);
  }
}
