/* transform/wide: groups by cells that rarely repeat, such as order ids: row by row. */
#include "transform/rows_internal.h"

#include <string.h>

/* As value_parse has it: blanks, tabs and line ends alone are an absent cell. */
static inline bool is_there(str cell) {
  return cell.len && ((unsigned char)cell.at[0] > ' ' || str_trim(cell).len);
}

bool wide_key(struct rows_worker *worker, const struct plan_fold *fold, const struct part *part, size_t row) {
  buf_clear(&worker->key);
  for (size_t i = 0; i < fold->key_count; i++) {
    const struct node *node = fold->keys[i];
    if (fold->key_coded[i]) {
      buf_add(&worker->key, part->keys[i]);
    } else if (node->op == OP_COLUMN && node->type == TYPE_TEXT && node->field && !node->field->required &&
               rows_cell(worker->rows, node->index, row).len <= (size_t)node->field->type.size) {
      str cell = rows_cell(worker->rows, node->index, row);
      bool there = is_there(cell);
      buf_char(&worker->key, there);
      if (!there) continue;
      buf_add(&worker->key, cell);
      buf_char(&worker->key, '\0');
    } else {
      rows_set(worker, row);
      value v = eval(node, &worker->ctx);
      if (worker->ctx.failed || value_key(&v, &worker->key, &worker->ctx.err)) return false;
    }
  }
  return true;
}

/* What one row brings to one group, worked out before anything is added: a row that fails leaves no trace. */
struct wide_part {
  struct buf key;
  uint64_t counts; /* bit i: aggregate i is added to */
  value values[AGGREGATES_MOST];
  bool none;
  bool quick; /* nothing to work out: a plain fold, whose row cannot fail */
};

struct wide_part *wide_parts_new(size_t count) {
  struct wide_part *parts = mem_alloc((count + 1) * sizeof *parts);
  for (size_t i = 0; i < count; i++) parts[i].key = buf_new(1 << 20);
  return parts;
}

void wide_parts_free(struct wide_part *parts, size_t count) {
  for (size_t i = 0; parts && i < count; i++) buf_free(&parts[i].key);
  mem_free(parts);
}

static bool work_out(struct rows_worker *worker, const struct plan_fold *fold, const struct part *part,
                     struct wide_part *wide, size_t row) {
  struct ctx *ctx = &worker->ctx;
  if (!wide_key(worker, fold, part, row)) return false;
  buf_clear(&wide->key);
  buf_add(&wide->key, buf_str(&worker->key));
  wide->counts = part->where;
  for (size_t i = 0; i < fold->aggregate_count; i++) {
    const struct plan_aggregate *aggregate = &fold->aggregates[i];
    if (!(part->where >> i & 1)) continue;
    bool computed =
        aggregate->number < 0 && aggregate->aggregate->of && !(aggregate->of_coded && aggregate->where_coded);
    if (!aggregate->where_coded || computed) rows_set(worker, row);
    if (!aggregate->where_coded && !eval_yes(aggregate->aggregate->where, ctx))
      wide->counts &= ~((uint64_t)1 << i);
    else if (computed) wide->values[i] = eval(aggregate->aggregate->of, ctx);
    else if (aggregate->aggregate->of && aggregate->number < 0) wide->values[i] = part->of[i];
    else wide->values[i] = value_yes_no(true);
    if (ctx->failed) return false;
  }
  return true;
}

/* Neighbours often share a key (the rows of one order): then the table is not asked again. */
static char *wide_state(struct rows_worker *worker, size_t index, str key) {
  struct last_group *last = &worker->last[index];
  if (last->state && str_eq(key, buf_str(&last->key))) return last->state;
  buf_clear(&last->key);
  buf_add(&last->key, key);
  return last->state = fold_run(worker->folds[worker->plan->folds[index].index], key, fold_hash(key));
}

