/* transform/wide: groups by cells that rarely repeat, such as order ids: row by row. */
#include "transform/rows_internal.h"

bool wide_key(struct rows_worker *worker, const struct plan_fold *fold, const struct part *part, size_t row) {
  buf_clear(&worker->key);
  for (size_t i = 0; i < fold->key_count; i++) {
    const struct node *node = fold->keys[i];
    if (fold->key_coded[i]) {
      buf_add(&worker->key, part->keys[i]);
    } else if (node->op == OP_COLUMN && node->type == TYPE_TEXT && node->field && !node->field->required &&
               rows_cell(worker->rows, node->index, row).len <= (size_t)node->field->type.size) {
      str cell = rows_cell(worker->rows, node->index, row);
      bool there = cell.len && (cell.at[0] != ' ' || str_trim(cell).len);
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

/* Neighbours often share a key (the rows of one order): then the table is not asked again. */
static char *wide_state(struct rows_worker *worker, size_t index) {
  struct last_group *last = &worker->last[index];
  str key = buf_str(&worker->key);
  if (last->state && str_eq(key, buf_str(&last->key))) return last->state;
  buf_clear(&last->key);
  buf_add(&last->key, key);
  return last->state = fold_run(worker->folds[worker->plan->folds[index].index], key, fold_hash(key));
}

static bool add_wide(struct rows_worker *worker, const struct plan_aggregate *aggregate,
                     const struct part *part, size_t i, char *state, struct arena *arena, size_t row) {
  uint64_t place = worker->rows->place + row;
  char *at = state + aggregate->aggregate->offset;
  if (!(part->where >> i & 1)) return true;
  if (!aggregate->where_coded) {
    rows_set(worker, row);
    if (!eval_yes(aggregate->aggregate->where, &worker->ctx)) return !worker->ctx.failed;
  }
  if (aggregate->number >= 0) {
    struct numbers *numbers = worker->numbers[aggregate->number];
    return acc_add_sum(at, numbers_at(numbers, row), numbers_places(numbers), arena);
  }
  value v = value_yes_no(true);
  if (aggregate->aggregate->of && aggregate->of_coded) v = part->of[i];
  else if (aggregate->aggregate->of) {
    rows_set(worker, row);
    v = eval(aggregate->aggregate->of, &worker->ctx);
  }
  return !worker->ctx.failed && acc_add(aggregate->aggregate->kind, at, &v, 1, place, place, arena);
}

static bool wide_row(struct rows_worker *worker, const struct combo *combo, size_t index, size_t row) {
  const struct plan_fold *fold = &worker->plan->folds[index];
  const struct part *part = &combo->parts[index];
  if (fold->may_skip && part->idle) return true;
  if (!wide_key(worker, fold, part, row)) return false;
  char *state = wide_state(worker, index);
  for (size_t i = 0; i < fold->aggregate_count; i++)
    if (!add_wide(worker, &fold->aggregates[i], part, i, state, fold_run_arena(worker->folds[fold->index]),
                  row))
      return false;
  return true;
}

bool wide_rows(struct rows_worker *worker, const struct combo *combo, size_t row) {
  for (size_t i = 0; i < worker->plan->fold_count; i++)
    if (!worker->plan->folds[i].coded && !wide_row(worker, combo, i, row)) return false;
  return true;
}
