/* model/sqltable: the columns of a table of another system's database, as a .table file states them. */
#include "model/sqltable.h"

#include <stdlib.h>

enum { WIDTH_MOST = 8000, NAMES_MOST = 400 };

static const struct {
  const char *name, *blank;
} types[] = {
  [SQL_TYPE_CHAR] = { "char", " " },
  [SQL_TYPE_TEXT] = { "text", " " },
  [SQL_TYPE_FLOAT] = { "float", "0" },
  [SQL_TYPE_SMALLINT] = { "smallint", "0" },
  [SQL_TYPE_INT] = { "int", "0" },
  [SQL_TYPE_SMALLDATETIME] = { "smalldatetime", "1900-01-01" },
  [SQL_TYPE_ROWVERSION] = { "rowversion", "" },
};
enum { TYPE_COUNT = sizeof types / sizeof *types };

const char *sql_type_blank(enum sql_type type) { return types[type].blank; }

bool sql_column_is_written(const struct sql_column *column) {
  return !column->identity && column->type != SQL_TYPE_ROWVERSION;
}

struct type_spec sql_column_type(const struct sql_column *column) {
  struct type_spec type = { .type = TYPE_ANY, .size = -1 };
  switch (column->type) {
  case SQL_TYPE_CHAR:
    type.type = TYPE_TEXT;
    type.size = column->width;
    break;
  case SQL_TYPE_TEXT: type.type = TYPE_TEXT; break;
  case SQL_TYPE_FLOAT: type.type = TYPE_DECIMAL; break;
  case SQL_TYPE_SMALLINT:
  case SQL_TYPE_INT: type.type = TYPE_INTEGER; break;
  case SQL_TYPE_SMALLDATETIME:
  case SQL_TYPE_ROWVERSION: break;
  }
  return type;
}

struct parse {
  struct sql_table *table;
  struct arena *arena;
  struct complaints *wrong;
};

const struct sql_column *sqltable_column(const struct sql_table *table, str name) {
  for (size_t i = 0; i < table->column_count; i++)
    if (str_eq(table->columns[i]->name, name)) return table->columns[i];
  return NULL;
}

str sqltable_suggest(const struct sql_table *table, str name, struct arena *arena) {
  str *names = ARENA_ARRAY(arena, str, table->column_count + 1);
  for (size_t i = 0; i < table->column_count; i++) names[i] = table->columns[i]->name;
  return suggest(arena, name, names, table->column_count);
}

/* NAME, NAME, ...: how many; 0 after a complaint. */
static size_t parse_names(struct parse *parse, struct cursor *cursor, struct token **names) {
  size_t count = 0;
  do {
    struct token *name = cursor_name(cursor, "a column's name");
    if (!name) return 0;
    if (count == NAMES_MOST) {
      complain(parse->wrong, name->place, "more than %d columns in one line", NAMES_MOST);
      return 0;
    }
    names[count++] = name;
  } while (cursor_accept(cursor, ","));
  return count;
}

static bool parse_width(struct cursor *cursor, struct sql_column *column) {
  int64_t width;
  if (!cursor_expect(cursor, "(")) return false;
  struct token *number = cursor_take(cursor);
  if (!number || !str_to_int(number->text, &width) || width < 1 || width > WIDTH_MOST) {
    cursor_complain(cursor, number ? number->place : cursor_place(cursor), "char(n) takes 1 to %d characters",
                    WIDTH_MOST);
    return false;
  }
  column->width = (int32_t)width;
  return cursor_expect(cursor, ")");
}

static bool parse_type(struct parse *parse, struct cursor *cursor, struct sql_column *column) {
  struct token *name = cursor_name(cursor, "a type");
  if (!name) return false;
  str known[TYPE_COUNT];
  for (size_t i = 0; i < TYPE_COUNT; i++) {
    known[i] = str_of(types[i].name);
    if (!str_eq(name->text, known[i])) continue;
    column->type = (enum sql_type)i;
    return column->type != SQL_TYPE_CHAR || parse_width(cursor, column);
  }
  cursor_complain(cursor, name->place, "no type \"%.*s\" in SL's tables%.*s", STR_ARG(name->text),
                  STR_ARG(suggest(parse->arena, name->text, known, TYPE_COUNT)));
  return false;
}

static bool parse_words(struct cursor *cursor, struct sql_column *column) {
  while (cursor_peek(cursor) && !cursor->statement->broken) {
    if (cursor_accept(cursor, "identity")) column->identity = true;
    else if (cursor_accept(cursor, "nullable")) column->nullable = true;
    else if (cursor_accept(cursor, "default")) {
      struct token *given = cursor_take(cursor);
      if (!given || given->kind == TOKEN_SIGN || given->kind == TOKEN_NAME) {
        cursor_complain(cursor, given ? given->place : cursor_place(cursor), "a text or a number is missing");
        return false;
      }
      column->fallback = given->text;
    } else {
      cursor_complain(cursor, cursor_place(cursor),
                      "after its type a column says identity, nullable or default");
      return false;
    }
  }
  return true;
}

static void add_column(struct parse *parse, const struct token *name, const struct sql_column *like) {
  struct sql_table *table = parse->table;
  for (size_t i = 0; i < table->column_count; i++)
    if (str_eq_fold(table->columns[i]->name, name->text)) {
      complain(parse->wrong, name->place, "%.*s already has a column \"%.*s\"", STR_ARG(table->name),
               STR_ARG(name->text));
      return;
    }
  struct sql_column *column = ARENA_NEW(parse->arena, struct sql_column);
  *column = *like;
  column->name = name->text;
  column->place = name->place;
  *ARENA_PUSH(parse->arena, table->columns, table->column_count) = column;
}

