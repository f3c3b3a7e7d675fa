/* job/load_sl: rows files that were released for SL are written there, by ODBC.
 *
 *   load sl.sales-order to sl odbc
 *
 * The transform writes outbox/sl/FEED/DAY-K.rows, which is built, proved and
 * released like every output; until here nobody has looked at a database. Then
 * each document of it is written once (load/apply.h), and with the last one the
 * file moves to imported/. A run that dies, or finds SL away, leaves the file
 * where it is, and the feed's next run goes on with it: what SL has by then is
 * known by the control table. A file with a document that SL refuses stays too,
 * and is tried again by every run until it is in. A document that was to change
 * what is another by now can never be in: it is told, and the next file says it anew.
 *
 * Ledger: "loaded name=... written=12 known=0 refused=1 numbers=KEY=O0000012,... refusal=KEY:_words" for each
 * try that came to its end, and "confirmed" when the file moves. Before a run takes its first file,
 * job/sl_run.h has asked whether it may write to SL at all.
 */
#ifndef SLUICE_JOB_LOAD_SL_H
#define SLUICE_JOB_LOAD_SL_H

#include "job/batch.h"

bool load_sl_is_asked(const struct feed *feed); /* one of its loads goes to SL by ODBC */
/* outbox/sl/FEED/DAY-K.rows; `release`: DAY-K.csv, as the files of states are called. */
str load_sl_name(const struct feed *feed, str release, struct arena *arena);
/* All that wait, in the order of their names. Rows and notes go to the batch's summary. The feed's lock is
 * held. */
enum outcome load_sl_run(struct batch *batch, struct err *err);
/* Of a rehearsal: what would become of each document of one file, as notes of the row. */
enum outcome load_sl_rehearse(struct batch *batch, const char *path, struct summary_row *row,
                              struct err *err);

#endif
