/* transform/eval: computes a node's value where it stands.
 *
 * A context says what is current: one source record of each level around, and
 * the chain of output records being written. Absent goes in, absent comes out; what cannot
 * be computed (a day outside the calendar, more than 38 digits, division by
 * zero) sets ctx->failed and says why, and the value is absent: the caller
 * rejects the record. Texts live in ctx->arena until its owner resets it.
 */
#ifndef SLUICE_TRANSFORM_EVAL_H
#define SLUICE_TRANSFORM_EVAL_H

#include "model/tree.h"
#include "transform/accumulate.h"
#include "transform/functions.h"
#include "transform/sheet.h"
#include "transform/past.h"
#include "transform/tally.h"

/* What stays the same for one run over one file. Read-only while records stream by. */
struct run {
  const struct program *program;
  struct notation notation;
  const struct calendar *calendar;
  const value *header;       /* by program->header_columns */
  struct finder **finders;   /* by lookup index: of sheets */
  const struct past **pasts; /* of states; NULL: there is none, and nothing is found */
  int32_t today;
  stamp now;
  str source_file;
  bool full;
};

/* One output record being written. */
struct instance {
  const struct block *block;
  struct instance *outer;
  struct arena *arena; /* its values live here */
  const value *keys;   /* of its group */
  str key;             /* of the group that it is, or is in, in its fold */
  const char *state;   /* of its group: running aggregates */
  struct recs members; /* of its group, when gathered */
  value *fields, *lets;
  uint8_t *field_done, *let_done; /* 0 not yet, 1 being computed, 2 done */
  char *totals;                   /* accumulators of block->totals */
  struct prior_values *priors;
  uint64_t counter;
  uint64_t *below; /* records written inside it, by the first block of their name */
  bool is_last;
};

/* What came before, for prior(): one value for each aggregate asked of. */
struct prior_values {
  const struct aggregate **aggregates;
  value *values;
  size_t count;
};

struct ctx {
  const struct run *run;
  struct arena *arena;
  struct rec *recs[LEVELS_MOST];
  struct instance *instance;
  const char *file_state;  /* the file's running aggregates */
  char *file_totals;       /* accumulators of program->totals */
  uint64_t rejected;       /* records of the file, once all have streamed by */
  struct earlier *earlier; /* of earlier(); NULL: rows that are worked through side by side have no order */
  struct shared *shared;   /* lets worked out for the record that stands; NULL: each time anew */
  struct answers *answers; /* lookups already answered; one for each thread */
  struct err err;
  bool failed;
};

value eval(const struct node *node, struct ctx *ctx);
value eval_anew(const struct node *node, struct ctx *ctx); /* whether it is shared or not */
bool eval_yes(const struct node *node, struct ctx *ctx);   /* absent is no */
str eval_text(const struct node *node, struct ctx *ctx);   /* for messages; "" when NULL or absent */
/* What the rule says here; its texts live in ctx->arena. */
struct said eval_said(const struct rule *rule, struct ctx *ctx);
value eval_field(struct ctx *ctx, struct instance *instance, size_t field);
void eval_fail(struct ctx *ctx, struct place place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The records of `level` under the current one, or in the current group: calls `each` with ctx set. */
typedef void eval_each(void *user, struct ctx *ctx);
void eval_over(struct ctx *ctx, const struct level *level, const struct recs *from, eval_each *each,
               void *user);

/* Makes a record current, and those above it. */
static inline void ctx_at(struct ctx *ctx, struct rec *rec) {
  for (; rec && ctx->recs[rec->level->index] != rec; rec = rec->parent) ctx->recs[rec->level->index] = rec;
}
/* eval_siblings.c: apportion(total, weight, places). */
value eval_apportion(const struct node *node, struct ctx *ctx);

struct answers *answers_new(const struct program *program);
void answers_free(struct answers *answers);

#endif
