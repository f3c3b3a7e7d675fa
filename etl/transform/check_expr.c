/* transform/check_expr: an expression tree to typed nodes, at the place where it stands. */
#include "transform/check_internal.h"

#include <stdlib.h>

struct node *node_new(struct check *check, enum op op, enum type type, struct place place) {
  struct node *node = ARENA_NEW(check->arena, struct node);
  *node = (struct node){ .op = op, .type = type, .place = place };
  return node;
}

struct node *node_wrong(struct check *check, struct place place) {
  return node_new(check, OP_CONST, TYPE_ANY, place);
}

void node_add(struct check *check, struct node *node, struct node *kid) {
  *PUSH(check, node->kids, node->kid_count) = kid;
}

static bool is_number(enum type type) { return type == TYPE_DECIMAL || type == TYPE_INTEGER; }

bool type_joins(enum type a, enum type b, enum type *both) {
  bool open_a = a == TYPE_ANY || a == TYPE_ABSENT, open_b = b == TYPE_ANY || b == TYPE_ABSENT;
  *both = open_a ? b : a;
  if (open_a || open_b || a == b) return true;
  *both = TYPE_DECIMAL;
  return is_number(a) && is_number(b);
}

static const char *article(enum type type) { return type == TYPE_INTEGER ? "an integer" : type_name(type); }

static struct node *check_number(struct check *check, const struct ast *ast) {
  struct node *node = node_new(check, OP_CONST, TYPE_DECIMAL, ast->place);
  dec number;
  int64_t whole;
  if (!dec_parse(ast->text, DEC_PLAIN, &number))
    complain(check->wrong, ast->place, "%.*s has more digits than a number can hold", STR_ARG(ast->text));
  else if (str_find(ast->text, '.') < 0 && dec_to_int(number, &whole)) {
    node->type = TYPE_INTEGER;
    node->constant = value_integer(whole);
  } else node->constant = value_decimal(number);
  return node;
}

static struct node *check_kids(struct check *check, enum op op, enum type type, const struct ast *ast,
                               const struct standing *standing) {
  struct node *node = node_new(check, op, type, ast->place);
  for (size_t i = 0; i < ast->kid_count; i++)
    node_add(check, node, check_inner(check, ast->kids[i], standing));
  return node;
}

/* As many as its form in the grammar has; the parser sees to it. */
static struct node *check_operands(struct check *check, enum op op, enum type type, const struct ast *ast,
                                   size_t count, const struct standing *standing) {
  if (ast->kid_count < count) abort();
  return check_kids(check, op, type, ast, standing);
}

static void want_condition(struct check *check, const struct node *node) {
  if (node->type != TYPE_BOOLEAN && node->type != TYPE_ANY)
    complain(check->wrong, node->place, "a condition is needed here, this is %s", article(node->type));
}

static struct node *check_if(struct check *check, const struct ast *ast, const struct standing *standing) {
  struct node *node = check_operands(check, OP_IF, TYPE_ANY, ast, 2, standing);
  want_condition(check, node->kids[0]);
  enum type other = ast->kid_count > 2 ? node->kids[2]->type : TYPE_ABSENT;
  if (!type_joins(node->kids[1]->type, other, &node->type)) {
    complain(check->wrong, node->kids[2]->place, "\"then\" gives %s and \"else\" gives %s",
             article(node->kids[1]->type), article(other));
    node->type = TYPE_ANY;
  }
  return node;
}

static struct node *check_arithmetic(struct check *check, enum op op, const struct ast *ast,
                                     const struct standing *standing) {
  struct node *node = check_kids(check, op, TYPE_INTEGER, ast, standing);
  if (op == OP_DIVIDE) node->type = TYPE_DECIMAL;
  for (size_t i = 0; i < node->kid_count; i++) {
    enum type type = node->kids[i]->type;
    if (type == TYPE_DECIMAL || type == TYPE_ANY) node->type = TYPE_DECIMAL;
    if (is_number(type) || type == TYPE_ANY) continue;
    complain(check->wrong, node->kids[i]->place, "a number is needed here, this is %s", article(type));
    node->type = TYPE_ANY;
  }
  return node;
}

static struct node *check_comparison(struct check *check, enum op op, const struct ast *ast,
                                     const struct standing *standing) {
  struct node *node = check_kids(check, op, TYPE_BOOLEAN, ast, standing);
  enum type both, left = node->kids[0]->type, right = node->kids[1]->type;
  if (!type_joins(left, right, &both))
    complain(check->wrong, ast->sign, "%s is compared with %s", type_name(left), type_name(right));
  else if (both == TYPE_LIST) complain(check->wrong, ast->sign, "a list is compared by \"in\"");
  return node;
}

