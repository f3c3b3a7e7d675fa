/* job/schedule: which feeds of a site are due at a stated time, and which of them waits for which.
 *
 * A night begins at the site's `night-starts` (01:00) by the clock of the
 * books' zone and ends where the next one begins; it is called by the day on
 * which it begins. A nightly feed is due once a night: until a run over its
 * whole inbox has ended, begun in this night, that no second try would help (exit
 * 0, 1, 3 or 65, of each of its files). So a missed night is caught up by the next, and a run that died,
 * or that found the disk full or the feed locked, leaves its feed due. A feed
 * of every N minutes is due N minutes after such a run. A run that is stated
 * to be later than now (the clock was set back) hides nothing.
 *
 *   schedule_open(library, &schedule);                   opens every feed; complains of a circle
 *   schedule_make(&schedule, &site, ledger);             which are due, and why
 *   order = schedule_order(&schedule, picked, &count);   each after those that it is after
 */
#ifndef SLUICE_JOB_SCHEDULE_H
#define SLUICE_JOB_SCHEDULE_H

#include "job/feed.h"
#include "job/runs.h"

struct schedule_feed {
  str name;
  const struct feed *feed; /* NULL: its file cannot be read. Then it is due, and its run says what is wrong */
  bool in_circle;          /* it waits for itself, by way of others: it cannot be run in a night */
  size_t *after;           /* those that it runs after, as places in the schedule */
  size_t after_count;
  /* by schedule_make */
  struct ledger_runs runs;
  bool due;
  str why;        /* it is due: "last good run 3 nights ago" */
  int64_t next;   /* when it will be due, in seconds since 1970; INT64_MAX: only when it is asked for */
  int64_t nights; /* since the night of its last good run; -1: there was none */
};

struct schedule {
  struct schedule_feed *feeds; /* by name */
  size_t count;
  int64_t starts; /* of this night, in seconds since 1970 */
  int32_t day;    /* on which it began */
};

/* Of settings that sluice.conf has not, complains only where a feed is switched on (has a `when` line). */
void schedule_open(struct library *library, struct schedule *schedule);
void schedule_make(struct schedule *schedule, const struct site *site, const struct ledger *ledger);
/* The night that holds an instant: the day by which it is called. *starts: when it began, DST or not. */
int32_t schedule_night(const struct zone *zone, int32_t night_starts, int64_t seconds, int64_t *starts);
/* The picked feeds (a flag for each), each after those picked that it is after, else by name. */
size_t *schedule_order(const struct schedule *schedule, const bool *picked, struct arena *arena,
                       size_t *count);
/* Of those that are not due, the one that is due next; NULL: none will be. */
const struct schedule_feed *schedule_next(const struct schedule *schedule);
const struct schedule_feed *schedule_find(const struct schedule *schedule, str name);

#endif
