/* job/exec: one transform over one file: reads, works through, proves, writes. */
#include "job/exec.h"
#include "job/close.h"
#include "job/exec_chain.h"
#include "job/exec_trees.h"
#include "job/state.h"
#include "model/currency.h"
#include "transform/gather.h"

#include <stdatomic.h>
#include <string.h>

enum { MEMORY_DEFAULT = 64 * 1024 * 1024, LOOKED_AT = 64 * 1024 };

/* What lives as long as the result: the ctx at the file's end points into all of it. */
struct exec_keep {
  struct flat *flat;
  struct run run;
  struct plan plan;
  struct rows_worker **workers;
  struct flat_chunk **chunks;
  size_t worker_count;
  struct emitter *emitter;
  bool own_emitter;
  struct exec_chain *chain; /* the transforms behind the first */
  struct exec_trees *trees; /* instead of rows: job/exec_trees.c */
  struct rows first;        /* read ahead for the plan; worker 0 begins with it */
  bool has_first;
  const struct exec_request *request;
  atomic_bool stop;
  struct date_notes dates;
};

struct reading {
  enum charset charset;
  struct notation notation;
};

/* --- preparing the program: columns that the header and the notation need --- */

static size_t need_column(struct program *program, const struct field *field) {
  struct level *level = program->streamed;
  for (size_t i = 0; i < level->column_count; i++)
    if (level->columns[i] == field) return i;
  *ARENA_PUSH(program->arena, level->columns, level->column_count) = field;
  return level->column_count - 1;
}

/* decimal auto by COLUMN */
static const struct field *currency_field(const struct program *program) {
  str column = schema_option_word(program->from, "decimal", 2);
  return column.len ? record_field(program->streamed->record, column) : NULL;
}

static bool decimal_is_auto(const struct program *program) {
  return str_eq(schema_option_word(program->from, "decimal", 0), STR("auto"));
}

static void prepare(struct program *program) {
  for (size_t i = 0; i < program->header_column_count; i++) need_column(program, program->header_columns[i]);
  if (currency_field(program)) need_column(program, currency_field(program));
  program_layout(program);
}

/* --- the first block: currency, header, which mark --- */

static str first_cell(const struct rows *rows, size_t column) {
  return rows->count ? str_trim(rows_cell(rows, column, 0)) : STR_NONE;
}

static enum outcome read_currency(struct exec_keep *keep, struct exec_result *result, struct err *err) {
  struct program *program = keep->request->program;
  const struct field *field = currency_field(program);
  keep->run.notation.places_most = -1;
  if (!field) return OUT_OK;
  if (!keep->first.count) return err_set(err, OUT_DATA, "the file has a header line and nothing below it");
  str code = first_cell(&keep->first, need_column(program, field));
  if (!code.len)
    return err_set(err, OUT_DATA, "the first row has no %.*s", STR_ARG(field->name)), err_at(err, 2, 0);
  int32_t places;
  if (!currency_places(code, &places)) {
    err_set(err, OUT_DATA, "%.*s: \"%.*s\" is not a currency of ISO 4217", STR_ARG(field->name),
            STR_ARG(str_left_chars(code, 20)));
    return err_at(err, 2, 0);
  }
  keep->run.notation.places_most = places;
  result->currency = arena_str(result->arena, code);
  return OUT_OK;
}

