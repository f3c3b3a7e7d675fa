/* transform/rows_internal: what the files of a row worker share: rows.c drives, combos.c, wide.c. */
#ifndef SLUICE_TRANSFORM_ROWS_INTERNAL_H
#define SLUICE_TRANSFORM_ROWS_INTERNAL_H

#include "transform/coder.h"
#include "transform/gather.h"
#include "transform/lines.h"
#include "transform/numbers.h"
#include "transform/rows.h"

enum { COMBOS_MOST = 32768, CODES_MOST = 32768 };

enum verdict { PASS, LEAVE, HEADER, BAD };

/* One aggregate that a row adds to. */
struct step {
  enum aggregate_kind kind;
  size_t offset; /* of its state */
  int number;    /* that is summed; -1: `of` is added */
  const value *of;
};

/* What a group is told by rows that agree in all coded columns. */
struct part {
  uint64_t where;     /* bit i: aggregate i counts these rows */
  value *of;          /* by aggregate, when it is coded */
  str *keys;          /* by key, when it is coded: its bytes in the group's key */
  bool idle;          /* no aggregate changes */
  struct step *steps; /* of a plain fold: what `where` and `of` come to */
  size_t step_count;
};

/* Rows that agree in all coded columns and days. */
struct combo {
  enum verdict verdict;
  const struct rule *rule; /* that made them leave */
  str why;                 /* BAD */
  struct said *said;
  size_t said_count;
  struct part *parts; /* by plan fold */
  bool wide_idle;     /* no group of a wide fold changes */
  uint64_t count, first, last;
  struct number_sum sums[];
};

struct slot {
  uint64_t days; /* two codes of days */
  uint32_t label, steady;
  struct combo *combo;
};

struct last_group {
  struct buf key;
  char *state;
};

struct rows_worker {
  const struct plan *plan;
  const struct program *program;
  struct ctx ctx;
  struct rec rec;
  str *cells;
  size_t filled; /* row that the record holds; SIZE_MAX: none */
  const struct rows *rows;
  struct arena *scratch, *combos;
  struct tally *tally;
  struct fold **folds;
  struct emitter *emitter;
  struct gather *gathers[FOLDS_MOST];
  const struct sink *sink;
  struct lines *lines[FOLDS_MOST];
  struct line_format formats[FOLDS_MOST];
  struct coder *coder, *steady;
  struct day_coder *days[DAYS_MOST];
  uint32_t *codes, *steady_codes, *day_codes[DAYS_MOST];
  size_t code_room;
  struct numbers *numbers[NUMBERS_MOST];
  const int64_t *units[NUMBERS_MOST]; /* of the block; NULL: some lie beyond 64 bits */
  struct slot *slots;
  size_t slot_count, combo_count;
  struct last_group last[FOLDS_MOST];
  struct wide_part *wide; /* by plan fold: wide.c */
  struct buf key;
  size_t wide_folds[FOLDS_MOST], wide_count; /* plan folds that are not coded */
  rows_hit *hit;
  void *hit_user;
};

/* rows.c: makes one row current for eval(); says a row's failure, and forgets it. */
void rows_set(struct rows_worker *worker, size_t row);

/* combos.c */
struct combo *combo_of(struct rows_worker *worker, size_t row, uint32_t label, uint32_t steady,
                       uint64_t days);
enum outcome combos_flush(struct rows_worker *worker, struct err *err); /* into the groups; none is left */
void combos_raise(struct rows_worker *worker, size_t number, int32_t places); /* sums follow a larger scale */

/* wide.c: groups whose keys or values are computed row by row. False: the row failed (ctx), or a sum
 * overflowed. */
struct wide_part *wide_parts_new(size_t count);
void wide_parts_free(struct wide_part *parts, size_t count);
bool wide_rows(struct rows_worker *worker, const struct combo *combo, size_t row);
bool wide_key(struct rows_worker *worker, const struct plan_fold *fold, const struct part *part, size_t row);

#endif
