/* job/why_internal: what the files of `sluice why` share: why_run.c makes an item's outputs once more, why.c
 * answers. */
#ifndef SLUICE_JOB_WHY_INTERNAL_H
#define SLUICE_JOB_WHY_INTERNAL_H

#include "job/why.h"

struct noted { /* a group that the row asked for goes to */
  const struct group *group;
  str key;
};

/* The plan runs twice: once for the lines, once more, when it is known what is wanted, for the rows. */
struct asked {
  struct site *site, then;        /* site: `then` once its clock was set back */
  struct archive_account account; /* of the item; empty: not kept */
  struct ledger *ledger;
  const struct feed *feed;
  struct arena *arena;
  const struct ledger_entry *entry;
  const char *scratch, *original; /* where the original can be read */
  str k, release;                 /* by the specs of today; what files are called whose names say it */
  struct outlets *outlets;
  struct states *states; /* as they stood before the item was released */
  struct exec_result result;
  const struct why_line *wanted; /* the rows of this line */
  uint64_t place;                /* or the groups of the row at this place */
  struct noted *noted;
  size_t noted_count;
  bool is_trees; /* places are numbers of records; `place` is one */
  bool traces;   /* each line is noted with what it was made of */
  bool summed;   /* the wanted line sums one column; cell number `column` of a row */
  size_t column;
  struct why *why;
};

bool why_is_event(const struct ledger_entry *entry, const char *event);
/* The latest item of that file name or id that was built; NULL: none. */
const struct ledger_entry *why_find_source(struct ledger *ledger, str source);
/* The output that a reversal's mirrors; "" = none. */
str why_mirrored_by(const struct ledger_entry *entry, str output);
/* Of asked->entry: its original, specs and tables, and the lines of all its outputs. */
enum outcome why_find_lines(struct asked *asked, struct err *err);
/* Once more, for the rows: `hit` is told of each and its groups. */
enum outcome why_run(struct asked *asked, rows_hit *hit, struct err *err);
void why_end(struct asked *asked);

#endif
