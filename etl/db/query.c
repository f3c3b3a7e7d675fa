/* db/query: rows of a SELECT. */
#include "db/query.h"
#include "db/cell.h"
#include "db/marks.h"

enum { SQL_MOST = 1 << 20, BLOCK_BYTES = 256 * 1024, BLOCK_ROWS = 500 };

struct db_query {
  struct db *db;
  struct arena *arena;
  const struct db_value *values;
  size_t value_count;
  const struct db_value *list; /* NULL: there is none */
  size_t from, batch;          /* its elements of this run are from .. from + batch */
  struct kept *kept;
  struct bound *bound;
  struct cell_column *columns;
  struct db_column *about;
  size_t count, rows, row; /* columns; rows of the block, and the next of them */
  SQLULEN fetched;
  str *cells;
  bool described, failed;
};

static enum outcome failed(struct db_query *query, struct err *err) {
  query->failed = true;
  db_spoil(query->db, true);
  return db_failed(query->db, SQL_HANDLE_STMT, query->kept->statement, STR_NONE, err);
}

static enum outcome describe(struct db_query *query, struct err *err) {
  SQLSMALLINT count = 0;
  if (!SQL_SUCCEEDED(SQLNumResultCols(query->kept->statement, &count))) return failed(query, err);
  if (count < 1) return err_set(err, OUT_SPEC, "the query gives no columns");
  query->count = (size_t)count;
  query->columns = ARENA_ARRAY(query->arena, struct cell_column, query->count);
  query->about = ARENA_ARRAY(query->arena, struct db_column, query->count);
  query->cells = ARENA_ARRAY(query->arena, str, query->count);
  for (size_t i = 0; i < query->count; i++) {
    enum outcome out =
        cell_describe(query->db, query->kept->statement, i + 1, query->arena, &query->columns[i], err);
    if (out) return out;
    query->about[i] = query->columns[i].about;
  }
  return OUT_OK;
}

/* One buffer for each column, for as many rows as a block has. */
static enum outcome bind_columns(struct db_query *query, struct err *err) {
  SQLHSTMT statement = query->kept->statement;
  size_t bytes = 0;
  for (size_t i = 0; i < query->count; i++) bytes += query->columns[i].width + sizeof(SQLLEN);
  size_t rows = BLOCK_BYTES / bytes;
  rows = rows < 1 ? 1 : rows < BLOCK_ROWS ? rows : BLOCK_ROWS;
  SQLSetStmtAttr(statement, SQL_ATTR_ROW_BIND_TYPE, (SQLPOINTER)SQL_BIND_BY_COLUMN, 0);
  SQLSetStmtAttr(statement, SQL_ATTR_ROW_ARRAY_SIZE, (SQLPOINTER)(intptr_t)rows, 0);
  SQLSetStmtAttr(statement, SQL_ATTR_ROWS_FETCHED_PTR, &query->fetched, 0);
  for (size_t i = 0; i < query->count; i++) {
    struct cell_column *column = &query->columns[i];
    column->buffer = arena_alloc(query->arena, column->width * rows);
    column->lengths = ARENA_ARRAY(query->arena, SQLLEN, rows);
    if (!SQL_SUCCEEDED(SQLBindCol(statement, (SQLUSMALLINT)(i + 1),
                                  column->is_stamp ? SQL_C_TYPE_TIMESTAMP : SQL_C_CHAR, column->buffer,
                                  (SQLLEN)column->width, column->lengths)))
      return failed(query, err);
  }
  return OUT_OK;
}

static enum outcome execute(struct db_query *query, struct err *err) {
  enum outcome out = bound_values(query->bound, query->db, query->kept->statement, query->values,
                                  query->value_count, query->from, query->from + query->batch, err);
  if (out) return out;
  if (!db_went_well(SQLExecute(query->kept->statement))) return failed(query, err);
  if (query->described) return OUT_OK;
  query->described = true;
  out = describe(query, err);
  return out ? out : bind_columns(query, err);
}

