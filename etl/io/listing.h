/* io/listing: the names in a folder of any size, in order, in memory of one size.
 *
 * What stands in the folder at listing_open is what comes, sorted by byte; what comes or goes later is not
 * noticed. Up to LISTING_MOST names are held; when there are more, all of them go to a file without a name
 * in the folder for temporary files, and as many as can be held are picked from it at a time, the smallest
 * first.
 *
 *   listing_open("inbox/settlement", NULL, &listing, &err);
 *   while (!(out = listing_next(listing, &name, &err))) ...       OUT_END: that was all
 *   listing_close(listing);
 *
 * A name lives until the next call. OUT_SYSTEM: the folder, or the temporary file, cannot be read or written.
 */
#ifndef SLUICE_IO_LISTING_H
#define SLUICE_IO_LISTING_H

#include "base/err.h"
#include "base/memory.h"

enum { LISTING_MOST = 4096 };

struct listing;
/* `wanted`: which names are listed at all; NULL: all. *listing is NULL when it fails. */
enum outcome listing_open(const char *folder, bool (*wanted)(str name), struct listing **listing,
                          struct err *err);
enum outcome listing_next(struct listing *listing, str *name, struct err *err);
void listing_close(struct listing *listing);

#endif
