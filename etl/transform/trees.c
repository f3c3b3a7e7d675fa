/* transform/trees: works through source records that have records below them, one at a time. */
#include "transform/trees.h"
#include "transform/earlier.h"
#include "transform/gather.h"
#include "transform/many.h"
#include "transform/shared.h"

#include <string.h>

/* One value for one aggregate of one group: kept until the record is through. */
struct addition {
  size_t fold;
  str key;
  const struct aggregate *aggregate;
  value v;
  uint64_t row;
};

struct trees_worker {
  const struct run *run;
  const struct program *program;
  struct ctx ctx;
  struct rec *streamed;
  struct arena *scratch; /* until the next streamed record */
  struct tally *tally;
  struct fold **folds;
  struct emitter *emitter;
  struct gather **gathers; /* groups whose records themselves are needed */
  size_t gather_count;
  struct shapes shapes; /* for them */
  struct addition *additions;
  size_t addition_count;
  struct buf key;
  rows_hit *hit; /* NULL: nobody asks */
  void *hit_user;
  bool maps; /* some block writes records while they stream by */
  bool sums; /* some block writes what they come to */
};

struct shapes trees_shapes(const struct program *program) {
  struct shape *items = ARENA_ARRAY(program->arena, struct shape, program->level_count);
  for (size_t i = 0; i < program->level_count; i++) {
    const struct level *level = program->levels[i];
    items[i] = (struct shape){ .level = level, .record = level->record, .fields = level->columns };
    items[i].field_count = !level->many                                     ? level->column_count
                           : level->many->take_count || !level->many->table ? level->many->take_count
                                                                            : level->many->table->field_count;
    items[i].parent = level->parent ? level->parent->index : 0;
    items[i].once = level->once;
  }
  return (struct shapes){ items, program->level_count, program->streamed->index };
}

static bool is_gathered(const struct block *block) {
  return block->repeat == REPEAT_PER && block->group->gather && !block->streams;
}

/* Of an outermost block with `each` nobody knows which of the file's records comes last, or first when
 * sorted. */
static bool is_run(const struct block *block, const struct level *streamed) {
  if (block->streams && !block->parent && (block->sorted_count || block->uses_is_last)) return false;
  if (is_gathered(block)) return block->group->level && block->group->level == streamed;
  if (block->streams && !block->parent) return block->repeat == REPEAT_EACH;
  for (size_t i = 0; i < block->kid_count; i++)
    if (!block->streams && block->kids[i]->streams) return false;
  return true;
}

enum outcome trees_worker_new(const struct run *run, size_t memory_most, const struct sink *sink,
                              struct trees_worker **made, struct err *err) {
  const struct program *program = run->program;
  struct trees_worker *worker = *made = mem_alloc(sizeof *worker);
  *worker = (struct trees_worker){ .run = run, .program = program };
  worker->scratch = arena_new();
  worker->tally = tally_new();
  worker->key = buf_new(1 << 20);
  worker->folds = mem_alloc(sizeof(struct fold *) * (program->fold_count + 1));
  for (size_t i = 0; i < program->fold_count; i++)
    worker->folds[i] =
        fold_new(program->folds[i]->aggregates, program->folds[i]->aggregate_count, memory_most);
  worker->emitter = emitter_new(run, worker->folds, sink, worker->tally);
  worker->ctx = (struct ctx){ .run = run, .arena = worker->scratch, .answers = answers_new(program) };
  worker->ctx.shared = shared_new(program);
  emitter_ctx(worker->emitter)->shared = shared_new(program);
  worker->ctx.earlier = emitter_ctx(worker->emitter)->earlier = earlier_new();
  worker->shapes = trees_shapes(program);
  worker->gathers = mem_alloc(sizeof(struct gather *) * (program->output_count + 1));
  if (program->header)
    return err_set(err, OUT_SPEC,
                   "%.*s: \"header where\" is for rows, not for records with records below them",
                   STR_ARG(program->name));
  for (size_t i = 0; i < program->output_count; i++) {
    worker->maps = worker->maps || program->outputs[i]->streams;
    worker->sums = worker->sums || !(program->outputs[i]->streams || program->outputs[i]->frame);
    if (!is_run(program->outputs[i], program->streamed))
      return err_set(err, OUT_SPEC,
                     "block %.*s: this form is not run yet over records with records below them",
                     STR_ARG(program->outputs[i]->record->name));
    if (is_gathered(program->outputs[i]))
      worker->gathers[worker->gather_count++] =
          gather_new(program->outputs[i], program->streamed, &worker->shapes);
  }
  return OUT_OK;
}

