/* transform/combos: rows that agree in all coded cells: judged once, counted and summed, then given to the
 * groups. */
#include "transform/rows_internal.h"

#include <string.h>

static void set_bad(struct rows_worker *worker, struct combo *combo) {
  combo->verdict = BAD;
  combo->why = arena_str(worker->combos, str_of(worker->ctx.err.text));
  worker->ctx.failed = false;
}

static void judge(struct rows_worker *worker, struct combo *combo) {
  const struct program *program = worker->program;
  struct ctx *ctx = &worker->ctx;
  combo->verdict = PASS;
  if (program->header && eval_yes(program->header, ctx)) combo->verdict = HEADER;
  for (size_t i = 0; i < program->rule_count && combo->verdict == PASS && !ctx->failed; i++) {
    const struct rule *rule = &program->rules[i];
    if (rule->file || (rule->when && !eval_yes(rule->when, ctx)) || ctx->failed) continue;
    struct said *said = ARENA_PUSH(worker->combos, combo->said, combo->said_count);
    *said = eval_said(rule, ctx);
    said->text = arena_str(worker->combos, said->text);
    said->about = arena_str(worker->combos, said->about);
    said->suggest = arena_str(worker->combos, said->suggest);
    said->keys = arena_str(worker->combos, said->keys);
    said->shown = arena_str(worker->combos, said->shown);
    said->shown_suggest = arena_str(worker->combos, said->shown_suggest);
    if (rule->kind != RULE_WARN && rule->kind != RULE_REVIEW) combo->verdict = LEAVE, combo->rule = rule;
  }
  if (ctx->failed) set_bad(worker, combo);
}

static bool changes_nothing(const struct plan_aggregate *aggregate, const value *of) {
  enum aggregate_kind kind = aggregate->aggregate->kind;
  if (!aggregate->of_coded || aggregate->number >= 0 || !of) return false;
  if (kind == AGG_ANY) return !value_is_present(of) || !of->as.yes;
  return !value_is_present(of) && kind != AGG_COUNT && kind != AGG_ALL;
}

static void fill_steps(struct rows_worker *worker, const struct plan_fold *fold, struct part *part) {
  static const value yes = { .type = TYPE_BOOLEAN, .as = { .yes = true } };
  part->steps = ARENA_ARRAY(worker->combos, struct step, fold->aggregate_count + 1);
  for (size_t i = 0; i < fold->aggregate_count; i++) {
    const struct plan_aggregate *from = &fold->aggregates[i];
    if (!(part->where >> i & 1)) continue;
    struct step *step = &part->steps[part->step_count++];
    *step = (struct step){ from->aggregate->kind, from->aggregate->offset, from->number, &part->of[i] };
    if (!from->aggregate->of) step->of = &yes;
  }
}

static void fill_part(struct rows_worker *worker, const struct plan_fold *fold, struct part *part) {
  struct ctx *ctx = &worker->ctx;
  part->of = ARENA_ARRAY(worker->combos, value, fold->aggregate_count + 1);
  part->keys = ARENA_ARRAY(worker->combos, str, fold->key_count + 1);
  part->idle = true;
  for (size_t i = 0; i < fold->aggregate_count; i++) {
    const struct plan_aggregate *aggregate = &fold->aggregates[i];
    bool yes =
        !aggregate->where_coded || !aggregate->aggregate->where || eval_yes(aggregate->aggregate->where, ctx);
    if (yes) part->where |= (uint64_t)1 << i;
    bool evaluated = yes && aggregate->where_coded && aggregate->aggregate->of && aggregate->of_coded &&
                     aggregate->number < 0;
    if (evaluated) {
      value v = eval(aggregate->aggregate->of, ctx);
      part->of[i] = value_keep(&v, worker->combos);
    }
    if (yes && !aggregate->aggregate->own && !(evaluated && changes_nothing(aggregate, &part->of[i])))
      part->idle = false;
  }
  if (fold->plain) fill_steps(worker, fold, part);
  for (size_t i = 0; i < fold->key_count; i++) {
    if (!fold->key_coded[i]) continue;
    value v = eval(fold->keys[i], ctx);
    buf_clear(&worker->key);
    if (value_key(&v, &worker->key, &ctx->err)) ctx->failed = true;
    part->keys[i] = arena_str(worker->combos, buf_str(&worker->key));
  }
}

