/* transform/tally: what a run did: rows, messages, proofs. */
#include "transform/tally.h"
#include "base/map.h"

#include <stdlib.h>
#include <string.h>

struct tally *tally_new(void) {
  struct tally *tally = mem_alloc(sizeof *tally);
  tally->arena = arena_new();
  tally->texts = map_new(tally->arena);
  tally->proofs_hold = true;
  return tally;
}

void tally_free(struct tally *tally) {
  if (!tally) return;
  arena_free(tally->arena);
  mem_free(tally);
}

void tally_message(struct tally *tally, enum rule_kind kind, bool file, struct said said, uint64_t times,
                   uint64_t row) {
  struct arena *arena = tally->arena;
  str key = arena_printf(arena, "%d%d%.*s%c%.*s", (int)kind, file, STR_ARG(said.text), MESSAGE_PART,
                         STR_ARG(said.keys));
  if (tally->message_count >= TALLY_TEXTS_MOST && !map_has(tally->texts, key))
    said = (struct said){ .text = STR("(further different texts)") }, key = said.text;
  struct message **message = (struct message **)map_put(tally->texts, key);
  if (!*message) {
    *message = ARENA_NEW(arena, struct message);
    **message = (struct message){ .kind = kind, .file = file, .rule = said.rule, .first_row = row };
    (*message)->text = arena_str(arena, said.text);
    (*message)->about = arena_str(arena, said.about);
    (*message)->suggest = arena_str(arena, said.suggest);
    (*message)->keys = arena_str(arena, said.keys);
    (*message)->shown = arena_str(arena, said.shown);
    (*message)->shown_suggest = arena_str(arena, said.shown_suggest);
    *ARENA_PUSH(arena, tally->messages, tally->message_count) = *message;
  }
  (*message)->count += times;
  if (!(*message)->numbered && row < (*message)->first_row) (*message)->first_row = row;
}

str said_shown(const struct said *said) {
  return said->rule && said->rule->secret_count ? said->shown : said->text;
}

void tally_reject(struct tally *tally, uint64_t row, struct said why, str cells, bool held) {
  if (held) tally->held++;
  else tally->rejected++;
  if (tally->reject_count >= TALLY_REJECTS_MOST) return;
  struct reject *reject = ARENA_PUSH(tally->arena, tally->rejects, tally->reject_count);
  *reject = (struct reject){ .row = row, .held = held };
  reject->text = arena_str(tally->arena, why.text);
  reject->cells = arena_str(tally->arena, cells);
  if (why.rule) reject->shown = arena_str(tally->arena, said_shown(&why));
}

static void copy_rows(struct tally *tally, struct reject *reject, uint32_t rows, const uint64_t *others,
                      size_t count) {
  reject->rows = rows;
  reject->other_count = count;
  if (!count) return;
  reject->others = ARENA_ARRAY(tally->arena, uint64_t, count);
  memcpy(reject->others, others, count * sizeof *others);
}

void tally_reject_rec(struct tally *tally, const struct rec *rec, struct said why, bool held) {
  size_t before = tally->reject_count;
  tally_reject(tally, rec->row, why, STR_NONE, held);
  if (tally->reject_count > before)
    copy_rows(tally, &tally->rejects[before], rec->rows, rec->others, rec->other_count);
}

/* Messages and rejects; the counts of rejected and held stay. */
static void add_texts(struct tally *tally, const struct tally *other) {
  for (size_t i = 0; i < other->message_count; i++) {
    const struct message *m = other->messages[i];
    struct said said = { m->rule, m->text, m->about, m->suggest, m->keys, m->shown, m->shown_suggest };
    tally_message(tally, m->kind, m->file, said, m->count, m->first_row);
  }
  uint64_t rejected = tally->rejected, held = tally->held;
  for (size_t i = 0; i < other->reject_count; i++) {
    const struct reject *r = &other->rejects[i];
    size_t before = tally->reject_count;
    tally_reject(tally, r->row, (struct said){ .text = r->text }, r->cells, r->held);
    if (tally->reject_count == before) continue;
    tally->rejects[before].shown = arena_str(tally->arena, r->shown);
    copy_rows(tally, &tally->rejects[before], r->rows, r->others, r->other_count);
  }
  tally->rejected = rejected;
  tally->held = held;
}

