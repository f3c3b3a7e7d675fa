/* transform/emit: output blocks to written records. */
#include "transform/emit_internal.h"
#include "transform/gather.h"

#include <string.h>

struct emitter *emitter_new(const struct run *run, struct fold *const *folds, const struct sink *sink,
                            struct tally *tally) {
  struct emitter *emitter = mem_alloc(sizeof *emitter);
  *emitter =
      (struct emitter){ .run = run, .program = run->program, .folds = folds, .sink = sink, .tally = tally };
  emitter->file = arena_new();
  emitter->record = arena_new();
  emitter->counters = ARENA_ARRAY(emitter->file, uint64_t, run->program->block_count + 1);
  for (size_t i = 0; i <= EMIT_DEPTH_MOST; i++) emitter->arenas[i] = arena_new();
  for (size_t i = 0; i < EMIT_DEPTH_MOST; i++) emitter->lists[i] = arena_new();
  emitter->ctx.run = run;
  emitter->ctx.arena = emitter->file;
  emitter->ctx.answers = answers_new(run->program);
  emitter->ctx.file_totals = arena_alloc(emitter->file, run->program->totals_size + 16);
  return emitter;
}

void emitter_watch(struct emitter *emitter, emit_watch *watch, void *user) {
  emitter->watch = watch;
  emitter->watch_user = user;
}

void emitter_gather(struct emitter *emitter, struct gather *gather) {
  if (emitter->gather_count < EMIT_GATHERS_MOST) emitter->gathers[emitter->gather_count++] = gather;
}

struct ctx *emitter_ctx(struct emitter *emitter) {
  return &emitter->ctx;
}

void emitter_free(struct emitter *emitter) {
  if (!emitter) return;
  for (size_t i = 0; i <= EMIT_DEPTH_MOST; i++) arena_free(emitter->arenas[i]);
  for (size_t i = 0; i < EMIT_DEPTH_MOST; i++) arena_free(emitter->lists[i]);
  answers_free(emitter->ctx.answers);
  arena_free(emitter->file);
  arena_free(emitter->record);
  mem_free(emitter);
}

struct instance *emit_instance(struct emitter *emitter, const struct block *block) {
  struct arena *arena = emitter->arenas[block->depth];
  arena_reset(arena);
  struct instance *instance = ARENA_NEW(arena, struct instance);
  *instance = (struct instance){ .block = block, .outer = emitter->ctx.instance, .arena = arena };
  if (instance->outer) instance->key = instance->outer->key;
  instance->fields = ARENA_ARRAY(arena, value, block->record->field_count + 1);
  instance->field_done = arena_alloc(arena, block->record->field_count + 1);
  instance->lets = ARENA_ARRAY(arena, value, block->let_count + 1);
  instance->let_done = arena_alloc(arena, block->let_count + 1);
  instance->totals = arena_alloc(arena, block->totals_size + 16);
  instance->below = ARENA_ARRAY(arena, uint64_t, block->kid_count + 1);
  return instance;
}

/* Records of one name under one parent are counted together, whichever blocks write them. */
uint64_t *emit_counter(struct emitter *emitter, const struct block *block) {
  const struct instance *outer = emitter->ctx.instance;
  struct block *const *beside = outer ? outer->block->kids : emitter->program->outputs;
  size_t first = 0;
  while (beside[first] != block && beside[first]->record != block->record) first++;
  return outer ? &outer->below[first] : &emitter->counters[beside[first]->index];
}

