/* report/night: what a night did, feed by feed, in the order in which they were to run.
 *
 *   settlement (last good run 3 nights ago): clean
 *   feed        file               rows  rejected      amount  proof  result
 *   settlement  2026-10-16-us.txt   151         0  743.25 USD  holds  released
 *
 *   stock (last good run 1 night ago; after settlement, which ended 65): clean
 *   nothing lies in the inbox
 *
 *   the night of 2026-11-21: 2 feeds, 2 clean
 *
 * Each feed's own account is what its run printed: as text for people, as a
 * JSON array for machines, where it stands under "files".
 */
#ifndef SLUICE_REPORT_NIGHT_H
#define SLUICE_REPORT_NIGHT_H

#include "base/buf.h"

struct night_row {
  str feed, why, note; /* why it ran; what else is to be known of it: "" or "after a, which ended 65" */
  int code;            /* how it ended */
  str meaning;         /* of the code: "clean" */
  bool ran;
  bool couriers;         /* fetch or send: no feed */
  int64_t seconds;       /* it took */
  str account, messages; /* what it wrote to stdout and stderr */
};

void night_row_text(const struct night_row *row, struct buf *text);
void night_end_text(const struct night_row *rows, size_t count, str day, bool dry_run, struct buf *text);
/* next: "" or the feed that is due next, and when. */
void night_json(const struct night_row *rows, size_t count, str day, int code, str next, str next_time,
                struct buf *text);

#endif
