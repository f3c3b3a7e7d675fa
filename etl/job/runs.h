/* job/runs: the runs of each feed, as the ledger has them: begun, ended, good.
 *
 *   2026-11-21T09:00:00Z run-start settlement run=41 started=2026-11-21T09:00:01Z ~..
 *   2026-11-21T09:00:00Z run-end settlement run=41 started=... ended=2026-11-21T09:03:11Z exit=0 files=5 ~..
 *
 * Both entries bear the run's stated time; started= and ended= are the real
 * clock's. A run-start that no run-end follows is a run that still goes on, or
 * one that died: the next run of the feed puts in order what it left.
 */
#ifndef SLUICE_JOB_RUNS_H
#define SLUICE_JOB_RUNS_H

#include "job/site.h"
#include "spool/ledger.h"

/* One run, between its two entries. */
struct run_entry {
  uint64_t run;
  str started;
};
/* `only`: the one file that was asked for, or NULL. */
enum outcome runs_begin(struct ledger *ledger, const struct site *site, str feed, const char *only,
                        struct run_entry *entry, struct err *err);
enum outcome runs_end(struct ledger *ledger, const struct site *site, str feed, const char *only,
                      const struct run_entry *entry, int code, size_t files, struct err *err);

/* What the ledger says of a feed's runs; times are those of entries, "" = there was none. */
struct feed_runs {
  str good; /* latest that ended 0 or 1; in a ledger that has none, the latest good end of a file */
  str done; /* latest over the whole inbox that needs no second try in its night: 0, 1, 3 or 65 */
  str last; /* latest that ended, and how */
  int code;
  str open; /* the latest of all, when it has not ended */
};
void runs_of(const struct ledger *ledger, str feed, struct feed_runs *runs);
/* What came of the run that began at this place of the ledger. One feed has one run at a time: when another has
 * begun before it ended, it died. */
enum run_fate { RUN_GOES_ON, RUN_ENDED, RUN_DIED };
enum run_fate runs_fate(const struct ledger *ledger, size_t start);

/* "2026-11-21T09:00:00Z" -> seconds since 1970; false for "". */
bool runs_time(str time, int64_t *seconds);

#endif
