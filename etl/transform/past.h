/* transform/past: rows that earlier runs left (format state), as one lookup finds them.
 *
 *   lookup sent in state.listing on sku                    sent.quantity, found(sent)
 *
 * Keys are compared by value: 1.50 is 1.5, and an instant is the same in every zone. Texts are compared as
 * they are written, and only when no row is so, without case and outer blanks; with `exact` that second way
 * must find one key alone. A * is a character like others. Of several rows the one added last answers: a
 * later release stands before an earlier one, also for a lookup by a part of the state's key.
 *
 * The rows that are added must live as long as the table. Read-only after the last; safe for many threads.
 */
#ifndef SLUICE_TRANSFORM_PAST_H
#define SLUICE_TRANSFORM_PAST_H

#include "transform/program.h"

struct past;
struct past *past_new(const struct lookup *lookup, struct arena *arena);
/* Before the first row: of several rows with one key none answers, unless they agree in every field (SL's
 * tables). */
void past_choose_none(struct past *past);
void past_add(struct past *past, const value *fields); /* in the order of the record's fields */
enum { PAST_NONE = -1, PAST_SEVERAL = -2 };
/* `keys`: one for each pair of the lookup. */
ptrdiff_t past_find(const struct past *past, const value *keys);
/* For `many`: all rows that past_find could choose from, as they were added; in `scratch`. */
size_t past_find_all(const struct past *past, const value *keys, struct arena *scratch, size_t **rows);
value past_value(const struct past *past, size_t row, size_t field); /* field: its index in the record */

/* The same for equal values, and only for these: the parts of a key one after the other. */
void past_key_part(const value *v, struct buf *key);

#endif