static struct node *check_otherwise(struct check *check, const struct ast *ast,
                                    const struct standing *standing) {
  struct node *node = check_kids(check, OP_OTHERWISE, TYPE_ANY, ast, standing);
  if (!type_joins(node->kids[0]->type, node->kids[1]->type, &node->type)) {
    complain(check->wrong, node->kids[1]->place, "the fallback is %s, the value %s",
             article(node->kids[1]->type), article(node->kids[0]->type));
    node->type = TYPE_ANY;
  }
  return node;
}

static struct node *check_logic(struct check *check, enum op op, const struct ast *ast,
                                const struct standing *standing) {
  struct node *node = check_kids(check, op, TYPE_BOOLEAN, ast, standing);
  for (size_t i = 0; i < node->kid_count; i++) want_condition(check, node->kids[i]);
  return node;
}

static struct node *check_binary(struct check *check, const struct ast *ast,
                                 const struct standing *standing) {
  static const struct {
    const char *sign;
    enum op op;
  } signs[] = { { "+", OP_ADD },
                { "-", OP_SUBTRACT },
                { "*", OP_MULTIPLY },
                { "/", OP_DIVIDE },
                { "=", OP_EQUAL },
                { "<>", OP_UNEQUAL },
                { "<", OP_LESS },
                { "<=", OP_LESS_EQUAL },
                { ">", OP_GREATER },
                { ">=", OP_GREATER_EQUAL },
                { "and", OP_AND },
                { "or", OP_OR },
                { "otherwise", OP_OTHERWISE } };
  enum op op = OP_CONST;
  for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
    if (str_eq(ast->text, str_of(signs[i].sign))) op = signs[i].op;
  if (op == OP_OTHERWISE) return check_otherwise(check, ast, standing);
  if (op == OP_AND || op == OP_OR) return check_logic(check, op, ast, standing);
  if (op >= OP_EQUAL && op <= OP_GREATER_EQUAL) return check_comparison(check, op, ast, standing);
  return check_arithmetic(check, op, ast, standing);
}

static struct node *check_in_path(struct check *check, const struct ast *ast,
                                  const struct standing *standing) {
  struct node *node = check_operands(check, OP_IN_LIST, TYPE_BOOLEAN, ast, 2, standing);
  if (node->kids[1]->type != TYPE_LIST && node->kids[1]->type != TYPE_ANY)
    complain(check->wrong, node->kids[1]->place, "a list is needed after \"in\", this is %s",
             article(node->kids[1]->type));
  return node;
}

static struct node *check_in_list(struct check *check, const struct ast *ast,
                                  const struct standing *standing) {
  struct node *node = check_kids(check, OP_IN, TYPE_BOOLEAN, ast, standing);
  enum type both;
  for (size_t i = 1; i < node->kid_count; i++)
    if (!type_joins(node->kids[0]->type, node->kids[i]->type, &both))
      complain(check->wrong, node->kids[i]->place, "%s is compared with %s", type_name(node->kids[0]->type),
               type_name(node->kids[i]->type));
  return node;
}

static struct node *check_like(struct check *check, const struct ast *ast, const struct standing *standing) {
  struct node *node = check_operands(check, OP_LIKE, TYPE_BOOLEAN, ast, 2, standing);
  for (size_t i = 0; i < 2; i++)
    if (node->kids[i]->type != TYPE_TEXT && node->kids[i]->type != TYPE_ANY)
      complain(check->wrong, node->kids[i]->place, "\"like\" compares texts, this is %s",
               article(node->kids[i]->type));
  return node;
}

/* RECORD is "label": of a written record. */
static struct node *check_is(struct check *check, const struct ast *ast, const struct standing *standing) {
  struct node *node = node_new(check, OP_IS, TYPE_BOOLEAN, ast->place);
  const struct ast *path = ast->kids[0];
  node->record =
      path->kind == AST_PATH && path->name_count == 1 ? output_record(check, path->names[0]) : NULL;
  node->text = ast->text;
  bool reachable =
      node->record && (check->written == node->record || block_of_record(standing, node->record));
  if (reachable) return node;
  complain(check->wrong, ast->place, "\"is\" asks a written record for its block's label");
  return node_wrong(check, ast->place);
}