void tally_add(struct tally *tally, const struct tally *other) {
  add_texts(tally, other);
  tally->rejected += other->rejected;
  tally->held += other->held;
  tally->rows += other->rows;
  tally->header += other->header;
  tally->folded += other->folded;
  tally->mapped += other->mapped;
  tally->skipped += other->skipped;
  tally->written += other->written;
  tally->kept += other->kept;
  tally->dropped += other->dropped;
}

static int by_row(const void *a, const void *b) {
  uint64_t x = ((const struct reject *)a)->row, y = ((const struct reject *)b)->row;
  return (x > y) - (x < y);
}

void tally_then(struct tally *tally, const struct tally *next, str name) {
  struct tally_stage *stage = ARENA_PUSH(tally->arena, tally->stages, tally->stage_count);
  *stage = (struct tally_stage){ .name = name, .records = next->rows, .written = next->mapped };
  stage->folded = next->folded;
  stage->skipped = next->skipped;
  stage->rejected = next->rejected;
  stage->held = next->held;
  add_texts(tally, next);
  for (size_t i = 0; i < next->proof_count; i++) {
    struct proof_result *proof = ARENA_PUSH(tally->arena, tally->proofs, tally->proof_count);
    *proof = next->proofs[i];
    proof->which = arena_str(tally->arena, proof->which);
    proof->left = arena_str(tally->arena, proof->left);
    proof->right = arena_str(tally->arena, proof->right);
  }
  if (tally->reject_count) qsort(tally->rejects, tally->reject_count, sizeof *tally->rejects, by_row);
  tally->written = next->written;
  tally->kept += next->kept;
  tally->dropped += next->dropped;
  tally->file_rejected = tally->file_rejected || next->file_rejected;
  tally->file_held = tally->file_held || next->file_held;
  tally->proofs_hold = tally->proofs_hold && next->proofs_hold;
}

uint64_t tally_rejected(const struct tally *tally) {
  uint64_t all = tally->rejected;
  for (size_t i = 0; i < tally->stage_count; i++) all += tally->stages[i].rejected;
  return all;
}

uint64_t tally_held(const struct tally *tally) {
  uint64_t all = tally->held;
  for (size_t i = 0; i < tally->stage_count; i++) all += tally->stages[i].held;
  return all;
}

uint64_t tally_skipped(const struct tally *tally) {
  uint64_t all = tally->skipped;
  for (size_t i = 0; i < tally->stage_count; i++) all += tally->stages[i].skipped;
  return all;
}

static int by_first_row(const void *a, const void *b) {
  const struct message *x = *(struct message *const *)a, *y = *(struct message *const *)b;
  if (x->first_row != y->first_row) return x->first_row < y->first_row ? -1 : 1;
  return x->kind != y->kind ? (int)x->kind - (int)y->kind : str_compare(x->text, y->text);
}

static uint64_t number_of(uint64_t place, tally_row *row, const void *user) {
  return place == TREE_NO_ROW ? 0 : row(user, place);
}

static void number_reject(struct reject *reject, tally_row *row, const void *user) {
  if (reject->numbered) return;
  reject->numbered = true;
  reject->row = number_of(reject->row, row, user);
  for (size_t i = 0; i < reject->other_count; i++)
    reject->others[i] = number_of(reject->others[i], row, user);
}

void tally_number(struct tally *tally, tally_row *row, const void *user) {
  for (size_t i = 0; i < tally->message_count; i++) {
    struct message *message = tally->messages[i];
    if (!message->file && !message->numbered) message->first_row = number_of(message->first_row, row, user);
    message->numbered = true;
  }
  for (size_t i = 0; i < tally->reject_count; i++) number_reject(&tally->rejects[i], row, user);
  if (tally->message_count && !tally->sorted)
    qsort(tally->messages, tally->message_count, sizeof *tally->messages, by_first_row);
  tally->sorted = true; /* what comes later is of groups, in their order */
  if (tally->reject_count) qsort(tally->rejects, tally->reject_count, sizeof *tally->rejects, by_row);
}
