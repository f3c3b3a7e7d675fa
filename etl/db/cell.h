/* db/cell: a column of a result, from the driver's buffer to text.
 *
 * Results are fetched in blocks: each column has one buffer for all rows of a
 * block. A row's cells are made into text when the row is asked for.
 */
#ifndef SLUICE_DB_CELL_H
#define SLUICE_DB_CELL_H

#include "db/db_internal.h"
#include "db/moment.h"
#include "db/number.h"

struct cell_column {
  struct db_column about; /* as expected, which may be other than described */
  bool is_stamp;          /* the buffer holds SQL_TIMESTAMP_STRUCT */
  size_t width;           /* bytes of one row's place in the buffer */
  char *buffer;
  SQLLEN *lengths;
  char text[DEC_TEXT_MOST]; /* where a converted cell lies */
};

/* Describes column `number` (from 1) of an executed statement; names lie in the arena. */
enum outcome cell_describe(struct db *db, SQLHSTMT statement, size_t number, struct arena *arena,
                           struct cell_column *column, struct err *err);
/* The db_type of a driver's type. */
enum db_type cell_type(SQLSMALLINT sql_type, str type_name);
enum outcome cell_text(struct cell_column *column, size_t row, str *cell, struct err *err);

#endif