void trees_worker_free(struct trees_worker *worker) {
  if (!worker) return;
  for (size_t i = 0; i < worker->program->fold_count; i++) fold_free(worker->folds[i]);
  mem_free(worker->folds);
  for (size_t i = 0; i < worker->gather_count; i++) gather_free(worker->gathers[i]);
  mem_free(worker->gathers);
  shared_free(emitter_ctx(worker->emitter)->shared);
  emitter_free(worker->emitter);
  shared_free(worker->ctx.shared);
  answers_free(worker->ctx.answers);
  earlier_free(worker->ctx.earlier);
  tally_free(worker->tally);
  arena_free(worker->scratch);
  buf_free(&worker->key);
  mem_free(worker);
}

void trees_trace(struct trees_worker *worker, rows_hit *hit, void *user) {
  worker->hit = hit;
  worker->hit_user = user;
}

struct tally *trees_tally(struct trees_worker *worker) {
  return worker->tally;
}
struct fold **trees_folds(struct trees_worker *worker) {
  return worker->folds;
}
struct emitter *trees_emitter(struct trees_worker *worker) {
  return worker->emitter;
}

void trees_worker_once(struct trees_worker *worker, struct rec *const *once) {
  struct ctx *written = emitter_ctx(worker->emitter);
  for (size_t i = 0; i < worker->program->level_count; i++) worker->ctx.recs[i] = written->recs[i] = once[i];
}

/* --- what becomes of a record --- */

static void reject(struct trees_worker *worker, str why) {
  tally_reject_rec(worker->tally, worker->streamed, (struct said){ .text = why }, false);
}

static bool failed(struct trees_worker *worker, struct ctx *ctx) {
  if (!ctx->failed) return false;
  reject(worker, str_of(ctx->err.text));
  ctx->failed = false;
  return true;
}

static void leave(struct trees_worker *worker, enum rule_kind kind, struct said said) {
  if (kind == RULE_SKIP) worker->tally->skipped++;
  else tally_reject_rec(worker->tally, worker->streamed, said, kind == RULE_HOLD);
}

/* --- rules --- */

struct ruling {
  struct trees_worker *worker;
  const struct rule *rule;
  bool streamed_left;
};

static void take_away(struct rec *rec) {
  struct recs *recs = &rec->parent->below[rec->level->index];
  size_t kept = 0;
  for (size_t i = 0; i < recs->count; i++)
    if (recs->items[i] != rec) recs->items[kept++] = recs->items[i];
  recs->count = kept;
}

/* A record below the streamed one that leaves by reject or hold is told, and its place is the whole's. */
static void ask_rule(void *user, struct ctx *ctx) {
  struct ruling *ruling = user;
  const struct rule *rule = ruling->rule;
  struct trees_worker *worker = ruling->worker;
  if (ctx->failed || ruling->streamed_left || (rule->when && !eval_yes(rule->when, ctx)) || ctx->failed)
    return;
  struct said said = eval_said(rule, ctx);
  if (ctx->failed) return;
  tally_message(worker->tally, rule->kind, false, said, 1, worker->streamed->row);
  if (rule->kind == RULE_WARN || rule->kind == RULE_REVIEW) return;
  struct rec *rec = rule->level ? ctx->recs[rule->level->index] : worker->streamed;
  bool inner = rec != worker->streamed && rec && rec->level->depth > worker->streamed->level->depth;
  if (inner && rule->kind == RULE_SKIP) {
    take_away(rec);
    shared_forget(worker->ctx.shared);
    return;
  }
  leave(worker, rule->kind, said);
  ruling->streamed_left = true;
}

