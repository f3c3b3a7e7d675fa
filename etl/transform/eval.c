/* transform/eval: computes a node's value where it stands. */
#include "transform/eval.h"
#include "base/map.h"

#include <stdio.h>
#include <string.h>

void eval_fail(struct ctx *ctx, struct place place, const char *format, ...) {
  if (ctx->failed) return;
  (void)place;
  ctx->failed = true;
  va_list args;
  va_start(args, format);
  vsnprintf(ctx->err.text, sizeof ctx->err.text, format, args);
  va_end(args);
  ctx->err.outcome = OUT_DATA;
}

/* = 0, = "text", = no: what a default can be where a record is read. */
static value stated_default(const struct field *field) {
  const struct ast *ast = field->fallback;
  dec d;
  int64_t whole;
  switch (ast->kind) {
  case AST_TEXT: return value_text(ast->text);
  case AST_YES_NO: return value_yes_no(str_eq(ast->text, STR("yes")));
  case AST_NUMBER:
    if (!dec_parse(ast->text, DEC_PLAIN, &d)) return value_absent();
    return field->type.type == TYPE_INTEGER && dec_to_int(d, &whole) ? value_integer(whole)
                                                                     : value_decimal(d);
  default: return value_absent();
  }
}

static value column(const struct node *node, struct ctx *ctx) {
  const struct rec *rec = ctx->recs[node->level->index];
  if (!rec) return value_absent();
  if (rec->values) return rec->values[node->index];
  const struct field *field = node->field;
  value v;
  const char *why;
  str cell = rec->cells[node->index];
  if (!value_parse(cell, &field->type, &ctx->run->notation, &v, &why)) {
    eval_fail(ctx, node->place, "%.*s: \"%.*s\" %s", STR_ARG(field->name), STR_ARG(str_left_chars(cell, 60)),
              why);
    return v;
  }
  if (v.type == TYPE_TEXT && field->type.size > 0 && cell.len > (size_t)field->type.size &&
      str_chars(cell) > (size_t)field->type.size) {
    if (field->too_long == TOO_LONG_REFUSE)
      eval_fail(ctx, node->place, "%.*s: %zu characters, its field takes %d", STR_ARG(field->name),
                str_chars(cell), (int)field->type.size);
    else v.as.text = str_left_chars(cell, (size_t)field->type.size);
  }
  if (!value_is_present(&v) && field->fallback) v = stated_default(field);
  if (!value_is_present(&v) && field->required)
    eval_fail(ctx, node->place, "%.*s is missing", STR_ARG(field->name));
  return v;
}

static struct instance *instance_of(struct ctx *ctx, const struct block *block) {
  struct instance *instance = ctx->instance;
  while (instance && instance->block != block) instance = instance->outer;
  return instance;
}

static struct instance *instance_writing(struct ctx *ctx, const struct record *record) {
  struct instance *instance = ctx->instance;
  while (instance && instance->block->record != record) instance = instance->outer;
  return instance;
}

static struct instance *instance_grouping(struct ctx *ctx, const struct group *group) {
  struct instance *instance = ctx->instance;
  while (instance && instance->block->group != group) instance = instance->outer;
  return instance;
}

static value let_value(const struct node *node, struct ctx *ctx) {
  struct instance *instance = instance_of(ctx, node->block), *inner = ctx->instance;
  if (!instance) return value_absent();
  if (instance->let_done[node->index] == 2) return instance->lets[node->index];
  struct arena *arena = ctx->arena;
  ctx->instance = instance;
  ctx->arena = instance->arena;
  value v = eval(node->block->lets[node->index].node, ctx);
  ctx->instance = inner;
  ctx->arena = arena;
  instance->lets[node->index] = v;
  instance->let_done[node->index] = 2;
  return v;
}

value eval_field(struct ctx *ctx, struct instance *instance, size_t field) {
  if (instance->field_done[field] == 2) return instance->fields[field];
  struct instance *inner = ctx->instance;
  const struct assign *assign = &instance->block->assigns[field];
  struct arena *arena = ctx->arena;
  ctx->instance = instance;
  ctx->arena = instance->arena;
  bool awaited = !assign->node && assign->field && assign->field->assigned.len; /* the load gives it */
  value v = assign->node ? eval(assign->node, ctx) : awaited ? value_assigned() : value_absent();
  ctx->instance = inner;
  ctx->arena = arena;
  instance->fields[field] = v;
  instance->field_done[field] = 2;
  return v;
}

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

