/* spool/ledger_line: one line of the ledger: words to text and back, and the sum at its end.
 *
 *   2026-11-21T02:10:04Z released settlement id=3f9a.. key=11840 ~8c1d22f0
 *
 * Blanks part the words, "=" parts a name from its value, and "%20" stands for what would be misread. An
 * empty time, event or feed is "-". The sum covers the end word of the line before too: a chain.
 */
#ifndef SLUICE_SPOOL_LEDGER_LINE_H
#define SLUICE_SPOOL_LEDGER_LINE_H

#include "base/buf.h"
#include "base/memory.h"
#include "io/digest.h"
#include "spool/ledger.h"

enum { SUM_DIGITS = 8, SUM_WORD = 1 + SUM_DIGITS };

/* "~" and the digits; empty before the first line. */
struct line_sum {
  char text[SUM_WORD + 1];
};

/* Without sum and end; OUT_BUG for a word without a name. */
enum outcome line_body(str time, str event, str feed, const struct ledger_word *words, size_t count,
                       struct buf *line, struct err *err);
/* A whole line with its end; OUT_BUG for a word without a name or a line that is too long. */
enum outcome line_write(str time, str event, str feed, const struct ledger_word *words, size_t count,
                        struct line_sum before, struct buf *line, struct err *err);
/* Is the sum of `line` (without its end) right behind `before`? *body: what stands before the sum word. */
bool line_check(struct digest *digest, struct line_sum before, str line, str *body, struct line_sum *sum);
/* Texts point into `body`, or into the arena where they had to be decoded. False: it is no entry. */
bool line_read(struct arena *arena, str body, struct ledger_entry *entry);

#endif
