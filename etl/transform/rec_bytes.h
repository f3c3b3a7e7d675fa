/* transform/rec_bytes: a source record with all that is below it as bytes, and back, so that it can be put
 * aside and sorted.
 *
 *   rec_to_bytes(order, &shapes, &text, &err);
 *   struct rec *again = rec_of_bytes(buf_str(&text), &shapes, arena);      same cells, values, places and
 * records below
 *
 * The bytes are for this process only. What is above the record (that a file has once) does not go along.
 */
#ifndef SLUICE_TRANSFORM_REC_BYTES_H
#define SLUICE_TRANSFORM_REC_BYTES_H

#include "base/buf.h"
#include "model/tree.h"

/* OUT_DATA: a decimal of more than 20 digits before the point. The buffer may come back full. */
enum outcome rec_to_bytes(const struct rec *rec, const struct shapes *shapes, struct buf *bytes,
                          struct err *err);
/* Texts borrow from the bytes, which must stay as long as the arena's records are used. */
struct rec *rec_of_bytes(str bytes, const struct shapes *shapes, struct arena *arena);

#endif
