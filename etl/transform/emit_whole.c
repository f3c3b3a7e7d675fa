/* transform/emit_whole: one streamed record, or one gathered group: all of it is written, or nothing. */
#include "transform/emit_internal.h"

#include <string.h>

/* A value of a streamed record that the sink cannot write (a character that the file's charset lacks) is that
 * record's failure: the others go on. What is about the file (two outputs of one name) names no field. */
static bool is_refused(struct emitter *emitter, enum outcome out, struct err *err) {
  struct ctx *ctx = &emitter->ctx;
  if (out != OUT_DATA || !*err->field) return false;
  ctx->failed = true;
  ctx->err = (struct err){ .outcome = OUT_DATA };
  err_set(&ctx->err, OUT_DATA, "%s%s%s%s%s", err->record, *err->record ? "." : "", err->field,
          *err->field ? ": " : "", err->text);
  *err = (struct err){ 0 };
  return true;
}

static void add_pending(struct emitter *emitter) {
  for (size_t i = 0; i < emitter->pending_count; i++) {
    const struct pending *pending = &emitter->pending[i];
    emit_add_total(emitter, pending->total, emitter->ctx.file_totals, &pending->v, emitter->file);
  }
}

static size_t counters_size(const struct emitter *emitter) {
  return emitter->program->block_count * sizeof *emitter->counters;
}

enum outcome emit_whole_begin(struct emitter *emitter, struct whole *before, struct err *err) {
  const struct tally *tally = emitter->tally;
  if (emit_frames(emitter, err)) return err->outcome;
  arena_reset(emitter->record);
  emitter->pending = NULL;
  emitter->pending_count = 0;
  emitter->left = (struct left){ 0 };
  emitter->unwanted = false;
  emitter->streaming = true;
  *before = (struct whole){ .written = tally->written, .kept = tally->kept, .dropped = tally->dropped };
  before->counters = ARENA_ARRAY(emitter->record, uint64_t, emitter->program->block_count + 1);
  memcpy(before->counters, emitter->counters, counters_size(emitter));
  return emitter->sink->mark ? emitter->sink->mark(emitter->sink->user, err) : OUT_OK;
}

enum outcome emit_whole_end(struct emitter *emitter, const struct whole *before, enum outcome out,
                            struct left *left, struct err *err) {
  const struct sink *sink = emitter->sink;
  struct tally *tally = emitter->tally;
  emitter->streaming = false;
  *left = emitter->left;
  if (out && !is_refused(emitter, out, err)) return out;
  if (!left->any && !emitter->ctx.failed) {
    left->unwanted = emitter->unwanted && tally->written == before->written;
    add_pending(emitter);
    return sink->keep ? sink->keep(sink->user, err) : OUT_OK;
  }
  tally->written = before->written;
  tally->kept = before->kept;
  tally->dropped = before->dropped;
  memcpy(emitter->counters, before->counters, counters_size(emitter)); /* numbers have no holes */
  return sink->undo ? sink->undo(sink->user, err) : OUT_OK;
}

enum outcome emitter_record(struct emitter *emitter, const struct block *block, struct left *left,
                            struct err *err) {
  struct whole before;
  if (emit_whole_begin(emitter, &before, err)) return err->outcome;
  enum outcome out = emit_once(emitter, block, STR_NONE, err);
  out = emit_whole_end(emitter, &before, out, left, err);
  emitter->tally->dropped += !out && emitter->ctx.failed;
  return out;
}

enum outcome emitter_tree(struct emitter *emitter, struct left *left, struct err *err) {
  struct whole before;
  if (emit_whole_begin(emitter, &before, err)) return err->outcome;
  enum outcome out = OUT_OK;
  for (size_t i = 0; i < emitter->program->output_count && !out && !emit_is_over(emitter); i++)
    if (emitter->program->outputs[i]->streams)
      out = emit_block(emitter, emitter->program->outputs[i], STR_NONE, err);
  return emit_whole_end(emitter, &before, out, left, err);
}
