/* transform/check_call: calls of functions, and aggregates over source and written records. */
#include "transform/check_internal.h"

static bool letter_takes(char letter, enum type type) {
  if (type == TYPE_ANY || type == TYPE_ABSENT) return true;
  switch (letter) {
  case 't': return type == TYPE_TEXT;
  case 'n': return type == TYPE_DECIMAL || type == TYPE_INTEGER;
  case 'i': return type == TYPE_INTEGER;
  case 'd': return type == TYPE_DATE;
  case 'D': return type == TYPE_DATE || type == TYPE_TIMESTAMP;
  case 'p': return type == TYPE_PERIOD;
  case 'b': return type == TYPE_BOOLEAN;
  default: return type != TYPE_LIST;
  }
}

static const char *letter_name(char letter) {
  switch (letter) {
  case 't': return "text";
  case 'n': return "a number";
  case 'i': return "an integer";
  case 'd': return "a date";
  case 'D': return "a date or a timestamp";
  case 'p': return "a period";
  case 'b': return "a condition";
  default: return "a value";
  }
}

static enum type gives(const struct function *function, const struct node *node) {
  switch (function->gives[0]) {
  case 't': return TYPE_TEXT;
  case 'i': return TYPE_INTEGER;
  case 'd': return TYPE_DATE;
  case 's': return TYPE_TIMESTAMP;
  case 'p': return TYPE_PERIOD;
  case 'b': return TYPE_BOOLEAN;
  case 'N': return TYPE_DECIMAL;
  default: break;
  }
  enum type type = node->kid_count ? node->kids[0]->type : TYPE_ANY;
  for (size_t i = 1; i < node->kid_count && function->gives[0] == 'n'; i++)
    if (!type_joins(type, node->kids[i]->type, &type)) return TYPE_DECIMAL;
  return type;
}

static bool count_fits(struct check *check, const struct function *function, const struct ast *ast) {
  size_t least = function_least(function), most = function_most(function);
  if (ast->kid_count >= least && ast->kid_count <= most) return true;
  const char *plural = least == 1 ? "" : "s";
  complain(check->wrong, ast->place, "%s() takes %zu%s value%s, not %zu", function->name, least,
           most > least ? " or more" : "", plural, ast->kid_count);
  return false;
}

static void unknown_function(struct check *check, const struct ast *ast) {
  str names[80];
  size_t count = 0;
  if (str_eq(ast->text, STR("round"))) {
    complain(check->wrong, ast->place,
             "rounding is always named: round-half-up, round-half-even, round-down or round-up");
    return;
  }
  for (size_t i = 0; i < function_count && count < 80; i++) names[count++] = str_of(functions[i].name);
  complain(check->wrong, ast->place, "no function \"%.*s\"%.*s", STR_ARG(ast->text),
           STR_ARG(suggest(check->arena, ast->text, names, count)));
}

/* Patterns are texts that the checker can see. */
static void check_pattern(struct check *check, const struct node *node) {
  const struct node *pattern = node->kid_count > 1 ? node->kids[1] : NULL;
  enum type type = node->kids[0]->type;
  if (!pattern || pattern->op != OP_CONST || pattern->constant.type != TYPE_TEXT) return;
  str text = pattern->constant.as.text;
  bool good = type == TYPE_PERIOD      ? period_pattern_is_good(text)
              : type == TYPE_DATE      ? date_pattern_is_good(text, false)
              : type == TYPE_TIMESTAMP ? date_pattern_is_good(text, true)
                                       : true;
  for (size_t i = 0; i < text.len && type == TYPE_INTEGER; i++) good = good && text.at[i] == '0';
  if (!good)
    complain(check->wrong, pattern->place, "\"%.*s\" is no pattern for %s", STR_ARG(text),
             type == TYPE_INTEGER ? "an integer: write zeros, as in '00000'" : type_name(type));
}

