/* job/items: the items of a site and the state of each, as the ledger tells.
 *
 * An item is a file that came (by its id), or a key that was adopted. Its state
 * is that of the latest entry about it; a copy of it that was dropped later and
 * skipped changes nothing. An open item waits for a person: ready or held.
 *
 *   size_t count;
 *   struct item_state *items = items_list(ledger, STR_NONE, arena, &count);
 */
#ifndef SLUICE_JOB_ITEMS_H
#define SLUICE_JOB_ITEMS_H

#include "spool/ledger.h"

struct item_state {
  str feed, id, key, k, file, sha256, amount;
  str state, time, reason; /* of the entry that decides */
  bool about_key;          /* that entry speaks for the key too, not for `of` one that stands otherwise */
  const struct ledger_entry *entry;
};

/* In the order in which they were first met; feed "" = of all. They live in the arena, texts in the ledger.
 */
struct item_state *items_list(const struct ledger *ledger, str feed, struct arena *arena, size_t *count);
bool item_is_open(const struct item_state *item);
/* By key, id, k or file name. OUT_DATA: no open item is called that, or several are. */
enum outcome items_find_open(struct item_state *items, size_t count, str name, struct item_state **item,
                             struct err *err);
str item_name(const struct item_state *item); /* its key, else its id */

#endif
