/* transform/earlier: what records of the file gave before, by a key. */
#include "transform/earlier.h"

#include "base/map.h"

struct given {
  uint64_t record; /* that gave it, from 1; 0: it left */
  value v;
  struct given *next; /* of the same record */
};

struct earlier {
  struct arena *arena;
  struct map *given; /* by key */
  struct given *current;
  uint64_t record;
};

struct earlier *earlier_new(void) {
  struct earlier *earlier = mem_alloc(sizeof *earlier);
  *earlier = (struct earlier){ .arena = arena_new() };
  earlier->given = map_new(earlier->arena);
  return earlier;
}

void earlier_free(struct earlier *earlier) {
  if (!earlier) return;
  arena_free(earlier->arena);
  mem_free(earlier);
}

void earlier_next(struct earlier *earlier) {
  earlier->record++;
  earlier->current = NULL;
}

void earlier_forget(struct earlier *earlier) {
  for (struct given *given = earlier->current; given; given = given->next) given->record = 0;
  earlier->current = NULL;
}

value earlier_value(struct earlier *earlier, str key, const value *v) {
  struct given **place = (struct given **)map_put(earlier->given, key), *given = *place;
  if (given && given->record) return given->record == earlier->record ? value_absent() : given->v;
  if (!given) *place = given = ARENA_NEW(earlier->arena, struct given);
  *given = (struct given){ earlier->record, value_keep(v, earlier->arena), earlier->current };
  earlier->current = given;
  return value_absent();
}
