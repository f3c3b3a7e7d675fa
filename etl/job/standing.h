/* job/standing: how a site stands, gathered from its ledger, inboxes and held files.
 *
 * Counts, open items and the last good run of a feed are the ledger's
 * (ledger_tallies, ledger_open_items, ledger_last_good).
 */
#ifndef SLUICE_JOB_STANDING_H
#define SLUICE_JOB_STANDING_H

#include "job/answer.h"
#include "report/standing.h"

/* Open questions of a feed ("" = of all), oldest first. In the site's arena. */
struct standing_question *standing_questions(const struct custody *custody, str feed, size_t *count);
/* Every feed of the site, by name. What is wrong with a feed's specs is complained of in the library. */
enum outcome standing_feeds(const struct custody *custody, struct standing_feed **feeds, size_t *count,
                            struct err *err);

#endif
