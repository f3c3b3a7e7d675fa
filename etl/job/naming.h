/* job/naming: names of outputs: as a person types them, and those of a second release or a reversal.
 *
 *   ./outbox/sl/settlement/imported/journal-1.txt  ->  outbox/sl/settlement/journal-1.txt   as released
 *   journal-1.txt  ->  journal-1-2.txt             released again after a reversal
 *   journal-1.txt  ->  journal-1-reversal.txt      its mirror
 *
 * A name that was released is not used for a second release: SL may have
 * imported it, and `sluice why` answers by it.
 */
#ifndef SLUICE_JOB_NAMING_H
#define SLUICE_JOB_NAMING_H

#include "spool/ledger.h"

/* A path of the site without the site's folder, for people. */
str naming_below(const char *site, const char *path);
str naming_released(struct arena *arena, str typed);
str naming_reversal(struct arena *arena, str name);
/* For an item that is released: the name, or with the first free number from 2 when the same item was
 * released under it before (and reversed since): SL may have that file, this one is another. */
struct naming_item {
  str feed, id, key;
};
str naming_again(struct ledger *ledger, struct arena *arena, struct naming_item item, str name);
/* Of names that say their K, which other specs change: an item has one rows file for SL in a folder. */
bool naming_is_but_k(str name, str other, const char *ending);
/* Is `name` the name `plain`, or that with a number? */
bool naming_is_of(struct arena *arena, str name, str plain);

#endif
