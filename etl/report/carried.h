/* report/carried: what couriers brought and took away, and every call that it needed.
 *
 *   feed        what                                             files    bytes  result
 *   settlement  amazon report GET_V2_SETTLEMENT_REPORT_DATA_..       2   41,207  2 new
 *   orders      amazon report GET_ORDER_REPORT_DATA_SHIPPING         1   12,011  orders-50013.xml, 12,011
 * bytes
 *
 *   02:00:01  login                 200    31 ms
 *   02:00:01  getReports            200    12 ms  request 7f3a9c01-..
 *   8 calls: login 1, getReports 1, createReport 1, getReport 2, getReportDocument 2, download 1
 */
#ifndef SLUICE_REPORT_CARRIED_H
#define SLUICE_REPORT_CARRIED_H

#include "base/buf.h"
#include "base/memory.h"

struct carried_row {
  str feed, what, result, meaning; /* meaning: of its exit code, "clean" */
  int code;
  size_t files;
  uint64_t bytes;
};

struct carried_call {
  str time, name, request; /* time: "02:00:01"; request: Amazon's id, "" when there was none */
  int status;              /* 0: no answer; then `trouble` says why */
  int64_t milliseconds;
  str trouble;
};

struct carried {
  struct carried_row *rows;
  size_t count;
  struct carried_call *calls;
  size_t call_count;
};

void carried_text(const struct carried *carried, struct arena *arena, struct buf *text);
void carried_json(const struct carried *carried, struct buf *text);

#endif
