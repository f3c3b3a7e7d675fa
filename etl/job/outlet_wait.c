/* job/outlet_wait: records whose bytes hold the fields of the record above them, which is not known yet. */
#include "job/outlet_wait.h"

void waiting_open(struct waiting *waiting, const struct record *record, const value *fields,
                  const struct outlet_line *line, struct arena *arena) {
  value *kept = ARENA_ARRAY(arena, value, record->field_count + 1);
  for (size_t i = 0; i < record->field_count; i++) kept[i] = value_keep(&fields[i], arena);
  *ARENA_PUSH(arena, waiting->items, waiting->count) = (struct waiting_record){ record, kept, *line };
}

void waiting_close(struct waiting *waiting, const struct record *record, struct arena *arena) {
  *ARENA_PUSH(arena, waiting->items, waiting->count) = (struct waiting_record){ .record = record };
}

void waiting_append(struct waiting *waiting, const struct waiting *more, struct arena *arena) {
  for (size_t i = 0; i < more->count; i++)
    *ARENA_PUSH(arena, waiting->items, waiting->count) = more->items[i];
}
