/* job/unconfirmed: released Transaction Import files that SL is not known to have: nothing stops it from
 * losing one, or taking it twice (R5).
 *
 *   outbox/sl/settlement/journal-1.txt     released, and not in imported/
 *   inbox/ti-log/journal-1.log             what Transaction Import said of it, if somebody dropped that
 *
 * A log belongs to the file whose name, with or without its ending, its own
 * begins with. It stays where it is: it may hold values of buyers, and says nothing more
 * once its file is confirmed.
 *
 * Ledger: "doubled name=OUTPUT documents=70000000011" when SL was found to have documents of a file twice.
 */
#ifndef SLUICE_JOB_UNCONFIRMED_H
#define SLUICE_JOB_UNCONFIRMED_H

#include "job/answer.h"
#include "job/standing.h"

struct unconfirmed {
  str name, feed;  /* outbox/sl/FEED/NAME */
  int64_t since;   /* it was released, in seconds since 1970 */
  str doubled;     /* by the ledger: documents that SL has twice; "" = none is known */
  const char *log; /* NULL: none */
};

/* Of one opened feed, by name; those that are no Transaction Import file are left out. Appended. */
enum outcome unconfirmed_files(const struct custody *custody, const struct feed *feed,
                               struct unconfirmed **files, size_t *count, struct err *err);
/* Files that wait longer than `confirm-days`, and those that SL has twice, after alarms that were made. */
enum outcome unconfirmed_alarms(const struct custody *custody, const struct schedule *schedule,
                                struct standing_alarm **alarms, size_t *count, struct err *err);
/* SL has `documents` of it twice; said once. */
enum outcome unconfirmed_doubled(const struct custody *custody, const struct unconfirmed *file, str documents,
                                 struct err *err);

#endif
