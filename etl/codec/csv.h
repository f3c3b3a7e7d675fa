/* codec/csv: rows of a comma-separated file to fields and back, by libcsv.
 *
 * Reads Excel's dialects: comma or semicolon or tab (the header line tells: the
 * mark that occurs most outside quotes), with or without BOM, LF, CRLF or CR, fields
 * in quotes with "" for a quote, line ends inside quotes. Blanks around a field are kept. A blank line
 * is skipped. A first line "sep=;" (Excel's own) sets the mark and is no row.
 *
 *   struct csv_reader *csv = csv_reader_new(0, csv_default_limits);
 *   csv_feed(csv, bytes, last, row_function, user, &err);
 */
#ifndef SLUICE_CODEC_CSV_H
#define SLUICE_CODEC_CSV_H

#include "base/buf.h"
#include "base/err.h"

struct csv_row {
  const str *fields; /* valid until the function returns */
  size_t count;
  uint64_t line; /* of the file on which the row begins, 1-based */
};
/* Anything but OUT_OK stops the reading and is returned by csv_feed. */
typedef enum outcome csv_row_function(void *user, const struct csv_row *row, struct err *err);

struct csv_limits {
  size_t field_most, fields_most;
};
extern const struct csv_limits csv_default_limits; /* 64 KiB, 2,000 */

struct csv_reader;
struct csv_reader *csv_reader_new(char mark, struct csv_limits limits); /* mark 0: found out from the first line */
/* Errors are OUT_DATA with line and column, in bytes: a quote that does not end its field, text after a
 * closing quote, a field over the limit, too many fields, NUL, quotes still open at the end. Nothing may be
 * fed after `last` or after any other outcome than OUT_OK (OUT_BUG). */
enum outcome csv_feed(struct csv_reader *csv, str bytes, bool last, csv_row_function *row, void *user,
                      struct err *err);
char csv_reader_mark(const struct csv_reader *csv); /* between fields; known once a row was read */
void csv_reader_free(struct csv_reader *csv);

/* Appends one field, in quotes only where it holds the mark, a quote, CR, LF, or a blank at either end. */
void csv_write_field(struct buf *out, str field, char mark);
void csv_write_quoted(struct buf *out, str field); /* always in quotes */

#endif