static value aggregate_value(const struct aggregate *aggregate, struct ctx *ctx) {
  if (aggregate->loop) {
    struct looping loop = { aggregate, arena_alloc(ctx->arena, acc_size(aggregate->kind)), 0 };
    loop_source(ctx, &loop);
    return result(aggregate, loop.state, ctx);
  }
  const char *state;
  struct instance *instance;
  if (aggregate->record) {
    instance = aggregate->scope ? instance_of(ctx, aggregate->scope) : NULL;
    state = aggregate->scope ? (instance ? instance->totals : NULL) : ctx->file_totals;
  } else {
    instance = aggregate->group->block ? instance_grouping(ctx, aggregate->group) : NULL;
    state = aggregate->group->block ? (instance ? instance->state : NULL) : ctx->file_state;
  }
  return state ? result(aggregate, state + aggregate->offset, ctx) : value_absent();
}

static value prior_value(const struct node *node, struct ctx *ctx) {
  struct instance *instance = instance_of(ctx, node->block);
  for (size_t i = 0; instance && i < instance->priors->count; i++)
    if (instance->priors->aggregates[i] == node->aggregate) return instance->priors->values[i];
  return node->type == TYPE_INTEGER ? value_integer(0) : value_decimal(dec_of(0));
}

static value arithmetic(const struct node *node, struct ctx *ctx) {
  value a = eval(node->kids[0], ctx), b = node->kid_count > 1 ? eval(node->kids[1], ctx) : a;
  dec x, y, z;
  if (!value_to_decimal(&a, &x) || !value_to_decimal(&b, &y)) return value_absent();
  bool good = true;
  switch (node->op) {
  case OP_ADD: good = dec_add(x, y, &z); break;
  case OP_SUBTRACT: good = dec_subtract(x, y, &z); break;
  case OP_MULTIPLY: good = dec_multiply(x, y, &z); break;
  case OP_DIVIDE:
    if (dec_is_zero(y)) {
      eval_fail(ctx, node->place, "division by zero");
      return value_absent();
    }
    good = dec_divide(x, y, &z);
    break;
  default: z = dec_negate(x); break;
  }
  int64_t whole;
  if (good && node->type == TYPE_INTEGER && (good = dec_to_int(z, &whole))) return value_integer(whole);
  if (good) return value_decimal(z);
  eval_fail(ctx, node->place, "a number has more than 38 digits");
  return value_absent();
}

/* price.Type = "Principal": a text column and a text, without making values of them. False: not so simple. */
static bool same_text(const struct node *node, const struct ctx *ctx, bool *same) {
  const struct node *cell = node->kids[0], *text = node->kids[1];
  if (cell->op != OP_COLUMN || text->op != OP_CONST || text->constant.type != TYPE_TEXT || !cell->field)
    return false;
  const struct rec *rec = ctx->recs[cell->level->index];
  if (!rec || rec->values || cell->field->type.type != TYPE_TEXT) return false;
  str bytes = rec->cells[cell->index];
  bool odd = !bytes.len || (cell->field->type.size > 0 && bytes.len > (size_t)cell->field->type.size);
  if (odd) return false; /* absent, or too long */
  *same = str_eq(bytes, text->constant.as.text);
  return true;
}

static value comparison(const struct node *node, struct ctx *ctx) {
  bool same;
  if (node->op == OP_EQUAL && same_text(node, ctx, &same)) return value_yes_no(same);
  value a = eval(node->kids[0], ctx), b = eval(node->kids[1], ctx);
  bool both = value_is_present(&a) && value_is_present(&b);
  if (node->op == OP_EQUAL || node->op == OP_UNEQUAL)
    return value_yes_no(value_equal(&a, &b) == (node->op == OP_EQUAL));
  if (!both) return value_yes_no(false);
  int order = value_compare(&a, &b);
  switch (node->op) {
  case OP_LESS: return value_yes_no(order < 0);
  case OP_LESS_EQUAL: return value_yes_no(order <= 0);
  case OP_GREATER: return value_yes_no(order > 0);
  default: return value_yes_no(order >= 0);
  }
}

static value like(const struct node *node, struct ctx *ctx) {
  value text = eval(node->kids[0], ctx), pattern = eval(node->kids[1], ctx);
  if (text.type != TYPE_TEXT || pattern.type != TYPE_TEXT) return value_yes_no(false);
  return value_yes_no(pattern_matches(pattern.as.text, text.as.text));
}