static enum outcome read_header(struct exec_keep *keep, struct exec_result *result, struct err *err) {
  struct program *program = keep->request->program;
  if (!program->header) return OUT_OK;
  size_t count = program->streamed->column_count;
  str *cells = ARENA_ARRAY(result->arena, str, count + 1);
  for (size_t i = 0; i < count && keep->first.count; i++)
    cells[i] = arena_str(result->arena, rows_cell(&keep->first, i, 0));
  struct rec rec = { .level = program->streamed, .cells = cells };
  struct ctx ctx = { .run = &keep->run, .arena = result->arena, .answers = answers_new(program) };
  ctx.recs[program->streamed->index] = &rec;
  bool is_header = keep->first.count && eval_yes(program->header, &ctx);
  value *header = ARENA_ARRAY(result->arena, value, program->header_column_count + 1);
  for (size_t i = 0; is_header && i < program->header_column_count; i++) {
    const struct field *field = program->header_columns[i];
    struct node node = {
      .op = OP_COLUMN, .type = field->type.type, .level = program->streamed, .field = field
    };
    node.index = need_column(program, field);
    header[i] = eval(&node, &ctx);
  }
  answers_free(ctx.answers);
  keep->run.header = header;
  if (ctx.failed) return err_set(err, OUT_DATA, "%s", ctx.err.text), err_at(err, 2, 0);
  if (!is_header) return err_set(err, OUT_DATA, "the first row is not the summary row"), err_at(err, 2, 0);
  return OUT_OK;
}

/* How many cells of the first rows' auto decimals a notation cannot read: as many rows whatever the block. */
static size_t unread(const struct exec_keep *keep, enum dec_notation notation) {
  const struct level *level = keep->request->program->streamed;
  size_t bad = 0;
  for (size_t i = 0; i < level->column_count; i++) {
    if (level->columns[i]->type.type != TYPE_DECIMAL) continue;
    for (size_t row = 0; row < keep->first.count && keep->first.row_at[row] < LOOKED_AT; row++) {
      str cell = str_trim(rows_cell(&keep->first, i, row));
      dec d;
      int32_t most = keep->run.notation.places_most;
      bad += cell.len && (!dec_parse(cell, notation, &d) || (most >= 0 && d.scale > most));
    }
  }
  return bad;
}

/* --- working through the rows --- */

static bool charset_is_auto(const struct program *program) {
  str word = schema_option_word(program->from, "charset", 0);
  return !word.len || str_eq(word, STR("auto"));
}

/* Read as UTF-8 on trial, and it is not. */
static bool is_wrong_charset(const struct exec_keep *keep) {
  return keep->flat && flat_is_not_utf8(keep->flat) && charset_is_auto(keep->request->program);
}

static enum outcome work(void *user, size_t index, struct err *err) {
  struct exec_keep *keep = user;
  struct rows_worker *worker = keep->workers[index];
  struct rows rows = keep->first;
  enum outcome out = OUT_OK;
  bool have = index == 0 && keep->has_first;
  while (!out && !atomic_load(&keep->stop)) {
    if (!have) out = flat_next(keep->flat, keep->chunks[index], &rows, err);
    have = false;
    if (!out) out = rows_block(worker, &rows, err);
    if (index == 0 && keep->request->progress)
      keep->request->progress(keep->request->user,
                              (struct exec_progress){ flat_bytes_read(keep->flat), flat_size(keep->flat) });
    if (is_wrong_charset(keep)) break;
  }
  if (out == OUT_END) out = rows_end(worker, err);
  else atomic_store(&keep->stop, true);
  return out;
}

static uint64_t number_row(const void *user, uint64_t place) { return flat_row_number(user, place); }

static void keep_free(struct exec_keep *keep) {
  if (!keep) return;
  exec_trees_free(keep->trees);
  exec_chain_free(keep->chain);
  if (keep->own_emitter) emitter_free(keep->emitter);
  for (size_t i = 0; i < keep->worker_count; i++) {
    rows_worker_free(keep->workers[i]);
    flat_chunk_free(keep->chunks[i]);
  }
  mem_free(keep->workers);
  mem_free(keep->chunks);
  flat_close(keep->flat);
  mem_free(keep);
}

uint64_t exec_row_number(const struct exec_result *result, uint64_t place) {
  if (result->keep->trees) return tree_number(place);
  return flat_row_number(result->keep->flat, place);
}

void exec_result_free(struct exec_result *result) {
  keep_free(result->keep);
  arena_free(result->arena);
  *result = (struct exec_result){ 0 };
}

