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

/* What one row brings to one group, worked out before anything is added: a row that fails leaves no trace. */
struct wide_part {
  struct buf key;
  uint64_t counts; /* bit i: aggregate i is added to */
  value values[AGGREGATES_MOST];
  bool none;
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
  wide->none = fold->may_skip && part->idle;
  if (wide->none) return true;
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
  if (wide->none) return true;
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

bool wide_rows(struct rows_worker *worker, const struct combo *combo, size_t row) {
  for (size_t i = 0; i < worker->plan->fold_count; i++)
    if (!worker->plan->folds[i].coded &&
        !work_out(worker, &worker->plan->folds[i], &combo->parts[i], &worker->wide[i], row))
      return false;
  for (size_t i = 0; i < worker->plan->fold_count; i++)
    if (!worker->plan->folds[i].coded && !add_wide(worker, i, &worker->wide[i], row)) return false;
  return true;
}
