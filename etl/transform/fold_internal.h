/* transform/fold_internal: what the files of a fold share: fold.c fills the parts, fold_close.c empties them.
 */
#ifndef SLUICE_TRANSFORM_FOLD_INTERNAL_H
#define SLUICE_TRANSFORM_FOLD_INTERNAL_H

#include "transform/fold.h"

#include <stdio.h>

/* One group: its state first (aligned), then its key. */
struct fold_entry {
  struct fold_entry *older; /* in the order they were made: walked in the order they lie in memory */
  uint32_t hash;
  uint32_t key_len;
  _Alignas(16) char bytes[];
};

/* The hash beside the entry: a table is searched, and grown, without looking at entries that are not meant.
 */
struct fold_slot {
  struct fold_entry *entry; /* NULL: free */
  uint32_t hash;
};

struct fold_part {
  struct arena *arena; /* NULL: no group yet */
  struct fold_slot *slots;
  struct fold_entry *newest;
  size_t slot_count, count, counted; /* counted: of its memory, in fold->used */
  FILE *file;                        /* groups written out; NULL: none */
  struct fold_entry **kept;          /* after closing, in key order */
  size_t kept_count, kept_room;
  struct arena *kept_arena; /* of what came out of files */
  bool failed;              /* its file could not be written or read back */
};

/* Neighbours with one key, not merged yet. */
struct fold_run_state {
  uint64_t hash;
  size_t key_at;
  uint32_t key_len;
};

enum { FOLD_RUNS = 64 };

struct fold {
  struct aggregate *const *aggregates;
  size_t aggregate_count, state_size, memory_most, used, spilled;
  size_t *offsets;
  struct fold_part parts[FOLD_PARTS], *current;
  struct buf line;
  struct fold_entry **sorted;
  size_t sorted_count;
  struct fold_run_state runs[FOLD_RUNS];
  size_t run_count;
  struct buf run_keys;
  char *run_states;
  struct arena *run_arena;
  bool overflowed;
};

static inline str fold_entry_key(const struct fold *fold, const struct fold_entry *entry) {
  return (str){ entry->bytes + fold->state_size, entry->key_len };
}

/* The group in one part, made when new. */
struct fold_entry *fold_part_find(const struct fold *fold, struct fold_part *part, str key, uint32_t hash);
/* False: a sum overflowed. */
bool fold_part_merge(const struct fold *fold, struct fold_part *part, str key, uint32_t hash,
                     const char *state);
void fold_part_empty(struct fold_part *part);

#endif
