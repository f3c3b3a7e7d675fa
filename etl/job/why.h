/* job/why: an output line back to the source rows that made it, and a source row forward.
 *
 * Nothing is stored for this: the plan is run again over the archived
 * original, into a scratch folder, and every row is asked which groups it goes
 * to. Records of XML, JSON and chains have a number and no cells. What was read from SL, and reports
 * that were looked up in, are those of then, from the archive. So the answer is as true as the journal
 * itself, and costs one more run.
 */
#ifndef SLUICE_JOB_WHY_H
#define SLUICE_JOB_WHY_H

#include "job/batch.h"

struct why_line { /* one line of an output */
  str output;
  uint64_t first; /* it may begin above the line that is shown */
  bool unknown;   /* what it was made of: it is a sum of sums */
  struct outlet_line line;
};

struct why_row { /* one row of the source */
  uint64_t row;
  str cells; /* what is not empty, two blanks between */
};

struct why {
  str source, id, key; /* of the ledger's entry */
  str state, time;     /* its time */
  str mirror_of;       /* the output asked for is a reversal: of this one, whose lines and rows these are */
  str original;        /* where the archive has it */
  bool counts_records; /* XML and JSON have no rows: their numbers are those of records */
  bool changed;        /* specs or settings differ from those of the release: the answer is today's */
  struct why_line *lines;
  size_t line_count;
  struct why_row *rows; /* at most WHY_ROWS_SHOWN are kept */
  size_t row_count, kept;
  bool has_sum; /* of a line that sums a column: what that column of all its rows comes to, added here anew */
  dec sum;
};
enum { WHY_ROWS_SHOWN = 1000 };

/* Rows of OUTPUT line `line` (0: only the list of lines). */
enum outcome why_output(struct site *site, struct ledger *ledger, str output, uint64_t line, struct why *why,
                        struct err *err);
/* Lines that the source's row went to. */
enum outcome why_source(struct site *site, struct ledger *ledger, str source, uint64_t row, struct why *why,
                        struct err *err);

#endif
