/* report/proof_internal: what the text and the JSON of a proof share. */
#ifndef SLUICE_REPORT_PROOF_INTERNAL_H
#define SLUICE_REPORT_PROOF_INTERNAL_H

#include "report/page.h"
#include "report/proof.h"

/* " = ", " <= " ... between the sides of a comparison. */
const char *proof_sign(const struct proof_result *result);
/* Left minus right, when both are plain decimals; false otherwise. The text lives in the arena. */
bool proof_difference(const struct proof_result *result, struct arena *arena, str *difference);
/* Rows in less all that the counts account for: 0 when they add up. */
int64_t proof_rows_missing(const struct tally *tally);

/* The table of an output's lines; with its name above it when there are several. */
void proof_lines(struct page *page, const struct proof_output *output, bool named);

#endif