static struct node *plain_call(struct check *check, const struct function *function, const struct ast *ast,
                               const struct standing *standing) {
  struct node *node = node_new(check, OP_CALL, TYPE_ANY, ast->place);
  node->function = function;
  bool good = true;
  for (size_t i = 0; i < ast->kid_count; i++) {
    struct node *kid = check_inner(check, ast->kids[i], standing);
    size_t at = 0;
    while (at < i && function->takes[at] && function->takes[at + 1] != '*' && function->takes[at + 1]) at++;
    if (!letter_takes(function->takes[at], kid->type)) {
      complain(check->wrong, kid->place, "%s() needs %s here, this is %s", function->name,
               letter_name(function->takes[at]), type_name(kid->type));
      good = false;
    }
    node_add(check, node, kid);
  }
  if (ast->where || ast->of.len) {
    complain(check->wrong, ast->place, "\"where\" and \"of\" belong to aggregates");
    return node_wrong(check, ast->place);
  }
  if (!good) return node_wrong(check, ast->place);
  node->type = gives(function, node);
  if (str_eq(ast->text, STR("text"))) check_pattern(check, node);
  return node;
}

static struct node *found_call(struct check *check, const struct ast *ast, const struct standing *standing) {
  const struct ast *path = ast->kids[0];
  struct lookup *lookup =
      path->kind == AST_PATH && path->name_count == 1 ? lookup_by_name(check, path->names[0]) : NULL;
  if (!lookup) {
    complain(check->wrong, path->place, "found() takes the name of a lookup");
    return node_wrong(check, ast->place);
  }
  struct node *node = node_new(check, OP_FOUND, TYPE_BOOLEAN, ast->place);
  node->lookup = lookup;
  node->text = arena_printf(check->arena, "found(%.*s)", STR_ARG(lookup->name));
  for (size_t i = 0; i < lookup->key_count; i++)
    node_add(check, node, check_inner(check, lookup->key_asts[i], standing));
  return node;
}

/* counter(), is-last(RECORD): of the block around, or of the one that writes RECORD. */
static struct node *place_call(struct check *check, const struct ast *ast, const struct standing *standing) {
  bool last = str_eq(ast->text, STR("is-last"));
  struct node *node =
      node_new(check, last ? OP_IS_LAST : OP_COUNTER, last ? TYPE_BOOLEAN : TYPE_INTEGER, ast->place);
  node->block = standing->block;
  if (ast->kid_count) {
    const struct ast *path = ast->kids[0];
    const struct record *record =
        path->kind == AST_PATH && path->name_count == 1 ? output_record(check, path->names[0]) : NULL;
    node->block = record ? block_of_record(standing, record) : NULL;
  }
  if (!node->block) {
    complain(check->wrong, ast->place, "%.*s() asks for a block around it", STR_ARG(ast->text));
    return node_wrong(check, ast->place);
  }
  if (last) node->block->uses_is_last = true;
  return node;
}

static const struct {
  const char *name;
  enum aggregate_kind kind;
  char takes;
} kinds[] = { { "sum", AGG_SUM, 'n' },   { "count", AGG_COUNT, 'x' }, { "distinct", AGG_DISTINCT, 'x' },
              { "min", AGG_MIN, 'x' },   { "max", AGG_MAX, 'x' },     { "first", AGG_FIRST, 'x' },
              { "last", AGG_LAST, 'x' }, { "same", AGG_SAME, 'x' },   { "any", AGG_ANY, 'b' },
              { "all", AGG_ALL, 'b' },   { "list", AGG_LIST, 'x' } };

static enum type aggregate_type(enum aggregate_kind kind, const struct node *of) {
  switch (kind) {
  case AGG_COUNT:
  case AGG_DISTINCT: return TYPE_INTEGER;
  case AGG_ANY:
  case AGG_ALL: return TYPE_BOOLEAN;
  case AGG_LIST: return TYPE_TEXT;
  default: return of ? of->type : TYPE_ANY;
  }
}

bool aggregate_same(const struct aggregate *a, const struct aggregate *b) {
  return a->kind == b->kind && a->level == b->level && a->record == b->record && a->within == b->within &&
         node_same(a->of, b->of) && node_same(a->where, b->where);
}

static struct node *aggregate_node(struct check *check, struct aggregate *aggregate) {
  struct node *node = node_new(check, OP_AGGREGATE, aggregate->type, aggregate->place);
  node->aggregate = aggregate;
  return node;
}