static void parse_columns(struct parse *parse, struct statement *statement) {
  struct cursor cursor = cursor_on(statement, parse->arena, parse->wrong);
  struct token *names[NAMES_MOST];
  struct sql_column like = { .width = 0 };
  size_t count = parse_names(parse, &cursor, names);
  if (!count || !parse_type(parse, &cursor, &like) || !parse_words(&cursor, &like)) return;
  for (size_t i = 0; i < count; i++) add_column(parse, names[i], &like);
}

/* Once all columns are known. */
static void parse_index(struct parse *parse, struct statement *statement, struct sql_index *index, bool key) {
  struct cursor cursor = cursor_on(statement, parse->arena, parse->wrong);
  struct token *names[NAMES_MOST];
  cursor_take(&cursor);
  size_t count = parse_names(parse, &cursor, names);
  for (size_t i = 0; i < count; i++) {
    const struct sql_column *column = sqltable_column(parse->table, names[i]->text);
    if (!column) {
      complain(parse->wrong, names[i]->place, "no column \"%.*s\" in %.*s%.*s", STR_ARG(names[i]->text),
               STR_ARG(parse->table->name),
               STR_ARG(sqltable_suggest(parse->table, names[i]->text, parse->arena)));
      continue;
    }
    if (key) ((struct sql_column *)(uintptr_t)column)->is_key = true;
    *ARENA_PUSH(parse->arena, index->columns, index->count) = column;
  }
  if (count) cursor_end(&cursor);
}

/* key, unique and index lines: the first word is followed by a name, not by a comma or a type's bracket. */
static bool is_index(const struct statement *statement) {
  const struct tokens *tokens = &statement->tokens;
  if (tokens->count < 2 || tokens->items[1].kind != TOKEN_NAME) return false;
  const struct token *first = &tokens->items[0];
  return token_is(first, "key") || token_is(first, "unique") || token_is(first, "index");
}

static void parse_head(struct parse *parse, struct statement *statement) {
  struct cursor cursor = cursor_on(statement, parse->arena, parse->wrong);
  cursor_take(&cursor);
  struct token *name = cursor_name(&cursor, "the table's name");
  if (!name) return;
  parse->table->name = name->text;
  parse->table->place = name->place;
  cursor_end(&cursor);
}

static void parse_indexes(struct parse *parse, struct statement *head) {
  struct sql_table *table = parse->table;
  for (size_t i = 0; i < head->kid_count; i++) {
    struct statement *kid = head->kids[i];
    if (kid->broken || !is_index(kid)) continue;
    if (token_is(&kid->tokens.items[0], "key") && table->key.count)
      complain(parse->wrong, kid->place, "%.*s has its key already", STR_ARG(table->name));
    else if (token_is(&kid->tokens.items[0], "key")) {
      table->key.unique = true;
      parse_index(parse, kid, &table->key, true);
    } else {
      struct sql_index *index = ARENA_PUSH(parse->arena, table->indexes, table->index_count);
      *index = (struct sql_index){ .unique = token_is(&kid->tokens.items[0], "unique") };
      parse_index(parse, kid, index, false);
    }
  }
}

static int lower(char c) { return c >= 'A' && c <= 'Z' ? c + 32 : (unsigned char)c; }

static int by_name(const void *a, const void *b) {
  const struct sql_column *left = *(struct sql_column *const *)a, *right = *(struct sql_column *const *)b;
  bool last_left = left->type == SQL_TYPE_ROWVERSION, last_right = right->type == SQL_TYPE_ROWVERSION;
  if (last_left != last_right) return last_left - last_right;
  for (size_t i = 0; i < left->name.len && i < right->name.len; i++) {
    int differ = lower(left->name.at[i]) - lower(right->name.at[i]);
    if (differ) return differ;
  }
  return (left->name.len > right->name.len) - (left->name.len < right->name.len);
}

struct sql_table *sqltable_parse(const struct source *source, struct arena *arena, struct complaints *wrong) {
  struct statement *root = block_parse(source, NULL, arena, wrong);
  if (root->broken) return NULL;
  struct statement *head = root->kid_count ? root->kids[0] : NULL;
  if (!head || !head->tokens.count || !token_is(&head->tokens.items[0], "table")) {
    complain(wrong, head ? head->place : root->place, "a file of columns begins with \"table NAME\"");
    return NULL;
  }
  struct sql_table *table = ARENA_NEW(arena, struct sql_table);
  struct parse parse = { table, arena, wrong };
  table->place = head->place;
  parse_head(&parse, head);
  for (size_t i = 0; i < head->kid_count; i++)
    if (!head->kids[i]->broken && !is_index(head->kids[i])) parse_columns(&parse, head->kids[i]);
  if (table->column_count) qsort(table->columns, table->column_count, sizeof *table->columns, by_name);
  parse_indexes(&parse, head);
  for (size_t i = 1; i < root->kid_count; i++)
    complain(wrong, root->kids[i]->place, "one file holds one table");
  if (!complaints_count(wrong) && !table->key.count)
    complain(wrong, table->place, "%.*s has no key", STR_ARG(table->name));
  return table;
}