static struct node *check_kind(struct check *check, const struct ast *ast, const struct standing *standing) {
  struct node *node;
  switch (ast->kind) {
  case AST_NUMBER: return check_number(check, ast);
  case AST_TEXT:
    node = node_new(check, OP_CONST, TYPE_TEXT, ast->place);
    node->constant = value_text(ast->text);
    return node;
  case AST_YES_NO:
    node = node_new(check, OP_CONST, TYPE_BOOLEAN, ast->place);
    node->constant = value_yes_no(str_eq(ast->text, STR("yes")));
    return node;
  case AST_TEMPLATE: return check_kids(check, OP_TEMPLATE, TYPE_TEXT, ast, standing);
  case AST_PATH: return check_path(check, ast, standing);
  case AST_CALL: return check_call(check, ast, standing);
  case AST_IF: return check_if(check, ast, standing);
  case AST_BINARY: return check_binary(check, ast, standing);
  case AST_NEGATE: return check_arithmetic(check, OP_NEGATE, ast, standing);
  case AST_NOT: return check_logic(check, OP_NOT, ast, standing);
  case AST_PRESENT: return check_kids(check, OP_PRESENT, TYPE_BOOLEAN, ast, standing);
  case AST_ABSENT: return check_kids(check, OP_ABSENT, TYPE_BOOLEAN, ast, standing);
  case AST_IS: return check_is(check, ast, standing);
  case AST_LIKE: return check_like(check, ast, standing);
  case AST_IN_LIST: return check_in_list(check, ast, standing);
  case AST_IN_PATH: return check_in_path(check, ast, standing);
  }
  return node_wrong(check, ast->place);
}

struct node *check_inner(struct check *check, const struct ast *ast, const struct standing *standing) {
  return check_fold(check, check_kind(check, ast, standing));
}

/* Two that say "of LEVEL" look at the same records wherever they stand. */
static bool same_within(const struct aggregate *a, const struct aggregate *b) {
  return a == b || (a && b && a->within && aggregate_same(a, b));
}

bool node_same(const struct node *a, const struct node *b) {
  if (a == b) return true;
  if (!a || !b || a->op != b->op || a->kid_count != b->kid_count || a->index != b->index ||
      a->field != b->field || a->record != b->record || a->level != b->level || a->lookup != b->lookup ||
      a->group != b->group || a->block != b->block || a->function != b->function ||
      !same_within(a->aggregate, b->aggregate))
    return false;
  if (a->op == OP_CONST && (a->constant.type != b->constant.type ||
                            !value_equal(&a->constant, &b->constant) || a->constant.type == TYPE_LIST))
    return false;
  if (a->op == OP_IS && !str_eq(a->text, b->text)) return false;
  for (size_t i = 0; i < a->kid_count; i++)
    if (!node_same(a->kids[i], b->kids[i])) return false;
  return true;
}

/* The key of this group, or of one around it, that is the same expression. */
static bool as_key(const struct group *group, const struct node *node, struct node *key) {
  for (; group; group = group->outer)
    for (size_t i = 0; i < group->key_count; i++)
      if (node_same(group->keys[i], node)) {
        *key = (struct node){ .op = OP_KEY, .type = node->type, .place = node->place, .text = node->text };
        key->group = (struct group *)(uintptr_t)group;
        key->index = i;
        return true;
      }
  return false;
}

static struct node *bind(struct check *check, struct node *node, const struct standing *standing, bool say);

static bool bind_kids(struct check *check, struct node *node, const struct standing *standing, bool say) {
  for (size_t i = 0; i < node->kid_count; i++) {
    struct node *kid = bind(check, node->kids[i], standing, say);
    if (!kid) return false;
    node->kids[i] = kid;
  }
  return true;
}

static void complain_many(struct check *check, const struct node *node, const struct standing *standing) {
  struct level *level = node->level ? node->level : node->lookup ? node->lookup->level : NULL;
  if (!standing->group || !standing->group->key_count)
    complain(check->wrong, node->place,
             "%.*s belongs to %.*s, below the file: use sum(), first(), list() ..., or a block \"each %.*s\"",
             STR_ARG(node->text), STR_ARG(level ? level->name : STR_NONE),
             STR_ARG(level ? level->name : STR_NONE));
  else
    complain(
        check->wrong, node->place,
        "%.*s is not the same for all rows of this group; add it to \"per\", or use first(), same(), list()",
        STR_ARG(node->text));
}

