/* transform/tally: what a run did: rows, messages, proofs. */
#include "transform/tally.h"
#include "base/map.h"

#include <stdlib.h>

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
    *ARENA_PUSH(arena, tally->messages, tally->message_count) = *message;
  }
  (*message)->count += times;
  if (row < (*message)->first_row) (*message)->first_row = row;
}

void tally_reject(struct tally *tally, uint64_t row, str why, str cells, bool held) {
  if (held) tally->held++;
  else tally->rejected++;
  if (tally->reject_count >= TALLY_REJECTS_MOST) return;
  *ARENA_PUSH(tally->arena, tally->rejects, tally->reject_count) =
      (struct reject){ row, arena_str(tally->arena, why), arena_str(tally->arena, cells), held };
}

void tally_add(struct tally *tally, const struct tally *other) {
  for (size_t i = 0; i < other->message_count; i++) {
    const struct message *m = other->messages[i];
    struct said said = { m->rule, m->text, m->about, m->suggest, m->keys };
    tally_message(tally, m->kind, m->file, said, m->count, m->first_row);
  }
  uint64_t rejected = tally->rejected + other->rejected, held = tally->held + other->held;
  for (size_t i = 0; i < other->reject_count; i++) {
    const struct reject *r = &other->rejects[i];
    tally_reject(tally, r->row, r->text, r->cells, r->held);
  }
  tally->rejected = rejected;
  tally->held = held;
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

static int by_first_row(const void *a, const void *b) {
  const struct message *x = *(struct message *const *)a, *y = *(struct message *const *)b;
  if (x->first_row != y->first_row) return x->first_row < y->first_row ? -1 : 1;
  return x->kind != y->kind ? (int)x->kind - (int)y->kind : str_compare(x->text, y->text);
}

void tally_number(struct tally *tally, tally_row *row, const void *user) {
  for (size_t i = 0; i < tally->message_count; i++)
    if (!tally->messages[i]->file) tally->messages[i]->first_row = row(user, tally->messages[i]->first_row);
  for (size_t i = 0; i < tally->reject_count; i++) tally->rejects[i].row = row(user, tally->rejects[i].row);
  if (tally->message_count)
    qsort(tally->messages, tally->message_count, sizeof *tally->messages, by_first_row);
  if (tally->reject_count) qsort(tally->rejects, tally->reject_count, sizeof *tally->rejects, by_row);
}
