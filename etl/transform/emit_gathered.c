/* transform/emit_gathered: blocks over records at hand: `per` with its rows, `each` of them, `per` among
 * them. */
#include "base/map.h"
#include "transform/emit_internal.h"
#include "transform/gather.h"
#include "transform/shared.h"

#include <stdlib.h>
#include <string.h>

struct collecting {
  const struct level *level;
  const struct node *const *nodes; /* what the key is made of */
  size_t node_count;
  struct arena *arena;
  struct keyed *items;
  size_t count;
};

static void collect(void *user, struct ctx *ctx) {
  struct collecting *collecting = user;
  struct rec *rec = ctx->recs[collecting->level->index];
  struct buf key = buf_new(1 << 20);
  for (size_t i = 0; i < collecting->node_count; i++) {
    value v = eval(collecting->nodes[i], ctx);
    if (value_key(&v, &key, &ctx->err)) ctx->failed = true;
  }
  struct keyed *one = ARENA_PUSH(collecting->arena, collecting->items, collecting->count);
  *one = (struct keyed){ rec, STR_NONE, collecting->count };
  if (collecting->node_count) one->key = arena_str(collecting->arena, buf_str(&key));
  buf_free(&key);
}

static int compare(const void *a, const void *b) {
  const struct keyed *x = a, *y = b;
  int order = str_compare(x->key, y->key);
  return order ? order
               : (x->order > y->order) - (x->order < y->order); /* equal keys: the order of the file */
}

/* Where the records of a level are looked for: in the group around, or below the current record of the
 * nearest block with `each`; else below the streamed one. */
static struct recs records_around(const struct emitter *emitter, const struct level *level,
                                  struct rec **one) {
  const struct ctx *ctx = &emitter->ctx;
  const struct level *from = emitter->program->streamed;
  for (const struct instance *i = ctx->instance; i; i = i->outer) {
    if (i->members.count) return i->members;
    if (i->block->repeat != REPEAT_EACH || !level_is_under(level, i->block->each)) continue;
    from = i->block->each;
    break;
  }
  *one = ctx->recs[from->index];
  return (struct recs){ one, *one ? 1 : 0 };
}

static struct collecting collect_under(struct emitter *emitter, const struct level *level,
                                       struct node *const *nodes, size_t count, struct arena *arena) {
  struct collecting collecting = { .level = level,
                                   .nodes = (const struct node *const *)nodes,
                                   .node_count = count };
  collecting.arena = arena;
  struct rec *one;
  struct recs around = records_around(emitter, level, &one);
  eval_over(&emitter->ctx, level, &around, collect, &collecting);
  if (count && collecting.count) qsort(collecting.items, collecting.count, sizeof *collecting.items, compare);
  return collecting;
}

const struct keyed *emit_under(struct emitter *emitter, const struct group *group, struct arena *arena,
                               size_t *count) {
  struct collecting all = collect_under(emitter, group->level, group->keys, group->key_count, arena);
  *count = all.count;
  return all.items;
}

/* --- one after the other: records of `each`, or groups of `per` among them, as they lie in `all` --- */

struct turns_of {
  struct emitter *emitter;
  const struct block *block;
  struct collecting all;
  uint64_t *counter;
  size_t wanted; /* a place that will be written; found ahead for is-last() */
  bool none;     /* nothing that follows will be */
};

static size_t turn_end(const struct turns_of *turns, size_t at) {
  size_t end = at + 1;
  if (turns->block->repeat != REPEAT_PER) return end;
  while (end < turns->all.count && str_eq(turns->all.items[end].key, turns->all.items[at].key)) end++;
  return end;
}

/* Makes what begins at a place current; emit_leave() ends it. */
static struct instance *enter_turn(const struct turns_of *turns, size_t at) {
  struct emitter *emitter = turns->emitter;
  const struct block *block = turns->block;
  struct instance *instance = emit_instance(emitter, block);
  if (block->repeat == REPEAT_PER) {
    size_t end = turn_end(turns, at);
    instance->keys = emit_keys(emitter, block->group, turns->all.items[at].key, 0);
    instance->members.items = ARENA_ARRAY(instance->arena, struct rec *, end - at);
    for (size_t i = at; i < end; i++)
      instance->members.items[instance->members.count++] = turns->all.items[i].rec;
  } else ctx_at(&emitter->ctx, turns->all.items[at].rec);
  emit_enter(emitter, instance);
  instance->counter = *turns->counter + 1;
  return instance;
}

/* Is none of those that follow written? */
static bool is_last_turn(struct turns_of *turns, size_t at) {
  struct emitter *emitter = turns->emitter;
  bool found = turns->wanted > at;
  if (!turns->block->uses_is_last || turns->none) return turns->none;
  for (at = turn_end(turns, at); !found && at < turns->all.count && !emit_is_over(emitter);
       at = turn_end(turns, at)) {
    struct instance *instance = enter_turn(turns, at);
    found = emit_will_be_wanted(emitter, turns->block);
    emit_leave(emitter, instance);
    if (found) turns->wanted = at;
  }
  return turns->none = !found;
}

