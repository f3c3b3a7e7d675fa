/* spec/block: a spec file to a tree of statements. */
#include "spec/block.h"

#include <stdio.h>
#include <string.h>

/* An open level of indentation: the statement that its lines belong to, and where they begin. */
enum { DEPTH_MOST = 40 };

struct parser {
  const struct source *source;
  const char *raw;
  struct arena *arena;
  struct complaints *wrong;
  struct {
    struct statement *owner;
    size_t indent;
  } levels[DEPTH_MOST];
  size_t depth; /* levels in use */
  struct statement *last;
  size_t last_indent;
};

static bool continues_by(const struct token *first) {
  static const char *const words[] = { "then",   "else",  "and",     "or", "otherwise", "per",  "when",
                                       "sorted", "about", "suggest", "on", "take",      "miss", "format",
                                       "+",      "-",     "*",       "/",  "=",         "<>",   "<",
                                       "<=",     ">",     ">=",      ",",  ")" };
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (token_is(first, words[i])) return true;
  return false;
}

static bool is_unfinished(const struct statement *statement) {
  int open = 0;
  for (size_t i = 0; i < statement->tokens.count; i++) {
    const struct token *token = &statement->tokens.items[i];
    open += token_is(token, "(") - token_is(token, ")");
  }
  if (open > 0) return true;
  const struct token *last =
      statement->tokens.count ? &statement->tokens.items[statement->tokens.count - 1] : NULL;
  static const char *const signs[] = { ",",  "=", "(",  "+", "-",  "*",   "/",
                                       "<>", "<", "<=", ">", ">=", "and", "or" };
  for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
    if (token_is(last, signs[i])) return true;
  return false;
}

static struct statement *new_statement(struct parser *parser, struct place place) {
  struct statement *statement = ARENA_NEW(parser->arena, struct statement);
  statement->place = place;
  struct statement *owner = parser->levels[parser->depth - 1].owner;
  *ARENA_PUSH(parser->arena, owner->kids, owner->kid_count) = statement;
  parser->last = statement;
  return statement;
}

/* Finds the level that a line with this indentation belongs to, opening one below the last statement. Returns
 * its indentation: a line that fits none is taken for one of the next deeper level, so that those after it
 * are still understood. */
static size_t enter_level(struct parser *parser, size_t indent, struct place place) {
  if (parser->last && indent > parser->last_indent && parser->depth < DEPTH_MOST) {
    parser->levels[parser->depth].owner = parser->last;
    parser->levels[parser->depth++].indent = indent;
    return indent;
  }
  size_t depth = parser->depth;
  while (depth > 1 && parser->levels[depth - 1].indent > indent) depth--;
  if (parser->levels[depth - 1].indent == indent) {
    parser->depth = depth;
    return indent;
  }
  complain(parser->wrong, place, "this line is indented like no line above it");
  if (depth < parser->depth) depth++;
  parser->depth = depth;
  return parser->levels[depth - 1].indent;
}

/* Gives the tokens of one line to statements, parted at ";". */
static void add_line(struct parser *parser, struct tokens line, bool good, bool joins, struct place place) {
  struct statement *statement = joins ? parser->last : NULL;
  for (size_t i = 0; i < line.count; i++) {
    if (token_is(&line.items[i], ";")) {
      statement = NULL;
      continue;
    }
    if (!statement) statement = new_statement(parser, line.items[i].place);
    *ARENA_PUSH(parser->arena, statement->tokens.items, statement->tokens.count) = line.items[i];
  }
  if (!statement && !line.count) new_statement(parser, place);
  if (!good && parser->last) parser->last->broken = true;
}

static size_t line_end(str text, size_t at) {
  while (at < text.len && text.at[at] != '\n') at++;
  return at;
}

static size_t indent_of(str text, size_t at) {
  size_t indent = 0;
  while (at + indent < text.len && text.at[at + indent] == ' ') indent++;
  return indent;
}

static bool is_raw(const struct parser *parser, size_t at) {
  if (!parser->raw) return false;
  str rest = str_sub(parser->source->text, at, parser->source->text.len);
  size_t len = strlen(parser->raw);
  return str_starts(rest, str_of(parser->raw)) && rest.len > len && rest.at[len] == ' ';
}

/* Takes the raw statement that begins at `at`; returns where the next line begins. */
static size_t add_raw(struct parser *parser, size_t at, size_t indent) {
  str text = parser->source->text;
  struct statement *statement = new_statement(parser, (struct place){ parser->source, at });
  size_t from = at + strlen(parser->raw) + 1, end = line_end(text, at), next = end + 1;
  while (next < text.len) {
    size_t line = line_end(text, next), deeper = indent_of(text, next);
    bool empty = next + deeper >= line || text.at[next + deeper] == '\r';
    if (!empty && deeper <= indent) break;
    if (!empty) end = line;
    next = line + 1;
  }
  lex(parser->source, at, at + strlen(parser->raw), parser->arena, &statement->tokens, parser->wrong);
  statement->raw = str_trim(str_sub(text, from, end));
  parser->last_indent = indent;
  return end + 1;
}

