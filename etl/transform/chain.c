/* transform/chain: what one transform writes is what the next one reads, record by record, without a file
 * between. */
#include "transform/chain.h"

enum { DEPTH_MOST = 16 };

struct chain {
  const struct program *next;
  struct shapes shapes;
  struct trees_worker *worker;
  struct tree *tree, *once_tree;
  struct rec *once[SHAPES_MOST]; /* those that the file has once, by shape */
  struct rec *open[DEPTH_MOST];  /* those that are not closed */
  bool held[DEPTH_MOST];         /* begun by hold(): its values are still to come */
  size_t depth;
  bool marked;
  struct rec **waiting; /* whole records, until the one they were made of is through */
  size_t waiting_count;
};

enum outcome chain_new(const struct program *first, const struct program *next, struct trees_worker *worker,
                       struct chain **made, struct err *err) {
  bool writes = false;
  for (size_t i = 0; i < first->into_count; i++) writes = writes || first->into[i] == next->from;
  *made = NULL;
  if (!writes)
    return err_set(err, OUT_SPEC, "%.*s reads %.*s, which %.*s does not write", STR_ARG(next->name),
                   STR_ARG(next->from->name), STR_ARG(first->name));
  struct chain *chain = *made = mem_alloc(sizeof *chain);
  *chain = (struct chain){ .next = next, .shapes = trees_shapes(next), .worker = worker };
  chain->tree = tree_new(&chain->shapes);
  chain->once_tree = tree_new(&chain->shapes);
  return OUT_OK;
}

void chain_free(struct chain *chain) {
  if (!chain) return;
  tree_free(chain->tree);
  tree_free(chain->once_tree);
  mem_free(chain);
}

static const struct shape *shape_of(const struct chain *chain, const struct record *record, size_t *index) {
  for (size_t i = 1; i < chain->shapes.count; i++)
    if (chain->shapes.items[i].record == record) return *index = i, &chain->shapes.items[i];
  return NULL;
}

/* The rows that it was made of: the streamed one's, or all of its group. */
static void set_rows(struct rec *rec, const struct ctx *ctx, struct arena *arena) {
  const struct rec *from = ctx->recs[ctx->run->program->streamed->index];
  const struct recs *members = NULL;
  for (const struct instance *i = ctx->instance; i; i = i->outer)
    if (i->members.count && i->members.items[0]->level == ctx->run->program->streamed) members = &i->members;
  if (members) from = members->items[0];
  rec->row = from ? from->row : TREE_NO_ROW;
  if (!from) return;
  rec->rows = from->rows;
  rec->others = from->others;
  rec->other_count = from->other_count;
  if (!members || members->count < 2) return;
  uint64_t *others = ARENA_ARRAY(arena, uint64_t, members->count - 1);
  for (size_t i = 1; i < members->count; i++) others[i - 1] = members->items[i]->row;
  rec->others = others;
  rec->other_count = members->count - 1;
}

static struct rec *begin(struct chain *chain, size_t shape) {
  struct tree *tree = chain->shapes.items[shape].once ? chain->once_tree : chain->tree;
  struct rec *rec = tree_open(tree, shape, chain->depth ? chain->open[chain->depth - 1] : NULL);
  chain->held[chain->depth] = false;
  chain->open[chain->depth++] = rec;
  return rec;
}

/* What the next transform's file has once must be known before its first record, and stay. */
static enum outcome check_once(const struct chain *chain, const struct shape *shape, size_t index, bool held,
                               struct err *err) {
  str name = shape->record->name;
  if (!shape->once) return OUT_OK;
  if (held || chain->marked)
    return err_set(err, OUT_SPEC, "%.*s is a record that a file has once: it is not passed on where it is %s",
                   STR_ARG(name), held ? "written after its children" : "written for each record");
  if (chain->once[index]) return err_set(err, OUT_DATA, "%.*s is written twice", STR_ARG(name));
  return OUT_OK;
}

