/* job/outlet_wait: records whose bytes hold the fields of the record above them, which is not known yet.
 *
 *   id,total,sku            the total of A-1 is that of its lines, so both lines come first,
 *   A-1,3.00,CUP            and wait here with their values
 *   A-1,3.00,MUG
 *
 * What is held stands in the order in which it came; where a record that waited itself comes after its
 * children, they are put behind it. Values live until waiting_reset.
 */
#ifndef SLUICE_JOB_OUTLET_WAIT_H
#define SLUICE_JOB_OUTLET_WAIT_H

#include "job/outlet.h"

struct waiting_record {
  const struct record *record;
  const value *fields; /* NULL: it ends here */
  struct outlet_line line;
};

struct waiting {
  struct waiting_record *items;
  size_t count;
};

/* Values are copied; `line` is what would be noted of it. */
void waiting_open(struct waiting *waiting, const struct record *record, const value *fields,
                  const struct outlet_line *line, struct arena *arena);
void waiting_close(struct waiting *waiting, const struct record *record, struct arena *arena);
void waiting_append(struct waiting *waiting, const struct waiting *more, struct arena *arena);

#endif
