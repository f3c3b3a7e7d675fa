/* job/items: the items of a site and the state of each, as the ledger tells.
 *
 * An item is a file that came (by its id), or a key that was adopted. Its state
 * is that of the latest entry about it; a copy of it that was dropped later and
 * skipped changes nothing. An open item waits for a person: ready or held.
 *
 *   size_t count;
 *   struct item_state *items = items_open(ledger, STR_NONE, arena, &count);
 */
#ifndef SLUICE_JOB_ITEMS_H
#define SLUICE_JOB_ITEMS_H

#include "spool/ledger.h"

struct item_state {
  str feed, id, key, k, file, sha256, amount;
  str state, time, reason; /* of the entry that decides */
  bool about_key;          /* that entry speaks for the key too, not for `of` one that stands otherwise */
  const struct ledger_entry *entry, *first;
};

/* The open ones, in the order in which they were first met; feed "" = of all. They live in the arena, their
 * texts as long as the ledger's entries. */
struct item_state *items_open(struct ledger *ledger, str feed, struct arena *arena, size_t *count);
/* By id, or, where it has none, by key. False: the ledger tells of no such item. */
bool item_find(struct ledger *ledger, str feed, str id, str key, struct item_state *item);
bool item_is_open(const struct item_state *item);
/* By key, id, k or file name. OUT_DATA: no open item is called that, or several are. */
enum outcome items_find_open(struct ledger *ledger, struct arena *arena, str name, struct item_state **item,
                             struct err *err);
str item_name(const struct item_state *item); /* its key, else its id */

#endif