bool block_writes(const struct check *check, const struct block *block, const struct record *record) {
  for (size_t i = 0; i < check->program->block_count; i++)
    for (const struct block *b = check->program->blocks[i]->parent; b; b = b->parent)
      if (b == block && check->program->blocks[i]->record == record) return true;
  return false;
}

/* Over written records: kept by the innermost block around that writes them below it, else by the file. */
static struct node *written_aggregate(struct check *check, struct aggregate *aggregate,
                                      const struct record *record, const struct standing *standing) {
  aggregate->record = record;
  struct block *scope = standing->block;
  while (scope && !block_writes(check, scope, record)) scope = scope->parent;
  aggregate->scope = scope;
  struct aggregate ***list = scope ? &scope->totals : &check->program->totals;
  size_t *count = scope ? &scope->total_count : &check->program->total_count;
  for (size_t i = 0; i < *count; i++)
    if (aggregate_same((*list)[i], aggregate)) return aggregate_node(check, (*list)[i]);
  aggregate->slot = *count;
  *PUSH(check, *list, *count) = aggregate;
  return aggregate_node(check, aggregate);
}

static struct node *streamed_aggregate(struct check *check, struct aggregate *aggregate,
                                       struct group *group) {
  aggregate->group = group;
  for (size_t i = 0; i < group->aggregate_count; i++)
    if (aggregate_same(group->aggregates[i], aggregate)) return aggregate_node(check, group->aggregates[i]);
  aggregate->slot = group->aggregate_count;
  *PUSH(check, group->aggregates, group->aggregate_count) = aggregate;
  return aggregate_node(check, aggregate);
}

static bool is_gathered(const struct group *group) {
  for (; group; group = group->outer)
    if (group->gather) return true;
  return false;
}

/* Which level an aggregate runs over, seen from where it stands; NULL after a complaint. */
static struct level *level_below(struct check *check, const struct ast *ast, const struct standing *standing,
                                 struct level *named, struct aggregate *aggregate) {
  struct level *around = standing_level(standing);
  if (ast->of.len) {
    aggregate->within = level_by_name(check, ast->of);
    if (!aggregate->within || !level_is_under(named, aggregate->within)) {
      complain(check->wrong, ast->place, "\"of %.*s\" names no record above %.*s", STR_ARG(ast->of),
               STR_ARG(named->name));
      return NULL;
    }
    return named;
  }
  bool group = standing->kind == PLACE_GROUP && standing->level;
  if (group && level_is_under(named, standing->level)) return named;
  if (!group && (!around || (named != around && level_is_under(named, around)))) return named;
  if (group && level_is_under(standing->level, named))
    return standing->level; /* same(order-date) of grouped items: asked of each of them */
  if (around && level_is_under(around, named))
    complain(
        check->wrong, ast->place,
        "%.*s() over one %.*s only: the block already runs once for each %.*s; to run over its neighbours "
        "add \"of %.*s\"",
        STR_ARG(ast->text), STR_ARG(named->name), STR_ARG(named->name),
        STR_ARG(named->parent ? named->parent->name : STR("file")));
  else
    complain(check->wrong, ast->place, "%.*s() over %.*s, which is not below this record", STR_ARG(ast->text),
             STR_ARG(named->name));
  return NULL;
}

static struct node *source_aggregate(struct check *check, struct aggregate *aggregate, const struct ast *ast,
                                     const struct ast *of, const struct standing *standing) {
  bool names_record = aggregate->kind == AGG_COUNT;
  struct level *named = names_record ? level_by_name(check, of->names[0]) : deepest_level(check, of);
  struct level *condition = deepest_level(check, ast->where);
  if (!named || (condition && condition->depth > named->depth)) named = condition ? condition : named;
  if (!named)
    named = standing->kind == PLACE_GROUP && standing->level ? standing->level : check->program->streamed;
  struct level *level = level_below(check, ast, standing, named, aggregate);
  if (!level) return node_wrong(check, ast->place);
  const struct standing *record = each_of(check, level, standing);
  struct standing inner = *record;
  inner.in_aggregate = true;
  aggregate->level = level;
  if (!names_record) aggregate->of = check_expr(check, of, &inner);
  aggregate->where = check_condition(check, ast->where, &inner);
  aggregate->loop =
      aggregate->within || standing_level(standing) || (standing->group && is_gathered(standing->group));
  aggregate->type = aggregate_type(aggregate->kind, aggregate->of);
  if (aggregate->loop) return aggregate_node(check, aggregate);
  return streamed_aggregate(check, aggregate, standing->group ? standing->group : check->program->file);
}

