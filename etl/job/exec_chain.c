/* job/exec_chain: the transforms of a feed behind the first: each reads what the one before it writes. */
#include "job/exec_chain.h"
#include "job/close.h"
#include "transform/chain.h"

enum { GROUPS_MEMORY = 32 * 1024 * 1024 };

struct stage {
  struct run run;
  struct sink sink;
  struct trees_worker *worker;
  struct chain *chain; /* into it */
};

struct exec_chain {
  const struct exec_request *request;
  struct stage *stages; /* in their order */
  size_t count;
};

enum outcome exec_chain_new(const struct exec_request *request, exec_make_run *make, void *user,
                            struct sink *sink, struct exec_chain **made, struct err *err) {
  struct exec_chain *chain = *made = mem_alloc(sizeof *chain);
  *chain = (struct exec_chain){ .request = request, .count = request->then_count };
  chain->stages = mem_alloc(sizeof *chain->stages * (chain->count + 1));
  for (size_t i = chain->count; i-- > 0;) {
    struct stage *stage = &chain->stages[i];
    const struct program *before = i ? request->then[i - 1] : request->program;
    make(user, request->then[i], &stage->run);
    stage->sink = *sink;
    if (trees_worker_new(&stage->run, GROUPS_MEMORY, &stage->sink, &stage->worker, err) ||
        chain_new(before, request->then[i], stage->worker, &stage->chain, err))
      return err->outcome;
    *sink = chain_sink(stage->chain);
  }
  if (chain->count && request->watch)
    emitter_watch(trees_emitter(chain->stages[chain->count - 1].worker), request->watch, request->user);
  return OUT_OK;
}

static enum outcome finish_stage(struct stage *stage, tally_row *number, const void *user,
                                 struct exec_result *result, struct err *err) {
  struct fold **folds[1] = { trees_folds(stage->worker) };
  const struct close_request request = { &stage->run, folds, 1 };
  if (trees_worker_end(stage->worker, err) || close_groups(&request, &result->spilled, err))
    return err->outcome;
  struct emitter *emitter = trees_emitter(stage->worker);
  result->ctx = emitter_ctx(emitter);
  enum outcome out = emitter_finish(emitter, err);
  tally_number(trees_tally(stage->worker), number, user);
  tally_then(result->tally, trees_tally(stage->worker), stage->run.program->name);
  return out;
}

enum outcome exec_chain_finish(struct exec_chain *chain, tally_row *number, const void *user,
                               struct exec_result *result, struct err *err) {
  enum outcome out = OUT_OK;
  for (size_t i = 0; i < chain->count && !out; i++)
    out = finish_stage(&chain->stages[i], number, user, result, err);
  return out;
}

void exec_chain_free(struct exec_chain *chain) {
  if (!chain) return;
  for (size_t i = 0; i < chain->count; i++) {
    chain_free(chain->stages[i].chain);
    trees_worker_free(chain->stages[i].worker);
  }
  mem_free(chain->stages);
  mem_free(chain);
}
