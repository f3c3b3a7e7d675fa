/* job/runs: the runs of each feed, as the ledger has them: begun, ended, good.
 *
 *   2026-11-21T09:00:00Z run-start settlement run=41 started=2026-11-21T09:00:01Z ~..
 *   2026-11-21T09:00:00Z run-end settlement run=41 started=... ended=2026-11-21T09:03:11Z exit=0 files=5 ~..
 *
 * Both entries bear the run's stated time; started= and ended= are the real
 * clock's. A run-start that no run-end follows is a run that still goes on, or
 * one that died: the next run of the feed says so (run-died) and puts in order
 * what it left. What came of them is asked of the ledger (ledger_runs).
 */
#ifndef SLUICE_JOB_RUNS_H
#define SLUICE_JOB_RUNS_H

#include "job/site.h"
#include "spool/ledger.h"

/* One run, between its two entries. */
struct run_entry {
  uint64_t run;
  str started;
  bool again; /* before runs_end: whatever the worst exit code is, a file of it waits for a second try */
};
/* Once the feed is locked. `only`: the one file that was asked for, or NULL. */
enum outcome runs_begin(struct ledger *ledger, const struct site *site, str feed, const char *only,
                        struct run_entry *entry, struct err *err);
enum outcome runs_end(struct ledger *ledger, const struct site *site, str feed, const char *only,
                      const struct run_entry *entry, int code, size_t files, struct err *err);

/* "2026-11-21T09:00:00Z" -> seconds since 1970; false for "". */
bool runs_time(str time, int64_t *seconds);

#endif