static value in_list(const struct node *node, struct ctx *ctx) {
  value wanted = eval(node->kids[0], ctx);
  if (!value_is_present(&wanted)) return value_yes_no(false);
  if (node->op == OP_IN_LIST) {
    value list = eval(node->kids[1], ctx);
    for (size_t i = 0; list.type == TYPE_LIST && i < list.as.list.count; i++)
      if (str_eq(list.as.list.items[i], value_show(&wanted, NULL, ctx->arena))) return value_yes_no(true);
    return value_yes_no(false);
  }
  for (size_t i = 1; i < node->kid_count; i++) {
    value choice = eval(node->kids[i], ctx);
    if (value_is_present(&choice) && value_equal(&wanted, &choice)) return value_yes_no(true);
  }
  return value_yes_no(false);
}

static value call(const struct node *node, struct ctx *ctx) {
  value given[NODE_KIDS_MOST];
  for (size_t i = 0; i < node->kid_count; i++) {
    given[i] = eval(node->kids[i], ctx);
    if (!value_is_present(&given[i]) && !node->function->over_absent) return value_absent();
  }
  return ctx->failed ? value_absent() : node->function->code(ctx, given, node->kid_count);
}

static value template_text(const struct node *node, struct ctx *ctx) {
  struct buf text = buf_new(1 << 20);
  for (size_t i = 0; i < node->kid_count; i++) {
    value v = eval(node->kids[i], ctx);
    buf_add(&text, value_show(&v, ctx->run->notation.zone, ctx->arena));
  }
  value v = value_text(arena_str(ctx->arena, buf_str(&text)));
  buf_free(&text);
  return v;
}

static value chosen(const struct node *node, struct ctx *ctx) {
  if (node->op == OP_IF) {
    if (eval_yes(node->kids[0], ctx)) return eval(node->kids[1], ctx);
    return node->kid_count > 2 ? eval(node->kids[2], ctx) : value_absent();
  }
  value v = eval(node->kids[0], ctx);
  return value_is_present(&v) ? v : eval(node->kids[1], ctx);
}

/* Lookups that were answered, so that a sheet is searched once for equal keys: 65,536 answers, then anew. */
enum { ANSWERS_MOST = 65536 };
struct answers {
  struct arena **arenas;
  struct map **maps;
  size_t count;
};

struct answers *answers_new(const struct program *program) {
  struct answers *answers = mem_alloc(sizeof *answers);
  answers->count = program->lookup_count;
  answers->arenas = mem_alloc(sizeof(struct arena *) * (answers->count + 1));
  answers->maps = mem_alloc(sizeof(struct map *) * (answers->count + 1));
  return answers;
}

void answers_free(struct answers *answers) {
  if (!answers) return;
  for (size_t i = 0; i < answers->count; i++) arena_free(answers->arenas[i]);
  mem_free(answers->arenas);
  mem_free(answers->maps);
  mem_free(answers);
}

/* The row that answers; -1: none. */
static ptrdiff_t ask(const struct lookup *lookup, const value *keys, struct ctx *ctx) {
  const struct run *run = ctx->run;
  const uint32_t *hits;
  if (lookup->table) {
    const struct past *past = run->pasts ? run->pasts[lookup->index] : NULL;
    return past ? past_find(past, keys) : -1;
  }
  return finder_find(run->finders[lookup->index], keys, ctx->arena, &hits) ? (ptrdiff_t)hits[0] : -1;
}

static str shown_keys(const struct node *node, const value *keys, struct ctx *ctx) {
  str text = STR_NONE;
  for (size_t i = 0; i < node->kid_count; i++)
    text = arena_printf(ctx->arena, "%.*s%s%.*s", STR_ARG(text), i ? ", " : "",
                        STR_ARG(value_show(&keys[i], ctx->run->notation.zone, ctx->arena)));
  return text;
}

static ptrdiff_t lookup_row(const struct node *node, struct ctx *ctx) {
  const struct lookup *lookup = node->lookup;
  value keys[NODE_KIDS_MOST];
  struct buf bytes = buf_new(1 << 20);
  for (size_t i = 0; i < node->kid_count; i++) {
    keys[i] = eval(node->kids[i], ctx);
    value_key(&keys[i], &bytes, &ctx->err);
  }
  struct answers *answers = ctx->answers;
  struct map *map = answers->maps[lookup->index];
  if (!map || map_count(map) >= ANSWERS_MOST) {
    arena_free(answers->arenas[lookup->index]);
    answers->arenas[lookup->index] = arena_new();
    map = answers->maps[lookup->index] = map_new(answers->arenas[lookup->index]);
  }
  void **answer = map_put(map, buf_str(&bytes));
  if (!*answer) *answer = (void *)(uintptr_t)(ask(lookup, keys, ctx) + 3); /* 2: nothing found, 1: several */
  buf_free(&bytes);
  ptrdiff_t row = (ptrdiff_t)(uintptr_t)*answer - 3;
  if (row == PAST_SEVERAL)
    eval_fail(ctx, node->place, "%.*s has several rows for one key, and they differ: %.*s",
              STR_ARG(lookup->from), STR_ARG(shown_keys(node, keys, ctx)));
  return row;
}

