/* transform/fold: groups by key, each with its running aggregates. */
#include "transform/fold_internal.h"

#include <stdlib.h>
#include <string.h>

enum { START_SLOTS = 64, PART_SHIFT = 27 };
_Static_assert(FOLD_PARTS == 1 << (32 - PART_SHIFT), "the upper bits of a 32-bit hash tell the part");

struct fold *fold_new(struct aggregate *const *aggregates, size_t count, size_t memory_most) {
  struct fold *fold = mem_alloc(sizeof *fold);
  fold->aggregates = aggregates;
  fold->aggregate_count = count;
  fold->memory_most = memory_most;
  fold->offsets = mem_alloc(sizeof(size_t) * (count + 1));
  fold->state_size = (acc_layout(aggregates, count, fold->offsets) + 15) & ~(size_t)15;
  fold->current = fold->parts;
  fold->line = buf_new((size_t)1 << 30);
  fold->run_keys = buf_new((size_t)1 << 30);
  fold->run_states = mem_alloc(FOLD_RUNS * fold->state_size + 16);
  fold->run_arena = arena_new();
  return fold;
}

void fold_free(struct fold *fold) {
  if (!fold) return;
  for (size_t i = 0; i < FOLD_PARTS; i++) {
    struct fold_part *part = &fold->parts[i];
    if (part->file) fclose(part->file);
    arena_free(part->arena);
    arena_free(part->kept_arena);
    mem_free(part->slots);
    mem_free(part->kept);
  }
  mem_free(fold->offsets);
  mem_free(fold->sorted);
  mem_free(fold->run_states);
  arena_free(fold->run_arena);
  buf_free(&fold->run_keys);
  buf_free(&fold->line);
  mem_free(fold);
}

uint64_t fold_hash(str key) { return str_hash(key); }
size_t fold_spilled(const struct fold *fold) { return fold->spilled; }

static struct fold_part *part_of(struct fold *fold, uint64_t hash) {
  return &fold->parts[(uint32_t)hash >> PART_SHIFT];
}

struct arena *fold_arena(struct fold *fold) {
  if (!fold->current->arena) fold->current->arena = arena_new();
  return fold->current->arena;
}

/* --- one part --- */

static void grow(struct fold_part *part) {
  size_t bigger = part->slot_count ? part->slot_count * 2 : START_SLOTS;
  struct fold_slot *slots = mem_alloc(sizeof *slots * bigger);
  for (size_t i = 0; i < part->slot_count; i++) {
    const struct fold_slot *slot = &part->slots[i];
    if (!slot->entry) continue;
    size_t at = slot->hash & (bigger - 1);
    while (slots[at].entry) at = (at + 1) & (bigger - 1);
    slots[at] = *slot;
  }
  mem_free(part->slots);
  part->slots = slots;
  part->slot_count = bigger;
}

static struct fold_entry *add_entry(const struct fold *fold, struct fold_part *part, str key, uint32_t hash) {
  if (!part->arena) part->arena = arena_new();
  struct fold_entry *entry = arena_alloc(part->arena, sizeof *entry + fold->state_size + key.len);
  entry->older = part->newest;
  part->newest = entry;
  entry->hash = hash;
  entry->key_len = (uint32_t)key.len;
  if (key.len) memcpy(entry->bytes + fold->state_size, key.at, key.len);
  part->count++;
  return entry;
}

struct fold_entry *fold_part_find(const struct fold *fold, struct fold_part *part, str key, uint32_t hash) {
  if (part->count * 4 >= part->slot_count * 3) grow(part);
  size_t at = hash & (part->slot_count - 1);
  for (const struct fold_slot *slot; (slot = &part->slots[at])->entry; at = (at + 1) & (part->slot_count - 1))
    if (slot->hash == hash && str_eq(fold_entry_key(fold, slot->entry), key)) return slot->entry;
  part->slots[at] = (struct fold_slot){ add_entry(fold, part, key, hash), hash };
  return part->slots[at].entry;
}

/* Nothing in it points elsewhere. */
static bool is_bare(const struct fold *fold, const char *state) {
  for (size_t i = 0; i < fold->aggregate_count; i++)
    if (!acc_is_bare(fold->aggregates[i]->kind, state + fold->offsets[i])) return false;
  return true;
}

bool fold_part_merge(const struct fold *fold, struct fold_part *part, str key, uint32_t hash,
                     const char *state) {
  size_t before = part->count;
  struct fold_entry *into = fold_part_find(fold, part, key, hash);
  if (part->count > before && is_bare(fold, state)) {
    memcpy(into->bytes, state, fold->state_size);
    return true;
  }
  for (size_t i = 0; i < fold->aggregate_count; i++) {
    size_t at = fold->offsets[i];
    if (!acc_merge(fold->aggregates[i]->kind, into->bytes + at, state + at, part->arena)) return false;
  }
  return true;
}

