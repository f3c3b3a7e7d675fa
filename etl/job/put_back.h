/* job/put_back: what was held of a released file goes back into its inbox, once its cause is mended.
 *
 * A rule's `hold` leaves rows of a file unwritten, and they lie in outbox/review/rejects/FEED/NAME (the
 * item's entry says where: word rejects=). A yes to its question copies that file into the feed's inbox under
 * the original's name, and the next run takes its rows: what is mended is written, what is not is asked about
 * anew.
 *
 * Not of a feed that compares SL with what Amazon was told: its next snapshot has the row as SL has it then.
 *
 * A copy that was worked through and wrote something is not taken once more, or what it wrote could be
 * written twice; what it held in turn has questions of its own. One that wrote nothing is (event "resend").
 */
#ifndef SLUICE_JOB_PUT_BACK_H
#define SLUICE_JOB_PUT_BACK_H

#include "job/answer.h"
#include "job/questions.h"

/* OUT_DATA: the rows are not there any more. OUT_RETRY: the feed is busy, or a file of that name waits in the
 * inbox. */
enum outcome put_back(const struct custody *custody, const struct question *question, str *said,
                      struct err *err);
/* The same of a question that a row of a sheet answers, for one of the items that wait for it. *said: what
 * was said before, and this; rows that nobody finds any more are said, and no error. */
enum outcome put_back_rows(const struct custody *custody, const struct question *question, str item,
                           str *said, struct err *err);

#endif
