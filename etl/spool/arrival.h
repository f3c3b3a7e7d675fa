/* spool/arrival: what a courier brings into an inbox: written as it comes, there when it is whole.
 *
 *   struct spool_arrival *arrival;
 *   spool_seal_in(spool, feed, STR("inbox/orders"), STR("50013.xml"), key, &arrival, &err);
 *   spool_arrival_write(arrival, piece, &err);                      as often as need be
 *   spool_arrival_commit(arrival, &err);        or spool_arrival_abandon(arrival)
 *
 * It is written to var/inbox/arriving/FEED/NAME, mode 600, or with a key as NAME.sealed through the seal, so
 * that nothing of it lies on the disk in the open; fsynced; and renamed into the inbox: from then on it is a
 * drop like any other. A taken name gets .1, .2 ... NAME.done beside it says that it stands still. Names are
 * without a folder.
 */
#ifndef SLUICE_SPOOL_ARRIVAL_H
#define SLUICE_SPOOL_ARRIVAL_H

#include "io/seal.h"
#include "spool/spool.h"

struct spool_arrival;
/* Removes what couriers that died left half written, more than an hour ago: what it was is fetched again. */
enum outcome spool_arrival_sweep(struct spool *spool, str feed, struct err *err);
enum outcome spool_seal_in(struct spool *spool, str feed, str folder, str name, const struct seal_key *key,
                           struct spool_arrival **arrival, struct err *err);
enum outcome spool_arrival_write(struct spool_arrival *arrival, str bytes, struct err *err);
enum outcome spool_arrival_commit(struct spool_arrival *arrival,
                                  struct err *err); /* frees it, whatever comes */
void spool_arrival_abandon(struct spool_arrival *arrival);

#endif
