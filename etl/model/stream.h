/* model/stream: rows on their way from a reader to the executor.
 *
 * A reader hands out blocks of rows, column by column: only the columns that
 * the plan uses, as slices of one piece of memory that stays until the next
 * block. Nothing is copied and nothing is converted here.
 *
 *   rows.at[2][7], rows.len[2][7]     the eighth row's cell of the third column used
 */
#ifndef SLUICE_MODEL_STREAM_H
#define SLUICE_MODEL_STREAM_H

#include "base/str.h"

enum { ROWS_SLACK = 64 }; /* bytes that may be read before and behind `bytes` */

enum row_flaw { ROW_GOOD, ROW_TOO_MANY_FIELDS, ROW_HAS_NUL, ROW_BAD_TEXT, ROW_TOO_LONG };

struct rows {
  size_t count;
  uint64_t place;    /* of the first row; the next one's is one more. Chunk number << 24 | row in the chunk */
  const char *bytes; /* slices count from here */
  bool has_ends;     /* cells may hold line ends */
  const uint32_t **at, **len;
  const uint32_t *row_at, *row_len; /* the whole rows, for rejects */
  const uint8_t *flaw;              /* enum row_flaw for each; NULL when all are good */
};

static inline const char *row_flaw_text(uint8_t flaw) {
  switch (flaw) {
  case ROW_TOO_MANY_FIELDS: return "the row has more fields than the header";
  case ROW_HAS_NUL: return "the row holds a NUL byte";
  case ROW_BAD_TEXT: return "the row holds bytes that are not text in this character set";
  default: return "a field is longer than 65,536 bytes";
  }
}

static inline str rows_cell(const struct rows *rows, size_t column, size_t row) {
  return (str){ rows->bytes + rows->at[column][row], rows->len[column][row] };
}
static inline str rows_row(const struct rows *rows, size_t row) {
  return (str){ rows->bytes + rows->row_at[row], rows->row_len[row] };
}

#endif