static void make_workers(struct exec_keep *keep, const struct sink *sink) {
  const struct exec_request *request = keep->request;
  size_t memory = (request->memory_most ? request->memory_most : MEMORY_DEFAULT) / keep->worker_count;
  for (size_t i = 0; i < keep->worker_count; i++) {
    if (!keep->chunks[i]) keep->chunks[i] = flat_chunk_new(keep->flat);
    keep->workers[i] = rows_worker_new(&keep->plan, sink, memory);
    if (request->hit) rows_trace(keep->workers[i], request->hit, request->user);
  }
}

struct making {
  struct exec_keep *keep;
  struct arena *arena;
  struct notation notation;
};

static void make_run(void *user, struct program *program, struct run *run) {
  const struct making *making = user;
  const struct exec_request *request = making->keep->request;
  struct complaints *wrong = complaints_new(making->arena);
  *run = (struct run){ .program = program, .notation = making->notation, .calendar = request->calendar };
  run->today = request->today;
  run->now = request->now;
  run->full = request->full;
  run->source_file = request->source_file;
  run->finders = ARENA_ARRAY(making->arena, struct finder *, program->lookup_count + 1);
  run->pasts = ARENA_ARRAY(making->arena, const struct past *, program->lookup_count + 1);
  for (size_t i = 0; i < program->lookup_count; i++) {
    run->pasts[i] = states_past(request->states, program->lookups[i]);
    if (program->lookups[i]->sheet) run->finders[i] = finder_new(program->lookups[i], making->arena, wrong);
  }
}

/* The run, the sink that the last transform writes to, and the transforms behind the first. */
static enum outcome start(struct exec_keep *keep, const struct reading *reading, struct exec_result *result,
                          struct sink *sink, struct err *err) {
  const struct exec_request *request = keep->request;
  struct making making = { keep, result->arena, reading->notation };
  make_run(&making, request->program, &keep->run);
  keep->run.notation.notes = &keep->dates;
  enum outcome out = request->begin(request->user, sink, err);
  making.notation.decimal = DEC_PLAIN; /* what a transform writes */
  making.notation.places_most = -1;
  return out ? out : exec_chain_new(request, make_run, &making, sink, &keep->chain, err);
}

/* Once the first transform has come to its end. */
static enum outcome finish_all(struct exec_keep *keep, tally_row *number, const void *user,
                               struct exec_result *result, struct err *err) {
  emit_watch *watch = keep->request->then_count ? keep->request->watch_first : keep->request->watch;
  if (watch) emitter_watch(keep->emitter, watch, keep->request->user);
  enum outcome out = emitter_finish(keep->emitter, err);
  if (watch && keep->request->then_count) watch(keep->request->user, NULL, STR_NONE, NULL, NULL);
  return out ? out : exec_chain_finish(keep->chain, number, user, result, err);
}

static enum outcome look_ahead(struct exec_keep *keep, const struct reading *reading,
                               struct exec_result *result, struct err *err) {
  keep->chunks[0] = flat_chunk_new(keep->flat);
  enum outcome out = flat_next(keep->flat, keep->chunks[0], &keep->first, err);
  if (out == OUT_END) keep->first = (struct rows){ 0 };
  else if (out) return out;
  else keep->has_first = true;
  if (read_currency(keep, result, err)) return err->outcome;
  bool automatic = decimal_is_auto(keep->request->program) && reading->notation.decimal == DEC_PLAIN;
  if (automatic)
    keep->run.notation.decimal = unread(keep, DEC_POINT) <= unread(keep, DEC_COMMA) ? DEC_POINT : DEC_COMMA;
  return read_header(keep, result, err);
}

