/* report/history: entries of the ledger as a table for people and as JSON.
 *
 *   time                 feed        event     item         file               amount      what
 *   2026-11-21 02:00:00  settlement  released  70000000011  2026-10-16-us.txt  743.25 USD  outbox/sl/... and
 * 1 more
 */
#ifndef SLUICE_REPORT_HISTORY_H
#define SLUICE_REPORT_HISTORY_H

#include "base/buf.h"
#include "base/memory.h"

struct history_entry {
  uint64_t line; /* of the ledger */
  str time, feed, event;
  str item; /* key, else id */
  str file, amount, reason;
  str *outputs;
  size_t output_count;
};

void history_text(const struct history_entry *entries, size_t count, struct buf *text);
void history_json(const struct history_entry *entries, size_t count, struct buf *text);

#endif
