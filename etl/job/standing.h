/* job/standing: how a site stands, gathered from its ledger, inboxes and held files.
 *
 * Counts, open items and the last good run of a feed are the ledger's
 * (ledger_tallies, ledger_open_items, ledger_runs).
 */
#ifndef SLUICE_JOB_STANDING_H
#define SLUICE_JOB_STANDING_H

#include "job/answer.h"
#include "job/schedule.h"
#include "report/standing.h"

/* Open questions of a feed ("" = of all), oldest first. In the site's arena. */
struct standing_question *standing_questions(const struct custody *custody, str feed, size_t *count);
/* One for each feed of a schedule that was made. */
enum outcome standing_feeds(const struct custody *custody, const struct schedule *schedule,
                            struct standing_feed **feeds, struct err *err);

/* job/alarms.c: what somebody should know who asks for nothing: files that were rejected, runs that ended
 * badly or not at all, nights without a good run. New is what came about since this night began (R43). */
enum outcome standing_alarms(const struct custody *custody, const struct schedule *schedule,
                             struct standing_alarm **alarms, size_t *count, struct err *err);
/* job/waiting_sl.c: rows files in outbox/sl of which SL refused a document. Appended to alarms that
 * standing_alarms has made. */
enum outcome waiting_sl_alarms(const struct custody *custody, const struct schedule *schedule,
                               struct standing_alarm **alarms, size_t *count, struct err *err);

#endif
