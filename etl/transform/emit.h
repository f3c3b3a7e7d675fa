/* transform/emit: output blocks to written records.
 *
 * Runs over closed folds after the records streamed by, or at one record while they do. Each
 * block instance has its keys, lets and fields, computed when first asked for,
 * and the running totals of the records written under it.
 */
#ifndef SLUICE_TRANSFORM_EMIT_H
#define SLUICE_TRANSFORM_EMIT_H

#include "transform/fold.h"
#include "transform/sink.h"
#include "transform/tally.h"

struct emitter;

/* Called for each record handed to the sink: report lines and `sluice why` hang on it. */
typedef void emit_watch(void *user, const struct block *block, str key, const struct instance *instance,
                        struct ctx *ctx);

struct emitter *emitter_new(const struct run *run, struct fold *const *folds, const struct sink *sink,
                            struct tally *tally);
void emitter_watch(struct emitter *emitter, emit_watch *watch, void *user);
/* The sorted rows of a block with `per` that has `each` inside; stays the caller's. */
struct gather;
void emitter_gather(struct emitter *emitter, struct gather *gather);
struct ctx *emitter_ctx(struct emitter *emitter);
/* File rules before output, all blocks that do not stream, file rules after output, file proofs. OUT_REFUSED
 * when a proof failed, OUT_DATA when a file rule or a value stopped it; the tally says which. */
enum outcome emitter_finish(struct emitter *emitter, struct err *err);
/* Every record ends somewhere: one that no block wants is rejected. */
#define EMIT_UNWANTED "no block writes this record: its \"when\" says no"

/* What kept a streamed record from being written. */
struct left {
  bool any;
  enum rule_kind kind; /* of the rule; RULE_HOLD for a proof that failed */
  struct said said;    /* said.rule is NULL for a proof */
  bool unwanted;       /* nothing kept it, but a "when" said no, and nothing was written */
};
/* One streamed row, set in the ctx, and one block with `each` of it. It is written, or, when something in it
 * fails (ctx->failed) or `left` says so, it is not. */
enum outcome emitter_record(struct emitter *emitter, const struct block *block, struct left *left,
                            struct err *err);
/* The same of a streamed record with all that is below it, and every block with `each`. */
enum outcome emitter_tree(struct emitter *emitter, struct left *left, struct err *err);
void emitter_free(struct emitter *emitter);

#endif
