/* transform/earlier: what records of the file gave before, by a key: earlier(value, key).
 *
 *   skip "twice in the file" when earlier(order-total, order-id) present
 *
 * The first record with a key gives its value, and every later one is answered with it; asked again at the
 * same record, it is still the first. A record that is not written in the end has given nothing
 * (earlier_forget). One value for each key: what is asked for it second is answered with the first. It lives
 * as long as its worker.
 */
#ifndef SLUICE_TRANSFORM_EARLIER_H
#define SLUICE_TRANSFORM_EARLIER_H

#include "model/value.h"

struct earlier;
struct earlier *earlier_new(void);
void earlier_free(struct earlier *earlier);
void earlier_next(struct earlier *earlier);   /* another record */
void earlier_forget(struct earlier *earlier); /* the current one leaves */
/* Absent: no record before this one gave any. */
value earlier_value(struct earlier *earlier, str key, const value *v);

#endif
