/* base/map: from text to a pointer or a number. */
#include "base/map.h"

struct map {
  struct arena *arena;
  struct map_entry *entries;
  uint32_t *slots; /* entry number + 1; 0 = free */
  size_t count, size;
};

struct map *map_new(struct arena *arena) {
  struct map *map = ARENA_NEW(arena, struct map);
  map->arena = arena;
  return map;
}

static size_t find(const struct map *map, str key) {
  size_t at = str_hash(key) & (map->size - 1);
  while (map->slots[at] && !str_eq(map->entries[map->slots[at] - 1].key, key))
    at = (at + 1) & (map->size - 1);
  return at;
}

static void grow(struct map *map) {
  map->size = map->size ? map->size * 2 : 16;
  map->slots = ARENA_ARRAY(map->arena, uint32_t, map->size);
  for (size_t i = 0; i < map->count; i++) map->slots[find(map, map->entries[i].key)] = (uint32_t)i + 1;
}

void **map_put(struct map *map, str key) {
  if (map->count * 2 >= map->size) grow(map);
  size_t at = find(map, key);
  if (!map->slots[at]) {
    struct map_entry *entry = ARENA_PUSH(map->arena, map->entries, map->count);
    *entry = (struct map_entry){ .key = arena_str(map->arena, key) };
    map->slots[at] = (uint32_t)map->count;
  }
  return &map->entries[map->slots[at] - 1].value;
}

void *map_get(const struct map *map, str key) {
  if (!map->count) return NULL;
  uint32_t slot = map->slots[find(map, key)];
  return slot ? map->entries[slot - 1].value : NULL;
}

bool map_has(const struct map *map, str key) { return map->count && map->slots[find(map, key)]; }
size_t map_count(const struct map *map) { return map->count; }
struct map_entry *map_at(const struct map *map, size_t index) {
  return &map->entries[index];
}
