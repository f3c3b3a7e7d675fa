/* transform/emit_gathered: blocks over records at hand: `per` with its rows, `each` of them, `per` among
 * them. */
#include "transform/emit_internal.h"
#include "transform/gather.h"

#include <stdlib.h>
#include <string.h>

/* One record of a block with `each`, with what it is sorted by. */
struct one {
  struct rec *rec;
  str key;
  size_t order;
};

struct collecting {
  const struct level *level;
  const struct node *const *nodes; /* what the key is made of */
  size_t node_count;
  struct arena *arena;
  struct one *items;
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
  struct one *one = ARENA_PUSH(collecting->arena, collecting->items, collecting->count);
  *one = (struct one){ rec, STR_NONE, collecting->count };
  if (collecting->node_count) one->key = arena_str(collecting->arena, buf_str(&key));
  buf_free(&key);
}

static int compare(const void *a, const void *b) {
  const struct one *x = a, *y = b;
  int order = str_compare(x->key, y->key);
  return order ? order
               : (x->order > y->order) - (x->order < y->order); /* equal keys: the order of the file */
}

/* Where the records of a level are looked for: in the group around, or below the current record of the nearest
 * block with `each`; else below the streamed one. */
static struct recs records_around(const struct emitter *emitter, const struct level *level, struct rec **one) {
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

static enum outcome emit_each(struct emitter *emitter, const struct block *block, str prefix,
                              struct err *err) {
  struct arena *arena = emitter->lists[block->depth];
  arena_reset(arena);
  struct collecting all = collect_under(emitter, block->each, block->sorted, block->sorted_count, arena);
  struct rec *before[LEVELS_MOST];
  memcpy(before, emitter->ctx.recs, sizeof before);
  enum outcome out = OUT_OK;
  uint64_t own = 0, *counter = block->parent ? &own : &emitter->counters[block->index];
  for (size_t i = 0; i < all.count && !out && !emitter->ctx.failed; i++) {
    struct instance *instance = emit_instance(emitter, block);
    ctx_at(&emitter->ctx, all.items[i].rec);
    emit_enter(emitter, instance);
    instance->counter = *counter + 1;
    instance->is_last = i + 1 == all.count;
    if (emit_wanted(emitter, block)) {
      ++*counter;
      out = emit_write(emitter, instance, prefix, err);
    }
    emit_leave(emitter, instance);
  }
  memcpy(emitter->ctx.recs, before, sizeof before);
  return out;
}

/* `per` among the records of a group: neighbours of equal key after sorting. */
static enum outcome emit_per(struct emitter *emitter, const struct block *block, str prefix,
                             struct err *err) {
  struct arena *arena = emitter->lists[block->depth];
  arena_reset(arena);
  struct collecting all =
      collect_under(emitter, block->group->level, block->group->keys, block->group->key_count, arena);
  enum outcome out = OUT_OK;
  uint64_t counter = 0;
  for (size_t i = 0, end; i < all.count && !out; i = end) {
    for (end = i; end < all.count && str_eq(all.items[end].key, all.items[i].key);) end++;
    struct instance *instance = emit_instance(emitter, block);
    instance->keys = emit_keys(emitter, block->group, all.items[i].key, 0);
    instance->members.items = ARENA_ARRAY(instance->arena, struct rec *, end - i);
    for (size_t j = i; j < end; j++) instance->members.items[instance->members.count++] = all.items[j].rec;
    emit_enter(emitter, instance);
    instance->counter = counter + 1;
    instance->is_last = end == all.count;
    if (emit_wanted(emitter, block)) {
      counter++;
      out = emit_write(emitter, instance, prefix, err);
    }
    emit_leave(emitter, instance);
  }
  return out;
}

enum outcome emit_inside(struct emitter *emitter, const struct block *block, str prefix, struct err *err) {
  return block->repeat == REPEAT_EACH ? emit_each(emitter, block, prefix, err)
                                      : emit_per(emitter, block, prefix, err);
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
  uint64_t counter = 0;
  enum outcome out;
  while (!(out = gather_next(gather, &key, &members, &last, err))) {
    struct instance *instance = emit_instance(emitter, block);
    instance->keys = emit_keys(emitter, block->group, key, 0);
    instance->members = members;
    emit_enter(emitter, instance);
    instance->counter = counter + 1;
    instance->is_last = last;
    if (emit_wanted(emitter, block)) {
      counter++;
      out = emit_write(emitter, instance, key, err);
    }
    emit_leave(emitter, instance);
    if (out) return out;
  }
  return out == OUT_END ? OUT_OK : out;
}
