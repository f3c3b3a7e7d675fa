/* job/state_file: the text of a state's file: a header line and rows, or several such files in one.
 *
 *   currency,end,settlement-id,reserve            one release: the schema's field names
 *   USD,2026-10-16T07:12:45+00:00,70000000011,-250.00
 *
 *   release,currency,end,settlement-id,reserve    merged: first the file that the row came from
 *   2026-11-20-77c1d0e5f1a2b3c4.csv,USD,2026-10-16T07:12:45+00:00,70000000011,-250.00
 *   ~1f0c...                                      SHA-256 of all above it
 *
 * Parsed texts live in the arena. Wrong bytes are OUT_DATA with the file and the line.
 */
#ifndef SLUICE_JOB_STATE_FILE_H
#define SLUICE_JOB_STATE_FILE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/memory.h"

enum { STATE_BYTES_MOST = 1 << 30 };
/* A column beside the schema's: the message of a feed to Amazon that the row stands under, "2:17" for message
 * 17 of the item's second file (job/state_verdict.c). */
#define STATE_MESSAGE "sluice-message"

struct state_line {
  const str *cells; /* one for each column */
  uint64_t line;
};

struct state_file {
  str path; /* as people know it */
  struct arena *arena;
  str *columns;
  size_t column_count;
  struct state_line *lines;
  size_t line_count;
};

/* Of `bytes` nothing is needed afterwards. */
enum outcome state_file_parse(str path, str bytes, struct arena *arena, struct state_file *file,
                              struct err *err);
/* The same for a merged one, whose sum must be right and whose first column is the release. */
enum outcome state_file_parse_merged(str path, str bytes, struct arena *arena, struct state_file *file,
                                     struct err *err);
/* Writing: one line, which may be the header; at last the sum of a merged one. */
void state_file_add(const str *cells, size_t count, struct buf *text);
void state_file_seal(struct buf *text);
ptrdiff_t state_file_column(const struct state_file *file, str name); /* -1: it has none of that name */

#endif
