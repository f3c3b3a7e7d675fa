/* transform/eval: computes a node's value where it stands. */
#include "transform/eval_internal.h"
#include "transform/shared.h"

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

static struct instance *instance_writing(struct ctx *ctx, const struct record *record) {
  struct instance *instance = ctx->instance;
  while (instance && instance->block->record != record) instance = instance->outer;
  return instance;
}

static value let_value(const struct node *node, struct ctx *ctx) {
  struct instance *instance = eval_instance_of(ctx, node->block), *inner = ctx->instance;
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

value eval(const struct node *node, struct ctx *ctx) {
  return node->shared && ctx->shared ? shared_value(node, ctx) : eval_anew(node, ctx);
}

value eval_anew(const struct node *node, struct ctx *ctx) {
  struct instance *instance;
  value v;
  switch (node->op) {
  case OP_CONST: return node->constant;
  case OP_COLUMN: return column(node, ctx);
  case OP_HEADER: return ctx->run->header ? ctx->run->header[node->index] : value_absent();
  case OP_KEY:
    instance = eval_instance_grouping(ctx, node->group);
    return instance ? instance->keys[node->index] : value_absent();
  case OP_LOOKUP:
  case OP_FOUND: return eval_lookup(node, ctx);
  case OP_LET: return let_value(node, ctx);
  case OP_FIELD:
    instance = instance_writing(ctx, node->record);
    return instance ? eval_field(ctx, instance, node->field->index) : value_absent();
  case OP_IS:
    instance = instance_writing(ctx, node->record);
    return value_yes_no(instance && str_eq(instance->block->label, node->text));
  case OP_AGGREGATE: return eval_aggregate(node->aggregate, ctx);
  case OP_PRIOR: return eval_prior(node, ctx);
  case OP_COUNTER:
  case OP_COUNTER_IN_FILE:
    instance = eval_instance_of(ctx, node->block);
    return instance ? value_integer((int64_t)instance->counter) : value_absent();
  case OP_IS_LAST:
    instance = eval_instance_of(ctx, node->block);
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
