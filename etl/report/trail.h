/* report/trail: the answer to `sluice why`: lines of outputs, rows of their source, and that the two tie.
 *
 *   outbox/sl/settlement/journal-70000000011.txt, line 3: line
 *     Acct=4000  Sub=0000  TranDesc=Sales  CrAmt=2,412.98
 *
 *   from 2026-10-16-us.txt, key 70000000011
 *   52 rows come to 2412.98 = CrAmt 2412.98
 *
 *   row  what stands in it
 *     2  70000000011  Order  111-...
 */
#ifndef SLUICE_REPORT_TRAIL_H
#define SLUICE_REPORT_TRAIL_H

#include "report/proof.h"

struct trail_line {
  str output;
  struct proof_line shown;
};
struct trail_row {
  uint64_t row; /* from 1 below the header line */
  str cells;
};

enum trail_kind { TRAIL_FILE, TRAIL_LINE, TRAIL_ROW }; /* what was asked for */

struct trail {
  enum trail_kind kind;
  str asked;                 /* the output or the source, as typed */
  str source, key, original; /* original: where it lies in the archive */
  str state, time;           /* released or ready, and when */
  str mirror_of;             /* "" = it is no reversal */
  bool counts_records;       /* numbers of rows are those of records */
  bool changed;              /* specs or settings differ from those of the release */
  const struct trail_line *lines;
  size_t line_count;
  const struct trail_row *rows; /* those shown */
  size_t shown;
  uint64_t row_count; /* of all */
  bool has_sum;
  dec sum; /* of all rows, added up anew */
};

void trail_text(const struct trail *trail, struct buf *text);
void trail_json(const struct trail *trail, struct buf *text);
/* The field of a line ("CrAmt=2412.98") that holds the amount, whatever its sign; "" when none does. */
str trail_tie(str detail, dec amount);

#endif
