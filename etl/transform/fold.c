/* transform/fold: groups by key, each with its running aggregates. */
#include "transform/fold.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PARTS = 32, START_SLOTS = 1024, RUNS = 64 };

/* One group: its state first (aligned), then its key. */
struct entry {
  struct entry *older; /* in the order they were made: walked in the order they lie in memory */
  uint32_t hash;
  uint32_t key_len;
  _Alignas(16) char bytes[];
};

/* Neighbours with one key, not merged yet. */
struct run_state {
  uint64_t hash;
  size_t key_at;
  uint32_t key_len;
};

struct fold {
  struct aggregate *const *aggregates;
  size_t aggregate_count, state_size, memory_most;
  size_t *offsets;
  struct arena *arena, *kept; /* kept: what came out of parts */
  struct entry **slots;
  size_t slot_count, count;
  struct entry *newest;
  FILE *parts[PARTS];
  bool spills, failed;
  size_t spilled;
  struct buf line;
  struct entry **sorted;
  size_t sorted_count;
  struct run_state runs[RUNS];
  size_t run_count;
  struct buf run_keys;
  char *run_states;
  struct arena *run_arena;
  bool overflowed;
};

struct fold *fold_new(struct aggregate *const *aggregates, size_t count, size_t memory_most) {
  struct fold *fold = mem_alloc(sizeof *fold);
  fold->aggregates = aggregates;
  fold->aggregate_count = count;
  fold->memory_most = memory_most;
  fold->offsets = mem_alloc(sizeof(size_t) * (count + 1));
  fold->state_size = acc_layout(aggregates, count, fold->offsets);
  fold->arena = arena_new();
  fold->slot_count = START_SLOTS;
  fold->slots = mem_alloc(sizeof *fold->slots * fold->slot_count);
  fold->line = buf_new((size_t)1 << 30);
  fold->state_size = (fold->state_size + 15) & ~(size_t)15;
  fold->run_keys = buf_new((size_t)1 << 30);
  fold->run_states = mem_alloc(RUNS * fold->state_size + 16);
  fold->run_arena = arena_new();
  return fold;
}

void fold_free(struct fold *fold) {
  if (!fold) return;
  for (size_t i = 0; i < PARTS; i++)
    if (fold->parts[i]) fclose(fold->parts[i]);
  arena_free(fold->arena);
  arena_free(fold->kept);
  mem_free(fold->offsets);
  mem_free(fold->slots);
  mem_free(fold->sorted);
  mem_free(fold->run_states);
  arena_free(fold->run_arena);
  buf_free(&fold->run_keys);
  buf_free(&fold->line);
  mem_free(fold);
}

uint64_t fold_hash(str key) { return str_hash(key); }
struct arena *fold_arena(struct fold *fold) {
  return fold->arena;
}
size_t fold_spilled(const struct fold *fold) { return fold->spilled; }

static str entry_key(const struct fold *fold, const struct entry *entry) {
  return (str){ entry->bytes + fold->state_size, entry->key_len };
}

static void grow(struct fold *fold) {
  size_t bigger = fold->slot_count * 2;
  struct entry **slots = mem_alloc(sizeof *slots * bigger);
  for (size_t i = 0; i < fold->slot_count; i++) {
    struct entry *entry = fold->slots[i];
    if (!entry) continue;
    size_t at = entry->hash & (bigger - 1);
    while (slots[at]) at = (at + 1) & (bigger - 1);
    slots[at] = entry;
  }
  mem_free(fold->slots);
  fold->slots = slots;
  fold->slot_count = bigger;
}

static void write_entry(struct fold *fold, const struct entry *entry) {
  FILE **part = &fold->parts[(entry->hash >> 27) % PARTS];
  if (!*part && !(*part = tmpfile())) {
    fold->failed = true;
    return;
  }
  str key = entry_key(fold, entry);
  buf_clear(&fold->line);
  buf_bytes(&fold->line, &entry->hash, sizeof entry->hash);
  buf_bytes(&fold->line, &entry->key_len, sizeof entry->key_len);
  buf_add(&fold->line, key);
  for (size_t i = 0; i < fold->aggregate_count; i++)
    acc_save(fold->aggregates[i]->kind, entry->bytes + fold->offsets[i], &fold->line);
  uint32_t size = (uint32_t)fold->line.len;
  if (fwrite(&size, sizeof size, 1, *part) != 1 || fwrite(fold->line.at, 1, size, *part) != size)
    fold->failed = true;
  fold->spilled += size + sizeof size;
}

static void empty(struct fold *fold) {
  memset(fold->slots, 0, sizeof *fold->slots * fold->slot_count);
  fold->count = 0;
  fold->newest = NULL;
  arena_reset(fold->arena);
}