void fold_part_empty(struct fold_part *part) {
  if (part->slots) memset(part->slots, 0, sizeof *part->slots * part->slot_count);
  part->count = 0;
  part->newest = NULL;
  if (part->arena) arena_reset(part->arena);
}

/* --- written out --- */

static void write_entry(struct fold *fold, struct fold_part *part, const struct fold_entry *entry) {
  str key = fold_entry_key(fold, entry);
  buf_clear(&fold->line);
  buf_bytes(&fold->line, &entry->hash, sizeof entry->hash);
  buf_bytes(&fold->line, &entry->key_len, sizeof entry->key_len);
  buf_add(&fold->line, key);
  for (size_t i = 0; i < fold->aggregate_count; i++)
    acc_save(fold->aggregates[i]->kind, entry->bytes + fold->offsets[i], &fold->line);
  uint32_t size = (uint32_t)fold->line.len;
  if (fwrite(&size, sizeof size, 1, part->file) != 1 || fwrite(fold->line.at, 1, size, part->file) != size)
    part->failed = true;
  fold->spilled += size + sizeof size;
}

/* Tables stay, emptied: they will be as large again. */
static void spill(struct fold *fold) {
  fold->used = 0;
  for (size_t i = 0; i < FOLD_PARTS; i++) {
    struct fold_part *part = &fold->parts[i];
    if (part->count && !part->file) part->file = tmpfile();
    part->failed |= part->count && !part->file;
    for (struct fold_entry *entry = part->newest; entry && part->file; entry = entry->older)
      write_entry(fold, part, entry);
    fold_part_empty(part);
    part->counted = part->slot_count * sizeof *part->slots;
    fold->used += part->counted;
  }
}

/* --- filling --- */

/* What a part has grown by since it was last looked at, texts of its states too. */
static void count_memory(struct fold *fold, struct fold_part *part) {
  size_t now = part->slot_count * sizeof *part->slots + (part->arena ? arena_size(part->arena) : 0);
  fold->used += now - part->counted;
  part->counted = now;
}

char *fold_state(struct fold *fold, str key, uint64_t hash) {
  struct fold_part *part = fold->current = part_of(fold, hash);
  count_memory(fold, part);
  if (fold->used > fold->memory_most) spill(fold);
  return fold_part_find(fold, part, key, (uint32_t)hash)->bytes;
}

struct arena *fold_run_arena(struct fold *fold) {
  return fold->run_arena;
}

char *fold_run(struct fold *fold, str key, uint64_t hash) {
  if (fold->run_count == FOLD_RUNS) fold_settle(fold);
  size_t index = fold->run_count++;
  fold->runs[index] = (struct fold_run_state){ hash, fold->run_keys.len, (uint32_t)key.len };
  buf_add(&fold->run_keys, key);
  char *state = fold->run_states + index * fold->state_size;
  memset(state, 0, fold->state_size);
  return state;
}

/* Always in line: gcc takes a function that only prefetches for one without effect, and leaves out the call.
 */
static inline __attribute__((always_inline)) void fetch_ahead(struct fold *fold) {
  for (size_t i = 0; i < fold->run_count; i++) {
    const struct fold_part *part = part_of(fold, fold->runs[i].hash);
    if (part->slots) __builtin_prefetch(&part->slots[fold->runs[i].hash & (part->slot_count - 1)]);
  }
  for (size_t i = 0; i < fold->run_count; i++) {
    const struct fold_part *part = part_of(fold, fold->runs[i].hash);
    if (part->slots) __builtin_prefetch(part->slots[fold->runs[i].hash & (part->slot_count - 1)].entry);
  }
}

bool fold_settle(struct fold *fold) {
  fetch_ahead(fold);
  for (size_t i = 0; i < fold->run_count; i++) {
    const struct fold_run_state *run = &fold->runs[i];
    str key = str_sub(buf_str(&fold->run_keys), run->key_at, run->key_at + run->key_len);
    struct fold_part *part = part_of(fold, run->hash);
    if (!fold_part_merge(fold, part, key, (uint32_t)run->hash, fold->run_states + i * fold->state_size))
      fold->overflowed = true;
    count_memory(fold, part);
  }
  if (fold->used > fold->memory_most) spill(fold);
  fold->run_count = 0;
  buf_clear(&fold->run_keys);
  arena_reset(fold->run_arena);
  return !fold->overflowed;
}

/* --- asking --- */

size_t fold_count(const struct fold *fold) { return fold->sorted_count; }

void fold_at(const struct fold *fold, size_t index, str *key, char **state) {
  *key = fold_entry_key(fold, fold->sorted[index]);
  *state = fold->sorted[index]->bytes;
}

size_t fold_from(const struct fold *fold, str prefix) {
  size_t low = 0, high = fold->sorted_count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (str_compare(fold_entry_key(fold, fold->sorted[middle]), prefix) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
