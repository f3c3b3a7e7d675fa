/* courier/submit: what stands released in outbox/amazon/FEED goes to Amazon, once, and its result comes back.
 *
 * The errand is errand_submit (courier/courier.h). Of a file of which it cannot find out whether Amazon has
 * it, a person decides:
 *
 *   struct errand *errand = courier_add(&courier, &errand_submit, &wish, &err);
 *   submit_decide(errand, STR("2026-11-21-1f2e3d4c.POST_X.txt"), STR("50013"), &found, &err);
 *   courier_free(&courier);
 */
#ifndef SLUICE_COURIER_SUBMIT_H
#define SLUICE_COURIER_SUBMIT_H

#include "courier/courier.h"

/* It is that feed of Amazon's, or, with "", it shall be sent again; kept in memory and ledger. *found: the
 * file is one of the feed's that are on their way. OUT_SPEC: it is at Amazon already, or the feed is another
 * file's. */
enum outcome submit_decide(struct errand *errand, str name, str feed_id, bool *found, struct err *err);

#endif
