/* job/review_sheet: questions as a sheet for people, and a filled sheet back as rows of cells.
 *
 *   id          feed        source file  row  field  value  what is wrong  suggestion  answer  answered by
 *   Q-7F3K2MW   settlement  a.txt        3    ...                          4010; 1000; Sales  Ann
 *
 * Written as .xlsx (text cells) and as .csv (UTF-8 with BOM, comma, CRLF; a text that a spreadsheet program
 * would take for a formula begins with an apostrophe). Read as either, in Excel's dialects; a file that is
 * not UTF-8 is taken for windows-1252. Columns are found by their titles, in any order.
 *
 * A spreadsheet program turns texts into numbers and dates on its own: a cell that is not text any more is
 * `rewritten`, in .csv one that looks like 1.23E+17. What it said before cannot be known.
 */
#ifndef SLUICE_JOB_REVIEW_SHEET_H
#define SLUICE_JOB_REVIEW_SHEET_H

#include "base/buf.h"
#include "job/questions.h"

enum { REVIEW_BYTES_MOST = 64 << 20 };

enum review_column {
  REVIEW_ID,
  REVIEW_FEED,
  REVIEW_FILE,
  REVIEW_ROW,
  REVIEW_FIELD,
  REVIEW_VALUE,
  REVIEW_TEXT,
  REVIEW_SUGGEST,
  REVIEW_ANSWER,
  REVIEW_BY,
  REVIEW_COLUMNS
};
extern const char *const review_titles[REVIEW_COLUMNS];

struct review_page {
  const struct question *questions; /* those that are open are shown */
  size_t count;
  uint64_t since;  /* line of the ledger: what was asked before it, a sheet had already */
  int64_t created; /* seconds since 1970 */
};
enum outcome review_sheet_csv(const struct review_page *page, struct buf *bytes, struct err *err);
enum outcome review_sheet_xlsx(const struct review_page *page, const char *scratch, struct buf *bytes,
                               struct err *err);
/* The cells of a question as a sheet shows them; without "known since". */
void review_cells(const struct question *question, struct arena *arena, str cells[REVIEW_COLUMNS]);

struct review_cell {
  str text;
  bool rewritten; /* no text any more */
};
struct review_row {
  uint64_t number; /* as the spreadsheet program, or an editor, counts */
  struct review_cell cells[REVIEW_COLUMNS];
};
struct review_table {
  bool has[REVIEW_COLUMNS];
  struct review_row *rows; /* those that have an id, an answer or a name */
  size_t count;
};
/* OUT_DATA: no such file, or no column for id, answer or answered by. */
enum outcome review_sheet_read(str bytes, struct arena *arena, struct review_table *table, struct err *err);

#endif
