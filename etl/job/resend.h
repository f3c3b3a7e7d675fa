/* job/resend: what was released, or reversed, is released once more because a person asked for it (R36).
 *
 * The same bytes twice is one item, and a changed transform sends nothing again
 * by itself. `resend` says so in the ledger (event "resend", which counts over the
 * release), then puts the archived original back into the feed's inbox: the next run
 * works it through by today's specs and releases it under a name of its own. Said
 * again after a crash in between, it ends the same.
 */
#ifndef SLUICE_JOB_RESEND_H
#define SLUICE_JOB_RESEND_H

#include "job/answer.h"

/* `item`: a key, an id, or a released output. OUT_DATA: nothing of that name was released, or its original is
 * not in the archive any more, and why. */
enum outcome resend_item(const struct custody *custody, str item, str *said, struct err *err);
/* Only the ledger's entry: the bytes of that item may come once more. */
enum outcome resend_say(const struct custody *custody, const struct ledger_entry *entry, struct err *err);

#endif
