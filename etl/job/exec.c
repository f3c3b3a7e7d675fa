/* job/exec: one transform over one file: reads, works through, proves, writes. */
#include "job/close.h"
#include "job/exec_internal.h"
#include "job/state.h"
#include "transform/gather.h"

enum { MEMORY_DEFAULT = 64 * 1024 * 1024 };

/* --- working through the rows --- */

static bool charset_is_auto(const struct program *program) {
  str word = schema_option_word(program->from, "charset", 0);
  return !word.len || str_eq(word, STR("auto"));
}

/* Read as UTF-8 on trial, and it is not. */
bool exec_is_wrong_charset(const struct exec_keep *keep) {
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
    if (exec_is_wrong_charset(keep)) break;
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
  run->full = request->full || str_holds(request->source_file, STR("-full."));
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
  tally_number(result->tally, number, user); /* what groups of rows said */
  if (watch && keep->request->then_count) watch(keep->request->user, NULL, STR_NONE, NULL, NULL);
  return out ? out : exec_chain_finish(keep->chain, number, user, result, err);
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
enum outcome exec_attempt(const struct exec_request *request, const struct reading *reading,
                          struct exec_result *result, struct err *err) {
  struct program *program = request->program;
  struct flat_settings settings = { .schema = program->from,
                                    .charset = reading->charset,
                                    .limits = in_default_limits };
  settings.limits.key = request->key;
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
  enum outcome out = exec_look_ahead(keep, reading, result, err);
  result->notation = keep->run.notation;
  if (out) return err_in_file(err, str_of(request->path));
  if (plan_make(&keep->run, &keep->first, request->plain, result->arena, &keep->plan, err))
    return err->outcome;
  make_workers(keep, &sink);
  out = threads_run(keep->worker_count, work, keep, err);
  for (size_t i = 1; i < keep->worker_count && !out; i++) rows_join(keep->workers[0], keep->workers[i]);
  if (exec_is_wrong_charset(keep)) return OUT_OK; /* the caller asks, and reads again */
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

void exec_again(struct exec_result *result, struct err *err) {
  exec_result_free(result);
  *err = (struct err){ 0 };
  result->arena = arena_new();
}

static enum outcome check_lookups(const struct program *program, const struct states *states,
                                  struct err *err) {
  for (size_t i = 0; i < program->lookup_count; i++) {
    const struct lookup *lookup = program->lookups[i];
    if (lookup->sheet ||
        (lookup->table && (lookup->table->schema->format == FORMAT_STATE || lookup->query.sql.len)))
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
  exec_prepare(request->program);
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
    exec_again(result, err);
    reading.charset = request->fallback;
    return read_trees(request, &reading, result, err);
  }
  enum outcome out = exec_readings(request, &reading, result, err);
  if (exec_says_nothing(out) || !exec_is_wrong_charset(result->keep)) return out;
  exec_again(result, err);
  reading.charset = request->fallback;
  reading.notation.decimal = DEC_PLAIN;
  return exec_readings(request, &reading, result, err);
}
