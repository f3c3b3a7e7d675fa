/* job/replies: the rows of a filled review sheet, each matched with the question it answers.
 *
 * Nothing is done here: a row is either understood, or refused with the reason, and the rest stands. A row
 * without an answer is none. What an answer may be:
 *
 *   of an item       yes, ok, release; no, refuse (case and blanks aside)
 *   of a message     yes, ok, no: it has been seen
 *   of a sheet row   the values, parted by ";", or no: it stays as it is
 *
 * Refused: an id that this site has not asked; a question that is closed; a second answer to one question in
 * a sheet (the first that can be applied holds); an answer that is not understood; nobody in "answered by",
 * however the sheet was made; an id, answer or name that a spreadsheet program rewrote. Edits of other
 * columns are told and change nothing.
 */
#ifndef SLUICE_JOB_REPLIES_H
#define SLUICE_JOB_REPLIES_H

#include "job/review_sheet.h"

enum reply_word { REPLY_YES, REPLY_NO, REPLY_VALUES };

struct reply {
  uint64_t number; /* of the row */
  str id, answer, by;
  const struct question *question; /* NULL: unknown */
  enum reply_word word;
  struct reply *before; /* an earlier row answers the same question: this one counts if that was refused */
  bool applied;         /* set by whoever applies it */
  bool done;            /* this very sheet was being applied when a run died: it has been done */
  str refused;          /* why; "" = it can be applied */
  str edited;           /* the columns whose edits are ignored: "value", "field" */
};

/* `sheet`: the filled sheet's own id, by which answers that it gave before are known; "" = none. */
struct reply *replies_match(const struct review_table *table, struct question *questions, size_t count,
                            str sheet, struct arena *arena, size_t *reply_count);
/* Sets word; false, with the reason, when it is no answer to such a question. */
bool reply_read(const struct question *question, str answer, struct arena *arena, enum reply_word *word,
                str *why);

#endif
