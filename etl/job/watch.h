/* job/watch: Amazon's notifications start the feeds that they concern, between the nights.
 *
 *   ORDER_CHANGE                          feeds that extract amazon orders, or a report of orders
 *   FBA_INVENTORY_AVAILABILITY_CHANGES    feeds that extract or look up what lies in Amazon's warehouses
 *   REPORT_PROCESSING_FINISHED            feeds of that report type
 *   FEED_PROCESSING_FINISHED              feeds that are sent as that feed type: `sluice send`
 *
 * Only feeds that a night would run (a `when` line) are started. Those of one round of messages run once, as
 * children: `sluice run FEED..`. Their runs, and then "notified", stand in the ledger before the messages are
 * deleted; a run that is to be tried again leaves them, and they come again. Nothing depends on them: the
 * night asks for everything anyway.
 *
 *   struct watch_round round = { .site = &site, .ledger = ledger, .way = way, .queue = queue };
 *   round.arena = arena_new(), round.feeds = map_new(site.arena);
 *   watch_look(&round, 20, &err);
 *
 * It looks for months: what a look needs is its own, and gone with it.
 */
#ifndef SLUICE_JOB_WATCH_H
#define SLUICE_JOB_WATCH_H

#include "amazon/queue.h"
#include "job/feed.h"
#include "job/wire.h"
#include "spool/ledger.h"

struct watch_round {
  struct site *site;
  struct ledger *ledger;
  struct wire_way *way;
  struct queue *queue;
  struct arena *arena; /* of this one look: whoever looks for days empties it */
  struct map *feeds;   /* that have been opened, by name, in the site's arena; kept from look to look */
  /* results */
  size_t messages, deleted;
  str told; /* "REPORT_PROCESSING_FINISHED: orders" for each, by "; " */
  int code; /* the worst of the runs */
};

/* One look at the queue, waiting so long for a message; what it asks for is run. */
enum outcome watch_look(struct watch_round *round, int64_t wait_seconds, struct err *err);
/* Makes the destination and the subscriptions that are missing, and those that point elsewhere anew. */
enum outcome watch_setup(const struct site *site, struct wire_way *way, str arn, str *told, struct err *err);
extern const char *const watch_types[];
enum { WATCH_TYPES = 4 };

#endif
