/* db/listed: the columns of a .table file, for the statements of this room; and whether a live database has
 * them. */
#include "db/listed.h"

static const enum db_type types[] = { [SQL_TYPE_CHAR] = DB_CHAR,
                                      [SQL_TYPE_TEXT] = DB_TEXT,
                                      [SQL_TYPE_FLOAT] = DB_FLOAT,
                                      [SQL_TYPE_SMALLINT] = DB_SMALLINT,
                                      [SQL_TYPE_INT] = DB_INT,
                                      [SQL_TYPE_SMALLDATETIME] = DB_DATETIME,
                                      [SQL_TYPE_ROWVERSION] = DB_ROWVERSION };

static const char *const type_words[] = {
  [DB_CHAR] = "text",      [DB_FLOAT] = "float",         [DB_SMALLINT] = "smallint",
  [DB_INT] = "int",        [DB_DATETIME] = "date",       [DB_ROWVERSION] = "rowversion",
  [DB_TEXT] = "long text", [DB_OTHER] = "something else"
};

struct db_column *listed_columns(const struct sql_table *table, bool written, struct arena *arena,
                                 size_t *count) {
  struct db_column *columns = ARENA_ARRAY(arena, struct db_column, table->column_count + 1);
  *count = 0;
  for (size_t i = 0; i < table->column_count; i++) {
    const struct sql_column *column = table->columns[i];
    if (written && !sql_column_is_written(column)) continue;
    columns[(*count)++] = (struct db_column){ .name = column->name,
                                              .type = types[column->type],
                                              .width = (uint32_t)column->width,
                                              .places = -1,
                                              .nullable = column->nullable,
                                              .identity = column->identity };
  }
  return columns;
}

/* Row versions are not written and what a driver calls them is its own; an int may be a smallint's place, not
 * the other way round. */
static bool same_type(const struct sql_column *listed, const struct db_column *live) {
  enum db_type type = types[listed->type];
  return type == live->type || type == DB_ROWVERSION || (type == DB_SMALLINT && live->type == DB_INT) ||
         (type == DB_CHAR && live->type == DB_TEXT);
}

static str compare(const struct sql_table *table, const struct sql_column *listed,
                   const struct db_column *live, struct arena *arena) {
  if (!live)
    return arena_printf(arena, "%.*s has no column %.*s", STR_ARG(table->name), STR_ARG(listed->name));
  if (!same_type(listed, live))
    return arena_printf(arena, "%.*s.%.*s is %s there, not %s", STR_ARG(table->name), STR_ARG(listed->name),
                        type_words[live->type], type_words[types[listed->type]]);
  if (live->type == DB_CHAR && live->width < (uint32_t)listed->width)
    return arena_printf(arena, "%.*s.%.*s takes %u characters there, not %d", STR_ARG(table->name),
                        STR_ARG(listed->name), (unsigned)live->width, (int)listed->width);
  return STR_NONE;
}

static bool is_listed(const struct sql_table *table, str name) {
  for (size_t i = 0; i < table->column_count; i++)
    if (str_eq_fold(table->columns[i]->name, name)) return true;
  return false;
}

size_t listed_differ(const struct sql_table *table, const struct db_column *live, size_t count,
                     struct arena *arena, str **texts) {
  size_t said = 0;
  *texts = NULL;
  for (size_t i = 0; i < table->column_count; i++) {
    size_t at = 0;
    while (at < count && !str_eq_fold(live[at].name, table->columns[i]->name)) at++;
    str text = compare(table, table->columns[i], at < count ? &live[at] : NULL, arena);
    if (text.len) *ARENA_PUSH(arena, *texts, said) = text;
  }
  for (size_t i = 0; i < count; i++)
    if (!is_listed(table, live[i].name))
      *ARENA_PUSH(arena, *texts, said) =
          arena_printf(arena, "%.*s has a column %.*s there that our list lacks", STR_ARG(table->name),
                       STR_ARG(live[i].name));
  return said;
}
