/* transform/sorter: records to the order of their keys, however many there are. */
#include "transform/sorter.h"

#include <stdio.h>
#include <string.h>

struct piece { /* followed by the key and the record */
  uint64_t order;
  uint32_t key_len, record_len;
  char bytes[];
};

struct run { /* sorted pieces in a file, and the one that is next */
  FILE *file;
  struct piece *next;
  size_t room;
};

struct sorter {
  size_t memory_most;
  struct arena *arena;
  struct piece **pieces;
  size_t count, room, at;
  uint64_t added;
  struct run *runs;
  size_t run_count;
  struct run *given; /* whose piece was handed out last */
  bool failed;
};

struct sorter *sorter_new(size_t memory_most) {
  struct sorter *sorter = mem_alloc(sizeof *sorter);
  sorter->memory_most = memory_most;
  sorter->arena = arena_new();
  return sorter;
}

void sorter_free(struct sorter *sorter) {
  if (!sorter) return;
  for (size_t i = 0; i < sorter->run_count; i++) {
    fclose(sorter->runs[i].file);
    mem_free(sorter->runs[i].next);
  }
  mem_free(sorter->runs);
  mem_free(sorter->pieces);
  arena_free(sorter->arena);
  mem_free(sorter);
}

bool sorter_failed(const struct sorter *sorter) { return sorter->failed; }

static str key_of(const struct piece *piece) { return (str){ piece->bytes, piece->key_len }; }

static int compare(const struct piece *a, const struct piece *b) {
  int order = str_compare(key_of(a), key_of(b));
  return order ? order : (a->order > b->order) - (a->order < b->order);
}

static void merge_sort(struct piece **items, struct piece **spare, size_t count) {
  if (count < 2) return;
  size_t half = count / 2, i = 0, j = half, k = 0;
  merge_sort(items, spare, half);
  merge_sort(items + half, spare, count - half);
  memcpy(spare, items, count * sizeof *items);
  while (k < count) {
    bool left = j >= count || (i < half && compare(spare[i], spare[j]) <= 0);
    items[k++] = left ? spare[i++] : spare[j++];
  }
}

static void sort_pieces(struct sorter *sorter) {
  struct piece **spare = mem_alloc((sorter->count + 1) * sizeof *spare);
  merge_sort(sorter->pieces, spare, sorter->count);
  mem_free(spare);
}

static enum outcome write_run(struct sorter *sorter, struct err *err) {
  struct run run = { .file = tmpfile() };
  if (!run.file) return err_errno(err, "cannot make a temporary file to sort in");
  sort_pieces(sorter);
  for (size_t i = 0; i < sorter->count; i++) {
    const struct piece *piece = sorter->pieces[i];
    size_t size = sizeof *piece + piece->key_len + piece->record_len;
    if (fwrite(piece, 1, size, run.file) != size) {
      err_errno(err, "cannot write a temporary file");
      fclose(run.file);
      return err->outcome;
    }
  }
  sorter->runs = mem_grow(sorter->runs, (sorter->run_count + 1) * sizeof *sorter->runs);
  sorter->runs[sorter->run_count++] = run;
  sorter->count = 0;
  arena_reset(sorter->arena);
  return OUT_OK;
}

enum outcome sorter_add(struct sorter *sorter, str key, str record, struct err *err) {
  if (arena_size(sorter->arena) > sorter->memory_most && write_run(sorter, err)) return err->outcome;
  struct piece *piece = arena_alloc(sorter->arena, sizeof *piece + key.len + record.len);
  piece->order = sorter->added++;
  piece->key_len = (uint32_t)key.len;
  piece->record_len = (uint32_t)record.len;
  if (key.len) memcpy(piece->bytes, key.at, key.len);
  if (record.len) memcpy(piece->bytes + key.len, record.at, record.len);
  if (sorter->count == sorter->room) {
    sorter->room = sorter->room ? sorter->room * 2 : 1024;
    sorter->pieces = mem_grow(sorter->pieces, sorter->room * sizeof *sorter->pieces);
  }
  sorter->pieces[sorter->count++] = piece;
  return OUT_OK;
}

/* Reads the run's next piece; its file is closed in thought (next = NULL) at the end. */
static void advance(struct sorter *sorter, struct run *run) {
  struct piece head;
  size_t begun = fread(&head, 1, sizeof head, run->file);
  if (begun != sizeof head) {
    sorter->failed |= begun || ferror(run->file);
    mem_free(run->next);
    run->next = NULL;
    return;
  }
  size_t size = sizeof head + head.key_len + head.record_len;
  if (!run->next || size > run->room) {
    run->room = size * 2;
    run->next = mem_grow(run->next, run->room);
  }
  *run->next = head;
  if (fread(run->next->bytes, 1, size - sizeof head, run->file) != size - sizeof head) {
    sorter->failed = true;
    mem_free(run->next);
    run->next = NULL;
  }
}

enum outcome sorter_sort(struct sorter *sorter, struct err *err) {
  if (!sorter->run_count) {
    sort_pieces(sorter);
    return OUT_OK;
  }
  if (write_run(sorter, err)) return err->outcome;
  for (size_t i = 0; i < sorter->run_count; i++) {
    sorter->failed |= fflush(sorter->runs[i].file) != 0 || ferror(sorter->runs[i].file);
    rewind(sorter->runs[i].file);
    advance(sorter, &sorter->runs[i]);
  }
  return sorter->failed ? err_set(err, OUT_SYSTEM, "a temporary file could not be read back") : OUT_OK;
}

bool sorter_next(struct sorter *sorter, str *key, str *record) {
  const struct piece *piece = NULL;
  if (sorter->given) advance(sorter, sorter->given);
  sorter->given = NULL;
  if (!sorter->run_count) piece = sorter->at < sorter->count ? sorter->pieces[sorter->at++] : NULL;
  for (size_t i = 0; i < sorter->run_count; i++) {
    struct run *run = &sorter->runs[i];
    if (!run->next || (piece && compare(piece, run->next) <= 0)) continue;
    piece = run->next;
    sorter->given = run;
  }
  if (!piece) return false;
  *key = key_of(piece);
  *record = (str){ piece->bytes + piece->key_len, piece->record_len };
  return true;
}
