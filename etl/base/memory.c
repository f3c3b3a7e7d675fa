/* base/memory: allocation that cannot fail, and the arena. */
#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *or_die(void *block) {
  if (!block) {
    fputs("sluice: out of memory\n", stderr);
    abort();
  }
  return block;
}

void *mem_alloc(size_t size) { return or_die(calloc(1, size ? size : 1)); }
void *mem_grow(void *old, size_t size) { return or_die(realloc(old, size ? size : 1)); }
void mem_free(void *block) { free(block); }

enum { BLOCK_SIZE = 16 * 1024, ALIGN = 16 };

struct chunk {
  struct chunk *older;
  size_t size, used;
  _Alignas(ALIGN) char bytes[];
};

struct arena {
  struct chunk *newest;
  size_t handed_out;
};

struct arena *arena_new(void) {
  return mem_alloc(sizeof(struct arena));
}

static void add_chunk(struct arena *arena, size_t least) {
  size_t size = least > BLOCK_SIZE / 4 ? least : BLOCK_SIZE;
  struct chunk *chunk = or_die(malloc(sizeof *chunk + size));
  *chunk = (struct chunk){ .older = arena->newest, .size = size };
  arena->newest = chunk;
}

static void *take(struct arena *arena, size_t size) {
  size = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
  if (!arena->newest || arena->newest->size - arena->newest->used < size) add_chunk(arena, size);
  void *block = arena->newest->bytes + arena->newest->used;
  arena->newest->used += size;
  arena->handed_out += size;
  return block;
}

void *arena_alloc(struct arena *arena, size_t size) {
  void *block = take(arena, size);
  memset(block, 0, size);
  return block;
}

str arena_str(struct arena *arena, str s) { return (str){ arena_text(arena, s), s.len }; }

const char *arena_text(struct arena *arena, str s) {
  char *copy = take(arena, s.len + 1);
  if (s.len) memcpy(copy, s.at, s.len);
  copy[s.len] = '\0';
  return copy;
}

str arena_vprintf(struct arena *arena, const char *format, va_list args) {
  va_list again;
  va_copy(again, args);
  int len = vsnprintf(NULL, 0, format, args);
  char *text = take(arena, (size_t)len + 1);
  vsnprintf(text, (size_t)len + 1, format, again);
  va_end(again);
  return (str){ text, (size_t)len };
}

str arena_printf(struct arena *arena, const char *format, ...) {
  va_list args;
  va_start(args, format);
  str text = arena_vprintf(arena, format, args);
  va_end(args);
  return text;
}

size_t arena_size(const struct arena *arena) { return arena->handed_out; }

void arena_reset(struct arena *arena) {
  struct chunk *keep = NULL;
  while (arena->newest) {
    struct chunk *chunk = arena->newest;
    arena->newest = chunk->older;
    if (!arena->newest && chunk->size == BLOCK_SIZE) keep = chunk;
    else free(chunk);
  }
  if (keep) *keep = (struct chunk){ .size = keep->size };
  arena->newest = keep;
  arena->handed_out = 0;
}

void arena_free(struct arena *arena) {
  if (!arena) return;
  arena_reset(arena);
  free(arena->newest);
  free(arena);
}

void *arena_push_room(struct arena *arena, void *items, size_t count, size_t each) {
  bool full = count == 0 || (count >= 8 && (count & (count - 1)) == 0);
  if (!full) return items;
  void *bigger = arena_alloc(arena, (count ? count * 2 : 8) * each);
  if (count) memcpy(bigger, items, count * each);
  return bigger;
}
