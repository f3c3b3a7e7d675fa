/* transform/emit_prove: what must be true of the file, or of each record, and both sides of it. */
#include "transform/emit_internal.h"

static str side(struct emitter *emitter, const struct node *node) {
  value v = eval(node, &emitter->ctx);
  return arena_str(emitter->tally->arena, value_show(&v, emitter->run->notation.zone, emitter->ctx.arena));
}

/* As a "hold" does: the record is named, for the text alone may be that of several. */
static void ask_about(struct emitter *emitter, const struct rule *rule, str why) {
  struct said said = { .rule = rule, .text = why, .about = eval_text(rule->about, &emitter->ctx) };
  if (said.about.len)
    said.text = arena_printf(emitter->record, "%.*s: %.*s", STR_ARG(said.about), STR_ARG(why));
  if (rule->secret_count) said.shown = rule->written; /* without its sides */
  tally_message(emitter->tally, RULE_HOLD, false, said, 1, emit_place(emitter));
}

/* The sides of a proof about one of many records are only told when it fails. */
static bool prove_streamed(struct emitter *emitter, const struct proof *proof, size_t which) {
  const struct node *node = proof->per_nodes[which];
  struct proof_result *all = NULL;
  struct tally *tally = emitter->tally;
  for (size_t i = 0; i < tally->proof_count && !all; i++)
    if (tally->proofs[i].proof == proof && tally->proofs[i].each) all = &tally->proofs[i];
  if (!all) {
    all = ARENA_PUSH(tally->arena, tally->proofs, tally->proof_count);
    *all = (struct proof_result){ .proof = proof, .each = true, .holds = true };
  }
  bool holds = eval_yes(node, &emitter->ctx);
  if (emitter->ctx.failed) return false;
  all->records++;
  if (holds) return true;
  bool compares = node->op >= OP_EQUAL && node->op <= OP_GREATER_EQUAL;
  str sides = compares
                  ? arena_printf(emitter->record, ": %.*s and %.*s", STR_ARG(side(emitter, node->kids[0])),
                                 STR_ARG(side(emitter, node->kids[1])))
                  : STR_NONE;
  str why =
      arena_printf(emitter->record, "it does not hold that %.*s%.*s", STR_ARG(proof->text), STR_ARG(sides));
  ask_about(emitter, proof->per_rules[which], why);
  if (emitter->left.any)
    why = arena_printf(emitter->record, "%.*s; %.*s", STR_ARG(said_shown(&emitter->left.said)), STR_ARG(why));
  emitter->left = (struct left){ .any = true, .kind = RULE_HOLD, .said = { .text = why } };
  all->failed++;
  all->holds = false;
  return false;
}

bool emit_prove(struct emitter *emitter, const struct proof *proof, const struct node *node, str which) {
  struct proof_result *result =
      ARENA_PUSH(emitter->tally->arena, emitter->tally->proofs, emitter->tally->proof_count);
  *result = (struct proof_result){ .proof = proof, .which = arena_str(emitter->tally->arena, which) };
  result->holds = eval_yes(node, &emitter->ctx) && !emitter->ctx.failed;
  bool compares = node->op >= OP_EQUAL && node->op <= OP_GREATER_EQUAL;
  result->left = compares ? side(emitter, node->kids[0]) : result->holds ? STR("yes") : STR("no");
  if (compares) result->right = side(emitter, node->kids[1]);
  if (emit_failed(emitter, RULE_REJECT)) result->holds = false;
  if (!result->holds) emitter->tally->proofs_hold = false;
  return result->holds;
}

/* Shown beside a proof: the block's label, or the first key of its group. */
static str which_record(struct emitter *emitter, const struct instance *instance) {
  if (instance->block->label.len) return instance->block->label;
  if (instance->keys) return value_show(&instance->keys[0], emitter->run->notation.zone, emitter->ctx.arena);
  return instance->block->record->name;
}

bool emit_prove_record(struct emitter *emitter, const struct instance *instance) {
  bool good = true;
  for (size_t i = 0; i < emitter->program->proof_count; i++) {
    const struct proof *proof = &emitter->program->proofs[i];
    for (size_t j = 0; j < proof->per_count; j++)
      if (proof->per[j] == instance->block)
        good &= emitter->streaming
                    ? prove_streamed(emitter, proof, j)
                    : emit_prove(emitter, proof, proof->per_nodes[j], which_record(emitter, instance));
  }
  return good;
}

bool emit_has_proof(const struct emitter *emitter, const struct block *block) {
  for (size_t i = 0; i < emitter->program->proof_count; i++)
    for (size_t j = 0; j < emitter->program->proofs[i].per_count; j++)
      if (emitter->program->proofs[i].per[j] == block) return true;
  return false;
}

/* Of proofs about each of many records: how many. */
void emit_tell_streamed(struct emitter *emitter) {
  struct tally *tally = emitter->tally;
  for (size_t i = 0; i < tally->proof_count; i++) {
    struct proof_result *result = &tally->proofs[i];
    if (!result->each) continue;
    unsigned long long holds = result->records - result->failed, all = result->records;
    result->left = arena_printf(tally->arena, "%llu of %llu records", holds, all);
  }
}
