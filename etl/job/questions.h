/* job/questions: what a person is asked, by ids that stay.
 *
 *   Q-7F3K2MW  settlement  80000000001  unknown label Order / ItemFees / SkyHookFee went to suspense
 *
 * Three kinds. Of an item: a ready one, shall it be released; a held one, shall it be taken again (yes or
 * no). Of a row of a sheet: a rule with "answer LOOKUP" asks what stands in it (values); the same label in
 * other files is the same question. Of a message: a review rule wants to be seen (yes, no or ok).
 *
 * An id is made of the feed and of what is asked (the item and its reason; the sheet and its keys; the item
 * and the message), so that the same question has the same id every night. It has letters, for a
 * spreadsheet program turns what looks like a number into one.
 *
 * All that is asked stands in the ledger, and nothing depends on the sheets that are written for people:
 *
 *   asked     name= (the id) name=questions kind= of= of-key= (the item) file= row= field= value= suggest=
 * held= lookup= keys= reason= (what is wrong) answered  name= name=questions of= of-key= answer= by= reason=
 * (what came of it) sheet= (the filled one's id)
 *
 * The question of an item is open as long as the item is, and asks the same; the others until they are
 * answered. One that is asked again after its answer is open again. Everything lives in the arena.
 */
#ifndef SLUICE_JOB_QUESTIONS_H
#define SLUICE_JOB_QUESTIONS_H

#include "job/items.h"

enum { QUESTION_ID_TEXT = 10, QUESTION_PART = 0x1f };

enum question_kind { QUESTION_ITEM, QUESTION_ROW, QUESTION_MESSAGE };
extern const char *const question_kinds[3]; /* as the ledger has them */

struct question {
  enum question_kind kind;
  str id, feed, file, row, field, value, text, suggest;
  str item, key; /* the item that asked first: its id, and its key, if it has one */
  str state;     /* of an item's question: ready or held */
  str lookup,
      keys;   /* of a row's: the lookup; the cells of the keys that `field` names, parted by QUESTION_PART */
  str *items; /* all that asked, by id */
  size_t item_count;
  str since;     /* when it was first asked, or the item came to its state */
  uint64_t line; /* of the ledger, that first asked it; 0: not asked in the ledger yet */
  bool open;
  bool held; /* of a message: rows were left out of a released file, and yes takes them again (job/put_back.h)
              */
  bool shared; /* two open ones have this id (once in some million sites): neither is answered by it */
  str closed;  /* why it is not: "it was answered on 2026-11-20 by Ann" */
  str sheet;   /* the id of the filled sheet that answered it */
};

/* Q-7F3K2MW */
str question_id(struct arena *arena, str feed, str what, str which);
/* Of a feed ("" = of all): the open ones and those that were, in the order in which they were first asked. */
struct question *questions_list(struct ledger *ledger, str feed, struct arena *arena, size_t *count);
/* By its id, however it is typed: q-7f3k2mw, blanks around it. NULL: none. */
struct question *questions_find(struct question *questions, size_t count, str id);

#endif
