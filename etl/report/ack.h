/* report/ack: the answer to a dropped file, for the person who dropped it and for a machine.
 *
 *   sluice: the answer to inbox/goods/a.tsv
 *
 *     Received   2026-11-21 02:00:00, 312 bytes
 *                SHA-256 3f9a...
 *     Result     released, 3 rows rejected
 *     Rows       9 received = 6 accepted + 3 rejected + 0 held + 0 filtered
 *     Written    outbox/sl/goods/goods.csv
 *     Rejects    outbox/review/rejects/goods/a.tsv: correct the rows in it and drop it into inbox/goods
 *
 *     Not accepted
 *       line  row  status    field  why
 *          4    3  rejected  price  price: "1.00x" is not a number
 *
 * It holds no personal data: the caller has taken it out of the texts, and rows are never quoted.
 */
#ifndef SLUICE_REPORT_ACK_H
#define SLUICE_REPORT_ACK_H

#include "base/buf.h"
#include "base/memory.h"

struct ack_record { /* one that was not accepted */
  bool held;
  uint64_t line, row; /* of the file, from 1; below the header, from 1 (as `sluice why FILE:ROW`) */
  str field, error;   /* field: "" = not known */
  bool by_rule;       /* error is what a rule says: it stands among the file's messages too */
};

struct ack {
  str feed, file, folder; /* folder: where it was dropped */
  str received, sha256;   /* received: the run's stated time */
  uint64_t bytes;
  str result, reason; /* released, ready, held, rejected, skipped, not taken */
  uint64_t rows, accepted, rejected, held, filtered;
  const str *outputs;
  size_t output_count;
  str kept;      /* where the original of a rejected or held file lies */
  str rejects;   /* the file of its rejected rows; "" = none */
  uint64_t lost; /* rows not accepted that are not in that file: there were too many */
  const struct ack_record *records;
  size_t record_count;
  uint64_t more; /* records beyond these */
};

void ack_text(const struct ack *ack, struct buf *text);
void ack_json(const struct ack *ack, struct buf *text);

#endif
