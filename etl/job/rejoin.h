/* job/rejoin: what stands in a site's folders and is not in its ledger.
 *
 * After a ledger was restored from an older copy these are the releases and the files that it has forgotten.
 *
 *   outbox/sl/settlement/journal-70000000021.txt        an output, perhaps in SL already
 *   var/inbox/archive/2026-11-21/3f9a..-2026-11-06.txt  an original, done with once
 */
#ifndef SLUICE_JOB_REJOIN_H
#define SLUICE_JOB_REJOIN_H

#include "job/answer.h"

struct forgotten {
  str *outputs, *originals; /* from the site's folder on, sorted */
  size_t output_count, original_count;
};
/* In the site's arena. Proofs are not listed: they stand beside what they prove. */
enum outcome rejoin_look(const struct custody *custody, struct forgotten *forgotten, struct err *err);
/* The entry "rejoined": the next run counts on from `run`. */
enum outcome rejoin_append(const struct custody *custody, const struct forgotten *forgotten, uint64_t run,
                           struct err *err);
/* The entry "taken-over". */
enum outcome rejoin_taken_over(const struct custody *custody, const struct guard *guard, struct err *err);

#endif
