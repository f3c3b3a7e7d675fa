/* db/insert_internal: rows that wait to be sent, and how they are.
 *
 * A row is a stretch of `stride` bytes in which each column has its slot: a
 * text with its NUL, or a timestamp. Statements bind the slots themselves,
 * so nothing is copied twice.
 */
#ifndef SLUICE_DB_INSERT_INTERNAL_H
#define SLUICE_DB_INSERT_INTERNAL_H

#include "db/db_internal.h"
#include "db/insert.h"

enum { INSERT_SIZES = 12 }; /* a full statement, and 512, 256, .. 1 rows */

struct slot {
  struct db_column about;
  size_t at, width; /* in the row; with the NUL */
  bool is_stamp;
  str blank;
  struct buf array; /* DB_BY_COLUMNS: the cells of all rows */
};

/* A statement for so many rows, made when it is first needed. */
struct sized {
  size_t rows;
  SQLHSTMT statement;
  const char *bound_to; /* the row that its first marks are bound to */
};

struct db_insert {
  struct db *db;
  struct arena *arena;
  str table;
  struct slot *slots;
  size_t count, stride, most; /* columns, bytes of a row, rows of a full statement */
  char *rows;
  uint32_t *lengths; /* of each cell: [row * count + column] */
  uint64_t *numbers; /* of each row */
  size_t waiting;
  uint64_t transaction, number; /* the rows before this belong to it; the last row's number */
  struct sized sizes[INSERT_SIZES];
  void (*bad)(void *self, uint64_t row, const struct err *err);
  void *self;
  struct err first; /* the first bad row of the transaction */
};

/* Checks a cell and puts it into its slot. OUT_DATA: it does not fit. */
enum outcome insert_put(const struct slot *slot, str cell, char *at, uint32_t *len, struct err *err);
/* Sends all rows that wait. Bad rows have been told; it fails for other reasons, or with the first when
 * nobody is. */
enum outcome insert_send(struct db_insert *insert, struct err *err);
/* What becomes of a row that is bad: told, or the outcome. */
enum outcome insert_bad_row(struct db_insert *insert, uint64_t number, struct err *err);

#endif
