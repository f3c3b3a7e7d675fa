/* spec/expr: expressions to trees, without knowing what their names mean. */
#include "spec/expr.h"

#include <string.h>

static struct ast *parse_sum(struct cursor *cursor);

static struct ast *node(struct cursor *cursor, enum ast_kind kind, struct place place) {
  struct ast *ast = ARENA_NEW(cursor->arena, struct ast);
  ast->kind = kind;
  ast->place = place;
  return ast;
}

static void add_kid(struct cursor *cursor, struct ast *ast, struct ast *kid) {
  if (ast->depth <= kid->depth) ast->depth = kid->depth + 1;
  *ARENA_PUSH(cursor->arena, ast->kids, ast->kid_count) = kid;
}

static struct ast *binary(struct cursor *cursor, struct token *sign, struct ast *left, struct ast *right) {
  if (!left || !right) return NULL;
  struct ast *ast = node(cursor, AST_BINARY, left->place);
  ast->text = sign->text;
  ast->sign = sign->place;
  add_kid(cursor, ast, left);
  add_kid(cursor, ast, right);
  if (ast->depth <= EXPR_DEPTH_MOST) return ast;
  cursor_complain(cursor, sign->place, "this expression is too long: give parts of it names by \"let\"");
  return NULL;
}

static bool is_reserved(const struct token *token) {
  static const char *const words[] = { "if", "then",    "else",   "and",       "or",    "not", "in",  "like",
                                       "is", "present", "absent", "otherwise", "where", "of",  "yes", "no" };
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (token_is(token, words[i])) return true;
  return false;
}

/* A piece of "text" outside braces: "" is a quote, {{ a brace. */
static struct ast *text_piece(struct cursor *cursor, str raw, struct place place) {
  char *copy = arena_alloc(cursor->arena, raw.len + 1);
  size_t len = 0;
  for (size_t i = 0; i < raw.len; i++) {
    if (i + 1 < raw.len && raw.at[i] == raw.at[i + 1] && strchr("\"{}", raw.at[i])) i++;
    copy[len++] = raw.at[i];
  }
  struct ast *ast = node(cursor, AST_TEXT, place);
  ast->text = (str){ copy, len };
  return ast;
}

static struct ast *parse_braces(struct cursor *cursor, struct place from, size_t len) {
  struct statement *inner = ARENA_NEW(cursor->arena, struct statement);
  inner->place = from;
  if (!lex(from.source, from.at, from.at + len, cursor->arena, &inner->tokens, cursor->wrong)) {
    cursor->statement->broken = true;
    return NULL;
  }
  struct cursor *within = ARENA_NEW(cursor->arena, struct cursor);
  *within = cursor_on(inner, cursor->arena, cursor->wrong);
  struct ast *ast = expr_parse(within);
  if (!ast || !cursor_end(within)) {
    cursor->statement->broken = true;
    return NULL;
  }
  return ast;
}

/* Where the {...} that opens at raw[open] closes; raw.len when it does not. */
static size_t brace_end(str raw, size_t open) {
  bool quoted = false;
  for (size_t i = open + 1; i < raw.len; i++) {
    if (raw.at[i] == '\'') quoted = !quoted;
    else if (raw.at[i] == '}' && !quoted) return i;
  }
  return raw.len;
}

