/* job/sl_run: may a run act on SL at all? It must be reached, and it must not know of a later run than the
 * ledger does.
 *
 * Every document that is written to SL leaves the run's number in the control table (load/control.h). A
 * ledger that ends before the highest number of its own site was restored from an older copy: what it has
 * forgotten stands in SL (R35). This is asked before the first file is taken, and so before the run has a
 * number: else a few runs that are refused would make the ledger as long as the other.
 */
#ifndef SLUICE_JOB_SL_RUN_H
#define SLUICE_JOB_SL_RUN_H

#include "job/site.h"
#include "spool/ledger.h"

/* The last run of the site that SL knows of; 0: of none. OUT_END: no connection is stated. */
enum outcome sl_last_run(const struct site *site, str site_id, uint64_t *run, struct err *err);
/* OUT_SPEC: *is_older, and what to do. Else SL could not be asked. */
enum outcome sl_check_run(const struct site *site, struct ledger *ledger, str site_id, bool *is_older,
                          struct err *err);

#endif
