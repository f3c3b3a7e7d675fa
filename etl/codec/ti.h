/* codec/ti: lines of a Transaction Import data file to fields and back.
 *
 *   "Batch",,202611,H,120.50,"Amazon 1184"        as SL's users see it
 *   "Transaction","0060","1100",...,120.50,0
 *
 * One record a line, CRLF. The level word comes first and is always quoted. Text stands in quotes; numbers, dates and
 * periods stand bare; an empty field is nothing between its commas. A quote inside text has no
 * known escape in Transaction Import (sl.md 2), so it is written as an apostrophe by the
 * writer's caller; line ends and control characters in text are written as a blank (*changed is set).
 * When reading, "" inside quotes is one quote.
 */
#ifndef SLUICE_CODEC_TI_H
#define SLUICE_CODEC_TI_H

#include "base/buf.h"
#include "base/err.h"

enum { TI_FIELDS_MOST = 500 };

/* Appends a field; fields of one line are parted by ti_comma. */
void ti_write_text(struct buf *line, str text, bool *changed);
void ti_write_bare(struct buf *line, str text);
static inline void ti_comma(struct buf *line) { buf_char(line, ','); }
static inline void ti_end(struct buf *line) { buf_add(line, STR("\r\n")); }

struct ti_line {
  str word;
  str fields[TI_FIELDS_MOST]; /* unquoted; slices of `text` or of `spare` */
  size_t count;
};
/* Reads one line (without its line end); a level word without quotes is taken too, some sites write it so.
 * `spare` is emptied, then holds what had to be unescaped. OUT_DATA with err->column, in bytes: no level
 * word, quotes left open, text after a closing quote, a quote inside a bare field, too many fields, text
 * that `spare` has no room for. */
enum outcome ti_read_line(str text, struct ti_line *line, struct buf *spare, struct err *err);

#endif
