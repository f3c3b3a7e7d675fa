/* db/bound: values bound to the marks of a statement. */
#include "db/db_internal.h"
#include "db/moment.h"
#include "db/number.h"

#include <stdio.h>
#include <string.h>

enum { VARCHAR_MOST = 8000 }; /* of SQL Server */

struct bound {
  struct arena *arena;
};

struct db_value db_text(str text) {
  return (struct db_value){ .type = DB_CHAR, .text = text };
}
struct db_value db_typed(enum db_type type, str text) {
  return (struct db_value){ .type = type, .text = text };
}

struct db_value db_integer(int64_t number, char text[24]) {
  snprintf(text, 24, "%lld", (long long)number);
  return db_typed(DB_INT, str_of(text));
}

struct db_value db_list(enum db_type type, const str *list, size_t count) {
  return (struct db_value){
    .type = type, .text = STR_NONE, .list = list ? list : &(const str){ "", 0 }, .count = count
  };
}

struct bound *bound_new(void) {
  struct bound *bound = mem_alloc(sizeof *bound);
  bound->arena = arena_new();
  return bound;
}

void bound_free(struct bound *bound) {
  if (!bound) return;
  arena_free(bound->arena);
  mem_free(bound);
}

static SQLRETURN bind(SQLHSTMT statement, SQLUSMALLINT number, SQLSMALLINT c_type, SQLSMALLINT type,
                      SQLULEN size, void *at) {
  return SQLBindParameter(statement, number, SQL_PARAM_INPUT, c_type, type, size, 0, at, 0, NULL);
}

/* A few sizes, so that SQL Server keeps one plan for all values of a column. */
static SQLULEN size_of(size_t len) {
  static const SQLULEN sizes[] = { 16, 64, 256, 1024, VARCHAR_MOST };
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
    if (len <= sizes[i]) return sizes[i];
  return len;
}

static SQLRETURN bind_text(struct bound *bound, SQLHSTMT statement, SQLUSMALLINT number, str text) {
  SQLULEN size = size_of(text.len);
  return bind(statement, number, SQL_C_CHAR, size > VARCHAR_MOST ? SQL_LONGVARCHAR : SQL_VARCHAR, size,
              (void *)arena_text(bound->arena, text));
}

static SQLRETURN bind_moment(struct bound *bound, struct db *db, SQLHSTMT statement, SQLUSMALLINT number,
                             struct moment at) {
  if (db->dialect->dates_as_text) {
    char text[MOMENT_TEXT];
    moment_format(at, ' ', text);
    return bind_text(bound, statement, number, str_of(text));
  }
  SQL_TIMESTAMP_STRUCT *stamp = ARENA_NEW(bound->arena, SQL_TIMESTAMP_STRUCT);
  *stamp = (SQL_TIMESTAMP_STRUCT){ (SQLSMALLINT)at.year,
                                   (SQLUSMALLINT)at.month,
                                   (SQLUSMALLINT)at.day,
                                   (SQLUSMALLINT)at.hour,
                                   (SQLUSMALLINT)at.minute,
                                   (SQLUSMALLINT)at.second,
                                   0 };
  return bind(statement, number, SQL_C_TYPE_TIMESTAMP, SQL_TYPE_TIMESTAMP, 19, stamp);
}

static SQLRETURN bind_integer(struct bound *bound, SQLHSTMT statement, SQLUSMALLINT number, int64_t value) {
  if (value >= INT32_MIN && value <= INT32_MAX) {
    SQLINTEGER *small = ARENA_NEW(bound->arena, SQLINTEGER);
    *small = (SQLINTEGER)value;
    return bind(statement, number, SQL_C_SLONG, SQL_INTEGER, 0, small);
  }
  SQLBIGINT *large = ARENA_NEW(bound->arena, SQLBIGINT);
  *large = value;
  return bind(statement, number, SQL_C_SBIGINT, SQL_BIGINT, 0, large);
}

static SQLRETURN bind_null(struct bound *bound, SQLHSTMT statement, SQLUSMALLINT number) {
  SQLLEN *null = ARENA_NEW(bound->arena, SQLLEN);
  *null = SQL_NULL_DATA;
  return SQLBindParameter(statement, number, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 1, 0, NULL, 0, null);
}

static enum outcome bind_one(struct bound *bound, struct db *db, SQLHSTMT statement, SQLUSMALLINT number,
                             enum db_type type, str text, struct err *err) {
  SQLRETURN result;
  struct moment at;
  int64_t whole;
  char written[DEC_TEXT_MOST];
  size_t len;
  bool good = true;
  if (!text.at) result = bind_null(bound, statement, number);
  else if (type == DB_DATETIME && (good = moment_parse(text, &at)))
    result = bind_moment(bound, db, statement, number, at);
  else if ((type == DB_INT || type == DB_SMALLINT) && (good = str_to_int(text, &whole)))
    result = bind_integer(bound, statement, number, whole);
  else if (type == DB_FLOAT && (good = number_to_float(text, NUMBER_ALL, written, &len)))
    result = bind_text(bound, statement, number, (str){ written, len });
  else if (good && (good = text.len <= DB_CELL_MOST && !memchr(text.at, '\0', text.len)))
    result = bind_text(bound, statement, number, text);
  if (!good)
    return err_set(err, OUT_DATA, "value %u, \"%.*s\", is not of its type", number,
                   (int)(text.len < 60 ? text.len : 60), text.at);
  return SQL_SUCCEEDED(result) ? OUT_OK : db_failed(db, SQL_HANDLE_STMT, statement, STR_NONE, err);
}

enum outcome bound_values(struct bound *bound, struct db *db, SQLHSTMT statement,
                          const struct db_value *values, size_t count, size_t from, size_t to,
                          struct err *err) {
  enum outcome out = OUT_OK;
  SQLUSMALLINT number = 1;
  arena_reset(bound->arena);
  for (size_t i = 0; i < count && !out; i++) {
    const struct db_value *value = &values[i];
    if (!value->list) out = bind_one(bound, db, statement, number++, value->type, value->text, err);
    /* Past the end of a list its last element stands again: a set does not change by it. */
    for (size_t j = from; value->list && j < to && !out; j++)
      out = bind_one(bound, db, statement, number++, value->type,
                     value->list[j < value->count ? j : value->count - 1], err);
  }
  return out;
}
