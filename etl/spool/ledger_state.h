/* spool/ledger_state: what a start must know of the ledger without asking for a name.
 *
 * The largest run number; releases that were begun and not finished; items that wait for a person; what is
 * told of each feed's runs; how many items are in each state. It follows the entries one by one, and stands
 * in the checkpoint as lines like the ledger's own:
 *
 *   - run - run=412
 *   - begun settlement id=3f9a..
 *   - held settlement id=77c1..
 *   2026-11-21T02:10:04Z runs settlement by=run whole=2026-11-21T02:10:04Z last=2026-11-21T02:10:04Z exit=0
 *   - count settlement state=released items=19026
 *
 * The counts are those at the checkpoint: to bring them up to date the items of later entries must be looked
 * up, which is done when somebody asks (ledger_tallies).
 */
#ifndef SLUICE_SPOOL_LEDGER_STATE_H
#define SLUICE_SPOOL_LEDGER_STATE_H

#include "base/buf.h"
#include "base/map.h"
#include "spool/ledger.h"

struct state_item { /* begun, or open */
  str feed, id, key;
  bool is, ready; /* not is: no longer, until its map is made anew. not ready: held */
};

/* Maps keep what was put in. When most of it is over they are made anew, so that the many items of a large
 * inbox, each begun and over, are not all kept. */
struct state_items {
  struct arena *arena;
  struct map *map;
  size_t live;
};

struct state {
  struct arena *arena, *scratch;
  uint64_t run_most;
  struct state_items begun, open;
  struct map *runs, *counts;
};

struct state state_new(void);
void state_free(struct state *state);
void state_take(struct state *state, const struct ledger_entry *entry);
/* False: the text is none of ours. */
bool state_read(struct state *state, str text);
void state_write(const struct state *state, struct buf *text);

struct ledger_runs state_runs(const struct state *state, str feed);
/* Of an item: the texts that name it among all others. */
str state_item_name(struct arena *arena, str feed, str id, str key);
/* The place of the number of a feed's items in a state. */
struct ledger_tally *state_count(struct map *counts, struct arena *arena, str feed, str state);

#endif
