/* load/rows_read: a rows file (load/rows.c shows one) back to documents, strictly.
 *
 * One document at a time, with all its rows, in memory of the caller's: an arena that he empties when he is
 * done with it. What was written by load/rows.c is read; anything else is OUT_DATA with its line and column,
 * so a file that was cut, mended by hand or damaged is refused at the first byte that is wrong.
 *
 *   struct rows_reader *reader;
 *   if (rows_open(path, &reader, &err)) return err.outcome;
 *   while (!(out = rows_next(reader, arena, &document, &err)))
 *     for (size_t i = 0; i < document.count; i++) ...   document.rows[i].kind->name is "SOLine"
 *   rows_close(reader);                                 out: OUT_END behind the last line, or what was wrong
 */
#ifndef SLUICE_LOAD_ROWS_READ_H
#define SLUICE_LOAD_ROWS_READ_H

#include "base/err.h"
#include "base/memory.h"

struct rows_column {
  str name;
  bool found_by; /* of a change: what the row must hold */
};

/* One = line. */
struct rows_kind {
  str name; /* of the record, which is its table's */
  bool change;
  struct rows_column *columns;
  size_t count;
  size_t index; /* among the kinds */
};

enum rows_form { ROWS_ABSENT, ROWS_TEXT, ROWS_NUMBER, ROWS_DATE, ROWS_MINUTE, ROWS_ASSIGNED };

struct rows_cell {
  enum rows_form form;
  str text; /* without its quotes */
};

struct rows_row {
  const struct rows_kind *kind;
  struct rows_cell *cells; /* as many as its kind has columns */
  uint64_t line;
};

struct rows_document {
  str key;
  uint64_t line;
  struct rows_row *rows;
  size_t count;
};

enum { ROWS_LINE_MOST = 1 << 20, ROWS_KINDS_MOST = 64, ROWS_COLUMNS_MOST = 500, ROWS_KEY_MOST = 64 };

struct rows_reader;
enum outcome rows_open(const char *path, struct rows_reader **reader, struct err *err);
/* The same of bytes that come from anywhere, like io/in.h's in_read. */
typedef enum outcome rows_source(void *user, char *to, size_t room, size_t *got, struct err *err);
enum outcome rows_open_source(rows_source *source, void *user, struct rows_reader **reader, struct err *err);

str rows_schema(const struct rows_reader *reader); /* good until rows_close, like the kinds */
const struct rows_kind *rows_kinds(const struct rows_reader *reader, size_t *count);
enum outcome rows_next(struct rows_reader *reader, struct arena *arena, struct rows_document *document,
                       struct err *err);
void rows_close(struct rows_reader *reader);

#endif
