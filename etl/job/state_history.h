/* job/state_history: what the ledger says of a state table: which files count, and in which order.
 *
 * An item's "releasing" and "released" entries name its rows by three words that stand together:
 *
 *   state=settlement/2026-11-20-77c1d0e5f1a2b3c4.csv state-sha256=.. state-key=currency,end
 *
 * A file counts from "released" on, in the order of these entries, until the item is "reversed". Neither
 * names nor clocks decide, so that a clock that was set back does no harm. An item that was asked for once
 * more
 * ("resend") does not find its own rows, or it would leave everything out as written before: they rest until
 * it is released again, or rejected, and count from then on as before; newer rows of equal keys count over
 * them.
 */
#ifndef SLUICE_JOB_STATE_HISTORY_H
#define SLUICE_JOB_STATE_HISTORY_H

#include "base/map.h"
#include "model/date.h"
#include "spool/ledger.h"

struct state_release {
  str name;           /* of the file, in the table's folder */
  uint8_t sha256[32]; /* zeros: it was not said */
  str key;
  uint64_t line; /* of its "released"; 0: it has only begun */
  int32_t day;   /* of "released", in the books' zone */
  bool reversed; /* by then */
  size_t before; /* while the ledger is read: the item's release before this one, an index from 1 */
  bool rests;    /* its item was to be sent again by then, and was not yet */
  bool gone;     /* reversed by now, and so perhaps removed */
};

struct state_history {
  struct state_release *releases; /* those that were released first, in order; then those begun */
  size_t count, released;
  struct map *by_name; /* to an index from 1; its keys are the names */
};

/* `before`: what was released or reversed from this line of the ledger on had not happened yet; 0: all has.
 */
enum outcome state_history_read(struct ledger *ledger, str table, const struct zone *zone, uint64_t before,
                                struct arena *arena, struct state_history *history, struct err *err);
const struct state_release *state_history_find(const struct state_history *history, str name);
/* Is it what was released? */
bool state_release_is(const struct state_release *release, str bytes);

#endif
