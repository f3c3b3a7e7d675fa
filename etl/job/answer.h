/* job/answer: what a person says of an item: adopted, yes, no, confirmed.
 *
 * Each takes the feed's lock, reads what others wrote to the ledger since, does
 * its moves and then appends its entry; said again after a crash in between, it
 * ends in the same state. `said` is a sentence for the person, in the site's arena.
 *
 * Outcomes: OUT_OK done; OUT_END it was so already; OUT_DATA not possible, and
 * why; OUT_RETRY another run holds the feed.
 */
#ifndef SLUICE_JOB_ANSWER_H
#define SLUICE_JOB_ANSWER_H

#include "job/batch.h"
#include "job/items.h"

struct custody {
  struct site *site;
  struct spool *spool;
  struct ledger *ledger;
};

/* The feed is ours, its ledger read, and what dead runs began to release is finished. */
enum outcome answer_lock(const struct custody *custody, str feed, struct err *err);
/* `key` was booked by other means: a later file with it is skipped (R2). */
enum outcome answer_adopt(const struct custody *custody, str feed, str key, str *said, struct err *err);
/* A ready item is released, a held file goes back to the inbox. */
enum outcome answer_yes(const struct custody *custody, str name, str *said, struct err *err);
/* A ready item is dropped, a held file goes to the rejected ones. */
enum outcome answer_no(const struct custody *custody, str name, str *said, struct err *err);
/* SL has imported a released output (R5). */
enum outcome answer_confirm(const struct custody *custody, str output, str *said, struct err *err);

#endif