static enum outcome emit_turns(struct turns_of *turns, str prefix, struct err *err) {
  struct emitter *emitter = turns->emitter;
  struct rec *before[LEVELS_MOST];
  memcpy(before, emitter->ctx.recs, sizeof before);
  enum outcome out = OUT_OK;
  for (size_t i = 0; i < turns->all.count && !out && !emit_is_over(emitter); i = turn_end(turns, i)) {
    bool last = is_last_turn(turns, i);
    struct instance *instance = enter_turn(turns, i);
    instance->is_last = last;
    if (emit_wanted(emitter, turns->block)) {
      ++*turns->counter;
      out = emit_write(emitter, instance, prefix, err);
    }
    emit_leave(emitter, instance);
  }
  memcpy(emitter->ctx.recs, before, sizeof before);
  return out;
}

/* `per` among the records of a group: neighbours of equal key after sorting. */
enum outcome emit_inside(struct emitter *emitter, const struct block *block, str prefix, struct err *err) {
  struct arena *arena = emitter->lists[block->depth];
  arena_reset(arena);
  struct turns_of turns = { .emitter = emitter, .block = block };
  bool per = block->repeat == REPEAT_PER;
  turns.counter = emit_counter(emitter, block);
  turns.all =
      per ? collect_under(emitter, block->group->level, block->group->keys, block->group->key_count, arena)
          : collect_under(emitter, block->each, block->sorted, block->sorted_count, arena);
  return emit_turns(&turns, prefix, err);
}

/* --- a group of rows, whole or not at all --- */

/* A row may be in groups of several blocks: it leaves once. */
static bool leaves_first(struct emitter *emitter, const struct rec *row) {
  if (emitter->gather_count < 2) return true;
  if (!emitter->gone) emitter->gone = map_new(emitter->file);
  str place = arena_str(emitter->file, (str){ (const char *)&row->row, sizeof row->row });
  void **gone = map_put(emitter->gone, place);
  bool first = !*gone;
  *gone = emitter;
  return first;
}

/* Its rows were counted as they were read; what leaves is counted, and told, row by row. */
static void leave_group(struct emitter *emitter, const struct recs *members, const struct left *left) {
  struct tally *tally = emitter->tally;
  uint64_t *counted = tally->mapped ? &tally->mapped : &tally->folded;
  for (size_t i = 0; i < members->count; i++) {
    if (!leaves_first(emitter, members->items[i])) continue;
    --*counted;
    if (left->kind == RULE_SKIP) tally->skipped++;
    else tally_reject_rec(tally, members->items[i], left->said, left->kind == RULE_HOLD);
  }
}

static enum outcome write_group(struct emitter *emitter, const struct block *block, struct instance *instance,
                                uint64_t *counter, struct err *err) {
  enum outcome out = OUT_OK;
  emit_enter(emitter, instance);
  instance->counter = *counter + 1;
  if (emit_wanted(emitter, block)) {
    ++*counter;
    out = emit_write(emitter, instance, instance->key, err);
  }
  emit_leave(emitter, instance);
  return out;
}

static enum outcome emit_group(struct emitter *emitter, const struct block *block, struct instance *instance,
                               struct err *err) {
  struct whole before;
  struct left left;
  if (emit_whole_begin(emitter, &before, err)) return err->outcome;
  enum outcome out = write_group(emitter, block, instance, emit_counter(emitter, block), err);
  if ((out = emit_whole_end(emitter, &before, out, &left, err))) return out;
  if (emitter->ctx.failed) {
    str why = arena_str(emitter->record, str_of(emitter->ctx.err.text));
    left = (struct left){ .any = true, .kind = RULE_REJECT, .said = { .text = why } };
    emitter->ctx.failed = false;
    emitter->tally->dropped++;
  }
  if (left.any) leave_group(emitter, &instance->members, &left);
  return OUT_OK;
}

enum outcome emit_gathered(struct emitter *emitter, const struct block *block, struct err *err) {
  struct gather *gather = NULL;
  for (size_t i = 0; i < emitter->gather_count; i++)
    if (gather_block(emitter->gathers[i]) == block) gather = emitter->gathers[i];
  if (!gather)
    return err_set(err, OUT_SPEC, "block %.*s: this form is not run yet on flat files",
                   STR_ARG(block->record->name));
  str key;
  struct recs members;
  bool last;
  enum outcome out;
  while (!(out = gather_next(gather, &key, &members, &last, err))) {
    shared_forget(emitter->ctx.shared);
    struct instance *instance = emit_instance(emitter, block);
    instance->keys = emit_keys(emitter, block->group, key, 0);
    instance->members = members;
    instance->key = key;
    instance->is_last = last;
    if (emit_group(emitter, block, instance, err)) return err->outcome;
  }
  return out == OUT_END ? OUT_OK : out;
}