static struct combo *new_combo(struct rows_worker *worker, size_t row) {
  const struct plan *plan = worker->plan;
  struct combo *combo = arena_alloc(worker->combos, sizeof *combo + plan->number_count * sizeof *combo->sums);
  combo->first = combo->last = worker->rows->place + row;
  combo->wide_idle = true;
  worker->filled = SIZE_MAX;
  rows_set(worker, row);
  if (plan->rules_coded) judge(worker, combo);
  combo->parts = ARENA_ARRAY(worker->combos, struct part, plan->fold_count + 1);
  for (size_t i = 0; i < plan->fold_count && combo->verdict == PASS; i++) {
    fill_part(worker, &plan->folds[i], &combo->parts[i]);
    combo->wide_idle &= plan->folds[i].coded || (plan->folds[i].may_skip && combo->parts[i].idle);
    if (worker->ctx.failed) set_bad(worker, combo);
  }
  worker->combo_count++;
  return combo;
}

static inline size_t slot_hash(uint32_t label, uint64_t days) {
  return ((days * 0x9fb21c651e98df25u) ^ label) * 0xd6e8feb86659fd93u >> 32;
}

static void grow_slots(struct rows_worker *worker) {
  size_t count = worker->slot_count * 2;
  struct slot *slots = mem_alloc(sizeof *slots * count);
  for (size_t i = 0; i < worker->slot_count; i++) {
    if (!worker->slots[i].combo) continue;
    size_t at = slot_hash(worker->slots[i].label, worker->slots[i].days) & (count - 1);
    while (slots[at].combo) at = (at + 1) & (count - 1);
    slots[at] = worker->slots[i];
  }
  mem_free(worker->slots);
  worker->slots = slots;
  worker->slot_count = count;
}

struct combo *combo_of(struct rows_worker *worker, size_t row, uint32_t label, uint32_t steady,
                       uint64_t days) {
  size_t at = slot_hash(label, days) & (worker->slot_count - 1);
  while (worker->slots[at].combo) {
    const struct slot *slot = &worker->slots[at];
    if (slot->label == label && slot->steady == steady && slot->days == days) return slot->combo;
    at = (at + 1) & (worker->slot_count - 1);
  }
  struct combo *combo = new_combo(worker, row);
  worker->slots[at] = (struct slot){ days, label, steady, combo };
  if (worker->combo_count * 2 > worker->slot_count) grow_slots(worker);
  return combo;
}

static bool add_combo(struct rows_worker *worker, const struct combo *combo, const struct plan_fold *fold,
                      const struct part *part) {
  struct fold *groups = worker->folds[fold->index];
  buf_clear(&worker->key);
  for (size_t i = 0; i < fold->key_count; i++) buf_add(&worker->key, part->keys[i]);
  str key = buf_str(&worker->key);
  char *state = fold_state(groups, key, fold_hash(key));
  for (size_t i = 0; i < fold->aggregate_count; i++) {
    const struct plan_aggregate *aggregate = &fold->aggregates[i];
    char *at = state + aggregate->aggregate->offset;
    if (!(part->where >> i & 1)) continue;
    bool good;
    if (aggregate->number >= 0) {
      const struct number_sum *sum = &combo->sums[aggregate->number];
      int128 units;
      if (sum->overflowed || __builtin_add_overflow(sum->whole, sum->part, &units)) return false;
      good = acc_add_sum(at, units, numbers_places(worker->numbers[aggregate->number]), fold_arena(groups));
    } else
      good = acc_add(aggregate->aggregate->kind, at, &part->of[i], combo->count, combo->first, combo->last,
                     fold_arena(groups));
    if (!good) return false;
  }
  return true;
}

static void say(struct rows_worker *worker, const struct said *said, uint64_t times, uint64_t row) {
  tally_message(worker->tally, said->rule->kind, false, *said, times, row);
}

enum outcome combos_flush(struct rows_worker *worker, struct err *err) {
  for (size_t i = 0; i < worker->slot_count; i++) {
    const struct combo *combo = worker->slots[i].combo;
    if (!combo || !combo->count) continue;
    for (size_t j = 0; j < combo->said_count; j++) say(worker, &combo->said[j], combo->count, combo->first);
    for (size_t j = 0; j < worker->plan->fold_count && combo->verdict == PASS; j++)
      if (worker->plan->folds[j].coded &&
          !add_combo(worker, combo, &worker->plan->folds[j], &combo->parts[j]))
        return err_set(err, OUT_DATA, "a sum has more than 38 digits");
  }
  memset(worker->slots, 0, sizeof *worker->slots * worker->slot_count);
  worker->combo_count = 0;
  arena_reset(worker->combos);
  coder_reset(worker->coder);
  coder_reset(worker->steady);
  return OUT_OK;
}

/* Sums held so far follow when a number needs more places. */
void combos_raise(struct rows_worker *worker, size_t number, int32_t places) {
  for (size_t i = 0; i < worker->slot_count; i++)
    if (worker->slots[i].combo) number_sum_raise(&worker->slots[i].combo->sums[number], places);
}
