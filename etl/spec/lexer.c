/* spec/lexer: one line of a spec to tokens. */
#include "spec/lexer.h"

#include <string.h>

struct lexer {
  const struct source *source;
  const char *text;
  size_t at, to;
  struct arena *arena;
  struct tokens *tokens;
  struct complaints *wrong;
  bool good;
};

static bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}
static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_word(char c) { return is_letter(c) || is_digit(c); }

static struct place place_at(const struct lexer *lexer, size_t at) {
  return (struct place){ lexer->source, at };
}

static char peek(const struct lexer *lexer, size_t ahead) {
  return lexer->at + ahead < lexer->to ? lexer->text[lexer->at + ahead] : '\0';
}

static void add(struct lexer *lexer, enum token_kind kind, size_t start, str text) {
  *ARENA_PUSH(lexer->arena, lexer->tokens->items, lexer->tokens->count) = (struct token){
    .kind = kind,
    .place = place_at(lexer, start),
    .text = text,
    .blank_before = start == 0 || strchr(" \n\t", lexer->text[start - 1]),
    .blank_after = lexer->at >= lexer->to || lexer->text[lexer->at] == ' ',
  };
}

/* Name or number: both run on over word characters; only a name holds inner - . */
static void lex_word(struct lexer *lexer) {
  size_t start = lexer->at;
  bool number = is_digit(lexer->text[start]);
  while (is_digit(peek(lexer, 0))) lexer->at++;
  if (number && peek(lexer, 0) == '.' && is_digit(peek(lexer, 1))) {
    lexer->at++;
    while (is_digit(peek(lexer, 0))) lexer->at++;
  } else if (is_letter(peek(lexer, 0)) || !number) {
    number = false;
    while (is_word(peek(lexer, 0)) || (peek(lexer, 0) == '-' && is_word(peek(lexer, 1)))) lexer->at++;
  }
  str text = { lexer->text + start, lexer->at - start };
  add(lexer, number ? TOKEN_NUMBER : TOKEN_NAME, start, text);
}

static void lex_literal(struct lexer *lexer) {
  size_t start = lexer->at++;
  size_t from = lexer->at;
  while (lexer->at < lexer->to && lexer->text[lexer->at] != '\'') lexer->at++;
  str text = { lexer->text + from, lexer->at - from };
  if (lexer->at == lexer->to) {
    complain(lexer->wrong, place_at(lexer, start), "text is not closed: the second ' is missing");
    lexer->good = false;
  } else lexer->at++;
  add(lexer, TOKEN_LITERAL, start, text);
}

/* True at a quote that stands inside {...}: the brace has its closing partner further on. */
static bool quote_in_braces(const struct lexer *lexer, size_t depth) {
  return depth && memchr(lexer->text + lexer->at, '}', lexer->to - lexer->at);
}

static void lex_text(struct lexer *lexer) {
  size_t start = lexer->at++, from = lexer->at, depth = 0;
  for (; lexer->at < lexer->to; lexer->at++) {
    char c = lexer->text[lexer->at];
    if (c == '{' && peek(lexer, 1) == '{' && !depth) lexer->at++;
    else if (c == '{') depth++;
    else if (c == '}' && depth) depth--;
    else if (c == '"' && peek(lexer, 1) == '"' && !depth) lexer->at++;
    else if (c == '"' && quote_in_braces(lexer, depth)) {
      complain(lexer->wrong, place_at(lexer, lexer->at),
               "a \" inside {...}: write texts there in single quotes");
      lexer->good = false;
      lexer->at = lexer->to;
      return;
    } else if (c == '"') break;
  }
  str text = { lexer->text + from, lexer->at - from };
  if (lexer->at == lexer->to) {
    complain(lexer->wrong, place_at(lexer, start), "text is not closed: the second \" is missing");
    lexer->good = false;
  } else lexer->at++;
  add(lexer, TOKEN_TEXT, start, text);
}

static void lex_sign(struct lexer *lexer) {
  size_t start = lexer->at;
  static const char *const signs[] = { "<>", "<=", ">=", "<", ">", "=", "+", "-", "*", "/",
                                       "(",  ")",  ",",  ".", ";", ":", "@", "[", "]" };
  for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
    size_t len = strlen(signs[i]);
    if (lexer->to - start < len || memcmp(lexer->text + start, signs[i], len) != 0) continue;
    lexer->at += len;
    add(lexer, TOKEN_SIGN, start, (str){ lexer->text + start, len });
    return;
  }
  if (lexer->text[start] == '\t') complain(lexer->wrong, place_at(lexer, start), "a tab: use blanks");
  else complain(lexer->wrong, place_at(lexer, start), "\"%c\" has no meaning here", lexer->text[start]);
  lexer->good = false;
  lexer->at++;
}

bool lex(const struct source *source, size_t from, size_t to, struct arena *arena, struct tokens *tokens,
         struct complaints *wrong) {
  struct lexer lexer = { source, source->text.at, from, to, arena, tokens, wrong, true };
  while (lexer.at < to) {
    char c = lexer.text[lexer.at];
    bool after_blank = lexer.at == from || lexer.text[lexer.at - 1] == ' ';
    if (c == ' ') lexer.at++;
    else if (c == '#' && after_blank) break;
    else if (is_word(c)) lex_word(&lexer);
    else if (c == '"') lex_text(&lexer);
    else if (c == '\'') lex_literal(&lexer);
    else lex_sign(&lexer);
  }
  return lexer.good;
}

bool token_is(const struct token *token, const char *sign_or_name) {
  return token && (token->kind == TOKEN_SIGN || token->kind == TOKEN_NAME) &&
         str_eq(token->text, str_of(sign_or_name));
}

bool lexer_is_name(str text) {
  if (!text.len || !is_letter(text.at[0])) return false;
  for (size_t i = 0; i < text.len; i++) {
    bool inner_dash = text.at[i] == '-' && i + 1 < text.len && is_word(text.at[i + 1]);
    if (!is_word(text.at[i]) && !inner_dash) return false;
  }
  return true;
}