static enum outcome finish(struct exec_keep *keep, struct exec_result *result, const struct sink *sink,
                           struct err *err) {
  struct rows_worker *worker = keep->workers[0];
  result->tally = rows_tally(worker);
  tally_number(result->tally, number_row, keep->flat);
  if (result->tally->header > 1)
    return err_set(err, OUT_DATA, "the file has %llu summary rows; it may have one, and it comes first",
                   (unsigned long long)result->tally->header);
  struct fold **folds[THREADS_MOST];
  for (size_t i = 0; i < keep->worker_count; i++) folds[i] = rows_folds(keep->workers[i]);
  const struct close_request request = { &keep->run, folds, keep->worker_count };
  if (close_groups(&request, &result->spilled, err)) return err->outcome;
  keep->emitter = rows_emitter(worker);
  if (!keep->emitter) {
    keep->emitter = emitter_new(&keep->run, rows_folds(worker), sink, result->tally);
    keep->own_emitter = true;
  }
  size_t gather_count;
  struct gather **gathers = rows_gathers(worker, &gather_count);
  for (size_t i = 0; i < gather_count; i++) {
    if (gather_sort(gathers[i], err)) return err->outcome;
    emitter_gather(keep->emitter, gathers[i]);
  }
  result->ctx = emitter_ctx(keep->emitter);
  return finish_all(keep, number_row, keep->flat, result, err);
}

/* Records are written, or gathered, in the order of rows: by one worker. */
static bool needs_order(const struct block *block) {
  return block->streams || (block->repeat == REPEAT_PER && block->group->gather);
}

/* One reading of the whole file. */
static enum outcome attempt(const struct exec_request *request, const struct reading *reading,
                            struct exec_result *result, struct err *err) {
  struct program *program = request->program;
  struct flat_settings settings = { .schema = program->from,
                                    .charset = reading->charset,
                                    .limits = in_default_limits };
  settings.columns = (struct flat_columns){ program->streamed->columns, program->streamed->column_count };
  settings.chunk_size = request->chunk_size;
  struct exec_keep *keep = result->keep = mem_alloc(sizeof *keep);
  keep->request = request;
  struct sink sink = { 0 };
  if (start(keep, reading, result, &sink, err)) return err->outcome;
  if (flat_open(request->path, &settings, &keep->flat, err)) return err->outcome;
  keep->worker_count = request->workers ? request->workers : 1;
  if (keep->worker_count > THREADS_MOST) keep->worker_count = THREADS_MOST;
  for (size_t i = 0; i < program->output_count; i++)
    if (needs_order(program->outputs[i])) keep->worker_count = 1;
  if (request->hit) keep->worker_count = 1;
  keep->workers = mem_alloc(keep->worker_count * sizeof *keep->workers);
  keep->chunks = mem_alloc(keep->worker_count * sizeof *keep->chunks);
  result->charset = reading->charset;
  result->new_column_count = flat_new_columns(keep->flat, &result->new_columns);
  result->bytes = flat_size(keep->flat);
  enum outcome out = look_ahead(keep, reading, result, err);
  result->notation = keep->run.notation;
  if (out) return err_in_file(err, str_of(request->path));
  if (plan_make(&keep->run, &keep->first, request->plain, result->arena, &keep->plan, err))
    return err->outcome;
  make_workers(keep, &sink);
  out = threads_run(keep->worker_count, work, keep, err);
  for (size_t i = 1; i < keep->worker_count && !out; i++) rows_join(keep->workers[0], keep->workers[i]);
  if (is_wrong_charset(keep)) return OUT_OK; /* the caller asks, and reads again */
  result->new_column_count = flat_new_columns(keep->flat, &result->new_columns);
  return out ? out : finish(keep, result, &sink, err);
}

static uint64_t number_tree(const void *user, uint64_t place) {
  (void)user;
  return tree_number(place);
}

/* Records with records below them: their numbers are plain, and order of day and month is stated. */
static enum outcome read_trees(const struct exec_request *request, const struct reading *reading,
                               struct exec_result *result, struct err *err) {
  struct exec_keep *keep = result->keep = mem_alloc(sizeof *keep);
  struct sink sink = { 0 };
  keep->request = request;
  result->charset = reading->charset;
  if (start(keep, reading, result, &sink, err)) return err->outcome;
  result->notation = keep->run.notation;
  enum outcome out = exec_trees(request, &keep->run, &sink, result, &keep->trees, err);
  if (out) return out;
  keep->emitter = exec_trees_emitter(keep->trees);
  return finish_all(keep, number_tree, NULL, result, err);
}

