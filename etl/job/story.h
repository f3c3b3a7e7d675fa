/* job/story: everything that is told of one thing, in order.
 *
 * A thing is named by a key (a settlement-id), an item's id, a file, or an output: then its story is every
 * entry of the items that the name belongs to, from the first that tells of the file to the confirmation of
 * its outputs. Else every entry that holds the text somewhere is shown; and where there is none, the rows of
 * the archived originals are searched (an order, a SKU): each row that holds it comes as an entry "row", and
 * behind it the story of that file's item. What loads into SL say of an order (its number there, or why SL
 * refused it) is told with each of these. Cells are not shown, they may be personal: `sluice why` shows a
 * row.
 *
 *   struct story story;
 *   story_of(&custody, STR("70000000011"), &story, &err);
 */
#ifndef SLUICE_JOB_STORY_H
#define SLUICE_JOB_STORY_H

#include "job/answer.h"
#include "report/history.h"

enum { STORY_ROWS_MOST = 1000 }; /* rows shown of one file */

struct story {
  struct history_entry *entries;
  size_t count;
  size_t sealed; /* archived files that could not be searched, because they are sealed */
};
/* In the site's arena. */
enum outcome story_of(const struct custody *custody, str wanted, struct story *story, struct err *err);

/* That a release or a run was begun is said by what came of it, but for one that has not ended. */
struct story_begun {
  const struct ledger *ledger;
  struct ledger_found open;
};
struct story_begun story_begun(struct ledger *ledger);
bool story_is_shown(const struct story_begun *begun, const struct ledger_entry *entry);
/* Copies what is shown of an entry into the arena. */
void story_add(struct arena *arena, const struct ledger_entry *entry, struct history_entry **entries,
               size_t *count);

/* job/story_sl.c: what an entry "loaded" says of a document, which is named by its key or by SL's number:
 * "KEY is NUMBER in SL", "KEY was refused by SL: words"; "" = nothing. Then into the story: where the entry
 * stands in it already, only what it says. */
str story_loaded(struct arena *arena, const struct ledger_entry *entry, str wanted);
void story_merge(struct arena *arena, struct story *story, const struct story *loaded);

/* job/search.c: rows of archived originals that hold the text. */
struct search_hit {
  str feed, id, name, day;
  uint64_t row; /* behind the header line; the header itself is row 0 */
  enum {
    SEARCH_ROW,
    SEARCH_RECORD,
    SEARCH_LINE
  } counted; /* XML, JSON: records, or lines when they are not readable */
};
struct search_hits {
  struct search_hit *hits;
  size_t count, sealed;
};
enum outcome search_archive(const struct custody *custody, str wanted, struct search_hits *hits,
                            struct err *err);

#endif