static enum outcome hold(void *user, const struct record *record, struct err *err) {
  struct chain *chain = user;
  size_t shape;
  const struct shape *kind = shape_of(chain, record, &shape);
  if (!kind) return OUT_OK;
  if (chain->depth == DEPTH_MOST) return err_set(err, OUT_SPEC, "records nest deeper than %d", DEPTH_MOST);
  if (check_once(chain, kind, shape, true, err)) return err->outcome;
  begin(chain, shape);
  chain->held[chain->depth - 1] = true;
  return OUT_OK;
}

static enum outcome drop(void *user, const struct record *record, struct err *err) {
  struct chain *chain = user;
  size_t shape;
  (void)err;
  if (!shape_of(chain, record, &shape)) return OUT_OK;
  struct rec *rec = chain->open[--chain->depth];
  if (rec->parent) rec->parent->below[shape].count--; /* it was the last to be begun */
  return OUT_OK;
}

static enum outcome open(void *user, const struct written *written, struct err *err) {
  struct chain *chain = user;
  size_t index;
  const struct shape *shape = shape_of(chain, written->record, &index);
  if (!shape) return OUT_OK;
  if (chain->depth == DEPTH_MOST) return err_set(err, OUT_SPEC, "records nest deeper than %d", DEPTH_MOST);
  if (check_once(chain, shape, index, false, err)) return err->outcome;
  bool awaited =
      chain->depth && chain->held[chain->depth - 1] && chain->open[chain->depth - 1]->level == shape->level;
  struct rec *rec = awaited ? chain->open[chain->depth - 1] : begin(chain, index);
  chain->held[chain->depth - 1] = false;
  struct arena *arena = tree_arena(shape->once ? chain->once_tree : chain->tree);
  value *values = ARENA_ARRAY(arena, value, shape->field_count + 1);
  for (size_t i = 0; i < shape->field_count; i++)
    values[i] = value_keep(&written->fields[shape->fields[i]->index], arena);
  rec->values = values;
  set_rows(rec, written->ctx, arena);
  if (!shape->once) return OUT_OK;
  chain->once[index] = rec;
  trees_worker_once(chain->worker, chain->once);
  return OUT_OK;
}

static enum outcome run_waiting(struct chain *chain, struct err *err) {
  enum outcome out = OUT_OK;
  for (size_t i = 0; i < chain->waiting_count && !out; i++)
    out = trees_record(chain->worker, chain->waiting[i], NULL, tree_arena(chain->tree), err);
  chain->waiting = NULL;
  chain->waiting_count = 0;
  tree_clear(chain->tree);
  return out;
}

static enum outcome close(void *user, const struct record *record, struct err *err) {
  struct chain *chain = user;
  size_t shape;
  if (!shape_of(chain, record, &shape)) return OUT_OK;
  struct rec *rec = chain->open[--chain->depth];
  if (shape != chain->shapes.streamed) return OUT_OK;
  *ARENA_PUSH(tree_arena(chain->tree), chain->waiting, chain->waiting_count) = rec;
  return chain->marked ? OUT_OK : run_waiting(chain, err);
}

static enum outcome mark(void *user, struct err *err) {
  (void)err;
  ((struct chain *)user)->marked = true;
  return OUT_OK;
}

static enum outcome keep(void *user, struct err *err) {
  struct chain *chain = user;
  chain->marked = false;
  return run_waiting(chain, err);
}

static enum outcome undo(void *user, struct err *err) {
  struct chain *chain = user;
  (void)err;
  chain->marked = false;
  chain->depth = chain->waiting_count = 0;
  chain->waiting = NULL;
  tree_clear(chain->tree);
  return OUT_OK;
}

struct sink chain_sink(struct chain *chain) {
  return (struct sink){ chain, hold, open, close, drop, mark, keep, undo, NULL, NULL };
}
