/* report/table: rows of cells as aligned columns for the terminal. */
#include "report/table.h"
#include "report/page.h"

#include <string.h>

struct table {
  struct arena *arena;
  const struct table_column *columns;
  size_t count;
  const str **rows;
  size_t row_count;
  size_t widths[TABLE_COLUMNS_MOST];
};

struct table *table_new(struct arena *arena, const struct table_column *columns, size_t count) {
  struct table *table = ARENA_NEW(arena, struct table);
  *table = (struct table){ .arena = arena, .columns = columns, .count = count };
  for (size_t i = 0; i < count; i++) table->widths[i] = strlen(columns[i].title);
  return table;
}

void table_row(struct table *table, const str *cells) {
  str *kept = ARENA_ARRAY(table->arena, str, table->count);
  for (size_t i = 0; i < table->count; i++) {
    kept[i] = cells[i];
    if (str_chars(cells[i]) > table->widths[i]) table->widths[i] = str_chars(cells[i]);
  }
  *ARENA_PUSH(table->arena, table->rows, table->row_count) = kept;
}

static void add_line(const struct table *table, const str *cells, size_t indent, struct page *page) {
  size_t used = table->count;
  while (used && !cells[used - 1].len) used--;
  for (size_t i = 0; i < indent && used; i++) buf_char(page->text, ' ');
  for (size_t i = 0; i < used; i++) {
    if (table->columns[i].right) page_right(page, cells[i], table->widths[i]);
    else if (i + 1 == used) page_safe(page, cells[i]);
    else page_left(page, cells[i], table->widths[i]);
    if (i + 1 < used) buf_add(page->text, STR("  "));
  }
  page_end(page);
}

void table_text(const struct table *table, size_t indent, struct buf *text) {
  struct page page = page_of(text);
  str titles[TABLE_COLUMNS_MOST];
  for (size_t i = 0; i < table->count; i++) titles[i] = str_of(table->columns[i].title);
  if (table->row_count) add_line(table, titles, indent, &page);
  for (size_t i = 0; i < table->row_count; i++) add_line(table, table->rows[i], indent, &page);
}

str table_time(struct arena *arena, str time) {
  char *shown = arena_alloc(arena, time.len + 1);
  size_t len = 0;
  for (size_t i = 0; i < time.len; i++)
    if (time.at[i] == 'T') shown[len++] = ' ';
    else if (time.at[i] != 'Z') shown[len++] = time.at[i];
  return (str){ shown, len };
}