bool emit_fits(struct ctx *ctx, const struct field *field, value *v) {
  dec same;
  if (!value_is_present(v)) {
    if (field->required && !field->assigned.len)
      eval_fail(ctx, field->place, "%.*s.%.*s is required and absent", STR_ARG(field->record->name),
                STR_ARG(field->name));
  } else if (v->type == TYPE_TEXT && field->type.type == TYPE_TEXT && field->type.size > 0 &&
             v->as.text.len > (size_t)field->type.size && str_chars(v->as.text) > (size_t)field->type.size) {
    if (field->too_long == TOO_LONG_REFUSE)
      eval_fail(ctx, field->place, "%.*s.%.*s: \"%.*s\" has %zu characters, its field takes %d",
                STR_ARG(field->record->name), STR_ARG(field->name), STR_ARG(v->as.text),
                str_chars(v->as.text), (int)field->type.size);
    else v->as.text = str_left_chars(v->as.text, (size_t)field->type.size);
  } else if (field->type.type == TYPE_DECIMAL && field->type.size >= 0 && value_to_decimal(v, &same)) {
    if (dec_rescale(same, field->type.size, &same)) *v = value_decimal(same);
    else
      eval_fail(ctx, field->place, "%.*s.%.*s: %.*s has more than %d decimals; round it by name",
                STR_ARG(field->record->name), STR_ARG(field->name), STR_ARG(value_show(v, NULL, ctx->arena)),
                (int)field->type.size);
  } else if (field->choice_count && v->type == TYPE_TEXT) {
    for (size_t i = 0; i < field->choice_count; i++)
      if (str_eq(field->choices[i], v->as.text)) return true;
    eval_fail(ctx, field->place, "%.*s.%.*s: \"%.*s\" is none of its choices", STR_ARG(field->record->name),
              STR_ARG(field->name), STR_ARG(v->as.text));
  }
  return !ctx->failed;
}

/* Most fields of a wide record: absent, as they are from the start, and nothing is asked of them. */
static bool is_left_out(const struct block *block, size_t field) {
  const struct field *known = block->record->fields[field];
  return !block->assigns[field].node && !known->assigned.len && !known->required;
}

static bool fill_fields(struct emitter *emitter, struct instance *instance) {
  for (size_t i = 0; i < instance->block->record->field_count; i++) {
    if (is_left_out(instance->block, i)) continue;
    eval_field(&emitter->ctx, instance, i);
    if (emitter->ctx.failed ||
        !emit_fits(&emitter->ctx, instance->block->record->fields[i], &instance->fields[i]))
      return false;
  }
  return true;
}

void emit_add_total(struct emitter *emitter, const struct aggregate *total, char *states, const value *v,
                    struct arena *arena) {
  uint64_t row = emitter->tally->written;
  if (!acc_add(total->kind, states + total->offset, v, 1, row, row, arena))
    eval_fail(&emitter->ctx, total->place, "a sum has more than 38 digits");
}

static void add_totals(struct emitter *emitter, struct aggregate *const *totals, size_t count, char *states,
                       const struct record *record, struct arena *arena) {
  struct ctx *ctx = &emitter->ctx;
  for (size_t i = 0; i < count; i++) {
    const struct aggregate *total = totals[i];
    if (total->record != record || (total->where && !eval_yes(total->where, ctx))) continue;
    value v = total->of ? eval(total->of, ctx) : value_yes_no(true);
    if (emitter->streaming && states == ctx->file_totals)
      *ARENA_PUSH(emitter->record, emitter->pending, emitter->pending_count) =
          (struct pending){ total, value_keep(&v, emitter->record) };
    else emit_add_total(emitter, total, states, &v, arena);
  }
}

static void total_up(struct emitter *emitter, struct instance *instance) {
  const struct record *record = instance->block->record;
  for (struct instance *i = instance->outer; i; i = i->outer)
    add_totals(emitter, i->block->totals, i->block->total_count, i->totals, record, i->arena);
  add_totals(emitter, emitter->program->totals, emitter->program->total_count, emitter->ctx.file_totals,
             record, emitter->file);
  emitter->tally->written++;
  emitter->tally->kept += record->schema->format == FORMAT_STATE;
}

bool emit_is_over(const struct emitter *emitter) {
  return emitter->streaming && (emitter->ctx.failed || emitter->left.any);
}

