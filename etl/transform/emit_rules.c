/* transform/emit_rules: whether an output record is written: its `when` and its rules, also those `per KEYS`.
 */
#include "transform/emit_internal.h"

#include <string.h>

/* Of the streamed record at hand, or the first of the gathered group. */
uint64_t emit_place(const struct emitter *emitter) {
  const struct rec *rec = emitter->ctx.recs[emitter->program->streamed->index];
  for (const struct instance *i = emitter->ctx.instance; i; i = i->outer)
    if (!i->outer && i->members.count) rec = i->members.items[0];
  return emitter->streaming && rec ? rec->row : TREE_NO_ROW;
}

struct said emit_say(struct emitter *emitter, const struct rule *rule, bool file) {
  struct said said = eval_said(rule, &emitter->ctx);
  tally_message(emitter->tally, rule->kind, file, said, 1, emit_place(emitter));
  return said;
}

/* What was needed could not be computed: the output record is not written. */
bool emit_failed(struct emitter *emitter, enum rule_kind kind) {
  struct ctx *ctx = &emitter->ctx;
  if (!ctx->failed) return false;
  tally_message(emitter->tally, kind, true, (struct said){ .text = str_of(ctx->err.text) }, 1, 0);
  ctx->failed = false;
  return true;
}

/* A condition that cannot be computed refuses the file (the record, where records stream by): nobody knows
 * what it would have kept out. */
static bool says_yes(struct emitter *emitter, const struct node *condition) {
  bool yes = !condition || eval_yes(condition, &emitter->ctx);
  if (emitter->streaming) return yes && !emitter->ctx.failed;
  if (!emit_failed(emitter, RULE_REJECT)) return yes;
  emitter->tally->file_rejected = true;
  return false;
}

static bool leaves(const struct rule *rule) { return rule->kind != RULE_WARN && rule->kind != RULE_REVIEW; }

/* Whether the record leaves by the rule, whose condition is asked where ctx stands. */
static bool ask(struct emitter *emitter, const struct rule *rule, bool silent) {
  if (!says_yes(emitter, rule->when)) return false;
  if (silent) return leaves(rule);
  struct said said = emit_say(emitter, rule, false);
  if (!leaves(rule)) return false;
  const struct block *block = rule->block;
  /* Counted as the source record that it was made of; but one of many (line each item) only skips itself. */
  bool many = block->repeat == REPEAT_EACH && block->each != emitter->program->streamed;
  bool one = rule->kind == RULE_SKIP && many;
  bool whole = emitter->streaming && !block->parent && !one;
  if (whole) {
    said.text = arena_str(emitter->record, said.text);
    said.shown = arena_str(emitter->record, said.shown);
    emitter->left = (struct left){ .any = true, .kind = rule->kind, .said = said };
  }
  emitter->tally->dropped += rule->kind != RULE_SKIP && !whole;
  return true;
}

/* --- per KEYS: once for each group of equal keys among the records under the output record --- */

/* The group is entered as a block of its own, which writes nothing. */
static bool ask_group(struct emitter *emitter, const struct rule *rule, struct instance *instance,
                      bool silent) {
  emit_enter(emitter, instance);
  bool left = ask(emitter, rule, silent);
  emit_leave(emitter, instance);
  return left;
}

static bool ask_at_hand(struct emitter *emitter, const struct rule *rule, bool silent) {
  const struct group *group = rule->group;
  struct arena *arena = arena_new();
  size_t count;
  const struct keyed *all = emit_under(emitter, group, arena, &count);
  bool left = false;
  for (size_t i = 0, end; i < count && !left && !emit_is_over(emitter); i = end) {
    for (end = i + 1; end < count && str_eq(all[end].key, all[i].key);) end++;
    struct instance *instance = emit_instance(emitter, group->block);
    instance->keys = emit_keys(emitter, group, all[i].key, 0);
    instance->members.items = ARENA_ARRAY(instance->arena, struct rec *, end - i);
    for (size_t j = i; j < end; j++) instance->members.items[instance->members.count++] = all[j].rec;
    left = ask_group(emitter, rule, instance, silent);
  }
  arena_free(arena);
  return left;
}

static bool ask_folded(struct emitter *emitter, const struct rule *rule, bool silent) {
  const struct group *group = rule->group;
  const struct fold *fold = emitter->folds[group->index];
  str prefix = emitter->ctx.instance->key;
  bool left = false;
  for (size_t i = fold_from(fold, prefix); i < fold_count(fold) && !left; i++) {
    str key;
    char *state;
    fold_at(fold, i, &key, &state);
    if (!str_starts(key, prefix)) break;
    struct instance *instance = emit_instance(emitter, group->block);
    instance->keys = emit_keys(emitter, group, key, prefix.len);
    instance->state = state;
    left = ask_group(emitter, rule, instance, silent);
  }
  return left;
}

static bool passes(struct emitter *emitter, const struct block *block, bool silent) {
  for (size_t i = 0; i < block->rule_count; i++) {
    const struct rule *rule = &block->rules[i];
    bool left = !rule->group          ? ask(emitter, rule, silent)
                : rule->group->gather ? ask_at_hand(emitter, rule, silent)
                                      : ask_folded(emitter, rule, silent);
    if (left) return false;
  }
  return true;
}

bool emit_wanted(struct emitter *emitter, const struct block *block) {
  if (says_yes(emitter, block->when)) return passes(emitter, block, false);
  emitter->unwanted = true;
  return false;
}

/* The same without a word: is there another one to come? */
bool emit_will_be_wanted(struct emitter *emitter, const struct block *block) {
  return says_yes(emitter, block->when) && passes(emitter, block, true);
}
