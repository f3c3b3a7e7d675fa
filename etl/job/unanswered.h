/* job/unanswered: which dropped files have had no answer within `answer-within` minutes.
 *
 * A file in a feed's inbox that no run has taken, one whose name no feed takes, and one that was claimed by a
 * run which has said nothing since. How long it lies there is a matter of the real clock: from when the file
 * system saw it come or change (ctime), whatever day it says it was written on. A held file and one that
 * waits for a yes were answered; their questions stand elsewhere.
 */
#ifndef SLUICE_JOB_UNANSWERED_H
#define SLUICE_JOB_UNANSWERED_H

#include "job/standing.h"

/* Appended to alarms that standing_alarms has made. `now`: seconds since 1970. New is what became overdue
 * since the schedule's night began. */
enum outcome unanswered_alarms(const struct custody *custody, const struct schedule *schedule, int64_t now,
                               struct standing_alarm **alarms, size_t *count, struct err *err);

#endif