/* In a group: columns of its records must be its keys or follow from them. NULL when one does not. */
static struct node *bind(struct check *check, struct node *node, const struct standing *standing, bool say) {
  struct node key;
  bool is_key = as_key(standing->group, node, &key);
  if (!is_key && (node->op == OP_AGGREGATE || node->op == OP_PRIOR || node->op == OP_LET)) return node;
  if (is_key) {
    struct node *copy = node_new(check, OP_KEY, key.type, key.place);
    *copy = key;
    return copy;
  }
  struct level *around = standing_level(standing);
  if (node->op == OP_COLUMN && level_at_hand(around, node->level)) return node;
  bool leaf = node->op == OP_COLUMN || node->op == OP_LOOKUP || node->op == OP_FOUND;
  if (node->op == OP_COLUMN) {
    if (say) complain_many(check, node, standing);
    return NULL;
  }
  struct node *copy = node_new(check, node->op, node->type, node->place);
  *copy = *node;
  if (node->let) *PUSH(check, check->expanded, check->expanded_count) = copy;
  if (node->kid_count) {
    copy->kids = ARENA_ARRAY(check->arena, struct node *, node->kid_count);
    for (size_t i = 0; i < node->kid_count; i++) copy->kids[i] = node->kids[i];
    if (!bind_kids(check, copy, standing, say && !leaf)) {
      if (say && leaf) complain_many(check, node, standing);
      return NULL;
    }
  }
  return copy;
}

/* At one record, everything named outside aggregates belongs to it or to one around it. */
static bool reachable(struct check *check, const struct node *node, const struct standing *standing,
                      bool say) {
  if (node->op == OP_AGGREGATE || node->op == OP_PRIOR || node->op == OP_LET) return true;
  struct level *around = standing_level(standing);
  if (node->op == OP_COLUMN && !level_at_hand(around, node->level)) {
    if (!say) return false;
    if (around)
      complain(check->wrong, node->place,
               "%.*s belongs to %.*s, below %.*s: use sum(), first(), list() ..., or a block \"each %.*s\"",
               STR_ARG(node->text), STR_ARG(node->level->name), STR_ARG(around->name),
               STR_ARG(node->level->name));
    else complain_many(check, node, standing);
    return false;
  }
  bool leaf = node->op == OP_LOOKUP || node->op == OP_FOUND;
  for (size_t i = 0; i < node->kid_count; i++) {
    if (reachable(check, node->kids[i], standing, say && !leaf)) continue;
    if (say && leaf) {
      struct node named = *node;
      named.level = node->lookup->level;
      complain_many(check, &named, standing);
    }
    return false;
  }
  return true;
}

struct node *check_stands(struct check *check, struct node *node, const struct standing *standing) {
  if (standing->kind == PLACE_GROUP) {
    struct node *bound = bind(check, node, standing, true);
    return bound ? bound : node_wrong(check, node->place);
  }
  return reachable(check, node, standing, true) ? node : node_wrong(check, node->place);
}

struct node *check_expr(struct check *check, const struct ast *ast, const struct standing *standing) {
  struct node *node = check_inner(check, ast, standing);
  return check->written ? node : check_stands(check, node, standing);
}

struct node *check_condition(struct check *check, const struct ast *ast, const struct standing *standing) {
  if (!ast) return NULL;
  struct node *node = check_expr(check, ast, standing);
  want_condition(check, node);
  return node;
}

struct node *check_text(struct check *check, const struct ast *ast, const struct standing *standing) {
  return ast ? check_expr(check, ast, standing) : NULL;
}

void check_fits(struct check *check, const struct node *node, const struct type_spec *type, str name) {
  enum type have = node->type, want = type->type;
  if (have == want || have == TYPE_ANY || have == TYPE_ABSENT || want == TYPE_ANY) return;
  if (want == TYPE_DECIMAL && have == TYPE_INTEGER) return;
  if (want == TYPE_INTEGER && have == TYPE_DECIMAL)
    complain(check->wrong, node->place,
             "%.*s is integer, this is decimal; write integer(), round-down() or another rounding",
             STR_ARG(name));
  else if (want == TYPE_TEXT)
    complain(check->wrong, node->place, "%.*s is text, this is %s; write text(), or \"{...}\"", STR_ARG(name),
             article(have));
  else
    complain(check->wrong, node->place, "%.*s is %s, this is %s", STR_ARG(name), type_name(want),
             article(have));
}
