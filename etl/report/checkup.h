/* report/checkup: what was looked at before the night, one line each.
 *
 *   ok     config   9 schemas, 4 transforms, 1 feed, 6 sheets
 *   wrong  modes    var/inbox/hold/goods can be read by others: mode 755, 700 at most
 *   ok     disk     12,345 MB left for var
 */
#ifndef SLUICE_REPORT_CHECKUP_H
#define SLUICE_REPORT_CHECKUP_H

#include "base/buf.h"
#include "base/memory.h"

struct checkup_line {
  const char *check; /* config, folders, modes, disk, clock, keys */
  bool good;
  str text;
};

void checkup_text(const struct checkup_line *lines, size_t count, struct buf *text);
void checkup_json(const struct checkup_line *lines, size_t count, struct buf *text);

#endif
