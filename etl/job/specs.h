/* job/specs: everything that a site's specs say, opened and checked.
 *
 * Schemas, transforms, feeds, sheets and sluice.conf, those that nothing uses yet too: what is wrong is wrong
 * now, not when it is used. The library has the complaints.
 */
#ifndef SLUICE_JOB_SPECS_H
#define SLUICE_JOB_SPECS_H

#include "job/feed.h"
#include "job/settings.h"

struct specs_count {
  size_t schemas, transforms, feeds, sheets;
  size_t unasked;  /* settings that sluice.conf lacks, of feeds and transforms that are not switched on */
  str unasked_for; /* "feed orders: 12, transform x: 3" */
};
struct specs_count specs_check(struct library *library);

#endif
