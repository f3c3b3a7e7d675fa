/* report/proof: the account of one file: what came in, what went out, what was proved.
 *
 * Written beside every released file as NAME.proof (for people) and NAME.proof.json
 * (the same facts for machines). It holds no personal data: rows are counted
 * and summed, never quoted.
 *
 *   sluice proof of outbox/sl/settlement/journal-70000000011.txt
 *
 *   Source     inbox/settlement/2026-10-16-us.txt, 25,804 bytes, 151 rows
 *              SHA-256 3f9a...
 *   Read as    UTF-8, decimal point, America/Los_Angeles
 *   ...
 *   Proofs
 *     holds  the rows add up to Amazon's total        743.25 = 743.25
 *   Rows       151 in = 1 header + 150 folded + 0 filtered + 0 rejected + 0 held
 *   Lines
 *     line  rows        sum  account ...
 */
#ifndef SLUICE_REPORT_PROOF_H
#define SLUICE_REPORT_PROOF_H

#include "base/buf.h"
#include "transform/library.h"
#include "transform/tally.h"

/* One record of one output. */
struct proof_line {
  uint64_t line; /* in the file, from 1 */
  str record, label;
  str detail;    /* its main fields, as NAME=VALUE texts joined by two blanks */
  uint64_t rows; /* source rows that made it; 0 = not from a group */
  str sum;       /* their sum, or "" */
};

struct proof_output {
  str name; /* relative to the site */
  char digest[65];
  uint64_t bytes;
  struct proof_line *lines;
  size_t line_count;
  bool part; /* of a feed that takes several files */
};

struct proof_facts {
  str feed, transform, item, key, k; /* item: the source's id */
  str source, time;                  /* as dropped; the run's stated time */
  char digest[65];
  uint64_t bytes;
  str charset, notation, zone, currency;
  const str *new_columns; /* that the schema does not know */
  size_t new_column_count;
  const struct library_file *specs;
  size_t spec_count;
  const struct tally *tally;
  const struct proof_output *outputs;
  size_t output_count;
  /* Whose account for machines it is: of other parts it names no lines, or forty parts would be told of forty
   * times. NULL: everybody's. */
  const struct proof_output *beside;
  uint64_t transliterated; /* texts changed for the target's character set */
};

/* `output` picks whose lines are listed; NULL lists all. */
void proof_text(const struct proof_facts *facts, const struct proof_output *output, struct buf *text);
void proof_json(const struct proof_facts *facts, struct buf *text);
/* Why a file was refused or held: the .why beside it. `reason` is one sentence. */
void proof_why(const struct proof_facts *facts, str reason, struct buf *text);

#endif
