/* job/exec_trees: one transform over a file of records with records below them. */
#include "job/exec_trees.h"
#include "extract/trees.h"
#include "job/close.h"
#include "transform/trees.h"

#include <pthread.h>

enum { QUEUE_MOST = 8, GROUPS_MEMORY = 64 * 1024 * 1024 };

struct exec_trees {
  const struct exec_request *request;
  struct trees *reader;
  struct trees_worker *worker;
  bool once_told;
  pthread_mutex_t lock; /* guards the queue */
  pthread_cond_t moved;
  struct tree_batch queue[QUEUE_MOST];
  size_t from, count;
  enum outcome read; /* OUT_OK: more may come */
  struct err read_err;
  bool stopped; /* the worker takes no more */
};

bool exec_is_trees(const struct program *program) {
  enum format format = program->from->format;
  if (format == FORMAT_XML || format == FORMAT_JSON || program->streamed->record->kid_count) return true;
  for (size_t i = 0; i < program->lookup_count; i++)
    if (program->lookups[i]->many) return true;
  return false;
}

bool exec_trees_is_not_utf8(const struct exec_trees *trees) {
  return trees->reader && trees_is_not_utf8(trees->reader);
}

void exec_trees_free(struct exec_trees *trees) {
  if (!trees) return;
  for (; trees->count; trees->count--, trees->from = (trees->from + 1) % QUEUE_MOST)
    trees_give_back(trees->reader, &trees->queue[trees->from]);
  trees_worker_free(trees->worker);
  trees_close(trees->reader);
  pthread_mutex_destroy(&trees->lock);
  pthread_cond_destroy(&trees->moved);
  mem_free(trees);
}

static void tell_progress(const struct exec_trees *trees) {
  if (trees->request->progress)
    trees->request->progress(trees->request->user, (struct exec_progress){ trees_bytes_read(trees->reader),
                                                                           trees_size(trees->reader) });
}

/* --- the reading thread --- */

/* OUT_RETRY: the worker wants no more. */
static enum outcome put(void *user, struct tree_batch *batch, struct err *err) {
  struct exec_trees *trees = user;
  (void)err;
  pthread_mutex_lock(&trees->lock);
  while (trees->count == QUEUE_MOST && !trees->stopped) pthread_cond_wait(&trees->moved, &trees->lock);
  bool taken = !trees->stopped;
  if (taken) trees->queue[(trees->from + trees->count++) % QUEUE_MOST] = *batch;
  pthread_cond_signal(&trees->moved);
  pthread_mutex_unlock(&trees->lock);
  if (!taken) trees_give_back(trees->reader, batch);
  return taken ? OUT_OK : OUT_RETRY;
}

static void read_all(struct exec_trees *trees) {
  enum outcome out = trees_read(trees->reader, put, trees, &trees->read_err);
  pthread_mutex_lock(&trees->lock);
  trees->read = out ? out : OUT_END;
  pthread_cond_signal(&trees->moved);
  pthread_mutex_unlock(&trees->lock);
}

/* --- the working thread --- */

static enum outcome take(struct exec_trees *trees, struct tree_batch *batch, struct err *err) {
  pthread_mutex_lock(&trees->lock);
  while (!trees->count && !trees->read) pthread_cond_wait(&trees->moved, &trees->lock);
  enum outcome out = trees->count ? OUT_OK : trees->read;
  if (!out) {
    *batch = trees->queue[trees->from];
    trees->from = (trees->from + 1) % QUEUE_MOST;
    trees->count--;
  } else if (out != OUT_END) *err = trees->read_err;
  pthread_cond_signal(&trees->moved);
  pthread_mutex_unlock(&trees->lock);
  return out;
}

static void tell_once(struct exec_trees *trees) {
  if (!trees->once_told) trees_worker_once(trees->worker, trees_once(trees->reader));
  trees->once_told = true;
}

static enum outcome work_on(struct exec_trees *trees, struct tree_batch *batch, struct err *err) {
  tell_once(trees);
  enum outcome out = trees_batch(trees->worker, batch, err);
  trees_give_back(trees->reader, batch);
  tell_progress(trees);
  return out;
}

static enum outcome work_all(struct exec_trees *trees, struct err *err) {
  enum outcome out;
  struct tree_batch batch;
  while (!(out = take(trees, &batch, err)))
    if ((out = work_on(trees, &batch, err))) break;
  pthread_mutex_lock(&trees->lock);
  trees->stopped = true;
  pthread_cond_signal(&trees->moved);
  pthread_mutex_unlock(&trees->lock);
  return out;
}

static enum outcome either(void *user, size_t index, struct err *err) {
  struct exec_trees *trees = user;
  if (!index) return work_all(trees, err);
  read_all(trees);
  return OUT_OK;
}

static enum outcome work_at_once(void *user, struct tree_batch *batch, struct err *err) {
  return work_on(user, batch, err);
}

static enum outcome in_turn(struct exec_trees *trees, struct err *err) {
  return trees_read(trees->reader, work_at_once, trees, err);
}

/* --- the whole --- */

static uint64_t number_row(const void *user, uint64_t place) {
  (void)user;
  return tree_number(place);
}

static enum outcome finish(struct exec_trees *trees, const struct run *run, struct exec_result *result,
                           struct err *err) {
  tell_once(trees); /* a file may have no other records */
  if (trees_worker_end(trees->worker, err)) return err->outcome;
  result->tally = trees_tally(trees->worker);
  tally_number(result->tally, number_row, NULL);
  struct fold **folds[1] = { trees_folds(trees->worker) };
  const struct close_request request = { run, folds, 1 };
  result->ctx = emitter_ctx(trees_emitter(trees->worker));
  return close_groups(&request, &result->spilled, err);
}

struct emitter *exec_trees_emitter(struct exec_trees *trees) {
  return trees_emitter(trees->worker);
}

enum outcome exec_trees(const struct exec_request *request, const struct run *run, const struct sink *sink,
                        struct exec_result *result, struct exec_trees **made, struct err *err) {
  struct exec_trees *trees = *made = mem_alloc(sizeof *trees);
  *trees = (struct exec_trees){ .request = request };
  pthread_mutex_init(&trees->lock, NULL);
  pthread_cond_init(&trees->moved, NULL);
  struct trees_settings settings = { request->program->from, trees_shapes(request->program), result->charset,
                                     in_default_limits };
  settings.limits.key = request->key;
  size_t memory = request->memory_most ? request->memory_most : GROUPS_MEMORY;
  if (trees_worker_new(run, memory, sink, &trees->worker, err)) return err->outcome;
  if (request->hit) trees_trace(trees->worker, request->hit, request->user);
  if (trees_open(request->path, &settings, &trees->reader, err)) return err->outcome;
  result->bytes = trees_size(trees->reader);
  enum outcome out = request->workers > 1 ? threads_run(2, either, trees, err) : in_turn(trees, err);
  result->new_column_count = trees_unknown(trees->reader, &result->new_columns);
  return out == OUT_END ? finish(trees, run, result, err) : out;
}
