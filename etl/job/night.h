/* job/night: runs feeds as child processes, each after those that it waits for, the others side by side.
 *
 * A child is this very program, run as a person would run it:
 *
 *   sluice -C SITE run FEED --now TIME --wait SECONDS [--couriers-ran] [--dry-run] [--json]
 *
 * after one `sluice fetch FEED..` for all of them, and before one `sluice send FEED..`, where couriers have
 * anything to do: so their waits overlap. `fetch` and `send` stand in the account like feeds.
 *
 * A child of its own for each, so that a feed that crashes, or eats all memory, takes no other with it. What
 * it prints is kept until those before it in the order have been told. A feed whose predecessor failed runs
 * all the same, and that is said: one failing feed does not stop the rest.
 *
 * SIGTERM, SIGINT and SIGHUP are passed to the children, by their ids, and waited for; what has not begun by
 * then does not begin. A child that dies so ends 75 and its feed stays due; one that dies by itself ends 69.
 */
#ifndef SLUICE_JOB_NIGHT_H
#define SLUICE_JOB_NIGHT_H

#include "job/schedule.h"
#include "report/night.h"

struct night {
  const struct site *site;
  const struct schedule *schedule;
  const bool *picked; /* a flag for each feed of the schedule */
  bool dry_run, json; /* json: the children's accounts are JSON */
  int64_t wait;       /* seconds that a child waits for its feed's lock */
  size_t most;        /* at once */
  void *user;
  void (*ended)(void *user,
                const struct night_row *row); /* in order, as soon as it can be told; NULL: none */
  /* results, in the site's arena */
  struct night_row *rows;
  size_t count;
};

/* OUT_SYSTEM: nothing was begun. */
enum outcome night_run(struct night *night, struct err *err);
/* The setting, else a feed for each processor. */
size_t night_feeds(const struct site *site);

#endif
