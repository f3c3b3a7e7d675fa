/* codec/xlsx_write: one sheet of text cells as a workbook (.xlsx), for a person to fill in.
 *
 * Every cell is text and has the format of text, so that long ids and leading zeros survive, and a
 * text that begins with = + - @ is no formula, not even after it was edited. The title row is bold and stays
 * in view. Columns for answers are coloured and open; the others are grey, and locked when the sheet is
 * protected (without a password: it reminds, it does not guard). The same content gives the same bytes.
 *
 *   struct xlsx_sheet sheet = { .name = STR("Review"), .created = 1793923200, .columns = columns, .count = 9
 * }; struct xlsx_writer *writer; xlsx_write_new(&sheet, "var/outbox/build/K", &writer, &err);
 *   xlsx_write_row(writer, cells, 9, &err);
 *   xlsx_write_finish(writer, &bytes, &err);       and the caller puts the bytes where they belong
 *   xlsx_write_free(writer);
 */
#ifndef SLUICE_CODEC_XLSX_WRITE_H
#define SLUICE_CODEC_XLSX_WRITE_H

#include "base/buf.h"
#include "base/err.h"

enum { XLSX_CELL_MOST = 32767 }; /* UTF-16 codes in a cell, each _xHHHH_ counted as seven */

struct xlsx_column {
  str title;
  unsigned width; /* in characters, 1 to 255; longer texts are wrapped */
  bool answer;    /* to be filled in */
};
struct xlsx_sheet {
  str name;        /* 1 to 31 characters, none of []:*?/\ */
  int64_t created; /* seconds since 1970, more than 0; it stands in the file's properties */
  const struct xlsx_column *columns;
  size_t count;
  bool protect;
};

struct xlsx_writer;
/* The library needs temporary files: they are made in the folder `scratch`, readable by us alone, and lose
 * their names as soon as they are open, so that a dead run leaves nothing there. The sheet is borrowed until
 * xlsx_write_new returns. OUT_DATA: a name or title that cannot be; OUT_SYSTEM: the folder. */
enum outcome xlsx_write_new(const struct xlsx_sheet *sheet, const char *scratch, struct xlsx_writer **writer,
                            struct err *err);
/* One cell for each column; empty ones too. OUT_DATA, with nothing of the row written: not UTF-8, NUL, longer
 * than XLSX_CELL_MOST, more rows than a sheet can have. */
enum outcome xlsx_write_row(struct xlsx_writer *writer, const str *cells, size_t count, struct err *err);
/* Appends the whole workbook to `bytes`, after reading it back: cells that were not written as they were
 * given are OUT_SYSTEM (a full disk), as is a folder that cannot be written to. OUT_DATA: `bytes` or what
 * xlsx_read takes is too small for it. Once, after the last row. When the zip file cannot be written the
 * library also says so on stderr, and cannot be told not to. */
enum outcome xlsx_write_finish(struct xlsx_writer *writer, struct buf *bytes, struct err *err);
void xlsx_write_free(struct xlsx_writer *writer);

#endif