struct ast *expr_of_text(struct cursor *cursor, struct token *token) {
  struct place inside = { token->place.source, token->place.at + 1 };
  if (token->kind == TOKEN_LITERAL) {
    struct ast *ast = node(cursor, AST_TEXT, token->place);
    ast->text = token->text;
    return ast;
  }
  str raw = token->text;
  struct ast *ast = node(cursor, AST_TEMPLATE, token->place);
  size_t from = 0;
  for (size_t i = 0; i < raw.len; i++) {
    if (raw.at[i] != '{') continue;
    if (i + 1 < raw.len && raw.at[i + 1] == '{') {
      i++;
      continue;
    }
    size_t end = brace_end(raw, i);
    if (end == raw.len) {
      cursor_complain(cursor, (struct place){ inside.source, inside.at + i },
                      "{ is not closed: } is missing");
      return NULL;
    }
    if (i > from) add_kid(cursor, ast, text_piece(cursor, str_sub(raw, from, i), token->place));
    struct ast *kid = parse_braces(cursor, (struct place){ inside.source, inside.at + i + 1 }, end - i - 1);
    if (!kid) return NULL;
    add_kid(cursor, ast, kid);
    from = end + 1;
    i = end;
  }
  if (!ast->kid_count) return text_piece(cursor, raw, token->place);
  if (from < raw.len) add_kid(cursor, ast, text_piece(cursor, str_sub(raw, from, raw.len), token->place));
  return ast;
}

static struct ast *parse_call(struct cursor *cursor, struct token *name) {
  struct ast *ast = node(cursor, AST_CALL, name->place);
  ast->text = name->text;
  cursor_expect(cursor, "(");
  if (cursor_accept(cursor, ")")) return ast;
  do {
    struct ast *kid = expr_parse(cursor);
    if (!kid) return NULL;
    add_kid(cursor, ast, kid);
  } while (cursor_accept(cursor, ","));
  if (cursor_accept(cursor, "where") && !(ast->where = expr_parse(cursor))) return NULL;
  if (cursor_accept(cursor, "of")) {
    struct token *level = cursor_name(cursor, "a record after \"of\"");
    if (!level) return NULL;
    ast->of = level->text;
  }
  return cursor_expect(cursor, ")") ? ast : NULL;
}

static struct ast *parse_path(struct cursor *cursor, struct token *name) {
  struct ast *ast = node(cursor, AST_PATH, name->place);
  *ARENA_PUSH(cursor->arena, ast->names, ast->name_count) = name->text;
  while (cursor_accept(cursor, ".")) {
    struct token *more = cursor_name(cursor, "a name after the point");
    if (!more) return NULL;
    *ARENA_PUSH(cursor->arena, ast->names, ast->name_count) = more->text;
  }
  return ast;
}

static struct ast *parse_value(struct cursor *cursor) {
  struct token *token = cursor_take(cursor);
  if (!token) {
    cursor_complain(cursor, cursor_place(cursor), "a value is missing here");
    return NULL;
  }
  if (token->kind == TOKEN_TEXT || token->kind == TOKEN_LITERAL) return expr_of_text(cursor, token);
  if (token->kind == TOKEN_NUMBER || token_is(token, "yes") || token_is(token, "no")) {
    struct ast *ast = node(cursor, token->kind == TOKEN_NUMBER ? AST_NUMBER : AST_YES_NO, token->place);
    ast->text = token->text;
    return ast;
  }
  if (token_is(token, "(")) {
    struct ast *ast = expr_parse(cursor);
    return ast && cursor_expect(cursor, ")") ? ast : NULL;
  }
  struct token *open = cursor_peek(cursor);
  bool source = token_is(token, "in") && token_is(open, ".") && !open->blank_before; /* in.item.sku */
  if (token->kind == TOKEN_NAME && (source || !is_reserved(token)))
    return token_is(open, "(") && !open->blank_before ? parse_call(cursor, token) : parse_path(cursor, token);
  cursor_complain(cursor, token->place, "a value is missing here, before \"%.*s\"", STR_ARG(token->text));
  return NULL;
}

static struct ast *parse_fallback(struct cursor *cursor) {
  struct ast *left = parse_value(cursor);
  while (left && cursor_at(cursor, "otherwise")) {
    struct token *sign = cursor_take(cursor);
    left = binary(cursor, sign, left, parse_value(cursor));
  }
  return left;
}

static struct ast *parse_unary(struct cursor *cursor) {
  struct token *minus = cursor_peek(cursor);
  if (!cursor_accept(cursor, "-")) return parse_fallback(cursor);
  struct ast *value = parse_fallback(cursor);
  if (!value) return NULL;
  struct ast *ast = node(cursor, AST_NEGATE, minus->place);
  add_kid(cursor, ast, value);
  return ast;
}

