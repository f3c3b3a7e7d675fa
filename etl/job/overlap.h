/* job/overlap: two files of a feed that hold the same document, of which the second was worked through before
 * it could know of the first.
 *
 * What a transform has written it remembers in a state, and skips the next time. But a run reads its states
 * once, and an item that waits for a yes counts only when it has it. For SL by ODBC
 * its control table says so in time; a Transaction Import file has nothing of the kind (R5), nor has a feed
 * to Amazon that moves money (R3). So in a feed that writes documents to files or to Amazon (a schema with
 * `document`), right before an item is released the keys of its state rows are compared with those released
 * since:
 *
 *   in the same run     the states are read anew, and the file is worked through once more
 *   by a later yes      it is refused, and the person is told what to do
 */
#ifndef SLUICE_JOB_OVERLAP_H
#define SLUICE_JOB_OVERLAP_H

#include "job/answer.h"
#include "job/batch.h"

bool overlap_matters(const struct feed *feed);

/* What a run has released, by the keys of its state rows; lives as long as the run. */
struct overlap;
struct overlap *overlap_new(void);
void overlap_free(struct overlap *overlap);

/* State files below `folder`, as outlets have them. *what: the first key that was released by this run
 * ("order 900-...": a table and its key); "" when there is none. */
enum outcome overlap_find(const struct overlap *overlap, const char *folder, const struct outlet_file *files,
                          size_t count, struct arena *arena, str *what, struct err *err);
enum outcome overlap_add(struct overlap *overlap, const char *folder, const struct outlet_file *files,
                         size_t count, struct err *err);

/* An item that waits for a yes, against what counts in the feed's states by now. OUT_OK and *what "" when all
 * of it is new. */
enum outcome overlap_of_ready(const struct custody *custody, str feed, str k,
                              const struct ledger_entry *built, str *what, struct err *err);

#endif
