/* job/mirror: the mirror of a Transaction Import journal: what was debited is credited, and the other way
 * round.
 *
 *   "Batch",,202610,"H",120.50,"Amazon 1184"         "Batch",,202610,"H",120.50,"Reversal of Amazon 1184"
 *   "Transaction",...,"Sales",0.00,120.50            "Transaction",...,"Sales",120.50,0.00
 *
 * Read by its schema: DrAmt and CrAmt change places, Descr says what it is, PerPost moves to the first open
 * period when its own is closed. All else stays byte for byte; the control total is right for both, because
 * a journal whose debits and credits differ is refused. Bytes in, bytes out: no other journal is looked at.
 */
#ifndef SLUICE_JOB_MIRROR_H
#define SLUICE_JOB_MIRROR_H

#include "base/buf.h"
#include "model/calendar.h"
#include "model/schema.h"

struct mirror_sums {
  uint64_t lines; /* with a debit or a credit */
  dec debits, credits;
};

struct mirror {
  struct mirror_sums original, mirrored; /* each read from its own bytes */
  str period, moved_to;                  /* as shown (202610); moved_to "" = it stayed */
};

/* Is this the text of a Transaction Import file of that schema, by the level words of its first lines? */
bool mirror_knows(const struct schema *schema, str text);
/* Appends the mirror to `out`. OUT_DATA with the line: it is no such journal, does not balance, or no open
 * period is left. */
enum outcome mirror_text(const struct schema *schema, const struct calendar *calendar, str text,
                         struct arena *arena, struct buf *out, struct mirror *mirror, struct err *err);

#endif