static value lookup_value(const struct node *node, struct ctx *ctx) {
  ptrdiff_t row = lookup_row(node, ctx);
  const struct lookup *lookup = node->lookup;
  if (node->op == OP_FOUND) return value_yes_no(row >= 0);
  if (row >= 0 && lookup->table)
    return past_value(ctx->run->pasts[lookup->index], (size_t)row, node->field->index);
  if (row >= 0) return finder_value(ctx->run->finders[lookup->index], (uint32_t)row, node->index);
  const struct node *miss = node->index < lookup->take_count ? lookup->takes[node->index].miss : NULL;
  return miss ? eval(miss, ctx) : value_absent();
}

value eval(const struct node *node, struct ctx *ctx) {
  struct instance *instance;
  value v;
  switch (node->op) {
  case OP_CONST: return node->constant;
  case OP_COLUMN: return column(node, ctx);
  case OP_HEADER: return ctx->run->header ? ctx->run->header[node->index] : value_absent();
  case OP_KEY:
    instance = instance_grouping(ctx, node->group);
    return instance ? instance->keys[node->index] : value_absent();
  case OP_LOOKUP:
  case OP_FOUND: return lookup_value(node, ctx);
  case OP_LET: return let_value(node, ctx);
  case OP_FIELD:
    instance = instance_writing(ctx, node->record);
    return instance ? eval_field(ctx, instance, node->field->index) : value_absent();
  case OP_IS:
    instance = instance_writing(ctx, node->record);
    return value_yes_no(instance && str_eq(instance->block->label, node->text));
  case OP_AGGREGATE: return aggregate_value(node->aggregate, ctx);
  case OP_PRIOR: return prior_value(node, ctx);
  case OP_COUNTER:
  case OP_COUNTER_IN_FILE:
    instance = instance_of(ctx, node->block);
    return instance ? value_integer((int64_t)instance->counter) : value_absent();
  case OP_IS_LAST:
    instance = instance_of(ctx, node->block);
    return value_yes_no(instance && instance->is_last);
  case OP_CALL: return call(node, ctx);
  case OP_ADD:
  case OP_SUBTRACT:
  case OP_MULTIPLY:
  case OP_DIVIDE:
  case OP_NEGATE: return arithmetic(node, ctx);
  case OP_EQUAL:
  case OP_UNEQUAL:
  case OP_LESS:
  case OP_LESS_EQUAL:
  case OP_GREATER:
  case OP_GREATER_EQUAL: return comparison(node, ctx);
  case OP_AND: return value_yes_no(eval_yes(node->kids[0], ctx) && eval_yes(node->kids[1], ctx));
  case OP_OR: return value_yes_no(eval_yes(node->kids[0], ctx) || eval_yes(node->kids[1], ctx));
  case OP_NOT: return value_yes_no(!eval_yes(node->kids[0], ctx));
  case OP_PRESENT:
  case OP_ABSENT:
    v = eval(node->kids[0], ctx);
    return value_yes_no(value_is_present(&v) == (node->op == OP_PRESENT));
  case OP_LIKE: return like(node, ctx);
  case OP_IN:
  case OP_IN_LIST: return in_list(node, ctx);
  case OP_IF:
  case OP_OTHERWISE: return chosen(node, ctx);
  case OP_TEMPLATE: return template_text(node, ctx);
  case OP_APPORTION: return eval_apportion(node, ctx);
  case OP_WINDOW: return value_absent();
  }
  return value_absent();
}

bool eval_yes(const struct node *node, struct ctx *ctx) {
  value v = eval(node, ctx);
  return v.type == TYPE_BOOLEAN && v.as.yes;
}

str eval_text(const struct node *node, struct ctx *ctx) {
  if (!node) return STR_NONE;
  value v = eval(node, ctx);
  return value_show(&v, ctx->run->notation.zone, ctx->arena);
}
