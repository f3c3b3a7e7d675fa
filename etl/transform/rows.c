/* transform/rows: works through blocks of rows, one worker for each thread. */
#include "transform/rows_internal.h"

#include <string.h>

enum { BLOCK_ROWS_START = 4096 };

struct rows_worker *rows_worker_new(const struct plan *plan, const struct sink *sink, size_t memory_most) {
  struct rows_worker *worker = mem_alloc(sizeof *worker);
  const struct program *program = plan->program;
  worker->plan = plan;
  worker->program = program;
  worker->sink = sink;
  worker->scratch = arena_new();
  worker->combos = arena_new();
  worker->tally = tally_new();
  worker->folds = mem_alloc(sizeof(struct fold *) * (program->fold_count + 1));
  for (size_t i = 0; i < program->fold_count; i++)
    worker->folds[i] =
        fold_new(program->folds[i]->aggregates, program->folds[i]->aggregate_count, memory_most);
  worker->cells = mem_alloc(sizeof(str) * (plan->level->column_count + 1));
  worker->rec = (struct rec){ .level = plan->level, .cells = worker->cells };
  worker->ctx.run = plan->run;
  worker->ctx.arena = worker->scratch;
  worker->ctx.answers = answers_new(program);
  worker->coder = coder_new(plan->coded, plan->coded_count, false);
  worker->steady = coder_new(plan->steady, plan->steady_count, true);
  for (size_t i = 0; i < plan->day_count; i++)
    worker->days[i] = day_coder_new(plan->days[i], &plan->run->notation);
  for (size_t i = 0; i < plan->number_count; i++)
    worker->numbers[i] = numbers_new(&plan->numbers[i], &plan->run->notation);
  worker->wide = wide_parts_new(plan->fold_count);
  worker->slot_count = 1024;
  worker->slots = mem_alloc(sizeof *worker->slots * worker->slot_count);
  for (size_t i = 0; i < FOLDS_MOST; i++) worker->last[i].key = buf_new(1 << 20);
  worker->key = buf_new(1 << 20);
  for (size_t i = 0; i < plan->fold_count; i++)
    if (!plan->folds[i].coded) worker->wide_folds[worker->wide_count++] = i;
  for (size_t i = 0; i < plan->gather_count; i++)
    worker->gathers[i] = gather_new(plan->gathers[i], plan->level, NULL);
  if (sink && plan->map_count) worker->emitter = emitter_new(plan->run, worker->folds, sink, worker->tally);
  return worker;
}

void rows_worker_free(struct rows_worker *worker) {
  if (!worker) return;
  for (size_t i = 0; i < worker->program->fold_count; i++) fold_free(worker->folds[i]);
  for (size_t i = 0; i < DAYS_MOST; i++) day_coder_free(worker->days[i]), mem_free(worker->day_codes[i]);
  for (size_t i = 0; i < NUMBERS_MOST; i++) numbers_free(worker->numbers[i]);
  for (size_t i = 0; i < FOLDS_MOST; i++) buf_free(&worker->last[i].key);
  for (size_t i = 0; i < FOLDS_MOST; i++) gather_free(worker->gathers[i]), lines_free(worker->lines[i]);
  coder_free(worker->coder);
  coder_free(worker->steady);
  emitter_free(worker->emitter);
  answers_free(worker->ctx.answers);
  tally_free(worker->tally);
  arena_free(worker->scratch);
  arena_free(worker->combos);
  buf_free(&worker->key);
  mem_free(worker->folds);
  mem_free(worker->cells);
  mem_free(worker->codes);
  mem_free(worker->steady_codes);
  wide_parts_free(worker->wide, worker->plan->fold_count);
  mem_free(worker->slots);
  mem_free(worker);
}

struct tally *rows_tally(struct rows_worker *worker) {
  return worker->tally;
}
struct fold **rows_folds(struct rows_worker *worker) {
  return worker->folds;
}

