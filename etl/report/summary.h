/* report/summary: what a run did, as a table for the terminal and as JSON.
 *
 *   feed        file                        rows  rejected        amount  proof   result
 *   settlement  2026-10-16-us.txt            151         0    743.25 USD  holds   released
 *   settlement  2026-11-13-us-large.txt  100,001         0  279,826.69 USD  holds   released
 *   settlement  broken.txt                    40         0             -  fails   rejected: the rows add up
 * ...
 *
 * Columns are as wide as they need to be; numbers are right-aligned with thousands commas. No colour unless
 * asked: then the result is green, yellow or red.
 */
#ifndef SLUICE_REPORT_SUMMARY_H
#define SLUICE_REPORT_SUMMARY_H

#include "base/buf.h"
#include "base/memory.h"
#include "codec/json_text.h"

struct summary_row {
  str feed, file;
  uint64_t rows, rejected;
  str amount, proof, result; /* amount: "743.25 USD" or "-"; result: its first word says the state */
  str place;                 /* where the outputs or the kept file are; shown below the table */
  str *notes;                /* warnings, below the table */
  size_t note_count;
};

void summary_text(const struct summary_row *rows, size_t count, bool colour, struct buf *text);
void summary_json(const struct summary_row *rows, size_t count, struct buf *text);

/* 1234567 -> 1,234,567 */
str with_commas(uint64_t n, struct arena *arena);

#endif