/* A rule takes records away while they are walked: over a copy. */
static bool pass_rule(struct trees_worker *worker, const struct rule *rule) {
  struct ctx *ctx = &worker->ctx;
  struct ruling ruling = { worker, rule, false };
  bool below = rule->level && rule->level->depth > worker->program->streamed->depth;
  if (!below) ask_rule(&ruling, ctx);
  else many_each(ctx, rule->level, worker->streamed, worker->scratch, ask_rule, &ruling);
  return !ruling.streamed_left && !ctx->failed;
}

static bool passes(struct trees_worker *worker) {
  const struct program *program = worker->program;
  for (size_t i = 0; i < program->rule_count; i++) {
    const struct rule *rule = &program->rules[i];
    if (rule->file) continue;
    if (!pass_rule(worker, rule)) return failed(worker, &worker->ctx), false;
  }
  return true;
}

/* --- groups --- */

struct adding {
  struct trees_worker *worker;
  const struct group *group;
  const struct aggregate *aggregate;
  str key;
};

static void add_one(void *user, struct ctx *ctx) {
  struct adding *adding = user;
  const struct aggregate *aggregate = adding->aggregate;
  if (ctx->failed || (aggregate->where && !eval_yes(aggregate->where, ctx))) return;
  value v = aggregate->of ? eval(aggregate->of, ctx) : value_yes_no(true);
  const struct rec *rec = ctx->recs[aggregate->level->index];
  struct trees_worker *worker = adding->worker;
  *ARENA_PUSH(worker->scratch, worker->additions, worker->addition_count) =
      (struct addition){ adding->group->index, adding->key, aggregate, value_keep(&v, worker->scratch),
                         rec ? rec->row : 0 };
}

static void add_aggregates(struct adding *adding, struct ctx *ctx, struct rec *from) {
  struct recs one = { &from, 1 };
  for (size_t i = 0; i < adding->group->aggregate_count && !ctx->failed; i++) {
    adding->aggregate = adding->group->aggregates[i];
    if (level_is_under(adding->aggregate->level, from->level))
      eval_over(ctx, adding->aggregate->level, &one, add_one, adding);
  }
}

static bool add_key(struct trees_worker *worker, const struct group *group, struct ctx *ctx) {
  if (group->outer && !add_key(worker, group->outer, ctx)) return false;
  for (size_t i = 0; i < group->key_count; i++) {
    value v = eval(group->keys[i], ctx);
    if (ctx->failed) return false;
    if (value_key(&v, &worker->key, &ctx->err)) return ctx->failed = true, false;
  }
  return true;
}

static void add_group(void *user, struct ctx *ctx) {
  struct adding *adding = user;
  struct trees_worker *worker = adding->worker;
  if (ctx->failed) return;
  buf_clear(&worker->key);
  if (!add_key(worker, adding->group, ctx)) return;
  adding->key = arena_str(worker->scratch, buf_str(&worker->key));
  add_aggregates(adding, ctx, ctx->recs[adding->group->level->index]);
}

static bool work_out_groups(struct trees_worker *worker) {
  const struct program *program = worker->program;
  struct ctx *ctx = &worker->ctx;
  struct recs one = { &worker->streamed, 1 };
  for (size_t i = 0; i < program->fold_count && !ctx->failed; i++) {
    struct adding adding = { .worker = worker, .group = program->folds[i] };
    if (adding.group->level) eval_over(ctx, adding.group->level, &one, add_group, &adding);
    else add_aggregates(&adding, ctx, worker->streamed);
  }
  return !failed(worker, ctx);
}

static enum outcome add_up(struct trees_worker *worker, struct err *err) {
  for (size_t i = 0; i < worker->addition_count; i++) {
    const struct addition *a = &worker->additions[i];
    struct fold *fold = worker->folds[a->fold];
    if (worker->hit) worker->hit(worker->hit_user, worker->program->folds[a->fold], a->key, a->row, STR_NONE);
    char *state = fold_state(fold, a->key, fold_hash(a->key));
    if (!acc_add(a->aggregate->kind, state + a->aggregate->offset, &a->v, 1, a->row, a->row,
                 fold_arena(fold)))
      return err_set(err, OUT_DATA, "a sum has more than 38 digits");
  }
  return OUT_OK;
}

