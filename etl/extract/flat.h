/* extract/flat: rows of a TSV or CSV file, in chunks that any thread can take.
 *
 * Columns are matched by normalised header name: without case, blanks, - and
 * _. A column that the plan uses must be there unless it is optional or has a
 * default; columns that the schema does not know are reported; a column marked
 * `refused` refuses the file with its text. TSV is Amazon's: no quoting, rows
 * may be shorter than the header, never longer.
 *
 * A plain TSV file is cut at row ends into chunks by place, so each thread
 * reads its own; gzip, pipes and CSV are read in turn. Chunk numbers and so
 * the places of rows do not depend on how many threads there are.
 *
 *   flat_open(path, level, &settings, &flat, &err);
 *   struct flat_chunk *chunk = flat_chunk_new(flat);       one for each thread
 *   while (!(out = flat_next(flat, chunk, &rows, &err))) use(&rows);
 */
#ifndef SLUICE_EXTRACT_FLAT_H
#define SLUICE_EXTRACT_FLAT_H

#include "io/charset.h"
#include "io/in.h"
#include "model/schema.h"
#include "model/stream.h"

struct flat_columns { /* what the plan uses, in its order */
  const struct field *const *fields;
  size_t count;
};

struct flat_settings {
  const struct schema *schema;
  struct flat_columns columns;
  enum charset charset; /* never CHARSET_AUTO: the caller tries */
  struct in_limits limits;
  size_t chunk_size; /* bytes; 0 = 256 KiB */
};

struct flat;
struct flat_chunk;

enum outcome flat_open(const char *path, const struct flat_settings *settings, struct flat **flat,
                       struct err *err);
/* Columns of the file that the schema does not know. */
size_t flat_new_columns(const struct flat *flat, const str **names);
struct flat_chunk *flat_chunk_new(struct flat *flat);
void flat_chunk_free(struct flat_chunk *chunk);
/* Thread-safe. *rows is good until the next call with the same chunk. */
enum outcome flat_next(struct flat *flat, struct flat_chunk *chunk, struct rows *rows, struct err *err);
/* True once bytes were met that are not UTF-8, while reading it as UTF-8. */
bool flat_is_not_utf8(const struct flat *flat);
/* After the last chunk: the row number, from 1 below the header, of a place. */
uint64_t flat_row_number(const struct flat *flat, uint64_t place);
uint64_t flat_bytes_read(const struct flat *flat); /* of the file as it lies there, for progress */
uint64_t flat_size(const struct flat *flat);
void flat_close(struct flat *flat);

/* --- shared by the readers behind it (extract/tsv.c, extract/csv.c) --- */
struct flat_header {
  size_t *column_at; /* by plan column: its place in the file, SIZE_MAX = not there */
  size_t field_count;
};
enum outcome flat_match(const struct flat_settings *settings, const str *names, size_t count,
                        struct arena *arena, struct flat_header *header, const str **unknown,
                        size_t *unknown_count, struct err *err);

#endif
