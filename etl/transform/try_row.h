/* transform/try_row: would a record that finds this row of a sheet be refused by a rule?
 *
 * A sheet says which account a label goes to; that the account exists is said by the transform:
 *
 *   reject file "account {list(account where not found(chart))} is not in chart-of-accounts.csv" when
 * any(...)
 *
 * A row that a person adds is tried before it is written: each reject rule that depends on the lookup is
 * asked about one record that has nothing but the row's keys. any(), all() and list() are those of that one
 * record. A rule that needs more than the keys (a total, a header, another column) cannot be asked: it
 * speaks when a file comes.
 */
#ifndef SLUICE_TRANSFORM_TRY_ROW_H
#define SLUICE_TRANSFORM_TRY_ROW_H

#include "transform/eval.h"

/* `run` with the sheets as they would be; `keys`: a text for each key of the lookup. The rule's text in the
 * arena; "" when none refuses. */
str try_row(const struct run *run, const struct lookup *lookup, const str *keys, struct arena *arena);

#endif