struct gather **rows_gathers(struct rows_worker *worker, size_t *count) {
  *count = worker->plan->gather_count;
  return worker->gathers;
}
struct emitter *rows_emitter(struct rows_worker *worker) {
  return worker->emitter;
}

bool rows_other_notation_lives(const struct rows_worker *worker) {
  for (size_t i = 0; i < worker->plan->number_count; i++)
    if (!numbers_other_lives(worker->numbers[i])) return false;
  return true;
}

uint64_t rows_bad_numbers(const struct rows_worker *worker) {
  uint64_t bad = 0;
  for (size_t i = 0; i < worker->plan->number_count; i++) bad += numbers_bad(worker->numbers[i]);
  return bad;
}

void rows_trace(struct rows_worker *worker, rows_hit *hit, void *user) {
  worker->hit = hit;
  worker->hit_user = user;
}

/* Makes one row current for eval(). */
void rows_set(struct rows_worker *worker, size_t row) {
  if (worker->filled == row) return;
  arena_reset(worker->scratch);
  for (size_t i = 0; i < worker->plan->level->column_count; i++)
    worker->cells[i] = rows_cell(worker->rows, i, row);
  worker->rec.row = worker->rows->place + row;
  worker->ctx.recs[worker->plan->level->index] = &worker->rec;
  worker->filled = row;
}

/* --- row by row --- */

static void keep_row(struct rows_worker *worker, size_t row, struct said why, bool held) {
  tally_reject(worker->tally, worker->rows->place + row, why, rows_row(worker->rows, row), held);
}

static void reject_row(struct rows_worker *worker, size_t row, str why) {
  keep_row(worker, row, (struct said){ .text = why }, false);
}

static bool row_failed(struct rows_worker *worker, size_t row) {
  if (!worker->ctx.failed) return false;
  reject_row(worker, row, str_of(worker->ctx.err.text));
  worker->ctx.failed = false;
  return true;
}

static void count_leaving(struct rows_worker *worker, enum rule_kind kind, struct said said, size_t row) {
  if (kind == RULE_SKIP) worker->tally->skipped++;
  else keep_row(worker, row, said, kind == RULE_HOLD);
}

/* The rules of one row when they are not coded. True when the row stays. */
static bool row_passes(struct rows_worker *worker, size_t row) {
  const struct program *program = worker->program;
  struct ctx *ctx = &worker->ctx;
  uint64_t place = worker->rows->place + row;
  rows_set(worker, row);
  if (program->header && eval_yes(program->header, ctx)) {
    worker->tally->header++;
    return false;
  }
  for (size_t i = 0; i < program->rule_count && !ctx->failed; i++) {
    const struct rule *rule = &program->rules[i];
    if (rule->file || (rule->when && !eval_yes(rule->when, ctx)) || ctx->failed) continue;
    struct said said = eval_said(rule, ctx);
    tally_message(worker->tally, rule->kind, false, said, 1, place);
    if (rule->kind == RULE_WARN || rule->kind == RULE_REVIEW) continue;
    count_leaving(worker, rule->kind, said, row);
    return false;
  }
  return !row_failed(worker, row);
}

static void set_user_row(void *user, size_t row) { rows_set(user, row); }

/* The first record goes the usual way (it may open a file); then lines, where they are lines. */
static void start_lines(struct rows_worker *worker, size_t map) {
  const struct sink *sink = worker->sink;
  const struct block *block = worker->plan->maps[map];
  if (!sink->lines || !sink->lines(sink->user, block->record, &worker->formats[map])) return;
  worker->lines[map] = lines_new(worker->plan, block, &worker->formats[map]);
  if (worker->lines[map]) lines_block(worker->lines[map], worker->rows);
}

