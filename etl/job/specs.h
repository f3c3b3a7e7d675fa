/* job/specs: every spec and sheet of a site is opened; what is wrong in any is complained of in the library.
 *
 *   struct specs_count count = specs_open(library);
 *   if (complaints_count(library_wrong(library))) ...
 */
#ifndef SLUICE_JOB_SPECS_H
#define SLUICE_JOB_SPECS_H

#include "transform/library.h"

struct specs_count {
  size_t schemas, transforms, feeds, sheets;
};
struct specs_count specs_open(struct library *library);

#endif