static void again(struct exec_result *result, struct err *err) {
  exec_result_free(result);
  *err = (struct err){ 0 };
  result->arena = arena_new();
}

static uint64_t bad_cells(const struct exec_result *result) {
  uint64_t bad = 0;
  for (size_t i = 0; result->keep && result->keep->workers && i < result->keep->worker_count; i++)
    if (result->keep->workers[i]) bad += rows_bad_numbers(result->keep->workers[i]);
  return bad;
}

static bool other_lives(const struct exec_result *result) {
  for (size_t i = 0; result->keep && result->keep->workers && i < result->keep->worker_count; i++)
    if (!result->keep->workers[i] || !rows_other_notation_lives(result->keep->workers[i])) return false;
  return true;
}

/* Both readings prove: do they prove the same amounts? */
static bool same_sides(const struct tally *a, const struct tally *b) {
  if (a->proof_count != b->proof_count) return false;
  for (size_t i = 0; i < a->proof_count; i++)
    if (!str_eq(a->proofs[i].left, b->proofs[i].left) || !str_eq(a->proofs[i].right, b->proofs[i].right))
      return false;
  return true;
}

static bool asks_of_output(const struct node *node) {
  if (node->op == OP_AGGREGATE && node->aggregate->record) return true;
  for (size_t i = 0; i < node->kid_count; i++)
    if (asks_of_output(node->kids[i])) return true;
  return false;
}

/* Its amounts add up, and it failed only at being written (1.234 in a field of two decimals). */
static bool was_not_refuted(const struct exec_result *tried) {
  const struct tally *tally = tried->tally;
  bool proved = false;
  if (!tally || !tally->dropped) return false;
  for (size_t i = 0; i < tally->proof_count; i++) {
    const struct node *node = tally->proofs[i].proof->node;
    if (!node || asks_of_output(node)) continue;
    if (!tally->proofs[i].holds) return false;
    proved = true;
  }
  return proved;
}

static enum dec_notation other(enum dec_notation notation) {
  return notation == DEC_POINT ? DEC_COMMA : DEC_POINT;
}

/* The disk or the machine is at fault: nothing is learnt of how the file is to be read. */
static bool says_nothing(enum outcome out) {
  return out && out != OUT_END && out != OUT_DATA && out != OUT_REFUSED;
}

/* The charset is settled; now the decimal mark. */
static enum outcome try_notations(const struct exec_request *request, struct reading *reading,
                                  struct exec_result *result, struct err *err) {
  enum outcome out = attempt(request, reading, result, err);
  if (says_nothing(out) || !decimal_is_auto(request->program) || is_wrong_charset(result->keep)) return out;
  uint64_t bad = bad_cells(result);
  bool wrong = bad || (out && !result->tally), twice = !out && other_lives(result);
  if ((!wrong && !twice && out != OUT_REFUSED) || (!bad && !other_lives(result))) return out;
  struct reading second = *reading;
  second.notation.decimal = other(result->notation.decimal);
  struct exec_result tried = { .arena = arena_new() };
  struct err second_err = { 0 };
  enum outcome second_out = attempt(request, &second, &tried, &second_err);
  bool second_better = !second_out && !bad_cells(&tried) && (out || bad);
  bool both = twice && !bad_cells(&tried) && (!second_out || was_not_refuted(&tried));
  bool differ = both && (second_out || !same_sides(result->tally, tried.tally));
  exec_result_free(&tried);
  if (says_nothing(second_out)) {
    *err = second_err;
    return second_out;
  }
  if (differ)
    return err_set(err, OUT_DATA,
                   "the amounts add up with a decimal point and with a decimal comma, to different values");
  *reading = second_better ? second : (struct reading){ reading->charset, result->notation };
  again(result, err);
  return attempt(request, reading, result, err);
}

