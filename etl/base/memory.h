/* base/memory: allocation that cannot fail, and the arena.
 *
 * Out of memory ends the process: for custody a crash is a normal event, and
 * no caller could do better. An arena is named by its lifetime (run, file,
 * record); everything in it goes at once. Nothing is freed singly.
 *
 *   struct arena *run = arena_new();
 *   str name = arena_printf(run, "journal-%.*s", STR_ARG(id));
 *   arena_free(run);
 */
#ifndef SLUICE_BASE_MEMORY_H
#define SLUICE_BASE_MEMORY_H

#include "base/str.h"

#include <stdarg.h>

void *mem_alloc(size_t size); /* zeroed */
void *mem_grow(void *old, size_t size);
void mem_free(void *block);

struct arena;
struct arena *arena_new(void);
void *arena_alloc(struct arena *arena, size_t size); /* zeroed, aligned for any type */
str arena_str(struct arena *arena, str s);           /* a copy, NUL-terminated */
const char *arena_text(struct arena *arena, str s);  /* the same as a C string */
str arena_printf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
str arena_vprintf(struct arena *arena, const char *format, va_list args);
size_t arena_size(const struct arena *arena); /* bytes handed out since the last reset */
void arena_reset(struct arena *arena);        /* empties it and keeps its first block */
void arena_free(struct arena *arena);

#define ARENA_NEW(arena, type)          ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, type, count) ((type *)arena_alloc((arena), sizeof(type) * (count)))

/* Makes room for one more element in an arena-held array; capacity doubles from 8. */
#define ARENA_PUSH(arena, items, count)                                                                      \
  ((items) = arena_push_room((arena), (items), (count), sizeof *(items)), &(items)[(count)++])
void *arena_push_room(struct arena *arena, void *items, size_t count, size_t each);

#endif
