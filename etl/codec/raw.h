/* codec/raw: rows of a TSV or CSV file as the bytes that they are, not as what they mean.
 *
 * For files that must come back as they came: quotes, line ends, byte order mark
 * and character set are left alone. The same rows are met, with the same numbers, as codec/csv and
 * extract/flat meet: blank lines are none, a line end inside quotes ends none, "sep=;" on the first line
 * stands before the header. Bytes of any charset in which line ends, marks and quotes are those of ASCII.
 *
 *   sku,title CR LF
 *   A-1,"two
 *   lines" CR LF          one row: number 1, line 2, bytes without the last CR LF
 *
 *   struct raw_reader *raw = raw_reader_new(true, 0);
 *   raw_feed(raw, bytes, last, row_function, user, &err);
 */
#ifndef SLUICE_CODEC_RAW_H
#define SLUICE_CODEC_RAW_H

#include "base/buf.h"
#include "base/err.h"
#include "base/memory.h"

enum { RAW_ROW_MOST = 64 * 1024 * 1024 };

enum raw_kind {
  RAW_BEFORE, /* a byte order mark alone, or "sep=;" */
  RAW_HEADER,
  RAW_ROW
};

struct raw_row {
  enum raw_kind kind;
  uint64_t number; /* of a RAW_ROW, from 1 below the header */
  uint64_t line;   /* of the file on which it begins, from 1 */
  str bytes, end;  /* until the function returns; end: its line end, "" at the file's end */
};
typedef enum outcome raw_row_function(void *user, const struct raw_row *row, struct err *err);

struct raw_reader;
/* mark: of csv, as stated; 0: the header line tells, as codec/csv finds it. */
struct raw_reader *raw_reader_new(bool csv, char mark);
/* Anything but OUT_OK of the function stops the reading and is returned. OUT_DATA: a row is longer than
 * RAW_ROW_MOST. */
enum outcome raw_feed(struct raw_reader *raw, str bytes, bool last, raw_row_function *row, void *user,
                      struct err *err);
char raw_mark(const struct raw_reader *raw); /* from the header on */
void raw_reader_free(struct raw_reader *raw);

/* The cells of one row or header, with their quotes, cut at the mark. */
size_t raw_cut(const struct raw_reader *raw, str row, struct arena *arena, str **cells);
/* A cell without its quotes; a doubled quote inside is one. */
str raw_plain(const struct raw_reader *raw, str cell, struct arena *arena);

#endif