static enum outcome emit_kids(struct emitter *emitter, const struct block *block, str prefix,
                              struct err *err) {
  enum outcome out = OUT_OK;
  for (size_t i = 0; i < block->kid_count && !out && !emit_is_over(emitter); i++)
    out = emit_block(emitter, block->kids[i], prefix, err);
  return out;
}

static enum outcome hand_over(struct emitter *emitter, struct instance *instance, str key, struct err *err) {
  struct written written = { instance->block, instance->block->record, instance->fields, &emitter->ctx };
  if (emitter->watch) emitter->watch(emitter->watch_user, instance->block, key, instance, &emitter->ctx);
  enum outcome out = emitter->sink->open(emitter->sink->user, &written, err);
  if (!out) total_up(emitter, instance);
  return out;
}

static enum outcome write_late(struct emitter *emitter, struct instance *instance, str key, struct err *err) {
  const struct block *block = instance->block;
  enum outcome out = emitter->sink->hold(emitter->sink->user, block->record, err);
  if (!out) out = emit_kids(emitter, block, key, err);
  if (out) return out;
  if (emit_is_over(emitter) || !fill_fields(emitter, instance) || !emit_prove_record(emitter, instance)) {
    if (!emitter->streaming && emit_failed(emitter, RULE_REJECT)) emitter->tally->file_rejected = true;
    emitter->tally->dropped += !emitter->streaming;
    return emitter->sink->drop(emitter->sink->user, block->record, err);
  }
  out = hand_over(emitter, instance, key, err);
  return out ? out : emitter->sink->close(emitter->sink->user, block->record, err);
}

static enum outcome write_early(struct emitter *emitter, struct instance *instance, str key,
                                struct err *err) {
  const struct block *block = instance->block;
  if (!fill_fields(emitter, instance)) {
    emitter->tally->dropped += !emitter->streaming;
    if (!emitter->streaming && emit_failed(emitter, RULE_REJECT)) emitter->tally->file_rejected = true;
    return OUT_OK;
  }
  enum outcome out = hand_over(emitter, instance, key, err);
  if (!out) out = emit_kids(emitter, block, key, err);
  return out ? out : emitter->sink->close(emitter->sink->user, block->record, err);
}

/* The instance's `when` and rules have said yes. What fails refuses the file: a journal without one of its
 * lines is no journal. A streamed record and a gathered group fail by themselves: ctx stays failed. */
enum outcome emit_write(struct emitter *emitter, struct instance *instance, str key, struct err *err) {
  const struct block *block = instance->block;
  bool late = block->after_kids || emit_has_proof(emitter, block);
  enum outcome out =
      late ? write_late(emitter, instance, key, err) : write_early(emitter, instance, key, err);
  if (!out && !emitter->streaming && emit_failed(emitter, RULE_REJECT)) emitter->tally->file_rejected = true;
  return out;
}

void emit_enter(struct emitter *emitter, struct instance *instance) {
  emitter->ctx.instance = instance;
  emitter->ctx.arena = instance->arena;
}

void emit_leave(struct emitter *emitter, const struct instance *instance) {
  emitter->ctx.instance = instance->outer;
  emitter->ctx.arena = instance->outer ? instance->outer->arena : emitter->file;
}

enum outcome emit_once(struct emitter *emitter, const struct block *block, str prefix, struct err *err) {
  uint64_t *counter = emit_counter(emitter, block);
  struct instance *instance = emit_instance(emitter, block);
  enum outcome out = OUT_OK;
  instance->counter = *counter + 1;
  instance->is_last = true;
  emit_enter(emitter, instance);
  if (emit_wanted(emitter, block)) {
    ++*counter;
    out = emit_write(emitter, instance, prefix, err);
  }
  emit_leave(emitter, instance);
  return out;
}

