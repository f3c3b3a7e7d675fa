/* report/table: rows of cells as aligned columns for the terminal.
 *
 * Columns are as wide as their widest cell and parted by two blanks; the last
 * one is never padded. A table without rows is nothing, not even its titles.
 * Cells are borrowed until table_text; they may come from files and people (report/page).
 *
 *   static const struct table_column columns[] = { { "feed", false }, { "rows", true } };
 *   struct table *table = table_new(arena, columns, 2);
 *   table_row(table, (str[]){ STR("settlement"), STR("151") });
 *   table_text(table, 2, &text);
 */
#ifndef SLUICE_REPORT_TABLE_H
#define SLUICE_REPORT_TABLE_H

#include "base/buf.h"
#include "base/memory.h"

enum { TABLE_COLUMNS_MOST = 16 };

struct table_column {
  const char *title;
  bool right; /* numbers */
};

struct table;
struct table *table_new(struct arena *arena, const struct table_column *columns, size_t count);
void table_row(struct table *table, const str *cells); /* one for each column */
void table_text(const struct table *table, size_t indent, struct buf *text);

/* 2026-11-21T02:10:04Z -> 2026-11-21 02:10:04, for people */
str table_time(struct arena *arena, str time);

#endif