static void spill(struct fold *fold) {
  fold->spills = true;
  for (const struct entry *entry = fold->newest; entry; entry = entry->older) write_entry(fold, entry);
  empty(fold);
}

static struct entry *find(struct fold *fold, str key, uint64_t hash) {
  size_t at = hash & (fold->slot_count - 1);
  for (struct entry *entry; (entry = fold->slots[at]); at = (at + 1) & (fold->slot_count - 1))
    if (entry->hash == (uint32_t)hash && str_eq(entry_key(fold, entry), key)) return entry;
  struct entry *entry = arena_alloc(fold->arena, sizeof *entry + fold->state_size + key.len);
  entry->older = fold->newest;
  fold->newest = entry;
  entry->hash = (uint32_t)hash;
  entry->key_len = (uint32_t)key.len;
  if (key.len) memcpy(entry->bytes + fold->state_size, key.at, key.len);
  fold->slots[at] = entry;
  fold->count++;
  return entry;
}

char *fold_state(struct fold *fold, str key, uint64_t hash) {
  if (fold->count * 2 >= fold->slot_count) grow(fold);
  size_t used = arena_size(fold->arena) + fold->slot_count * sizeof *fold->slots;
  if (fold->count && used > fold->memory_most) spill(fold);
  return find(fold, key, hash)->bytes;
}

static bool merge_entry(struct fold *fold, str key, uint64_t hash, const char *state, const size_t *offsets) {
  char *into = fold_state(fold, key, hash);
  for (size_t i = 0; i < fold->aggregate_count; i++)
    if (!acc_merge(fold->aggregates[i]->kind, into + fold->offsets[i], state + offsets[i], fold->arena))
      return false;
  return true;
}

bool fold_settle(struct fold *fold) {
  for (size_t i = 0; i < fold->run_count; i++)
    __builtin_prefetch(&fold->slots[fold->runs[i].hash & (fold->slot_count - 1)]);
  for (size_t i = 0; i < fold->run_count; i++) {
    const struct entry *entry = fold->slots[fold->runs[i].hash & (fold->slot_count - 1)];
    if (entry) __builtin_prefetch(entry);
  }
  for (size_t i = 0; i < fold->run_count; i++) {
    const struct run_state *run = &fold->runs[i];
    str key = str_sub(buf_str(&fold->run_keys), run->key_at, run->key_at + run->key_len);
    if (!merge_entry(fold, key, run->hash, fold->run_states + i * fold->state_size, fold->offsets))
      fold->overflowed = true;
  }
  fold->run_count = 0;
  buf_clear(&fold->run_keys);
  arena_reset(fold->run_arena);
  return !fold->overflowed;
}

struct arena *fold_run_arena(struct fold *fold) {
  return fold->run_arena;
}

char *fold_run(struct fold *fold, str key, uint64_t hash) {
  if (fold->run_count == RUNS) fold_settle(fold);
  size_t index = fold->run_count++;
  fold->runs[index] = (struct run_state){ hash, fold->run_keys.len, (uint32_t)key.len };
  buf_add(&fold->run_keys, key);
  char *state = fold->run_states + index * fold->state_size;
  memset(state, 0, fold->state_size);
  return state;
}

/* Reads back one group of a part; false at its end. */
static bool read_entry(struct fold *fold, FILE *part, uint32_t *hash, str *key, char *state,
                       struct arena *scratch) {
  uint32_t size, key_len;
  size_t begun = fread(&size, 1, sizeof size, part);
  if (begun != sizeof size) {
    fold->failed |= begun || ferror(part);
    return false;
  }
  char *bytes = arena_alloc(scratch, size);
  if (fread(bytes, 1, size, part) != size || size < sizeof *hash + sizeof key_len) {
    fold->failed = true;
    return false;
  }
  str from = { bytes, size };
  memcpy(hash, from.at, sizeof *hash);
  memcpy(&key_len, from.at + sizeof *hash, sizeof key_len);
  *key = str_sub(from, sizeof *hash + sizeof key_len, sizeof *hash + sizeof key_len + key_len);
  from = str_sub(from, sizeof *hash + sizeof key_len + key_len, from.len);
  for (size_t i = 0; i < fold->aggregate_count; i++)
    if (!acc_load(fold->aggregates[i]->kind, &from, state + fold->offsets[i], scratch)) fold->failed = true;
  return !fold->failed;
}

static bool add_part(struct fold *fold, FILE *part, struct err *err) {
  struct arena *scratch = arena_new();
  char *state = mem_alloc(fold->state_size + 1);
  uint32_t hash;
  str key;
  fold->failed |= fflush(part) != 0 || ferror(part);
  rewind(part);
  bool good = !fold->failed;
  while (good && read_entry(fold, part, &hash, &key, state, scratch)) {
    good = merge_entry(fold, key, hash, state, fold->offsets);
    arena_reset(scratch);
  }
  arena_free(scratch);
  mem_free(state);
  if (!good) err_set(err, OUT_DATA, "a sum has more than 38 digits");
  if (fold->failed) err_set(err, OUT_SYSTEM, "a temporary file could not be written or read back");
  return good && !fold->failed;
}

