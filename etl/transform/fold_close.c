/* transform/fold_close: the groups of one part, from all workers and from files, in key order. */
#include "transform/fold_internal.h"

#include <string.h>

static const char unreadable[] = "a temporary file could not be written or read back";

/* Reads back one group of a file; false at its end. */
static bool read_entry(const struct fold *fold, struct fold_part *part, uint32_t *hash, str *key, char *state,
                       struct arena *scratch) {
  uint32_t size, key_len;
  size_t begun = fread(&size, 1, sizeof size, part->file);
  if (begun != sizeof size) {
    part->failed |= begun || ferror(part->file);
    return false;
  }
  char *bytes = arena_alloc(scratch, size);
  if (fread(bytes, 1, size, part->file) != size || size < sizeof *hash + sizeof key_len) {
    part->failed = true;
    return false;
  }
  str from = { bytes, size };
  memcpy(hash, from.at, sizeof *hash);
  memcpy(&key_len, from.at + sizeof *hash, sizeof key_len);
  *key = str_sub(from, sizeof *hash + sizeof key_len, sizeof *hash + sizeof key_len + key_len);
  from = str_sub(from, sizeof *hash + sizeof key_len + key_len, from.len);
  for (size_t i = 0; i < fold->aggregate_count; i++)
    if (!acc_load(fold->aggregates[i]->kind, &from, state + fold->offsets[i], scratch)) part->failed = true;
  return !part->failed;
}

static bool add_file(const struct fold *fold, struct fold_part *into, struct fold_part *from) {
  if (!from->file) return true;
  struct arena *scratch = arena_new();
  char *state = mem_alloc(fold->state_size + 1);
  uint32_t hash;
  str key;
  from->failed |= fflush(from->file) != 0 || ferror(from->file);
  rewind(from->file);
  bool good = true;
  while (good && !from->failed && read_entry(fold, from, &hash, &key, state, scratch)) {
    good = fold_part_merge(fold, into, key, hash, state);
    arena_reset(scratch);
  }
  arena_free(scratch);
  mem_free(state);
  fclose(from->file);
  from->file = NULL;
  return good;
}

/* Its table's memory too: the next part's turn comes. */
static void drop_table(struct fold_part *part) {
  fold_part_empty(part);
  mem_free(part->slots);
  part->slots = NULL;
  part->slot_count = 0;
}

static bool add_table(const struct fold *fold, struct fold_part *into, struct fold_part *from) {
  bool good = true;
  for (struct fold_entry *entry = from->newest; entry && good; entry = entry->older)
    good = fold_part_merge(fold, into, fold_entry_key(fold, entry), entry->hash, entry->bytes);
  drop_table(from);
  return good;
}

static void keep_entry(const struct fold *fold, struct fold_part *part, struct fold_entry *entry) {
  if (part->kept_count == part->kept_room) {
    part->kept_room = part->kept_room ? part->kept_room * 2 : 64;
    part->kept = mem_grow(part->kept, part->kept_room * sizeof *part->kept);
  }
  struct fold_entry *same = entry;
  if (part->kept_arena) {
    same = arena_alloc(part->kept_arena, sizeof *same + fold->state_size + entry->key_len);
    memcpy(same, entry, sizeof *same + fold->state_size + entry->key_len);
    for (size_t i = 0; i < fold->aggregate_count; i++)
      acc_move(fold->aggregates[i]->kind, same->bytes + fold->offsets[i], part->kept_arena);
  }
  part->kept[part->kept_count++] = same;
}

/* Two neighbours, each in key order, become one. */
static void merge_sorted(const struct fold *fold, struct fold_entry **items, struct fold_entry **spare,
                         size_t half, size_t count) {
  size_t i = 0, j = half, k = 0;
  if (!half || half == count) return;
  memcpy(spare, items, count * sizeof(struct fold_entry *));
  while (k < count) {
    bool left = j >= count || (i < half && str_compare(fold_entry_key(fold, spare[i]),
                                                       fold_entry_key(fold, spare[j])) <= 0);
    items[k++] = left ? spare[i++] : spare[j++];
  }
}

static void sort(const struct fold *fold, struct fold_entry **items, struct fold_entry **spare,
                 size_t count) {
  if (count < 2) return;
  sort(fold, items, spare, count / 2);
  sort(fold, items + count / 2, spare, count - count / 2);
  merge_sorted(fold, items, spare, count / 2, count);
}

enum outcome fold_close_part(struct fold *fold, struct fold *const *others, size_t count, size_t part,
                             fold_keep *keep, void *user, struct err *err) {
  struct fold_part *into = &fold->parts[part];
  bool good = true, spilled = into->file != NULL, failed = false;
  for (size_t i = 0; i < count; i++) spilled |= others[i]->parts[part].file != NULL;
  /* What came from files is copied out, so that a part's memory is free for the next one's. */
  if (spilled) into->kept_arena = arena_new();
  good = add_file(fold, into, into);
  for (size_t i = 0; i < count && good; i++) {
    struct fold_part *from = &others[i]->parts[part];
    good = add_table(fold, into, from) && add_file(fold, into, from);
    failed |= from->failed;
  }
  if (!good) return err_set(err, OUT_DATA, "a sum has more than 38 digits");
  if (failed || into->failed) return err_set(err, OUT_SYSTEM, "%s", unreadable);
  for (struct fold_entry *entry = into->newest; entry; entry = entry->older)
    if (!keep || keep(user, fold_entry_key(fold, entry), entry->bytes)) keep_entry(fold, into, entry);
  if (spilled) drop_table(into);
  struct fold_entry **spare = mem_alloc((into->kept_count + 1) * sizeof *spare);
  sort(fold, into->kept, spare, into->kept_count);
  mem_free(spare);
  return OUT_OK;
}

static void merge_parts(const struct fold *fold, struct fold_entry **spare, const size_t *starts, size_t from,
                        size_t to) {
  if (to - from < 2) return;
  size_t middle = from + (to - from) / 2;
  merge_parts(fold, spare, starts, from, middle);
  merge_parts(fold, spare, starts, middle, to);
  merge_sorted(fold, fold->sorted + starts[from], spare, starts[middle] - starts[from],
               starts[to] - starts[from]);
}

void fold_close_end(struct fold *fold) {
  size_t starts[FOLD_PARTS + 1] = { 0 };
  for (size_t i = 0; i < FOLD_PARTS; i++) starts[i + 1] = starts[i] + fold->parts[i].kept_count;
  fold->sorted_count = starts[FOLD_PARTS];
  fold->sorted = mem_grow(fold->sorted, (fold->sorted_count + 1) * sizeof *fold->sorted);
  struct fold_entry **spare = mem_alloc((fold->sorted_count + 1) * sizeof *spare);
  for (size_t i = 0; i < FOLD_PARTS; i++) {
    const struct fold_part *part = &fold->parts[i];
    if (part->kept_count) memcpy(fold->sorted + starts[i], part->kept, part->kept_count * sizeof *part->kept);
  }
  merge_parts(fold, spare, starts, 0, FOLD_PARTS);
  mem_free(spare);
}
