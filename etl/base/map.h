/* base/map: from text to a pointer or a number.
 *
 * Open addressing, grows by doubling, never shrinks, nothing is removed. Keys
 * are copied into the arena given at the start and live as long as it does.
 * Iteration is in the order of insertion, so output never depends on a hash.
 *
 *   struct map *fields = map_new(run);
 *   *map_put(fields, STR("amount")) = field;
 *   struct field *hit = map_get(fields, name);
 */
#ifndef SLUICE_BASE_MAP_H
#define SLUICE_BASE_MAP_H

#include "base/memory.h"

struct map;
struct map_entry {
  str key;
  void *value;
};

struct map *map_new(struct arena *arena);
void **map_put(struct map *map, str key);      /* the place of its value; NULL in it when new */
void *map_get(const struct map *map, str key); /* NULL when absent */
bool map_has(const struct map *map, str key);
size_t map_count(const struct map *map);
struct map_entry *map_at(const struct map *map, size_t index); /* 0 .. count-1, as inserted */

#endif