static struct ast *parse_product(struct cursor *cursor) {
  struct ast *left = parse_unary(cursor);
  while (left && (cursor_at(cursor, "*") || cursor_at(cursor, "/"))) {
    struct token *sign = cursor_take(cursor);
    left = binary(cursor, sign, left, parse_unary(cursor));
  }
  return left;
}

static struct ast *parse_sum(struct cursor *cursor) {
  struct ast *left = parse_product(cursor);
  while (left && (cursor_at(cursor, "+") || cursor_at(cursor, "-"))) {
    struct token *sign = cursor_take(cursor);
    if (token_is(sign, "-") && sign->blank_before != sign->blank_after) {
      cursor_complain(cursor, sign->place, "blank %s the minus but not %s it: write \"a - b\" to subtract",
                      sign->blank_before ? "before" : "after", sign->blank_before ? "after" : "before");
      return NULL;
    }
    left = binary(cursor, sign, left, parse_product(cursor));
  }
  return left;
}

static struct token *accept_compare(struct cursor *cursor) {
  static const char *const signs[] = { "=", "<>", "<", "<=", ">", ">=" };
  for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
    if (cursor_at(cursor, signs[i])) return cursor_take(cursor);
  return NULL;
}

static struct ast *over(struct cursor *cursor, enum ast_kind kind, struct ast *left) {
  struct ast *ast = node(cursor, kind, left->place);
  add_kid(cursor, ast, left);
  return ast;
}

static struct ast *negated(struct cursor *cursor, bool negate, struct ast *ast) {
  return ast && negate ? over(cursor, AST_NOT, ast) : ast;
}

static struct ast *parse_in(struct cursor *cursor, struct ast *left) {
  if (cursor_accept(cursor, "(")) {
    struct ast *ast = over(cursor, AST_IN_LIST, left);
    do {
      struct ast *kid = expr_parse(cursor);
      if (!kid) return NULL;
      add_kid(cursor, ast, kid);
    } while (cursor_accept(cursor, ","));
    return cursor_expect(cursor, ")") ? ast : NULL;
  }
  struct token *name = cursor_name(cursor, "a list");
  struct ast *path = name ? parse_path(cursor, name) : NULL;
  if (!path) return NULL;
  struct ast *ast = over(cursor, AST_IN_PATH, left);
  add_kid(cursor, ast, path);
  return ast;
}

/* "not like", "not in": after the value, unlike the "not" before a test. */
static struct ast *parse_match(struct cursor *cursor, struct ast *left, bool negate) {
  if (cursor_accept(cursor, "like")) {
    struct ast *pattern = parse_sum(cursor);
    if (!pattern) return NULL;
    struct ast *ast = over(cursor, AST_LIKE, left);
    add_kid(cursor, ast, pattern);
    return negated(cursor, negate, ast);
  }
  if (cursor_accept(cursor, "in")) return negated(cursor, negate, parse_in(cursor, left));
  cursor_complain(cursor, cursor_place(cursor), "\"like\" or \"in\" is missing after \"not\"");
  return NULL;
}

static struct ast *parse_test(struct cursor *cursor) {
  struct ast *left = parse_sum(cursor);
  if (!left) return NULL;
  struct token *sign = accept_compare(cursor);
  if (sign) {
    left = binary(cursor, sign, left, parse_sum(cursor));
    struct token *second = left ? accept_compare(cursor) : NULL;
    if (!second) return left;
    cursor_complain(cursor, second->place, "two comparisons in a row: join them with \"and\"");
    return NULL;
  }
  if (cursor_accept(cursor, "present")) return over(cursor, AST_PRESENT, left);
  if (cursor_accept(cursor, "absent")) return over(cursor, AST_ABSENT, left);
  if (cursor_accept(cursor, "is")) {
    struct token *label = cursor_text(cursor, "a block's label");
    if (!label) return NULL;
    struct ast *ast = over(cursor, AST_IS, left);
    ast->text = label->text;
    return ast;
  }
  if (cursor_at(cursor, "like") || cursor_at(cursor, "in")) return parse_match(cursor, left, false);
  if (cursor_accept(cursor, "not")) return parse_match(cursor, left, true);
  return left;
}

