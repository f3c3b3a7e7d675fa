/* spec/expr_format: an expression tree back to its text, for explain and messages. */
#include "spec/expr.h"

static void format_list(struct ast *const *kids, size_t from, size_t count, struct buf *text) {
  for (size_t i = from; i < count; i++) {
    if (i > from) buf_add(text, STR(", "));
    expr_format(kids[i], text);
  }
}

static void format_template(const struct ast *ast, struct buf *text) {
  buf_char(text, '"');
  for (size_t i = 0; i < ast->kid_count; i++) {
    if (ast->kids[i]->kind == AST_TEXT) {
      buf_add(text, ast->kids[i]->text);
      continue;
    }
    buf_char(text, '{');
    size_t from = text->len;
    expr_format(ast->kids[i], text);
    for (size_t at = from; at < text->len; at++) /* inside {...} texts stand in single quotes */
      if (text->at[at] == '"') text->at[at] = '\'';
    buf_char(text, '}');
  }
  buf_char(text, '"');
}

static void format_call(const struct ast *ast, struct buf *text) {
  buf_printf(text, "%.*s(", STR_ARG(ast->text));
  format_list(ast->kids, 0, ast->kid_count, text);
  if (ast->where) {
    buf_add(text, STR(" where "));
    expr_format(ast->where, text);
  }
  if (ast->of.len) buf_printf(text, " of %.*s", STR_ARG(ast->of));
  buf_char(text, ')');
}

/* How tightly a tree holds together; a looser one inside a tighter one needs brackets. */
enum { LOOSE, OR, AND, NOT, TEST, SUM, PRODUCT, UNARY, FALLBACK, TIGHT };

static int binding(const struct ast *ast) {
  switch (ast->kind) {
  case AST_IF: return LOOSE;
  case AST_NOT: return NOT;
  case AST_NEGATE: return UNARY;
  case AST_PRESENT:
  case AST_ABSENT:
  case AST_IS:
  case AST_LIKE:
  case AST_IN_LIST:
  case AST_IN_PATH: return TEST;
  case AST_BINARY: break;
  default: return TIGHT;
  }
  if (str_eq(ast->text, STR("or"))) return OR;
  if (str_eq(ast->text, STR("and"))) return AND;
  if (str_eq(ast->text, STR("otherwise"))) return FALLBACK;
  if (ast->text.at[0] == '+' || ast->text.at[0] == '-') return SUM;
  return ast->text.at[0] == '*' || ast->text.at[0] == '/' ? PRODUCT : TEST;
}

/* `least`: what the place asks for; a right operand asks for more than its sign, so that a - (b - c) stays.
 */
static void format_operand(const struct ast *kid, int least, struct buf *text) {
  bool brackets = binding(kid) < least;
  if (brackets) buf_char(text, '(');
  expr_format(kid, text);
  if (brackets) buf_char(text, ')');
}

static void format_if(const struct ast *ast, struct buf *text) {
  buf_add(text, STR("if "));
  expr_format(ast->kids[0], text);
  buf_add(text, STR(" then "));
  expr_format(ast->kids[1], text);
  if (ast->kid_count < 3) return;
  buf_add(text, STR(" else "));
  expr_format(ast->kids[2], text);
}

static void format_after(const struct ast *ast, const char *words, struct buf *text) {
  format_operand(ast->kids[0], SUM, text);
  buf_printf(text, " %s", words);
}

static bool is_match(const struct ast *ast) {
  return ast->kind == AST_LIKE || ast->kind == AST_IN_LIST || ast->kind == AST_IN_PATH;
}

static void format_match(const struct ast *ast, const char *negated, struct buf *text) {
  format_after(ast, negated, text);
  buf_add(text, ast->kind == AST_LIKE ? STR("like ") : ast->kind == AST_IN_LIST ? STR("in (") : STR("in "));
  if (ast->kind != AST_IN_LIST) format_operand(ast->kids[1], SUM, text);
  else {
    format_list(ast->kids, 1, ast->kid_count, text);
    buf_char(text, ')');
  }
}

void expr_format(const struct ast *ast, struct buf *text) {
  switch (ast->kind) {
  case AST_NUMBER:
  case AST_YES_NO: buf_add(text, ast->text); return;
  case AST_TEXT: buf_printf(text, "\"%.*s\"", STR_ARG(ast->text)); return;
  case AST_TEMPLATE: format_template(ast, text); return;
  case AST_PATH:
    for (size_t i = 0; i < ast->name_count; i++)
      buf_printf(text, "%s%.*s", i ? "." : "", STR_ARG(ast->names[i]));
    return;
  case AST_CALL: format_call(ast, text); return;
  case AST_IF: format_if(ast, text); return;
  case AST_BINARY:
    format_operand(ast->kids[0], binding(ast) == TEST ? SUM : binding(ast), text);
    buf_printf(text, " %.*s ", STR_ARG(ast->text));
    format_operand(ast->kids[1], binding(ast) + 1, text);
    return;
  case AST_NEGATE:
    buf_char(text, '-');
    format_operand(ast->kids[0], FALLBACK, text);
    return;
  case AST_NOT:
    if (is_match(ast->kids[0])) {
      format_match(ast->kids[0], "not ", text);
      return;
    }
    buf_add(text, STR("not "));
    format_operand(ast->kids[0], NOT, text);
    return;
  case AST_PRESENT: format_after(ast, "present", text); return;
  case AST_ABSENT: format_after(ast, "absent", text); return;
  case AST_IS:
    format_after(ast, "is", text);
    buf_printf(text, " \"%.*s\"", STR_ARG(ast->text));
    return;
  case AST_LIKE:
  case AST_IN_LIST:
  case AST_IN_PATH: format_match(ast, "", text); return;
  }
}
