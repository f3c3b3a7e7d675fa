/* job/alarms: which dropped files have had no answer within `answer-within` minutes.
 *
 * A file in a feed's inbox that no run has taken, one whose name no feed takes, and one that was claimed by a
 * run which has said nothing since. How long it lies there is a matter of the real clock: from when the file
 * system saw it come or change (ctime), whatever day it says it was written on. A held file and one that
 * waits for a yes were answered; their questions stand elsewhere.
 */
#ifndef SLUICE_JOB_ALARMS_H
#define SLUICE_JOB_ALARMS_H

#include "job/answer.h"
#include "report/alarms.h"

/* `now`: seconds since 1970. By feed, then by name; in the site's arena. */
enum outcome alarms_list(const struct custody *custody, int64_t now, struct alarm **alarms, size_t *count,
                         struct err *err);

#endif