static size_t add_text_line(struct parser *parser, size_t at) {
  str text = parser->source->text;
  size_t next = line_end(text, at) + 1, to = next - 1, indent = indent_of(text, at), start = at + indent;
  if (to > at && text.at[to - 1] == '\r') to--;
  struct tokens line = { 0 };
  if (start < to && text.at[start] == '\t' && str_trim(str_sub(text, start, to)).len) {
    complain(parser->wrong, (struct place){ parser->source, start }, "a tab: use blanks");
    parser->levels[0].owner->broken = true;
    return text.len;
  }
  if (start < to && is_raw(parser, start))
    return add_raw(parser, start, enter_level(parser, indent, (struct place){ parser->source, start }));
  bool good = lex(parser->source, start, to, parser->arena, &line, parser->wrong);
  if (!line.count && good) return next;
  struct place place = { parser->source, start };
  bool joins = parser->last && indent > parser->last_indent &&
               (is_unfinished(parser->last) || (line.count && continues_by(&line.items[0])));
  if (!joins) parser->last_indent = enter_level(parser, indent, place);
  add_line(parser, line, good, joins, place);
  return next;
}

struct statement *block_parse(const struct source *source, const char *raw, struct arena *arena,
                              struct complaints *wrong) {
  struct parser parser = { .source = source, .raw = raw, .arena = arena, .wrong = wrong, .depth = 1 };
  struct statement *root = ARENA_NEW(arena, struct statement);
  root->place = (struct place){ source, 0 };
  parser.levels[0].owner = root;
  size_t at = str_starts(source->text, STR("\xef\xbb\xbf")) ? 3 : 0;
  while (at < source->text.len) at = add_text_line(&parser, at);
  return root;
}

struct cursor cursor_on(struct statement *statement, struct arena *arena, struct complaints *wrong) {
  return (struct cursor){ .statement = statement, .arena = arena, .wrong = wrong };
}

struct token *cursor_peek(const struct cursor *cursor) {
  return cursor->next < cursor->statement->tokens.count ? &cursor->statement->tokens.items[cursor->next]
                                                        : NULL;
}

struct token *cursor_take(struct cursor *cursor) {
  struct token *token = cursor_peek(cursor);
  if (token) cursor->next++;
  return token;
}

bool cursor_at(const struct cursor *cursor, const char *sign_or_name) {
  return token_is(cursor_peek(cursor), sign_or_name);
}

bool cursor_accept(struct cursor *cursor, const char *sign_or_name) {
  if (!cursor_at(cursor, sign_or_name)) return false;
  cursor->next++;
  return true;
}

struct place cursor_place(const struct cursor *cursor) {
  const struct token *token = cursor_peek(cursor);
  if (token) return token->place;
  const struct tokens *tokens = &cursor->statement->tokens;
  const struct token *last = tokens->count ? &tokens->items[tokens->count - 1] : NULL;
  if (!last) return cursor->statement->place;
  size_t quotes = last->kind == TOKEN_TEXT || last->kind == TOKEN_LITERAL ? 2 : 0;
  return (struct place){ last->place.source, last->place.at + last->text.len + quotes };
}

void cursor_complain(struct cursor *cursor, struct place place, const char *format, ...) {
  if (cursor->statement->broken) return;
  cursor->statement->broken = true;
  va_list args;
  va_start(args, format);
  char text[ERR_TEXT_MOST];
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  complain(cursor->wrong, place, "%s", text);
}

bool cursor_expect(struct cursor *cursor, const char *sign_or_name) {
  if (cursor_accept(cursor, sign_or_name)) return true;
  cursor_complain(cursor, cursor_place(cursor), "\"%s\" is missing here", sign_or_name);
  return false;
}

struct token *cursor_name(struct cursor *cursor, const char *what) {
  struct token *token = cursor_peek(cursor);
  if (token && token->kind == TOKEN_NAME) return cursor_take(cursor);
  cursor_complain(cursor, cursor_place(cursor), "%s is missing here", what);
  return NULL;
}

struct token *cursor_text(struct cursor *cursor, const char *what) {
  struct token *token = cursor_peek(cursor);
  if (token && (token->kind == TOKEN_TEXT || token->kind == TOKEN_LITERAL)) return cursor_take(cursor);
  cursor_complain(cursor, cursor_place(cursor), "%s is missing here, in quotes", what);
  return NULL;
}

bool cursor_end(struct cursor *cursor) {
  struct token *token = cursor_peek(cursor);
  if (!token) return true;
  cursor_complain(cursor, token->place, "\"%.*s\" is not expected here", STR_ARG(token->text));
  return false;
}

bool cursor_path(struct cursor *cursor, const char *what, str *path, struct place *place) {
  struct token *token = cursor_name(cursor, what);
  if (!token) return false;
  *place = token->place;
  const char *start = token->text.at, *end = start + token->text.len;
  while (cursor_accept(cursor, ".")) {
    if (!(token = cursor_name(cursor, "a name after the point"))) return false;
    end = token->text.at + token->text.len;
  }
  *path = (str){ start, (size_t)(end - start) };
  return true;
}
