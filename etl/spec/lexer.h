/* spec/lexer: one line of a spec to tokens.
 *
 * A name is letters, digits and _, and - between two of these, so
 * `item-price` is one name and minus stands between blanks. "text" may hold
 * {expressions}; 'text' is taken as it stands; numbers are exact decimals;
 * # at the start of a line or after a blank begins a comment.
 */
#ifndef SLUICE_SPEC_LEXER_H
#define SLUICE_SPEC_LEXER_H

#include "spec/source.h"

enum token_kind { TOKEN_NAME, TOKEN_NUMBER, TOKEN_TEXT, TOKEN_LITERAL, TOKEN_SIGN };

struct token {
  enum token_kind kind;
  struct place place;
  str text; /* of TEXT and LITERAL: what stands between the quotes, as written */
  bool blank_before, blank_after;
};

struct tokens {
  struct token *items;
  size_t count;
};

/* Appends the tokens of text[from..to) (no line end in it). False when something in it was wrong; that has
 * been complained of. */
bool lex(const struct source *source, size_t from, size_t to, struct arena *arena, struct tokens *tokens,
         struct complaints *wrong);

bool token_is(const struct token *token, const char *sign_or_name);
bool lexer_is_name(str text); /* the whole of it is one name */

#endif
