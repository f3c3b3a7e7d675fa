/* db/dialect_sql: the statements that are made here, in any dialect. */
#include "db/dialect.h"

static void add_names(const struct dialect *dialect, const str *names, size_t count, const char *between,
                      const char *behind, struct buf *sql) {
  for (size_t i = 0; i < count; i++) {
    if (i) buf_add(sql, str_of(between));
    dialect_name(dialect, names[i], sql);
    buf_add(sql, str_of(behind));
  }
}

static void add_where(const struct dialect *dialect, const str *keys, size_t count, struct buf *sql) {
  buf_add(sql, STR(" WHERE "));
  add_names(dialect, keys, count, " AND ", " = ?", sql);
}

static void add_row_marks(size_t count, struct buf *sql) {
  for (size_t i = 0; i < count; i++) buf_add(sql, i ? STR(", ?") : STR("(?"));
  buf_char(sql, ')');
}

static void add_array_marks(const struct dialect *dialect, const struct db_column *columns, size_t count,
                            struct buf *sql) {
  buf_add(sql, STR("SELECT "));
  for (size_t i = 0; i < count; i++)
    buf_printf(sql, "%sunnest(?::%s)", i ? ", " : "", dialect->arrays[columns[i].type]);
}

void dialect_insert(const struct dialect *dialect, str table, const struct db_column *columns, size_t count,
                    size_t rows, struct buf *sql) {
  buf_printf(sql, "%sINSERT INTO ", dialect->keep);
  dialect_name(dialect, table, sql);
  for (size_t i = 0; i < count; i++) {
    buf_add(sql, i ? STR(", ") : STR(" ("));
    dialect_name(dialect, columns[i].name, sql);
  }
  buf_add(sql, STR(") "));
  if (dialect->way == DB_BY_COLUMNS) {
    add_array_marks(dialect, columns, count, sql);
    return;
  }
  for (size_t i = 0; i < rows; i++) {
    buf_add(sql, i ? STR(", ") : STR("VALUES "));
    add_row_marks(count, sql);
  }
}

void dialect_select_locked(const struct dialect *dialect, str table, const str *columns, size_t count,
                           const str *keys, size_t key_count, struct buf *sql) {
  buf_add(sql, STR("SELECT "));
  add_names(dialect, columns, count, ", ", "", sql);
  buf_add(sql, STR(" FROM "));
  dialect_name(dialect, table, sql);
  buf_add(sql, str_of(dialect->lock_table));
  add_where(dialect, keys, key_count, sql);
  buf_add(sql, str_of(dialect->lock_end));
}

void dialect_update(const struct dialect *dialect, str table, const str *columns, size_t count,
                    const str *keys, size_t key_count, struct buf *sql) {
  buf_add(sql, STR("UPDATE "));
  dialect_name(dialect, table, sql);
  buf_add(sql, STR(" SET "));
  add_names(dialect, columns, count, ", ", " = ?", sql);
  add_where(dialect, keys, key_count, sql);
}

void dialect_delete(const struct dialect *dialect, str table, const str *keys, size_t key_count,
                    struct buf *sql) {
  buf_add(sql, STR("DELETE FROM "));
  dialect_name(dialect, table, sql);
  add_where(dialect, keys, key_count, sql);
}

/* SQLite: an INTEGER numbers itself only as the table's own key. */
static bool is_own_key(const struct dialect *dialect, const struct db_column *column) {
  return column->identity && str_eq(str_of(dialect->identity), STR("INTEGER"));
}

static bool add_column(const struct dialect *dialect, const struct db_column *column, struct buf *sql) {
  dialect_name(dialect, column->name, sql);
  buf_char(sql, ' ');
  dialect_type(dialect, column, sql);
  if (is_own_key(dialect, column)) buf_add(sql, STR(" PRIMARY KEY"));
  if (!column->nullable) buf_add(sql, STR(" NOT NULL"));
  return is_own_key(dialect, column);
}

void dialect_create(const struct dialect *dialect, str table, const struct db_column *columns, size_t count,
                    const str *keys, size_t key_count, struct buf *sql) {
  bool has_key = false;
  buf_add(sql, STR("CREATE TABLE "));
  dialect_name(dialect, table, sql);
  buf_add(sql, STR(" ("));
  for (size_t i = 0; i < count; i++) {
    if (i) buf_add(sql, STR(", "));
    has_key |= add_column(dialect, &columns[i], sql);
  }
  if (key_count) {
    buf_add(sql, has_key ? STR(", UNIQUE (") : STR(", PRIMARY KEY ("));
    add_names(dialect, keys, key_count, ", ", "", sql);
    buf_char(sql, ')');
  }
  buf_char(sql, ')');
}

void dialect_create_index(const struct dialect *dialect, str index, str table, const str *columns,
                          size_t count, bool unique, struct buf *sql) {
  buf_add(sql, unique ? STR("CREATE UNIQUE INDEX ") : STR("CREATE INDEX "));
  dialect_name(dialect, index, sql);
  buf_add(sql, STR(" ON "));
  dialect_name(dialect, table, sql);
  buf_add(sql, STR(" ("));
  add_names(dialect, columns, count, ", ", "", sql);
  buf_char(sql, ')');
}