static enum outcome read_again(const struct exec_request *request, struct reading *reading,
                               enum date_order order, struct exec_result *result, struct err *err) {
  reading->notation.order = order;
  reading->notation.decimal = DEC_PLAIN;
  again(result, err);
  return try_notations(request, reading, result, err);
}

static const char mixed_orders[] = "some days are written with the day first, others with the month first";

/* Stamps such as 03/11/2026: rows that only one order can read decide; else what the rules say of the days,
 * which must not hold both ways (R8). */
static enum outcome try_orders(const struct exec_request *request, struct reading *reading,
                               struct exec_result *result, struct err *err) {
  reading->notation.order = DATE_DAY_FIRST;
  enum outcome out = try_notations(request, reading, result, err);
  if (says_nothing(out) || !result->keep || is_wrong_charset(result->keep)) return out;
  bool not_day_first = atomic_load(&result->keep->dates.not_this);
  bool not_month_first = atomic_load(&result->keep->dates.not_other);
  if (not_day_first && not_month_first) return err_set(err, OUT_DATA, "%s", mixed_orders);
  if (not_day_first) {
    out = read_again(request, reading, DATE_MONTH_FIRST, result, err);
    bool mixed = !says_nothing(out) && result->keep && atomic_load(&result->keep->dates.not_this);
    return mixed ? err_set(err, OUT_DATA, "%s", mixed_orders) : out;
  }
  if (not_month_first || !atomic_load(&result->keep->dates.asked)) return out;
  enum outcome second = read_again(request, reading, DATE_MONTH_FIRST, result, err);
  if (says_nothing(second)) return second;
  if (!out && !second)
    return err_set(err, OUT_DATA, "day and month cannot be told apart: every day could be either");
  return out && !second ? second : read_again(request, reading, DATE_DAY_FIRST, result, err);
}

static enum outcome check_lookups(const struct program *program, const struct states *states,
                                  struct err *err) {
  for (size_t i = 0; i < program->lookup_count; i++) {
    const struct lookup *lookup = program->lookups[i];
    if (lookup->sheet ||
        (lookup->table && (lookup->table->schema->format == FORMAT_STATE || lookup->sql.len)))
      continue;
    if (states_past(states, lookup)) continue;
    return err_set(
        err, OUT_SPEC,
        "lookup %.*s in %.*s: a report is looked up in by a feed whose \"supply\" says where it lies",
        STR_ARG(lookup->name), STR_ARG(lookup->from));
  }
  return OUT_OK;
}

enum outcome exec_file(const struct exec_request *request, struct exec_result *result, struct err *err) {
  *result = (struct exec_result){ .arena = arena_new() };
  if (check_lookups(request->program, request->states, err)) return err->outcome;
  prepare(request->program);
  for (size_t i = 0; i < request->then_count; i++) {
    if (check_lookups(request->then[i], request->states, err)) return err->outcome;
    program_layout(request->then[i]);
  }
  enum charset stated = CHARSET_UTF_8;
  bool automatic = charset_is_auto(request->program);
  if (!automatic) charset_by_name(schema_option_word(request->program->from, "charset", 0), &stated);
  struct reading reading = { .charset = stated,
                             .notation = { .decimal = DEC_PLAIN, .zone = request->zone, .places_most = -1 } };
  if (exec_is_trees(request->program)) {
    enum outcome read = read_trees(request, &reading, result, err);
    if (!automatic || !result->keep->trees || !exec_trees_is_not_utf8(result->keep->trees)) return read;
    again(result, err);
    reading.charset = request->fallback;
    return read_trees(request, &reading, result, err);
  }
  enum outcome out = try_orders(request, &reading, result, err);
  if (says_nothing(out) || !is_wrong_charset(result->keep)) return out;
  again(result, err);
  reading.charset = request->fallback;
  reading.notation.decimal = DEC_PLAIN;
  return try_orders(request, &reading, result, err);
}
