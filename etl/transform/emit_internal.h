/* transform/emit_internal: what the files of the emitter share. */
#ifndef SLUICE_TRANSFORM_EMIT_INTERNAL_H
#define SLUICE_TRANSFORM_EMIT_INTERNAL_H

#include "transform/emit.h"

enum { EMIT_DEPTH_MOST = 16, EMIT_GATHERS_MOST = 24 };

struct emitter {
  const struct run *run;
  const struct program *program;
  struct fold *const *folds;
  const struct sink *sink;
  struct tally *tally;
  struct ctx ctx;
  struct arena *arenas[EMIT_DEPTH_MOST +
                       1]; /* of the instance at each depth, and of a group that a rule asks below it */
  struct arena *lists[EMIT_DEPTH_MOST]; /* of the records that a block at each depth runs over */
  struct arena *file;                   /* lives as long as the emitter */
  emit_watch *watch;
  void *watch_user;
  struct gather *gathers[EMIT_GATHERS_MOST];
  size_t gather_count;
  struct map *gone;        /* rows of gathered groups that left, by place */
  uint64_t *counters;      /* by block index: records written so far by an outermost block with `each` */
  struct arena *record;    /* until the next streamed record */
  struct left left;        /* what a rule or proof said of the streamed record */
  bool unwanted;           /* a `when` said no to a part of it */
  struct pending *pending; /* what it adds to the file's totals, once it is through */
  size_t pending_count;
  bool framed;    /* the frames were handed over */
  bool streaming; /* a streamed record or a gathered group is at hand: all or nothing of it is written */
};

/* One value for one total of the file. */
struct pending {
  const struct aggregate *total;
  value v;
};

/* One record of a group or of a block with `each`, with what it is sorted by. */
struct keyed {
  struct rec *rec;
  str key;
  size_t order; /* in the file */
};

/* How many records of the block's name stand under the one around it so far: what counter() goes on from. */
uint64_t *emit_counter(struct emitter *emitter, const struct block *block);
/* Width, places, choices and duty of a field; sets ctx->failed and says why. May cut or pad the value. */
bool emit_fits(struct ctx *ctx, const struct field *field, value *v);
struct instance *emit_instance(struct emitter *emitter, const struct block *block); /* new, not entered */
void emit_enter(struct emitter *emitter, struct instance *instance);
void emit_leave(struct emitter *emitter, const struct instance *instance);
/* emit_rules.c: */
uint64_t emit_place(const struct emitter *emitter);
struct said emit_say(struct emitter *emitter, const struct rule *rule, bool file);
bool emit_failed(struct emitter *emitter, enum rule_kind kind); /* takes ctx->failed back, and tells why */
bool emit_wanted(struct emitter *emitter,
                 const struct block *block); /* its `when` and rules, asked inside it */
bool emit_will_be_wanted(struct emitter *emitter, const struct block *block); /* the same without a word */
bool emit_is_over(const struct emitter *emitter); /* the streamed record at hand will not be written */
enum outcome emit_frames(struct emitter *emitter, struct err *err); /* once, before the first record */
enum outcome emit_once(struct emitter *emitter, const struct block *block, str prefix, struct err *err);
enum outcome emit_block(struct emitter *emitter, const struct block *block, str prefix, struct err *err);
void emit_add_total(struct emitter *emitter, const struct aggregate *total, char *states, const value *v,
                    struct arena *arena);
enum outcome emit_write(struct emitter *emitter, struct instance *instance, str key, struct err *err);
const value *emit_keys(struct emitter *emitter, const struct group *group, str key, size_t from);

/* emit_whole.c: what is written between begin and end stays as a whole, or goes as a whole. */
struct whole {
  uint64_t written, kept, dropped;
  uint64_t *counters;
};
enum outcome emit_whole_begin(struct emitter *emitter, struct whole *before, struct err *err);
/* `out`: of what was written. After OUT_OK it stays unless ctx->failed or *left says why not. */
enum outcome emit_whole_end(struct emitter *emitter, const struct whole *before, enum outcome out,
                            struct left *left, struct err *err);

/* emit_gathered.c: blocks over records at hand. */
enum outcome emit_gathered(struct emitter *emitter, const struct block *block, struct err *err);
enum outcome emit_inside(struct emitter *emitter, const struct block *block, str prefix, struct err *err);
/* The records of a group's level under where ctx stands, those of equal key side by side. */
const struct keyed *emit_under(struct emitter *emitter, const struct group *group, struct arena *arena,
                               size_t *count);

/* emit_prove.c: of the file; of each record that a proof is about; of many records, how many. */
bool emit_prove(struct emitter *emitter, const struct proof *proof, const struct node *node, str which);
bool emit_prove_record(struct emitter *emitter, const struct instance *instance);
bool emit_has_proof(const struct emitter *emitter, const struct block *block);
void emit_tell_streamed(struct emitter *emitter);

/* emit_groups.c */
enum outcome emit_groups(struct emitter *emitter, const struct block *block, str prefix, struct err *err);

#endif
