/* transform/emit_groups: one record for each group of a closed fold, in key order. */
#include "transform/emit_internal.h"

static struct instance *group_instance(struct emitter *emitter, const struct block *block, size_t index,
                                       str prefix, str *key) {
  char *state;
  fold_at(emitter->folds[block->group->index], index, key, &state);
  struct instance *instance = emit_instance(emitter, block);
  instance->keys = emit_keys(emitter, block->group, *key, prefix.len);
  instance->state = state;
  instance->key = *key;
  return instance;
}

/* The next group from `index` on that is to be written; the fold's count when none is. */
static size_t next_wanted(struct emitter *emitter, const struct block *block, size_t index, str prefix,
                          bool rules) {
  size_t count = fold_count(emitter->folds[block->group->index]);
  for (; index < count; index++) {
    str key;
    struct instance *instance = group_instance(emitter, block, index, prefix, &key);
    if (!str_starts(key, prefix)) return count;
    emit_enter(emitter, instance);
    bool good = rules ? emit_wanted(emitter, block) : emit_will_be_wanted(emitter, block);
    emit_leave(emitter, instance);
    if (good) return index;
  }
  return count;
}

static void remember(struct emitter *emitter, struct prior_values *priors, const struct block *block) {
  for (size_t i = 0; i < block->group->aggregate_count; i++) {
    struct aggregate *aggregate = block->group->aggregates[i];
    if (aggregate->kind != AGG_SUM && aggregate->kind != AGG_COUNT) continue;
    struct node node = { .op = OP_AGGREGATE, .type = aggregate->type, .aggregate = aggregate };
    value v = eval(&node, &emitter->ctx);
    dec sum, add;
    if (!value_to_decimal(&priors->values[i], &sum) || !value_to_decimal(&v, &add) ||
        !dec_add(sum, add, &sum))
      continue;
    int64_t whole;
    bool is_whole = aggregate->type == TYPE_INTEGER && dec_to_int(sum, &whole);
    priors->values[i] = is_whole ? value_integer(whole) : value_decimal(sum);
  }
}

static void start_priors(struct arena *arena, struct prior_values *priors, const struct group *group) {
  priors->aggregates = (const struct aggregate **)(uintptr_t)group->aggregates;
  priors->values = ARENA_ARRAY(arena, value, group->aggregate_count + 1);
  priors->count = group->aggregate_count;
  for (size_t i = 0; i < priors->count; i++)
    priors->values[i] =
        group->aggregates[i]->type == TYPE_INTEGER ? value_integer(0) : value_decimal(dec_of(0));
}

enum outcome emit_groups(struct emitter *emitter, const struct block *block, str prefix, struct err *err) {
  struct fold *fold = emitter->folds[block->group->index];
  struct arena *scratch = arena_new();
  struct prior_values priors;
  start_priors(scratch, &priors, block->group);
  enum outcome out = OUT_OK;
  uint64_t *counter = emit_counter(emitter, block);
  size_t index = next_wanted(emitter, block, fold_from(fold, prefix), prefix, true);
  while (index < fold_count(fold) && !out) {
    bool last =
        block->uses_is_last && next_wanted(emitter, block, index + 1, prefix, false) >= fold_count(fold);
    str key;
    struct instance *instance = group_instance(emitter, block, index, prefix, &key);
    instance->priors = &priors;
    instance->counter = ++*counter;
    instance->is_last = last;
    emit_enter(emitter, instance);
    out = emit_write(emitter, instance, key, err);
    if (!out) remember(emitter, &priors, block);
    emit_leave(emitter, instance);
    if (!out) index = next_wanted(emitter, block, index + 1, prefix, true);
  }
  arena_free(scratch);
  return out;
}
