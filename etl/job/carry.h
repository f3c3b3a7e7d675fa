/* job/carry: the couriers of some feeds, as their .feed files and the site's settings state them.
 *
 *   struct carry carry = { .site = &site, .spool = spool, .ledger = ledger, .feeds = feeds, .count = 3 };
 *   carry_in(&carry, &err);         reports, pages, files from elsewhere: into the inboxes
 *   ...                             the feeds run
 *   carry_out(&carry, &err);        what stands released in outbox/amazon goes to Amazon
 *
 * A site without keys drops by hand, and uploads by hand: nothing of Amazon's is carried then. What each
 * errand came to is kept (courier/memory), so that a feed whose report did not come stays due, whichever
 * process ran its courier.
 */
#ifndef SLUICE_JOB_CARRY_H
#define SLUICE_JOB_CARRY_H

#include "job/feed.h"
#include "job/site.h"
#include "report/carried.h"
#include "spool/guard.h"
#include "spool/ledger.h"
#include "spool/spool.h"

struct carry {
  struct site *site;
  struct spool *spool;
  struct ledger *ledger;
  const struct guard
      *guard; /* for what goes out: SL may know that the ledger is an older copy; NULL: it is not asked */
  const struct feed **feeds;
  size_t count;
  int64_t since;       /* a person asks for all since then, in seconds; 0: from where the last run ended */
  str order;           /* this order alone, by getOrder; "" = none */
  struct carried told; /* results, in the site's arena */
  int code;            /* the worst of them, as an exit code */
};

/* Is there anything that a courier would do for it? Of `out`: on its way out, else in. */
bool carry_is_asked(const struct site *site, const struct feed *feed, bool out);
enum outcome carry_in(struct carry *carry, struct err *err);
/* OUT_SPEC: the ledger is an older copy, and might send what was sent. Where SL cannot be asked the ledger is
 * believed. */
enum outcome carry_out(struct carry *carry, struct err *err);
/* What the last run of a feed's couriers came to at this very time, as an exit code; EXIT_AGAIN when they did
 * not run then, and should have. */
int carry_code(const struct site *site, const struct feed *feed);
/* A person says which feed of Amazon's a file is, or, with "" for it, that it shall be sent again. */
enum outcome carry_decide(struct carry *carry, str name, str feed_id, struct err *err);

#endif
