/* load/counter: numbers from SL's own counters, as SL takes them.
 *
 * Each order type has its counters in SOType: LastOrdNbr, LastShipperNbr, LastInvcNbr, or it names another
 * type whose counter it uses (OrdNbrType and so on). A number is the type's prefix and the counter in as many
 * digits as the counter is written with, 10 characters together; a used number is skipped, and behind 9..9
 * the counter begins again (SL's procedure DMG_NextOrdNbr does the same).
 *
 * Numbers are taken for many documents at once, under the counter's lock, in a transaction of its own: what
 * comes of the documents does not matter to it, and gaps are allowed (R17).
 *
 *   out = counter_take(db, counter_named(STR("order-number")), STR("0060"), STR("AMZ"), 100, arena, numbers,
 * &err);
 */
#ifndef SLUICE_LOAD_COUNTER_H
#define SLUICE_LOAD_COUNTER_H

#include "base/memory.h"
#include "db/connect.h"

enum { COUNTER_NUMBER_MOST = 10 };

struct counter;
/* order-number, shipper-number, invoice-number, as `assigned` names them; NULL: no such counter. */
const struct counter *counter_named(str name);

/* `count` numbers, none of them used, in the arena. OUT_SPEC: no such type, a prefix that SL makes of the
 * document (&cu, &da, &sa, &us), a counter that is none. OUT_REFUSED: all numbers are used. OUT_RETRY:
 * locked. */
enum outcome counter_take(struct db *db, const struct counter *counter, str company, str type, size_t count,
                          struct arena *arena, str *numbers, struct err *err);

#endif
