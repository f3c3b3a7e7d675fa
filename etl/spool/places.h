/* spool/places: the places that can hold personal data, and whether they are open to more users than they
 * may.
 *
 * The table of spool.h, for looking at. Only modes are looked at: of the folder,
 * and of the files that lie in it directly; who owner and group are is the site's affair.
 */
#ifndef SLUICE_SPOOL_PLACES_H
#define SLUICE_SPOOL_PLACES_H

#include "spool/spool.h"

struct spool_open_place {
  str path;            /* of the site */
  unsigned mode, most; /* as it is; bits that it may have */
  size_t others;       /* files of the same folder that are too open as well */
};

/* Of one feed. `personal`: its columns include such; else only places that are closed in any case are looked
 * at. */
enum outcome spool_places_open(struct spool *spool, str feed, bool personal, struct spool_open_place **found,
                               size_t *count, struct err *err);

#endif
