/* report/mirror_proof: the account of a reversal: what it mirrors, and that the two tie.
 *
 *   sluice proof of outbox/sl/settlement/journal-70000000011-reversal.txt
 *
 *   Mirrors    outbox/sl/settlement/journal-70000000011.txt, released 2026-11-21 02:00:00
 *              SHA-256 3f9a...
 *   Settlement 70000000011, item 3f9a..
 *   Period     202610
 *
 *              lines     debits    credits
 *   original      10  24,650.75  24,650.75
 *   reversal      10  24,650.75  24,650.75
 *
 * It says nothing of when it was made: made again, it is the same bytes.
 */
#ifndef SLUICE_REPORT_MIRROR_PROOF_H
#define SLUICE_REPORT_MIRROR_PROOF_H

#include "base/buf.h"
#include "model/decimal.h"

struct mirror_side {
  str name, digest;
  uint64_t bytes, lines;
  dec debits, credits;
};

struct mirror_facts {
  str feed, item, key, released; /* released: when the original was */
  str period, moved_to;          /* moved_to "": it stayed */
  struct mirror_side original, reversal;
};

void mirror_proof_text(const struct mirror_facts *facts, struct buf *text);
void mirror_proof_json(const struct mirror_facts *facts, struct buf *text);

#endif
