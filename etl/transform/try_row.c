/* transform/try_row: would a record that finds this row of a sheet be refused by a rule? */
#include "transform/try_row.h"

enum { DEPTH_MOST = 60 };

struct trial {
  const struct lookup *lookup;
  struct arena *arena;
  bool unknown; /* something else than the keys is needed */
  bool depends; /* on the lookup */
};

static bool is_key(const struct lookup *lookup, const struct node *column) {
  for (size_t i = 0; i < lookup->key_count; i++)
    if (node_same(lookup->keys[i], column)) return true;
  return false;
}

static struct node *of_one(struct trial *trial, const struct node *node, size_t depth);

/* if WHERE then OF; what a condition that is no leaves out is absent. */
static struct node *of_one_where(struct trial *trial, const struct aggregate *aggregate, size_t depth) {
  static const struct node absent = { .op = OP_CONST, .type = TYPE_ABSENT };
  struct node *of = of_one(trial, aggregate->of, depth + 1);
  if (!aggregate->where) return of;
  struct node *chosen = ARENA_NEW(trial->arena, struct node);
  *chosen = (struct node){ .op = OP_IF, .type = aggregate->of->type, .place = aggregate->of->place };
  chosen->kids = ARENA_ARRAY(trial->arena, struct node *, 3);
  chosen->kids[0] = of_one(trial, aggregate->where, depth + 1);
  chosen->kids[1] = of;
  chosen->kids[2] = ARENA_NEW(trial->arena, struct node);
  *chosen->kids[2] = absent;
  chosen->kid_count = 3;
  return chosen;
}

/* The expression with the file's aggregates taken over this one record. */
static struct node *of_one(struct trial *trial, const struct node *node, size_t depth) {
  struct node *copy = ARENA_NEW(trial->arena, struct node);
  *copy = *node;
  const struct aggregate *aggregate = node->op == OP_AGGREGATE ? node->aggregate : NULL;
  bool plain = aggregate && aggregate->of && !aggregate->record &&
               (aggregate->kind == AGG_ANY || aggregate->kind == AGG_ALL || aggregate->kind == AGG_LIST);
  if (plain && depth < DEPTH_MOST) return of_one_where(trial, aggregate, depth);
  switch (node->op) {
  case OP_COLUMN: trial->unknown |= !is_key(trial->lookup, node); break;
  case OP_LOOKUP:
  case OP_FOUND: trial->depends |= node->lookup == trial->lookup; break;
  case OP_HEADER:
  case OP_KEY:
  case OP_LET:
  case OP_FIELD:
  case OP_IS:
  case OP_AGGREGATE:
  case OP_PRIOR:
  case OP_COUNTER:
  case OP_COUNTER_IN_FILE:
  case OP_IS_LAST:
  case OP_APPORTION:
  case OP_WINDOW: trial->unknown = true; break;
  default: break;
  }
  trial->unknown |= depth >= DEPTH_MOST;
  copy->kids = ARENA_ARRAY(trial->arena, struct node *, node->kid_count + 1);
  for (size_t i = 0; i < node->kid_count && !trial->unknown; i++)
    copy->kids[i] = of_one(trial, node->kids[i], depth + 1);
  return copy;
}

static str asked(const struct rule *rule, const struct lookup *lookup, struct ctx *ctx) {
  struct trial trial = { .lookup = lookup, .arena = ctx->arena };
  const struct node *when = rule->when ? of_one(&trial, rule->when, 0) : NULL;
  if (!when || trial.unknown || !trial.depends || !eval_yes(when, ctx) || ctx->failed) return STR_NONE;
  trial.unknown = false;
  const struct node *text = of_one(&trial, rule->text, 0);
  str said = trial.unknown ? rule->written : eval_text(text, ctx);
  return ctx->failed ? rule->written : said;
}

/* One record of every level, empty but for the keys. False: a key is no column. */
static bool set_record(const struct program *program, const struct lookup *lookup, const str *keys,
                       struct ctx *ctx) {
  for (size_t i = 0; i < program->level_count; i++) {
    const struct level *level = program->levels[i];
    struct rec *rec = ARENA_NEW(ctx->arena, struct rec);
    str *cells = ARENA_ARRAY(ctx->arena, str, level->column_count + 1);
    for (size_t j = 0; j < level->column_count; j++) cells[j] = STR_NONE;
    for (size_t j = 0; j < lookup->key_count; j++)
      if (lookup->keys[j]->op == OP_COLUMN && lookup->keys[j]->level == level &&
          lookup->keys[j]->index < level->column_count)
        cells[lookup->keys[j]->index] = keys[j];
    *rec = (struct rec){ .level = level, .cells = cells };
    ctx->recs[level->index] = rec;
  }
  for (size_t j = 0; j < lookup->key_count; j++)
    if (lookup->keys[j]->op != OP_COLUMN) return false;
  return true;
}

str try_row(const struct run *run, const struct lookup *lookup, const str *keys, struct arena *arena) {
  const struct program *program = run->program;
  struct ctx ctx = { .run = run, .arena = arena };
  str said = STR_NONE;
  if (!set_record(program, lookup, keys, &ctx)) return said;
  ctx.answers = answers_new(program);
  for (size_t i = 0; i < program->rule_count && !said.len; i++) {
    const struct rule *rule = &program->rules[i];
    if (rule->kind != RULE_REJECT || rule->after_output) continue;
    ctx.failed = false;
    said = asked(rule, lookup, &ctx);
  }
  answers_free(ctx.answers);
  return said;
}