static enum outcome map_row(struct rows_worker *worker, size_t row, struct err *err) {
  struct ctx *ctx = emitter_ctx(worker->emitter);
  ctx->recs[worker->plan->level->index] = &worker->rec;
  bool first = !worker->tally->mapped++, unwanted = false;
  uint64_t written = worker->tally->written;
  for (size_t i = 0; i < worker->plan->map_count; i++) {
    if (worker->lines[i] && lines_row(worker->lines[i], row, &worker->ctx, set_user_row, worker)) {
      worker->tally->written++;
      continue;
    }
    rows_set(worker, row);
    struct left left;
    enum outcome out = emitter_record(worker->emitter, worker->plan->maps[i], &left, err);
    if (out) return out;
    if (ctx->failed) {
      reject_row(worker, row, str_of(ctx->err.text));
      ctx->failed = false;
      worker->tally->mapped--;
      return OUT_OK;
    }
    if (left.any) {
      worker->tally->mapped--;
      count_leaving(worker, left.kind, left.said, row);
      return OUT_OK;
    }
    unwanted = unwanted || left.unwanted;
    if (first) start_lines(worker, i);
  }
  if (unwanted && worker->tally->written == written && worker->plan->only_maps) {
    worker->tally->mapped--;
    reject_row(worker, row, STR(EMIT_UNWANTED));
  }
  return OUT_OK;
}

static enum outcome gather_row(struct rows_worker *worker, size_t row, struct err *err) {
  rows_set(worker, row);
  for (size_t i = 0; i < worker->plan->gather_count; i++) {
    enum outcome out = gather_add(worker->gathers[i], worker->rows, row, &worker->ctx, err);
    if (out || row_failed(worker, row)) return out;
  }
  return OUT_OK;
}

/* Verdicts other than PASS. */
static void leave_row(struct rows_worker *worker, struct combo *combo, size_t row) {
  combo->count++;
  if (combo->verdict == HEADER) worker->tally->header++;
  else if (combo->verdict == BAD) reject_row(worker, row, combo->why);
  else count_leaving(worker, combo->rule->kind, combo->said[combo->said_count - 1], row);
}

static bool numbers_good(struct rows_worker *worker, size_t row) {
  for (size_t i = 0; i < worker->plan->number_count; i++) {
    const char *why = numbers_why(worker->numbers[i], row);
    if (!why) continue;
    const struct number *number = &worker->plan->numbers[i];
    str cell = str_left_chars(rows_cell(worker->rows, number->column, row), 60);
    reject_row(
        worker, row,
        arena_printf(worker->scratch, "%.*s: \"%.*s\" %s", STR_ARG(number->field->name), STR_ARG(cell), why));
    return false;
  }
  return true;
}

static void trace_row(struct rows_worker *worker, const struct combo *combo, size_t row) {
  for (size_t i = 0; i < worker->plan->fold_count; i++) {
    const struct plan_fold *fold = &worker->plan->folds[i];
    if (wide_key(worker, fold, &combo->parts[i], row))
      worker->hit(worker->hit_user, fold->group, buf_str(&worker->key), worker->rows->place + row,
                  rows_row(worker->rows, row));
  }
}

static enum outcome one_row(struct rows_worker *worker, struct combo *combo, size_t row, bool flawed,
                            struct err *err) {
  const struct plan *plan = worker->plan;
  if (combo->verdict != PASS) {
    leave_row(worker, combo, row);
    return OUT_OK;
  }
  if (!plan->rules_coded && !row_passes(worker, row)) return OUT_OK;
  if (flawed && !numbers_good(worker, row)) return OUT_OK;
  if (worker->wide_count && !combo->wide_idle && !wide_rows(worker, combo, row)) {
    if (!row_failed(worker, row)) return err_set(err, OUT_DATA, "a sum has more than 38 digits");
    return OUT_OK;
  }
  if (!combo->count++) combo->first = worker->rows->place + row;
  combo->last = worker->rows->place + row;
  for (size_t i = 0; i < plan->number_count; i++)
    numbers_add(worker->numbers[i], worker->units[i], row, &combo->sums[i]);
  worker->tally->folded += !plan->map_count;
  if (worker->hit) trace_row(worker, combo, row);
  if (plan->gather_count && gather_row(worker, row, err)) return err->outcome;
  return plan->map_count ? map_row(worker, row, err) : OUT_OK;
}

