/* job/snapshot: what a feed extracts from SL lands in its inbox as a file first (R32).
 *
 *   feed overdue
 *     extract   sl odbc
 *
 * The query is that of the record which the feed's first transform reads, and of what stands below it: its
 * rows have the outer fields before the inner ones, a row for each innermost record (a LEFT JOIN), those of
 * one outer record side by side. They become inbox/overdue/invoice-2026-11-21T020000Z.csv, and from there on
 * it is a file like one that somebody dropped: claimed, proved, archived, replayed. A site without a
 * connection drops such a file itself (R31). A run of one file, and a rehearsal, ask SL for nothing.
 *
 * Where everything is to be sent, not only what changed (sluice run --full, or "full weekly" a week after the
 * last), the file is called item-2026-11-21T020000Z-full.csv: full-run() goes by the name, so that a replay
 * knows it too, and a person may drop such a file.
 */
#ifndef SLUICE_JOB_SNAPSHOT_H
#define SLUICE_JOB_SNAPSHOT_H

#include "job/batch.h"

bool snapshot_is_asked(const struct batch *batch);
/* Errors are those of the database, or of the disk: nothing has been dropped then. */
enum outcome snapshot_take(const struct batch *batch, struct err *err);

#endif
