/* db/cell: a column of a result, from the driver's buffer to text. */
#include "db/cell.h"

#include <string.h>

enum { NAME_MOST = 256, NARROW = 64, UTF8_MOST = 4 };

static bool holds(str text, str word) {
  for (size_t i = 0; i + word.len <= text.len; i++)
    if (str_eq_fold(str_sub(text, i, i + word.len), word)) return true;
  return false;
}

/* SQLite keeps dates as text, and its driver does not know SMALLDATETIME; but the column's own type says it.
 */
enum db_type cell_type(SQLSMALLINT sql_type, str type_name) {
  if (holds(type_name, STR("datetime"))) return DB_DATETIME;
  switch (sql_type) {
  case SQL_TYPE_TIMESTAMP:
  case SQL_TYPE_DATE:
  case SQL_DATETIME:
  case SQL_TIMESTAMP: return DB_DATETIME;
  case SQL_CHAR:
  case SQL_VARCHAR:
  case SQL_WCHAR:
  case SQL_WVARCHAR: return DB_CHAR;
  case SQL_LONGVARCHAR:
  case SQL_WLONGVARCHAR: return DB_TEXT;
  case SQL_FLOAT:
  case SQL_REAL:
  case SQL_DOUBLE: return DB_FLOAT;
  case SQL_BIT:
  case SQL_TINYINT:
  case SQL_SMALLINT: return DB_SMALLINT;
  case SQL_INTEGER: return DB_INT;
  default: return DB_OTHER;
  }
}

static size_t width_of(const struct cell_column *column, SQLULEN size) {
  switch (column->about.type) {
  case DB_TEXT: return DB_CELL_MOST + 1; /* psqlodbc says 8,190 of any */
  case DB_CHAR:
    if (size == 0 || size * UTF8_MOST > DB_CELL_MOST) return DB_CELL_MOST + 1;
    return size * UTF8_MOST < NARROW ? NARROW : size * UTF8_MOST + 1;
  case DB_OTHER: return 4 * NARROW;
  default: return NARROW;
  }
}

enum outcome cell_describe(struct db *db, SQLHSTMT statement, size_t number, struct arena *arena,
                           struct cell_column *column, struct err *err) {
  char name[NAME_MOST] = "", type_name[NAME_MOST] = "";
  SQLSMALLINT len, type, decimals, nullable;
  SQLULEN size;
  if (!SQL_SUCCEEDED(SQLDescribeCol(statement, (SQLUSMALLINT)number, (SQLCHAR *)name, sizeof name, &len,
                                    &type, &size, &decimals, &nullable)))
    return db_failed(db, SQL_HANDLE_STMT, statement, STR_NONE, err);
  SQLColAttribute(statement, (SQLUSMALLINT)number, SQL_DESC_TYPE_NAME, type_name, sizeof type_name, &len,
                  NULL);
  column->about = (struct db_column){ .name = arena_str(arena, str_of(name)),
                                      .type = cell_type(type, str_of(type_name)),
                                      .places = NUMBER_ALL,
                                      .nullable = nullable != SQL_NO_NULLS };
  if (column->about.type == DB_CHAR) column->about.width = (uint32_t)size;
  column->is_stamp = type == SQL_TYPE_TIMESTAMP || type == SQL_TYPE_DATE;
  column->width = column->is_stamp ? sizeof(SQL_TIMESTAMP_STRUCT) : width_of(column, size);
  return OUT_OK;
}

static str trim_right(str text) {
  while (text.len && text.at[text.len - 1] == ' ') text.len--;
  return text;
}

static enum outcome stamp_text(struct cell_column *column, size_t row, str *cell) {
  const SQL_TIMESTAMP_STRUCT *stamp = (const void *)(column->buffer + row * column->width);
  moment_format(
      (struct moment){ stamp->year, stamp->month, stamp->day, stamp->hour, stamp->minute, stamp->second },
      'T', column->text);
  *cell = (str){ column->text, MOMENT_TEXT - 1 };
  return OUT_OK;
}

/* "19.5" -> "19.50", the many cells that need no arithmetic. */
static bool pad_places(str text, int32_t places, char *padded, size_t *len) {
  size_t point = text.len, first = text.len && text.at[0] == '-';
  bool nought = true;
  if (text.len == first || text.len - first > NUMBER_DIGITS || text.at[first] == '.') return false;
  for (size_t i = first; i < text.len; i++) {
    char c = text.at[i];
    if (c == '.' && point == text.len) point = i;
    else if (c < '0' || c > '9') return false;
    else nought &= c == '0';
  }
  size_t decimals = point < text.len ? text.len - point - 1 : 0;
  if (places < 0 || decimals > (size_t)places || point - first + (size_t)places > NUMBER_DIGITS ||
      (first && nought))
    return false;
  if (decimals == 0 && point < text.len) text.len = point;
  memcpy(padded, text.at, text.len);
  *len = text.len;
  if (places && !decimals) padded[(*len)++] = '.';
  for (; decimals < (size_t)places; decimals++) padded[(*len)++] = '0';
  return true;
}

static bool float_text(struct cell_column *column, str text, str *cell) {
  dec value;
  cell->at = column->text;
  if (pad_places(text, column->about.places, column->text, &cell->len)) return true;
  if (!number_from_float(text, column->about.places, &value)) return false;
  cell->len = dec_format(value, column->text);
  return true;
}

static bool moment_text(struct cell_column *column, str text, str *cell) {
  struct moment at;
  if (!moment_parse(text, &at)) return false;
  moment_format(at, 'T', column->text);
  *cell = (str){ column->text, MOMENT_TEXT - 1 };
  return true;
}

enum outcome cell_text(struct cell_column *column, size_t row, str *cell, struct err *err) {
  SQLLEN len = column->lengths[row];
  *cell = (str){ NULL, 0 };
  if (len == SQL_NULL_DATA) return OUT_OK;
  if (column->is_stamp) return stamp_text(column, row, cell);
  if (len < 0 || (size_t)len >= column->width) {
    err_set(err, OUT_DATA, "a value of %ld bytes, where the database says there are %zu at most", (long)len,
            column->width - 1);
    return err_of_field(err, STR_NONE, column->about.name);
  }
  str text = trim_right((str){ column->buffer + row * column->width, (size_t)len });
  bool good = true;
  if (column->about.type == DB_FLOAT) good = float_text(column, text, cell);
  else if (column->about.type == DB_DATETIME) good = moment_text(column, text, cell);
  else *cell = text;
  if (good) return OUT_OK;
  err_set(err, OUT_DATA, "\"%.*s\" is no %s", (int)(text.len < NARROW ? text.len : NARROW), text.at,
          column->about.type == DB_FLOAT ? "number that a FLOAT can hold exactly" : "date");
  return err_of_field(err, STR_NONE, column->about.name);
}
