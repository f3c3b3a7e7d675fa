/* report/explain: what a schema or a transform is, in words: what `sluice explain` prints.
 *
 * A transform: its levels, its operators in the order in which records meet
 * them, with what each keeps in memory; its rules, blocks and proofs; and for
 * every target field the source columns that reach it. A Transaction Import
 * schema: the control-file contract for the SL consultant. Only programs that
 * were not complained of may be explained.
 */
#ifndef SLUICE_REPORT_EXPLAIN_H
#define SLUICE_REPORT_EXPLAIN_H

#include "transform/program.h"

void explain_functions(struct buf *text);
void explain_schema(const struct schema *schema, struct buf *text);
void explain_transform(const struct program *program, struct buf *text);

/* parts of explain_transform, one file each */
void explain_operators(const struct program *program, struct buf *text);
void explain_fields(const struct program *program, struct buf *text);
/* transaction-type, CustOrdNbr = order-id */
void explain_keys(const struct lookup *lookup, struct buf *text);
/* Blanks up to `column` (from 0) of the line that began at `start`; at least two when it is passed. */
void explain_pad(struct buf *text, size_t start, size_t column);

#endif