static struct node *aggregate_call(struct check *check, const struct ast *ast,
                                   const struct standing *standing) {
  const struct ast *of = ast->kids[0];
  struct aggregate *aggregate = ARENA_NEW(check->arena, struct aggregate);
  aggregate->place = ast->place;
  char takes = 'x';
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (str_eq(ast->text, str_of(kinds[i].name))) aggregate->kind = kinds[i].kind, takes = kinds[i].takes;
  bool names_record = aggregate->kind == AGG_COUNT;
  if (names_record && (of->kind != AST_PATH || of->name_count != 1 ||
                       (!level_by_name(check, of->names[0]) && !output_record(check, of->names[0])))) {
    complain(check->wrong, of->place, "count() takes the name of a record");
    return node_wrong(check, ast->place);
  }
  const struct record *outer = check->written, *record = deepest_written(check, ast);
  struct node *node;
  if (record) {
    check->written = record;
    if (!names_record) aggregate->of = check_inner(check, of, standing);
    if (ast->where) aggregate->where = check_inner(check, ast->where, standing);
    check->written = outer;
    aggregate->type = aggregate_type(aggregate->kind, aggregate->of);
    node = written_aggregate(check, aggregate, record, standing);
  } else node = source_aggregate(check, aggregate, ast, of, standing);
  if (aggregate->of && !letter_takes(takes, aggregate->of->type)) {
    complain(check->wrong, aggregate->of->place, "%.*s() needs %s here, this is %s", STR_ARG(ast->text),
             letter_name(takes), type_name(aggregate->of->type));
    return node_wrong(check, ast->place);
  }
  return node;
}

/* prior(agg): what the records of this block before this one came to. */
static struct node *prior_call(struct check *check, const struct ast *ast, const struct standing *standing) {
  struct node *kid = check_inner(check, ast->kids[0], standing);
  if (kid->op != OP_AGGREGATE || !standing->block ||
      (kid->aggregate->kind != AGG_SUM && kid->aggregate->kind != AGG_COUNT)) {
    if (kid->type != TYPE_ANY)
      complain(check->wrong, ast->place, "prior() takes a sum() or a count(), in a block");
    return node_wrong(check, ast->place);
  }
  struct node *node = node_new(check, OP_PRIOR, kid->type, ast->place);
  node->aggregate = kid->aggregate;
  node->block = standing->block;
  return node;
}

static struct node *apportion_call(struct check *check, const struct ast *ast,
                                   const struct standing *standing) {
  struct node *node = node_new(check, OP_APPORTION, TYPE_DECIMAL, ast->place);
  node->level = standing_level(standing);
  for (size_t i = 0; i < ast->kid_count; i++)
    node_add(check, node, check_inner(check, ast->kids[i], standing));
  struct level *named = deepest_level(check, ast);
  if (named) node->level = named;
  return node;
}

struct node *check_call(struct check *check, const struct ast *ast, const struct standing *standing) {
  const struct function *function = function_by_name(ast->text);
  if (!function) {
    unknown_function(check, ast);
    return node_wrong(check, ast->place);
  }
  if (!count_fits(check, function, ast)) return node_wrong(check, ast->place);
  if (function->kind == FUNCTION_AGGREGATE) return aggregate_call(check, ast, standing);
  if (str_eq(ast->text, STR("found"))) return found_call(check, ast, standing);
  if (str_eq(ast->text, STR("counter")) || str_eq(ast->text, STR("is-last")))
    return place_call(check, ast, standing);
  if (str_eq(ast->text, STR("counter-in-file"))) {
    struct node *node = node_new(check, OP_COUNTER_IN_FILE, TYPE_INTEGER, ast->place);
    node->block = standing->block;
    return node;
  }
  if (str_eq(ast->text, STR("prior"))) return prior_call(check, ast, standing);
  if (str_eq(ast->text, STR("apportion"))) return apportion_call(check, ast, standing);
  return plain_call(check, function, ast, standing);
}
