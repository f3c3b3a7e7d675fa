/* unit/transform/table: a block of rows from lines of text, as a reader would hand it out. */
#ifndef SLUICE_TESTS_TABLE_H
#define SLUICE_TESTS_TABLE_H

#include "base/memory.h"
#include "model/stream.h"

#include <string.h>

struct table {
  struct rows rows;
  struct arena *arena;
};

/* Lines end with \n, cells are parted by |. */
static inline void table_fill(struct table *table, const char *text, size_t columns, struct arena *arena) {
  size_t len = strlen(text), rows = 0;
  char *bytes = (char *)arena_alloc(arena, len + 2 * ROWS_SLACK) + ROWS_SLACK;
  memcpy(bytes, text, len);
  for (size_t i = 0; i < len; i++) rows += text[i] == '\n';
  uint32_t **at = ARENA_ARRAY(arena, uint32_t *, columns), **lens = ARENA_ARRAY(arena, uint32_t *, columns);
  for (size_t i = 0; i < columns; i++) {
    at[i] = ARENA_ARRAY(arena, uint32_t, rows + 1);
    lens[i] = ARENA_ARRAY(arena, uint32_t, rows + 1);
  }
  uint32_t from = 0;
  size_t row = 0, column = 0;
  for (uint32_t i = 0; i < len; i++) {
    if (text[i] != '|' && text[i] != '\n') continue;
    if (column < columns) at[column][row] = from, lens[column][row] = i - from;
    from = i + 1;
    column++;
    if (text[i] == '\n') row++, column = 0;
  }
  *table = (struct table){ .arena = arena };
  table->rows = (struct rows){ .count = rows, .bytes = bytes, .at = (const uint32_t **)at };
  table->rows.len = (const uint32_t **)lens;
}

#endif
