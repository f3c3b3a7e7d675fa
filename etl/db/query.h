/* db/query: rows of a SELECT, or one statement without rows.
 *
 * A query is text with "?" for each value; values are bound, never pasted.
 * A value may be a list: its mark becomes as many marks, at most 500, and a
 * longer list runs the query again for the next 500 (one list per query; the
 * rows of each run come in the query's own order). No list element, no rows.
 *
 *   str orders[] = { STR("000123"), STR("000124") };
 *   struct db_value values[] = { db_text(STR("0060")), db_list(DB_CHAR, orders, 2) };
 *   db_query_open(db, STR("SELECT OrdNbr, TotOrd FROM SOHeader WHERE CpnyID = ? AND OrdNbr IN (?)"), values,
 * 2, &query, &err); db_query_places(query, 1, 2); const str *cells; while (!(out = db_query_next(query,
 * &cells, &err))) ...      cells[1] is "19.95" db_query_close(query);
 *
 * Cells are text: trailing blanks cut off, FLOAT rounded to the stated places
 * (db/number.h), dates as "2026-11-03T04:05:06", NULL as absent (.at == NULL).
 * A cell is good until the next call. A cell of more than 64 KiB is OUT_DATA.
 * An absent value matches nothing in a query, and is OUT_DATA in db_execute.
 *
 * sqliteodbc and psqlodbc hold all rows of a query in memory, FreeTDS does not.
 */
#ifndef SLUICE_DB_QUERY_H
#define SLUICE_DB_QUERY_H

#include "base/memory.h"
#include "db/connect.h"

enum { DB_LIST_MOST = 500, DB_CELL_MOST = 64 * 1024 };

struct db_value {
  enum db_type type; /* DB_CHAR, DB_FLOAT, DB_INT, DB_DATETIME; how the text is bound */
  str text;
  const str *list; /* NULL: not a list */
  size_t count;
};
struct db_value db_text(str text);
struct db_value db_integer(int64_t number, char text[24]); /* the value's text lies there */
struct db_value db_typed(enum db_type type, str text);
struct db_value db_list(enum db_type type, const str *list, size_t count);

struct db_query;
/* `values` must live until the query is closed. */
enum outcome db_query_open(struct db *db, str sql, const struct db_value *values, size_t count,
                           struct db_query **query, struct err *err);
/* As the driver describes them: name, type, width. */
const struct db_column *db_query_columns(const struct db_query *query, size_t *count);
/* What the caller knows better than the driver, before the first row: SQLite does not tell what MAX(OrdDate)
 * or SUM(TotOrd) is, and no driver how many places a FLOAT has (-1: as many as there are). */
void db_query_expect(struct db_query *query, size_t column, enum db_type type, int32_t places);
enum outcome db_query_next(struct db_query *query, const str **cells, struct err *err);
void db_query_close(struct db_query *query); /* NULL is fine */

/* The only row of a query, copied; OUT_END: none, OUT_DATA: more than one. `cells` has room for all columns.
 */
enum outcome db_query_row(struct db *db, str sql, const struct db_value *values, size_t count,
                          struct arena *arena, str *cells, size_t columns, struct err *err);
/* INSERT, UPDATE, DELETE, DDL. `rows`: how many were changed; may be NULL. */
enum outcome db_execute(struct db *db, str sql, const struct db_value *values, size_t count, uint64_t *rows,
                        struct err *err);

#endif
