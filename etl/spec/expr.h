/* spec/expr: expressions to trees, without knowing what their names mean.
 *
 *   sum(amount where gl.class like "tax-*") <> 0
 *
 *   AST_BINARY "<>"
 *     AST_CALL "sum"  kids: [AST_PATH amount]  where: AST_LIKE(AST_PATH gl.class, AST_TEXT)
 *     AST_NUMBER 0
 *
 * transform/check.c gives the names a meaning; every node keeps its place for that.
 */
#ifndef SLUICE_SPEC_EXPR_H
#define SLUICE_SPEC_EXPR_H

#include "spec/block.h"

enum ast_kind {
  AST_NUMBER,
  AST_TEXT,     /* text: unescaped */
  AST_TEMPLATE, /* kids in order: AST_TEXT pieces and expressions */
  AST_YES_NO,   /* text: yes or no */
  AST_PATH,     /* names */
  AST_CALL,     /* text: the function; kids, where, of */
  AST_IF,       /* kids: condition, then, [else] */
  AST_BINARY,   /* text: + - * / = <> < <= > >= and or otherwise */
  AST_NEGATE,
  AST_NOT,
  AST_PRESENT,
  AST_ABSENT,
  AST_IS,      /* kids: the record; text: the label */
  AST_LIKE,    /* kids: value, pattern */
  AST_IN_LIST, /* kids: value, then the choices */
  AST_IN_PATH  /* kids: value, path */
};

enum { EXPR_DEPTH_MOST = 400, EXPR_NESTING_MOST = 60 };

struct ast {
  enum ast_kind kind;
  struct place place, sign; /* sign: of a binary operation */
  str text;
  str *names;
  size_t name_count;
  struct ast **kids;
  size_t kid_count;
  struct ast *where;
  str of;
  size_t depth; /* of the tree below it: EXPR_DEPTH_MOST at the most, so that walking it needs no care */
};

/* NULL after a complaint. Stops before the first token that cannot belong to the expression. */
struct ast *expr_parse(struct cursor *cursor);
/* One or more, parted by commas; stops before a comma that one of the rule words follows. */
bool expr_parse_list(struct cursor *cursor, struct ast ***items, size_t *count);
/* A TEXT or LITERAL token as AST_TEXT or AST_TEMPLATE. */
struct ast *expr_of_text(struct cursor *cursor, struct token *token);
/* The same meaning, letter for letter. */
bool expr_same(const struct ast *a, const struct ast *b);
/* As written, for explain and messages. */
void expr_format(const struct ast *ast, struct buf *text);

#endif
