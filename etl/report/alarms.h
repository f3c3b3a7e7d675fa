/* report/alarms: dropped files that have had no answer for too long.
 *
 *   ALARM: 2 files have had no answer
 *
 *     settlement  inbox/settlement/a.txt  for 26 h: no run has taken it
 *     settlement  inbox/settlement/b.xls  for 3 days: no feed takes a file of this name
 */
#ifndef SLUICE_REPORT_ALARMS_H
#define SLUICE_REPORT_ALARMS_H

#include "base/buf.h"
#include "base/memory.h"

enum { ALARMS_SHOWN = 20 }; /* in the text; the rest are counted */

struct alarm {
  str feed, file, place; /* place: relative to the site */
  int64_t age;           /* seconds */
  str what;
};

void alarms_text(const struct alarm *alarms, size_t count, struct buf *text);
void alarms_json(const struct alarm *alarms, size_t count, struct buf *text); /* an array */

#endif