static bool add_wide(struct rows_worker *worker, size_t index, const struct wide_part *wide, size_t row) {
  const struct plan_fold *fold = &worker->plan->folds[index];
  uint64_t place = worker->rows->place + row;
  char *state = wide_state(worker, index, buf_str(&wide->key));
  struct arena *arena = fold_run_arena(worker->folds[fold->index]);
  for (size_t i = 0; i < fold->aggregate_count; i++) {
    const struct plan_aggregate *aggregate = &fold->aggregates[i];
    char *at = state + aggregate->aggregate->offset;
    bool good = true;
    if (!(wide->counts >> i & 1)) continue;
    if (aggregate->number >= 0) {
      struct numbers *numbers = worker->numbers[aggregate->number];
      good = acc_add_sum(at, numbers_at(numbers, row), numbers_places(numbers), arena);
    } else good = acc_add(aggregate->aggregate->kind, at, &wide->values[i], 1, place, place, arena);
    if (!good) return false;
  }
  return true;
}

/* --- plain folds: the usual case, without a detour over values --- */

static bool is_quick(const struct rows_worker *worker, const struct plan_fold *fold, size_t row) {
  const struct node *key = fold->keys[0];
  return fold->plain && rows_cell(worker->rows, key->index, row).len <= (size_t)key->field->type.size;
}

/* The same bytes as wide_key's: 1, the cell, 0; or 0 for an absent one. */
static char *quick_state(struct rows_worker *worker, size_t index, size_t row) {
  const struct plan_fold *fold = &worker->plan->folds[index];
  struct last_group *last = &worker->last[index];
  str cell = rows_cell(worker->rows, fold->keys[0]->index, row), old = buf_str(&last->key);
  bool there = is_there(cell);
  bool same = last->state && old.len == (there ? cell.len + 2 : 1) &&
              (!there || memcmp(old.at + 1, cell.at, cell.len) == 0);
  if (same) return last->state;
  buf_clear(&last->key);
  buf_char(&last->key, there);
  if (there) buf_add(&last->key, cell), buf_char(&last->key, '\0');
  str key = buf_str(&last->key);
  return last->state = fold_run(worker->folds[fold->index], key, fold_hash(key));
}

static bool add_quick(struct rows_worker *worker, size_t index, const struct part *part, size_t row) {
  uint64_t place = worker->rows->place + row;
  char *state = quick_state(worker, index, row);
  struct arena *arena = fold_run_arena(worker->folds[worker->plan->folds[index].index]);
  bool good = true;
  for (size_t i = 0; i < part->step_count && good; i++) {
    const struct step *step = &part->steps[i];
    char *at = state + step->offset;
    if (step->number < 0) good = acc_add(step->kind, at, step->of, 1, place, place, arena);
    else {
      const struct numbers *numbers = worker->numbers[step->number];
      const int64_t *units = worker->units[step->number];
      good = units ? acc_add_units(at, units[row], numbers_places(numbers), arena)
                   : acc_add_sum(at, numbers_at(numbers, row), numbers_places(numbers), arena);
    }
  }
  return good;
}

bool wide_rows(struct rows_worker *worker, const struct combo *combo, size_t row) {
  const struct plan *plan = worker->plan;
  for (size_t n = 0; n < worker->wide_count; n++) {
    size_t i = worker->wide_folds[n];
    const struct plan_fold *fold = &plan->folds[i];
    struct wide_part *wide = &worker->wide[i];
    wide->quick = is_quick(worker, fold, row);
    wide->none = fold->may_skip && combo->parts[i].idle;
    if (!wide->none && !wide->quick && !work_out(worker, fold, &combo->parts[i], wide, row)) return false;
  }
  for (size_t n = 0; n < worker->wide_count; n++) {
    size_t i = worker->wide_folds[n];
    const struct wide_part *wide = &worker->wide[i];
    if (wide->none) continue;
    bool good = wide->quick ? add_quick(worker, i, &combo->parts[i], row) : add_wide(worker, i, wide, row);
    if (!good) return false;
  }
  return true;
}
