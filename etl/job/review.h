/* job/review: answers are taken: from filled sheets in inbox/review, and from the terminal.
 *
 * A sheet is taken as every drop is. Its rows are applied one by one, a refused one does not stop the rest;
 * what came of each is told in NAME.ack beside where it was dropped, and in the ledger (answered). Then the
 * sheet goes to the archive, and its own entry is appended:
 *
 *   applied   review  id= file= sha256= day= applied= refused=
 *
 * The same sheet again is refused as a whole. When a run of another process holds a feed that an answer is
 * about, the sheet goes back to inbox/review and waits: what has been done of it is known by the sheet's id.
 * The same holds for a run that died: its sheet is given back and applied to its end.
 *
 * The lock "review" is held meanwhile, so that two processes do not write one lookup sheet.
 */
#ifndef SLUICE_JOB_REVIEW_H
#define SLUICE_JOB_REVIEW_H

#include "job/replies.h"
#include "job/answer.h"

struct review_taken {
  str name; /* as it lay in inbox/review */
  size_t applied, refused;
  enum outcome outcome; /* OUT_OK; OUT_END: something was refused; OUT_DATA: all of it; OUT_RETRY: it waits */
  str ack;              /* its text */
};

/* All sheets in inbox/review that may be taken; `only`: that one, at once ("" = all). Another process that
 * takes them just now is no error: *count is 0. Texts in the site's arena. */
enum outcome review_take(const struct custody *custody, str only, struct review_taken **taken, size_t *count,
                         struct err *err);
/* One answer. OUT_OK done; OUT_DATA refused, and why; OUT_RETRY another run holds the feed. */
enum outcome review_answer(const struct custody *custody, str id, str answer, str by, str *said,
                           struct err *err);

#endif
