/* spec/block: a spec file to a tree of statements.
 *
 * One statement a line; `;` is the same as a new line. Deeper lines are a
 * block below the statement, or continue it: when it ends in , = ( or an
 * operator, has an open bracket, or when the deeper line begins with an
 * operator or with one of the words of continues_by (block.c). A statement
 * whose first word is the `raw` word (SQL's `query`) keeps its text as written
 * and takes all deeper lines.
 *
 *   batch per period                   statement 1
 *     PerPost = period; CuryId = "X"     its kids: two statements
 *     line per gl.account
 *       when sum(amount) <> 0            continues "line per"
 *       Acct = gl.account                a kid of it
 */
#ifndef SLUICE_SPEC_BLOCK_H
#define SLUICE_SPEC_BLOCK_H

#include "spec/lexer.h"

struct statement {
  struct tokens tokens;
  struct place place;
  struct statement **kids;
  size_t kid_count;
  str raw;     /* of a raw statement: all that follows its first word */
  bool broken; /* something in it was complained of: say no more about it */
};

/* The statements of the outermost level. `broken` when lines were indented by tabs: what they belong to is
 * then not known, nor what follows. */
struct statement *block_parse(const struct source *source, const char *raw, struct arena *arena,
                              struct complaints *wrong);

/* Reads along a statement's tokens. */
struct cursor {
  struct statement *statement;
  size_t next;
  struct arena *arena;
  struct complaints *wrong;
  size_t depth; /* of the expression being read */
};

struct cursor cursor_on(struct statement *statement, struct arena *arena, struct complaints *wrong);
struct token *cursor_peek(const struct cursor *cursor); /* NULL at the end */
struct token *cursor_take(struct cursor *cursor);
bool cursor_at(const struct cursor *cursor, const char *sign_or_name);
bool cursor_accept(struct cursor *cursor, const char *sign_or_name);
/* These complain, mark the statement broken and return false (or NULL) when it is not there. */
bool cursor_expect(struct cursor *cursor, const char *sign_or_name);
struct token *cursor_name(struct cursor *cursor, const char *what);
struct token *cursor_text(struct cursor *cursor, const char *what); /* TEXT or LITERAL */
bool cursor_end(struct cursor *cursor);                             /* nothing may follow */
struct place cursor_place(const struct cursor *cursor);             /* of the next token, or the end */
void cursor_complain(struct cursor *cursor, struct place place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* a.b.c as one text; its place in *place. */
bool cursor_path(struct cursor *cursor, const char *what, str *path, struct place *place);

#endif