/* --- one record --- */

static enum outcome write(struct trees_worker *worker, bool *stays, struct err *err) {
  struct ctx *ctx = emitter_ctx(worker->emitter);
  struct left left;
  ctx->recs[worker->program->streamed->index] = worker->streamed;
  if (emitter_tree(worker->emitter, &left, err)) return err->outcome;
  *stays = false;
  if (failed(worker, ctx)) return OUT_OK;
  if (left.any) leave(worker, left.kind, left.said);
  else if (left.unwanted && !worker->sums) reject(worker, STR(EMIT_UNWANTED));
  else *stays = true;
  return OUT_OK;
}

/* All groups that it belongs to get it, once nothing can keep it back any more. */
static enum outcome gather_it(struct trees_worker *worker, bool *stays, struct err *err) {
  for (size_t i = 0; i < worker->gather_count; i++) {
    if (gather_add_rec(worker->gathers[i], worker->streamed, &worker->ctx, err)) return err->outcome;
    if (failed(worker, &worker->ctx)) return *stays = false, OUT_OK;
  }
  return OUT_OK;
}

/* *stays: it is written, or counted where nothing is written. */
static enum outcome work_through(struct trees_worker *worker, struct rec *rec, struct arena *arena,
                                 bool *stays, struct err *err) {
  many_add(worker->program, &worker->ctx, rec, arena);
  shared_forget(worker->ctx.shared); /* what was asked for before all was there */
  *stays = !failed(worker, &worker->ctx) && passes(worker) && work_out_groups(worker);
  if (!*stays) return OUT_OK;
  if (worker->maps && write(worker, stays, err)) return err->outcome;
  if (!*stays) return OUT_OK;
  if (gather_it(worker, stays, err) || !*stays) return err->outcome;
  worker->tally->mapped += worker->maps;
  worker->tally->folded += !worker->maps;
  return add_up(worker, err);
}

enum outcome trees_record(struct trees_worker *worker, struct rec *rec, const char *flaw, struct arena *arena,
                          struct err *err) {
  bool stays = false;
  arena_reset(worker->scratch);
  shared_forget(worker->ctx.shared);
  shared_forget(emitter_ctx(worker->emitter)->shared);
  worker->streamed = worker->ctx.recs[worker->program->streamed->index] = rec;
  worker->additions = NULL;
  worker->addition_count = 0;
  worker->tally->rows++;
  if (flaw) return reject(worker, str_of(flaw)), OUT_OK;
  earlier_next(worker->ctx.earlier);
  enum outcome out = work_through(worker, rec, arena, &stays, err);
  if (!stays) earlier_forget(worker->ctx.earlier);
  return out;
}

enum outcome trees_batch(struct trees_worker *worker, const struct tree_batch *batch, struct err *err) {
  struct arena *arena = tree_arena(batch->tree);
  for (size_t i = 0; i < batch->count; i++)
    if (trees_record(worker, batch->items[i], batch->flaws[i], arena, err)) return err->outcome;
  return OUT_OK;
}

enum outcome trees_worker_end(struct trees_worker *worker, struct err *err) {
  worker->ctx.recs[worker->program->streamed->index] = NULL;
  emitter_ctx(worker->emitter)->recs[worker->program->streamed->index] = NULL;
  for (size_t i = 0; i < worker->program->fold_count; i++)
    if (!fold_settle(worker->folds[i])) return err_set(err, OUT_DATA, "a sum has more than 38 digits");
  for (size_t i = 0; i < worker->gather_count; i++) {
    if (gather_sort(worker->gathers[i], err)) return err->outcome;
    emitter_gather(worker->emitter, worker->gathers[i]);
  }
  return OUT_OK;
}