enum outcome emit_frames(struct emitter *emitter, struct err *err) {
  enum outcome out = OUT_OK;
  for (size_t i = 0; i < emitter->program->output_count && !out && !emitter->framed; i++) {
    const struct block *block = emitter->program->outputs[i];
    if (!block->frame) continue;
    struct instance *instance = emit_instance(emitter, block);
    struct written written = { block, block->record, instance->fields, &emitter->ctx };
    emit_enter(emitter, instance);
    if (fill_fields(emitter, instance)) out = emitter->sink->open(emitter->sink->user, &written, err);
    else out = err_set(err, OUT_SPEC, "%s", emitter->ctx.err.text);
    emit_leave(emitter, instance);
  }
  emitter->framed = true;
  return out;
}

const value *emit_keys(struct emitter *emitter, const struct group *group, str key, size_t from) {
  struct arena *arena = emitter->arenas[group->block->depth];
  value *keys = ARENA_ARRAY(arena, value, group->key_count);
  for (size_t i = 0; i < group->key_count; i++) keys[i] = value_of_key(key, &from, group->keys[i]->type);
  return keys;
}

enum outcome emit_block(struct emitter *emitter, const struct block *block, str prefix, struct err *err) {
  if (block->depth >= EMIT_DEPTH_MOST)
    return err_set(err, OUT_SPEC, "output blocks nest deeper than %d", EMIT_DEPTH_MOST);
  if (block->repeat == REPEAT_ONCE) return emit_once(emitter, block, prefix, err);
  if (block->repeat == REPEAT_PER && !block->group->gather) return emit_groups(emitter, block, prefix, err);
  if (block->parent && emitter->ctx.instance) return emit_inside(emitter, block, prefix, err);
  if (block->repeat == REPEAT_PER) return emit_gathered(emitter, block, err);
  if (emitter->streaming) return emit_inside(emitter, block, prefix, err);
  return err_set(err, OUT_SPEC, "block %.*s: this form is not run yet on flat files",
                 STR_ARG(block->record->name));
}

/* False when a file rule stops the file. */
static bool file_rules(struct emitter *emitter, bool after_output) {
  bool good = true;
  for (size_t i = 0; i < emitter->program->rule_count; i++) {
    const struct rule *rule = &emitter->program->rules[i];
    if (!rule->file || rule->after_output != after_output) continue;
    if (rule->when && !eval_yes(rule->when, &emitter->ctx)) continue;
    if (emit_failed(emitter, RULE_REJECT)) {
      emitter->tally->file_rejected = true;
      good = false;
      continue;
    }
    emit_say(emitter, rule, true);
    if (rule->kind == RULE_REJECT || rule->kind == RULE_SKIP)
      emitter->tally->file_rejected = true, good = false;
    if (rule->kind == RULE_HOLD) emitter->tally->file_held = true;
  }
  return good;
}

enum outcome emitter_finish(struct emitter *emitter, struct err *err) {
  const struct program *program = emitter->program;
  str key;
  char *state = NULL;
  if (fold_count(emitter->folds[0])) fold_at(emitter->folds[0], 0, &key, &state);
  else state = fold_state(emitter->folds[0], STR_NONE, 0);
  emitter->ctx.file_state = state;
  emitter->ctx.rejected = emitter->tally->rejected;
  if (!file_rules(emitter, false)) return err_set(err, OUT_DATA, "a rule refuses the file");
  if (emit_frames(emitter, err)) return err->outcome;
  for (size_t i = 0; i < program->output_count; i++) {
    const struct block *block = program->outputs[i];
    if (block->streams || block->frame) continue;
    enum outcome out = emit_block(emitter, block, STR_NONE, err);
    if (out) return out;
  }
  emit_tell_streamed(emitter);
  bool good = file_rules(emitter, true);
  for (size_t i = 0; i < program->proof_count; i++)
    if (program->proofs[i].node) emit_prove(emitter, &program->proofs[i], program->proofs[i].node, STR_NONE);
  if (!good || emitter->tally->file_rejected) return err_set(err, OUT_DATA, "the file is refused");
  return emitter->tally->proofs_hold ? OUT_OK : err_set(err, OUT_REFUSED, "a proof failed");
}
