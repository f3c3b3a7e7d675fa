/* db/insert_send: the rows of an insert to the server, and which of them it does not take. */
#include "db/insert_internal.h"

enum { SQL_MOST = 8 << 20 };

static enum outcome prepare(struct db_insert *insert, struct sized *sized, struct err *err) {
  struct buf sql = buf_new(SQL_MOST);
  struct db_column *columns = ARENA_ARRAY(insert->arena, struct db_column, insert->count);
  for (size_t i = 0; i < insert->count; i++) columns[i] = insert->slots[i].about;
  dialect_insert(insert->db->dialect, insert->table, columns, insert->count, sized->rows, &sql);
  enum outcome out = sql.full ? err_set(err, OUT_BUG, "the INSERT is too long")
                              : statement_new(insert->db, &sized->statement, err);
  if (!out && !SQL_SUCCEEDED(statement_prepare(sized->statement, buf_str(&sql))))
    out = db_failed(insert->db, SQL_HANDLE_STMT, sized->statement, STR_NONE, err);
  buf_free(&sql);
  if (out) {
    statement_free(sized->statement);
    sized->statement = NULL;
  }
  return out;
}

/* ---- by rows: a mark is bound to each slot ---- */

/* The column's own type where the driver can do no better; numbers as text, which the server converts. */
static SQLRETURN bind_slot(SQLHSTMT statement, SQLUSMALLINT number, const struct slot *slot, char *row) {
  SQLULEN size = slot->about.type == DB_CHAR ? slot->about.width : slot->width - 1;
  if (slot->is_stamp)
    return SQLBindParameter(statement, number, SQL_PARAM_INPUT, SQL_C_TYPE_TIMESTAMP, SQL_TYPE_TIMESTAMP, 19,
                            0, row + slot->at, 0, NULL);
  /* Without a length the text ends at its NUL: sqliteodbc copies each text that has one. */
  return SQLBindParameter(statement, number, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, size, 0,
                          row + slot->at, (SQLLEN)slot->width, NULL);
}

static enum outcome bind_rows(struct db_insert *insert, struct sized *sized, size_t first, struct err *err) {
  char *row = insert->rows + first * insert->stride;
  SQLUSMALLINT number = 1;
  if (sized->bound_to == row) return OUT_OK;
  sized->bound_to = NULL;
  for (size_t i = 0; i < sized->rows; i++)
    for (size_t j = 0; j < insert->count; j++)
      if (!SQL_SUCCEEDED(bind_slot(sized->statement, number++, &insert->slots[j], row + i * insert->stride)))
        return db_failed(insert->db, SQL_HANDLE_STMT, sized->statement, STR_NONE, err);
  sized->bound_to = row;
  return OUT_OK;
}

/* ---- by columns: {"0060","0060"} for each ---- */

static void add_element(struct buf *array, str cell) {
  buf_char(array, '"');
  for (size_t i = 0; i < cell.len; i++) {
    if (cell.at[i] == '"' || cell.at[i] == '\\') buf_char(array, '\\');
    buf_char(array, cell.at[i]);
  }
  buf_char(array, '"');
}

static enum outcome bind_arrays(struct db_insert *insert, struct sized *sized, size_t first, size_t count,
                                struct err *err) {
  for (size_t j = 0; j < insert->count; j++) {
    struct slot *slot = &insert->slots[j];
    buf_clear(&slot->array);
    for (size_t i = first; i < first + count; i++) {
      buf_char(&slot->array, i == first ? '{' : ',');
      add_element(&slot->array, (str){ insert->rows + i * insert->stride + slot->at,
                                       insert->lengths[i * insert->count + j] });
    }
    buf_char(&slot->array, '}');
    buf_char(&slot->array, '\0');
    if (slot->array.full) return err_set(err, OUT_BUG, "an insert's array is too long");
    if (!SQL_SUCCEEDED(SQLBindParameter(sized->statement, (SQLUSMALLINT)(j + 1), SQL_PARAM_INPUT, SQL_C_CHAR,
                                        SQL_LONGVARCHAR, slot->array.len, 0, slot->array.at,
                                        (SQLLEN)slot->array.len, NULL)))
      return db_failed(insert->db, SQL_HANDLE_STMT, sized->statement, STR_NONE, err);
  }
  return OUT_OK;
}

/* ---- statements ---- */

/* The largest statement that is not larger than `count`. By columns there is one, for any count. */
static struct sized *size_for(struct db_insert *insert, size_t count) {
  size_t i = 0;
  if (insert->db->dialect->way == DB_BY_ROWS)
    while (insert->sizes[i].rows > count) i++;
  return &insert->sizes[i];
}

static enum outcome execute(struct db_insert *insert, struct sized *sized, size_t first, size_t count,
                            struct err *err) {
  enum outcome out = OUT_OK;
  if (!sized->statement) out = prepare(insert, sized, err);
  if (out) return out;
  out = insert->db->dialect->way == DB_BY_ROWS ? bind_rows(insert, sized, first, err)
                                               : bind_arrays(insert, sized, first, count, err);
  if (out) return out;
  if (!db_went_well(SQLExecute(sized->statement)))
    return db_failed(insert->db, SQL_HANDLE_STMT, sized->statement, STR_NONE, err);
  return statement_drain(insert->db, sized->statement, STR_NONE, NULL, err);
}

static enum outcome send(struct db_insert *insert, size_t first, size_t count, struct err *err);

/* The rows were taken back. One alone is the bad one; more are sent again in halves. */
static enum outcome send_again(struct db_insert *insert, size_t first, size_t count, struct err *err) {
  if (count == 1) return insert_bad_row(insert, insert->numbers[first], err);
  enum outcome out = send(insert, first, count / 2, err);
  return out ? out : send(insert, first + count / 2, count - count / 2, err);
}

static enum outcome guarded(struct db_insert *insert, const char *statement, struct err *err) {
  return statement ? statement_run(insert->db, str_of(statement), err) : OUT_OK;
}

/* One statement's rows. What cannot be taken back ends the transaction. */
static enum outcome send_piece(struct db_insert *insert, struct sized *sized, size_t first, size_t count,
                               struct err *err) {
  const struct dialect *dialect = insert->db->dialect;
  struct err ignored = { 0 };
  enum outcome out = guarded(insert, dialect->savepoint, err);
  if (!out) out = execute(insert, sized, first, count, err);
  if (!out) return guarded(insert, dialect->release, err);
  enum db_fault fault = insert->db->fault;
  bool dead =
      out == OUT_BUG || !diagnose_is_of_rows(fault) || guarded(insert, dialect->back, &ignored) != OUT_OK;
  insert->db->fault = fault;
  db_spoil(insert->db, dead);
  return dead ? out : send_again(insert, first, count, err);
}

static enum outcome send(struct db_insert *insert, size_t first, size_t count, struct err *err) {
  enum outcome out = OUT_OK;
  while (count && !out) {
    struct sized *sized = size_for(insert, count);
    size_t rows = sized->rows < count ? sized->rows : count;
    out = send_piece(insert, sized, first, rows, err);
    first += rows, count -= rows;
  }
  return out;
}

enum outcome insert_send(struct db_insert *insert, struct err *err) {
  enum outcome out = send(insert, 0, insert->waiting, err);
  insert->db->waiting -= insert->waiting;
  insert->waiting = 0;
  if (out) db_spoil(insert->db, true);
  return out ? err_of_field(err, insert->table, STR_NONE) : OUT_OK;
}
