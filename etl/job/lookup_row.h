/* job/lookup_row: an answer becomes a row of a lookup sheet, with who said it and when.
 *
 *   Order,ItemFees,SkyHookFee,*,*,6050,1000,Sky hook fees,,,,Ann,2026-11-21
 *
 * The answer is the values of the lookup's take columns in their order, parted by ";": those at the end may
 * be left out. The sheet gets columns "answered by" and "answered on" when it lacks them. The sheet is the
 * site's: of one that came with the program the site gets a copy, which stands in front of it.
 *
 * Nothing is written before the site has been checked with the row in the sheet, as `sluice check` does it,
 * and the transform's reject rules have been asked about it (transform/try_row.h). The sheet as it was is
 * kept in var/lookups-history first. Done again after a crash, it finds its own row and says so.
 */
#ifndef SLUICE_JOB_LOOKUP_ROW_H
#define SLUICE_JOB_LOOKUP_ROW_H

#include "job/answer.h"
#include "job/questions.h"

/* OUT_OK: the row is there; OUT_END: it was there before, the same; OUT_DATA: the answer would break the
 * sheet, and why; OUT_SPEC: the site's specs are wrong as they are, so that nothing can be checked. `said`
 * in the site's arena. */
enum outcome lookup_row_add(const struct custody *custody, const struct question *question, str answer,
                            str by, str *said, struct err *err);

#endif