static void make_code_room(struct rows_worker *worker, size_t rows) {
  if (rows <= worker->code_room) return;
  worker->code_room = rows > BLOCK_ROWS_START ? rows : BLOCK_ROWS_START;
  worker->codes = mem_grow(worker->codes, worker->code_room * sizeof *worker->codes);
  worker->steady_codes = mem_grow(worker->steady_codes, worker->code_room * sizeof *worker->codes);
  for (size_t i = 0; i < worker->plan->day_count; i++)
    worker->day_codes[i] = mem_grow(worker->day_codes[i], worker->code_room * sizeof **worker->day_codes);
}

static enum outcome code_block(struct rows_worker *worker, const struct rows *rows, struct err *err) {
  make_code_room(worker, rows->count);
  if (!coder_rows(worker->coder, rows, CODES_MOST, worker->codes) ||
      !coder_rows(worker->steady, rows, CODES_MOST, worker->steady_codes)) {
    if (combos_flush(worker, err)) return err->outcome;
    coder_rows(worker->coder, rows, SIZE_MAX, worker->codes);
    coder_rows(worker->steady, rows, SIZE_MAX, worker->steady_codes);
  }
  for (size_t i = 0; i < worker->plan->day_count; i++)
    day_coder_rows(worker->days[i], rows, worker->day_codes[i]);
  return OUT_OK;
}

enum outcome rows_block(struct rows_worker *worker, const struct rows *rows, struct err *err) {
  const struct plan *plan = worker->plan;
  worker->rows = rows;
  worker->filled = SIZE_MAX;
  if (code_block(worker, rows, err)) return err->outcome;
  bool flawed = false;
  for (size_t i = 0; i < plan->map_count; i++)
    if (worker->lines[i]) lines_block(worker->lines[i], rows);
  for (size_t i = 0; i < plan->number_count; i++) {
    int32_t raised = numbers_read(worker->numbers[i], rows);
    if (raised) combos_raise(worker, i, raised);
    worker->units[i] = numbers_units(worker->numbers[i]);
    flawed |= numbers_any_flaw(worker->numbers[i]);
    if (numbers_overflowed(worker->numbers[i]))
      return err_set(err, OUT_DATA, "a sum has more than 38 digits");
  }
  worker->tally->rows += rows->count;
  enum outcome out = OUT_OK;
  for (size_t row = 0; row < rows->count && !out; row++) {
    if (rows->flaw && rows->flaw[row]) {
      reject_row(worker, row, str_of(row_flaw_text(rows->flaw[row])));
      continue;
    }
    uint64_t days = 0;
    for (size_t i = 0; i < plan->day_count; i++) days = days << 32 | worker->day_codes[i][row];
    struct combo *combo = combo_of(worker, row, worker->codes[row], worker->steady_codes[row], days);
    out = one_row(worker, combo, row, flawed, err);
  }
  for (size_t i = 0; i < plan->map_count && !out; i++)
    if (worker->lines[i]) out = worker->sink->appended(worker->sink->user, plan->maps[i]->record, err);
  if (!out && worker->combo_count > COMBOS_MOST) out = combos_flush(worker, err);
  return out;
}

enum outcome rows_end(struct rows_worker *worker, struct err *err) {
  for (size_t i = 0; i < worker->program->fold_count; i++)
    if (!fold_settle(worker->folds[i])) return err_set(err, OUT_DATA, "a sum has more than 38 digits");
  return combos_flush(worker, err);
}

void rows_join(struct rows_worker *worker, struct rows_worker *other) {
  tally_add(worker->tally, other->tally);
}
