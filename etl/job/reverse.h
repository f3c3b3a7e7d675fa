/* job/reverse: every released journal of an item mirrored, and the mirrors released (R11).
 *
 * The journals are read back from where they lie, in outbox/ or imported/; one
 * that was edited since (its SHA-256 is not in its proof) is refused, because SL
 * may hold either. Nothing posted is edited. After it the item's key may be released again.
 */
#ifndef SLUICE_JOB_REVERSE_H
#define SLUICE_JOB_REVERSE_H

#include "job/answer.h"

struct reversal {
  str key; /* or id, of what was reversed */
  str *outputs, *mirrors;
  size_t count;
};

/* `item`: a key, an id, or a released output. OUT_DATA: nothing to be reversed under that name, and why; a
 * second reversal too. OUT_SPEC: the feed's specs are wrong; the library has the complaints. */
/* The latest entry that counts of a key, in whatever feed has it; *found stays NULL when none has. */
enum outcome reverse_entry_by_key(const struct custody *custody, str key, const struct ledger_entry **found,
                                  struct err *err);
enum outcome reverse_item(const struct custody *custody, str item, struct reversal *reversal,
                          struct err *err);

#endif
