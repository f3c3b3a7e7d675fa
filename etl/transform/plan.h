/* transform/plan: how the rows of a flat file are worked through.
 *
 * Columns whose values repeat (labels, channels, days) are *coded*: each
 * different combination of their bytes gets a small number, and everything that
 * depends only on them (lookups, conditions, group keys, periods) is worked out
 * once for that number, not once for each row. What is left for a row is: find
 * its number, read its amounts, add. Columns that rarely repeat (order ids) are
 * *wide*: what depends on them is computed row by row. Which is which is
 * settled by looking at the first block; it changes speed, never the result.
 *
 * A timestamp that is only asked for its day is coded by its leading bytes.
 */
#ifndef SLUICE_TRANSFORM_PLAN_H
#define SLUICE_TRANSFORM_PLAN_H

#include "model/stream.h"
#include "transform/eval.h"

enum { CODED_MOST = 16, DAYS_MOST = 2, NUMBERS_MOST = 24, FOLDS_MOST = 24, AGGREGATES_MOST = 64 };

struct number { /* a decimal or integer column that sums read */
  size_t column;
  const struct field *field;
  int32_t places; /* the scale its values are held at to begin with */
};

struct plan_aggregate {
  const struct aggregate *aggregate;
  bool where_coded, of_coded; /* of_coded: also when there is none */
  int number;                 /* index of the number that is summed; -1: `of` is evaluated */
};

struct plan_fold {
  const struct group *group;               /* as the program has it */
  size_t index;                            /* in program->folds */
  const struct node *keys[NODE_KIDS_MOST]; /* of this group and of those around it, outermost first */
  bool key_coded[NODE_KIDS_MOST];
  size_t key_count;
  bool coded;    /* all keys and all that its aggregates ask for */
  bool may_skip; /* a group that no aggregate touched is never written */
  bool plain;    /* one key, a text column as it stands; all else is coded, or sums of numbers */
  struct plan_aggregate aggregates[AGGREGATES_MOST];
  size_t aggregate_count;
};

struct plan {
  const struct run *run;
  const struct program *program;
  const struct level *level; /* the rows' */
  size_t coded[CODED_MOST];  /* columns */
  size_t coded_count;
  size_t steady[CODED_MOST]; /* coded columns that were the same in all of the first rows */
  size_t steady_count;
  size_t days[DAYS_MOST]; /* timestamp columns asked only for their day */
  size_t day_count;
  bool *wide; /* by column */
  struct number numbers[NUMBERS_MOST];
  size_t number_count;
  bool rules_coded;
  struct plan_fold folds[FOLDS_MOST];
  size_t fold_count;
  const struct block *maps[FOLDS_MOST]; /* blocks that write one record for each row */
  size_t map_count;
  bool only_maps;                          /* and no others */
  const struct block *gathers[FOLDS_MOST]; /* blocks that need their rows themselves */
  size_t gather_count;
  bool plain; /* everything row by row: the reference that the quick way is tested against */
};

/* For one file; it lives as long as `arena`. */
enum outcome plan_make(const struct run *run, const struct rows *first, bool plain, struct arena *arena,
                       struct plan *plan, struct err *err);
/* Whether a node, at one row, depends only on coded columns. */
bool plan_is_coded(const struct plan *plan, const struct node *node);

#endif
