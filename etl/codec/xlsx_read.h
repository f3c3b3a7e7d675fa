/* codec/xlsx_read: a sheet of a workbook (.xlsx) to rows of text cells.
 *
 * Reads what Excel and LibreOffice Calc save, in the transitional and the strict form. Every cell comes as
 * text with what it was, so that a caller who expects texts can tell what a spreadsheet program made of them:
 *
 *   123456789012345678 typed into a cell    XLSX_NUMBER   1.2345678901234601E+17
 *   6/11/2026                               XLSX_NUMBER   46332, days since 1900
 *   0012                                    XLSX_NUMBER   12
 *
 * Cells without content are absent, and so are rows without cells.
 *
 *   xlsx_read(bytes, STR_NONE, xlsx_default_limits, row_function, user, &err);
 */
#ifndef SLUICE_CODEC_XLSX_READ_H
#define SLUICE_CODEC_XLSX_READ_H

#include "base/err.h"

enum { XLSX_ROWS_MOST = 1048576, XLSX_COLUMNS_MOST = 16384 };

enum xlsx_kind {
  XLSX_TEXT,
  XLSX_NUMBER,  /* as the file has it; dates and times of day are numbers too */
  XLSX_BOOLEAN, /* TRUE or FALSE */
  XLSX_ERROR,   /* #N/A */
  XLSX_DATE     /* 2026-11-06T00:00:00; only the strict form has these, and few programs write them */
};

struct xlsx_cell {
  uint32_t column; /* 0-based */
  enum xlsx_kind kind;
  bool formula; /* the text is what it came to when the file was saved, and may be empty */
  str text;     /* UTF-8 without NUL, valid until the function returns */
};
struct xlsx_row {
  uint32_t number;               /* 1-based, as the program shows it */
  const struct xlsx_cell *cells; /* in the order of their columns */
  size_t count;
};
/* Anything but OUT_OK stops the reading and is returned by xlsx_read. */
typedef enum outcome xlsx_row_function(void *user, const struct xlsx_row *row, struct err *err);

struct xlsx_limits {
  size_t file_most; /* bytes of the file */
  size_t part_most; /* bytes of one part of it, unpacked */
  size_t text_most; /* bytes of all cells together, for a shared string may be used a million times */
};
extern const struct xlsx_limits xlsx_default_limits; /* 32 MiB, 64 MiB, 64 MiB */

/* `sheet`: the name of the sheet, ASCII case aside; empty for the first that is not hidden. Rows before an
 * error have been handed over. OUT_DATA: no zip file, one that is cut, encrypted or no workbook of this
 * format, no such sheet, a part missing or damaged, bad XML, a cell out of place or of an unknown type, a
 * limit passed. The text says the cell or the line and column of the part. */
enum outcome xlsx_read(str bytes, str sheet, struct xlsx_limits limits, xlsx_row_function *row, void *user,
                       struct err *err);

#endif
