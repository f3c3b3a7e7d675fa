/* db/catalog: the columns of a table, as the live database has them. */
#include "db/catalog.h"
#include "db/cell.h"

#include <string.h>

enum { NAME_MOST = 256 };

/* What SQLColumns answers, by the standard's column numbers; SQLite's own word for a key is asked for apart.
 */
struct found {
  char name[NAME_MOST], type_name[NAME_MOST];
  SQLSMALLINT type, nullable;
  SQLINTEGER size;
  SQLLEN lengths[5];
};

static bool holds(str text, str word) {
  for (size_t i = 0; i + word.len <= text.len; i++)
    if (str_eq_fold(str_sub(text, i, i + word.len), word)) return true;
  return false;
}

static void bind(SQLHSTMT statement, struct found *found) {
  SQLBindCol(statement, 4, SQL_C_CHAR, found->name, NAME_MOST, &found->lengths[0]);
  SQLBindCol(statement, 5, SQL_C_SSHORT, &found->type, 0, &found->lengths[1]);
  SQLBindCol(statement, 6, SQL_C_CHAR, found->type_name, NAME_MOST, &found->lengths[2]);
  SQLBindCol(statement, 7, SQL_C_SLONG, &found->size, 0, &found->lengths[3]);
  SQLBindCol(statement, 11, SQL_C_SSHORT, &found->nullable, 0, &found->lengths[4]);
}

static struct db_column column_of(const struct found *found, const struct dialect *dialect,
                                  struct arena *arena) {
  str type_name = str_of(found->type_name);
  struct db_column column = { .name = arena_str(arena, str_of(found->name)),
                              .type = cell_type(found->type, type_name),
                              .places = NUMBER_ALL,
                              .nullable = found->nullable == SQL_NULLABLE };
  bool tsql = strcmp(dialect->name, "tsql") == 0;
  if (column.type == DB_CHAR) column.width = (uint32_t)found->size;
  if (tsql && (str_eq_fold(type_name, STR("timestamp")) || str_eq_fold(type_name, STR("rowversion"))))
    column.type = DB_ROWVERSION;
  column.identity = holds(type_name, STR("identity")) || holds(type_name, STR("serial")) ||
                    (!dialect->folds && !tsql && str_eq_fold(type_name, STR("INTEGER")));
  return column;
}

static enum outcome read_columns(struct db *db, SQLHSTMT statement, struct arena *arena,
                                 struct db_column **columns, size_t *count, struct err *err) {
  struct found found = { .type = 0 };
  SQLRETURN result;
  bind(statement, &found);
  while (SQL_SUCCEEDED(result = SQLFetch(statement)))
    *ARENA_PUSH(arena, *columns, *count) = column_of(&found, db->dialect, arena);
  return result == SQL_NO_DATA ? OUT_OK : db_failed(db, SQL_HANDLE_STMT, statement, STR_NONE, err);
}

/* "dbo.SOLine" -> dbo, SOLine. The names are patterns to SQLColumns, in which _ stands for any character. */
static void escape(str name, const struct dialect *dialect, const char *escape_with, struct buf *text) {
  for (size_t i = 0; i < name.len; i++) {
    char c = name.at[i];
    if (c == '_' || c == '%') buf_add(text, str_of(escape_with));
    buf_char(text, dialect->folds && c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c);
  }
}

static enum outcome ask_driver(struct db *db, str schema, str name, struct arena *arena,
                               struct db_column **columns, size_t *count, struct err *err) {
  char mark[8] = "";
  SQLSMALLINT len;
  SQLHSTMT statement;
  enum outcome out = statement_new(db, &statement, err);
  if (out) return out;
  SQLGetInfo(db->connection, SQL_SEARCH_PATTERN_ESCAPE, mark, sizeof mark, &len);
  struct buf names[2] = { buf_new(2 * NAME_MOST), buf_new(2 * NAME_MOST) };
  escape(schema, db->dialect, mark, &names[0]);
  escape(name, db->dialect, mark, &names[1]);
  buf_char(&names[0], '\0');
  buf_char(&names[1], '\0');
  if (!SQL_SUCCEEDED(SQLColumns(statement, NULL, 0, schema.len ? (SQLCHAR *)names[0].at : NULL, SQL_NTS,
                                (SQLCHAR *)names[1].at, SQL_NTS, NULL, 0)))
    out = db_failed(db, SQL_HANDLE_STMT, statement, STR_NONE, err);
  else out = read_columns(db, statement, arena, columns, count, err);
  buf_free(&names[0]);
  buf_free(&names[1]);
  statement_free(statement);
  return out;
}

static enum outcome ask_identities(struct db *db, str name, struct arena *arena, struct db_column *columns,
                                   size_t count, struct err *err) {
  struct db_query *query;
  const str *cells;
  struct buf folded = buf_new(NAME_MOST);
  escape(name, db->dialect, "", &folded);
  struct db_value value = db_text(arena_str(arena, buf_str(&folded)));
  buf_free(&folded);
  enum outcome out = db_query_open(db, str_of(db->dialect->identities), &value, 1, &query, err);
  while (!out && !(out = db_query_next(query, &cells, err)))
    for (size_t i = 0; i < count; i++) columns[i].identity |= str_eq(columns[i].name, cells[0]);
  db_query_close(query);
  return out == OUT_END ? OUT_OK : out;
}

enum outcome catalog_columns(struct db *db, str table, struct arena *arena, struct db_column **columns,
                             size_t *count, struct err *err) {
  str schema = STR_NONE, name = table;
  *columns = NULL, *count = 0;
  enum outcome out = db_ready(db, err);
  if (out) return out;
  ptrdiff_t dot = str_find(table, '.');
  if (dot >= 0) schema = str_sub(table, 0, (size_t)dot), name = str_sub(table, (size_t)dot + 1, table.len);
  bool possible = name.len && name.len < NAME_MOST && schema.len < NAME_MOST;
  if (possible) out = ask_driver(db, schema, name, arena, columns, count, err);
  if (!out && *count && db->dialect->identities) out = ask_identities(db, name, arena, *columns, *count, err);
  if (!out && !*count) return err_set(err, OUT_SPEC, "there is no table %.*s", STR_ARG(table));
  if (out) db_spoil(db, true);
  return out;
}
