/* job/ask: what a run asks of a person: entries of the ledger, then one sheet of the feed.
 *
 * The messages of a file are asked before the file leaves var/inbox/work: a run that dies in between does
 * the file again and finds the same questions asked already. The sheet comes at the run's end:
 *
 *   outbox/review/settlement-12.xlsx   all open questions of the feed; beside it the same as .csv
 *
 * It is written when something is new since the last one, or when the last one no longer lies there; what
 * was asked in an earlier run says since when. The sheet's own entry is appended after it:
 *
 *   sheet     name= questions= new=
 */
#ifndef SLUICE_JOB_ASK_H
#define SLUICE_JOB_ASK_H

#include "job/answer.h"
#include "transform/tally.h"

enum ask_fate { ASK_REJECTED, ASK_WRITTEN, ASK_HELD };
struct ask_item {
  str feed, id, key, file;
  enum ask_fate fate; /* rejected: only the rejects that an answer mends are asked */
  bool again; /* a window tells the same every night: one question for all nights, and after an answer but yes
                 none */
};

/* The questions that a file's messages ask. One that is open already is not asked again; only a held item
 * joins those that wait for its answer. `tally` may be NULL. */
enum outcome ask_messages(const struct custody *custody, struct ask_item item, const struct tally *tally,
                          struct err *err);
/* settled.c: rows of sheets that were asked for and are there by now: an answer without a name. */
enum outcome ask_no_more(const struct custody *custody, const struct feed *feed, struct err *err);
/* The sheet of the feed's open questions, if one is due. *name: of the .xlsx, without its ending, as people
 * know it; "" when none was written. */
enum outcome ask_sheet(const struct custody *custody, str feed, uint64_t run, str *name, size_t *fresh,
                       size_t *count, struct err *err);

#endif