bool fold_add_all(struct fold *fold, struct fold *other, struct err *err) {
  for (struct entry *entry = other->newest; entry; entry = entry->older) {
    if (!merge_entry(fold, entry_key(other, entry), entry->hash, entry->bytes, other->offsets)) {
      err_set(err, OUT_DATA, "a sum has more than 38 digits");
      return false;
    }
  }
  for (size_t i = 0; i < PARTS; i++) {
    if (!other->parts[i]) continue;
    spill(fold); /* both lie in parts now, so that closing folds them part by part */
    if (!add_part(fold, other->parts[i], err)) return false;
    spill(fold);
  }
  empty(other);
  if (fold->failed || other->failed)
    err_set(err, OUT_SYSTEM, "a temporary file could not be written or read back");
  return !fold->failed && !other->failed;
}

static int by_key(const void *a, const void *b, size_t state_size) {
  const struct entry *x = *(struct entry *const *)a, *y = *(struct entry *const *)b;
  return str_compare((str){ x->bytes + state_size, x->key_len }, (str){ y->bytes + state_size, y->key_len });
}

static void merge_sorted(struct entry **items, struct entry **spare, size_t count, size_t state_size) {
  if (count < 2) return;
  size_t half = count / 2, i = 0, j = half, k = 0;
  merge_sorted(items, spare, half, state_size);
  merge_sorted(items + half, spare, count - half, state_size);
  memcpy(spare, items, count * sizeof *items);
  while (k < count) {
    bool left = j >= count || (i < half && by_key(&spare[i], &spare[j], state_size) <= 0);
    items[k++] = left ? spare[i++] : spare[j++];
  }
}

static void keep_entry(struct fold *fold, struct entry *entry, struct arena *kept, size_t *room) {
  if (fold->sorted_count == *room) {
    *room = *room ? *room * 2 : 256;
    fold->sorted = mem_grow(fold->sorted, *room * sizeof *fold->sorted);
  }
  struct entry *same = entry;
  if (kept) {
    same = arena_alloc(kept, sizeof *same + fold->state_size + entry->key_len);
    memcpy(same, entry, sizeof *same + fold->state_size + entry->key_len);
    for (size_t i = 0; i < fold->aggregate_count; i++)
      acc_move(fold->aggregates[i]->kind, same->bytes + fold->offsets[i], kept);
  }
  fold->sorted[fold->sorted_count++] = same;
}

static void keep_all(struct fold *fold, fold_keep *keep, void *user, struct arena *kept, size_t *room) {
  for (struct entry *entry = fold->newest; entry; entry = entry->older)
    if (!keep || keep(user, entry_key(fold, entry), entry->bytes)) keep_entry(fold, entry, kept, room);
}

static enum outcome close_parts(struct fold *fold, fold_keep *keep, void *user, size_t *room,
                                struct err *err) {
  spill(fold);
  fold->kept = arena_new();
  size_t most = fold->memory_most;
  fold->memory_most = SIZE_MAX; /* a part is folded in memory, whatever it takes */
  for (size_t i = 0; i < PARTS && !err->outcome; i++) {
    if (!fold->parts[i] || !add_part(fold, fold->parts[i], err)) continue;
    keep_all(fold, keep, user, fold->kept, room);
    empty(fold);
  }
  fold->memory_most = most;
  return err->outcome;
}

enum outcome fold_close(struct fold *fold, fold_keep *keep, void *user, struct err *err) {
  size_t room = 0;
  fold->sorted_count = 0;
  if (fold->failed) return err_set(err, OUT_SYSTEM, "a temporary file could not be written");
  if (fold->spills) {
    if (close_parts(fold, keep, user, &room, err)) return err->outcome;
  } else keep_all(fold, keep, user, NULL, &room);
  if (fold->sorted_count < 2) return OUT_OK;
  struct entry **spare = mem_alloc(fold->sorted_count * sizeof *spare);
  merge_sorted(fold->sorted, spare, fold->sorted_count, fold->state_size);
  mem_free(spare);
  return OUT_OK;
}

size_t fold_count(const struct fold *fold) { return fold->sorted_count; }

void fold_at(const struct fold *fold, size_t index, str *key, char **state) {
  *key = entry_key(fold, fold->sorted[index]);
  *state = fold->sorted[index]->bytes;
}

size_t fold_from(const struct fold *fold, str prefix) {
  size_t low = 0, high = fold->sorted_count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (str_compare(entry_key(fold, fold->sorted[middle]), prefix) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