static enum outcome prepare(struct db_query *query, str sql, struct err *err) {
  struct buf text = buf_new(SQL_MOST);
  enum outcome out = marks_expand(sql, query->values, query->value_count, query->batch, &text, err);
  if (!out) {
    out = statement_keep(query->db, buf_str(&text), &query->kept, err);
    if (out) {
      query->kept = NULL;
      db_spoil(query->db, true);
    }
  }
  buf_free(&text);
  return out;
}

enum outcome db_query_open(struct db *db, str sql, const struct db_value *values, size_t count,
                           struct db_query **opened, struct err *err) {
  *opened = NULL;
  enum outcome out = db_ready(db, err);
  if (out) return out;
  struct db_query *query = mem_alloc(sizeof *query);
  *query = (struct db_query){ .db = db, .arena = arena_new(), .values = values, .value_count = count };
  query->bound = bound_new();
  for (size_t i = 0; i < count; i++)
    if (values[i].list) query->list = &values[i];
  if (query->list) query->batch = query->list->count < DB_LIST_MOST ? query->list->count : DB_LIST_MOST;
  db->querying = true;
  bool empty = query->list && !query->list->count;
  if (!empty) out = prepare(query, sql, err);
  if (!out && !empty) out = execute(query, err);
  if (out) db_query_close(query);
  else *opened = query;
  return out;
}

const struct db_column *db_query_columns(const struct db_query *query, size_t *count) {
  *count = query->count;
  return query->about;
}

void db_query_expect(struct db_query *query, size_t column, enum db_type type, int32_t places) {
  if (column >= query->count) return; /* an empty list was not asked at all */
  query->columns[column].about.type = query->about[column].type = type;
  query->columns[column].about.places = query->about[column].places = places;
}

/* The next block; of the next part of the list, when this one is used up. */
static enum outcome next_block(struct db_query *query, struct err *err) {
  if (!query->kept) return OUT_END;
  for (;;) {
    query->row = 0, query->rows = 0, query->fetched = 0;
    SQLRETURN result = SQLFetch(query->kept->statement);
    if (SQL_SUCCEEDED(result)) query->rows = query->fetched;
    else if (result != SQL_NO_DATA) return failed(query, err);
    if (query->rows) return OUT_OK;
    query->from += query->batch;
    if (!query->list || query->from >= query->list->count) return OUT_END;
    SQLFreeStmt(query->kept->statement, SQL_CLOSE);
    enum outcome out = execute(query, err);
    if (out) return out;
  }
}

enum outcome db_query_next(struct db_query *query, const str **cells, struct err *err) {
  *cells = query->cells;
  if (query->failed) return err_set(err, OUT_BUG, "the query failed");
  enum outcome out = query->row < query->rows ? OUT_OK : next_block(query, err);
  for (size_t i = 0; i < query->count && !out; i++)
    out = cell_text(&query->columns[i], query->row, &query->cells[i], err);
  query->row++;
  return out;
}

void db_query_close(struct db_query *query) {
  if (!query) return;
  query->db->querying = false;
  if (query->kept) statement_give_back(query->kept, !query->failed);
  bound_free(query->bound);
  arena_free(query->arena);
  mem_free(query);
}

enum outcome db_query_row(struct db *db, str sql, const struct db_value *values, size_t count,
                          struct arena *arena, str *cells, size_t columns, struct err *err) {
  struct db_query *query;
  const str *row;
  enum outcome out = db_query_open(db, sql, values, count, &query, err);
  if (out) return out;
  if (query->count != columns && query->count)
    out = err_set(err, OUT_BUG, "the query gives %zu columns, not %zu", query->count, columns);
  if (!out) out = db_query_next(query, &row, err);
  for (size_t i = 0; i < columns && !out; i++) cells[i] = row[i].at ? arena_str(arena, row[i]) : row[i];
  if (!out) {
    enum outcome more = db_query_next(query, &row, err);
    if (more != OUT_END)
      out = more ? more : err_set(err, OUT_DATA, "more than one row where there should be one");
  }
  db_query_close(query);
  return out;
}