/* Nothing that a person writes is nested so deep; what a machine writes must not fill the stack. */
static struct ast *deeper(struct cursor *cursor, struct ast *(*parse)(struct cursor *cursor)) {
  if (cursor->depth == EXPR_NESTING_MOST) {
    cursor_complain(cursor, cursor_place(cursor), "brackets, if and not stand more than %d deep here",
                    EXPR_NESTING_MOST);
    return NULL;
  }
  cursor->depth++;
  struct ast *ast = parse(cursor);
  cursor->depth--;
  return ast;
}

static struct ast *parse_not(struct cursor *cursor) {
  struct token *word = cursor_peek(cursor);
  if (!cursor_accept(cursor, "not")) return parse_test(cursor);
  struct ast *kid = deeper(cursor, parse_not);
  if (!kid) return NULL;
  struct ast *ast = over(cursor, AST_NOT, kid);
  ast->place = word->place;
  return ast;
}

static struct ast *parse_and(struct cursor *cursor) {
  struct ast *left = parse_not(cursor);
  while (left && cursor_at(cursor, "and")) {
    struct token *sign = cursor_take(cursor);
    left = binary(cursor, sign, left, parse_not(cursor));
  }
  return left;
}

static struct ast *parse_whole(struct cursor *cursor) {
  struct token *first = cursor_peek(cursor);
  if (cursor_accept(cursor, "if")) {
    struct ast *ast = node(cursor, AST_IF, first->place);
    struct ast *condition = expr_parse(cursor);
    if (!condition || !cursor_expect(cursor, "then")) return NULL;
    struct ast *then = expr_parse(cursor);
    if (!then) return NULL;
    add_kid(cursor, ast, condition);
    add_kid(cursor, ast, then);
    if (!cursor_accept(cursor, "else")) return ast;
    struct ast *other = expr_parse(cursor);
    if (other) add_kid(cursor, ast, other);
    return other ? ast : NULL;
  }
  struct ast *left = parse_and(cursor);
  while (left && cursor_at(cursor, "or")) {
    struct token *sign = cursor_take(cursor);
    left = binary(cursor, sign, left, parse_and(cursor));
  }
  return left;
}

struct ast *expr_parse(struct cursor *cursor) {
  return deeper(cursor, parse_whole);
}

static bool rule_word_follows(const struct cursor *cursor) {
  struct cursor ahead = *cursor;
  ahead.next++;
  return cursor_at(&ahead, "about") || cursor_at(&ahead, "suggest") || cursor_at(&ahead, "per");
}

bool expr_parse_list(struct cursor *cursor, struct ast ***items, size_t *count) {
  do {
    struct ast *item = expr_parse(cursor);
    if (!item) return false;
    *ARENA_PUSH(cursor->arena, *items, *count) = item;
  } while (cursor_at(cursor, ",") && !rule_word_follows(cursor) && cursor_accept(cursor, ","));
  return true;
}

bool expr_same(const struct ast *a, const struct ast *b) {
  if (!a || !b) return a == b;
  if (a->kind != b->kind || !str_eq(a->text, b->text) || !str_eq(a->of, b->of) ||
      a->kid_count != b->kid_count || a->name_count != b->name_count || !expr_same(a->where, b->where))
    return false;
  for (size_t i = 0; i < a->name_count; i++)
    if (!str_eq(a->names[i], b->names[i])) return false;
  for (size_t i = 0; i < a->kid_count; i++)
    if (!expr_same(a->kids[i], b->kids[i])) return false;
  return true;
}
