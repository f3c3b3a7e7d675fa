/* spool/review: the folders of the review loop: sheets that go out, sheets that come back, their answers.
 *
 *   outbox/review/FEED-RUN.xlsx, .csv   what a run asks; mode 640
 *   inbox/review/NAME                   a filled one; taken as every drop is, under the feed "review"
 *   inbox/review/NAME.ack               what came of it, row by row; written again when NAME comes again
 *   var/outbox/sheets/FEED/...          while a sheet is being made; what a dead run left goes when it is
 * made var/lookups-history/SHEET/...       a lookup sheet as it was before an answer changed it
 *
 * A sheet never replaces one: a name that is taken gets -2, -3 ... for somebody may be filling it.
 */
#ifndef SLUICE_SPOOL_REVIEW_H
#define SLUICE_SPOOL_REVIEW_H

#include "spool/spool.h"

/* The .csv first: the .xlsx is what people look for. *name: without its ending. */
enum outcome spool_review_put(struct spool *spool, str name, str xlsx, str csv, str *put, struct err *err);
/* Is a sheet there still, in either form? */
bool spool_review_lies(struct spool *spool, str name);
/* A fresh folder for temporary files, of a feed whose lock is held; and away with it. It must not be among
 * the builds, where a run that recovers takes what it finds for one. */
enum outcome spool_review_scratch(struct spool *spool, str feed, const char **folder, struct err *err);
enum outcome spool_review_scratch_drop(struct spool *spool, str feed, struct err *err);
/* A file from elsewhere, as if it had been dropped. *name: as it lies in inbox/review. */
enum outcome spool_review_drop(struct spool *spool, str name, str bytes, str *dropped, struct err *err);
/* A run died while it applied one: spool_recover of the feed "review" gives it back. */
bool spool_review_left(struct spool *spool);
enum outcome spool_review_ack(struct spool *spool, str name, str text, struct err *err);
/* The sheet's bytes as they are now. `as` names the change: 2026-11-21T020000Z-Q-7F3K2MW. */
enum outcome spool_keep_lookup(struct spool *spool, str sheet, str as, str bytes, struct err *err);

#endif
