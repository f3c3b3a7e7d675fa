/* report/proof_lines: the table of what one output holds, line by line, with the rows behind each line. */
#include "report/page.h"
#include "report/proof_internal.h"
#include "report/summary.h"

#include <string.h>

enum { ENTRY = 4, COLUMNS = 4, GAP = 2, RECORD_MOST = 24 };

/* 12345.60 -> 12,345.60; anything else as it is. */
static str grouped(str sum, struct arena *arena) {
  size_t start = sum.len && sum.at[0] == '-', whole = start;
  while (whole < sum.len && sum.at[whole] >= '0' && sum.at[whole] <= '9') whole++;
  if (whole == start || (whole < sum.len && sum.at[whole] != '.')) return sum;
  char *text = arena_alloc(arena, sum.len + sum.len / 3 + 1);
  size_t len = 0;
  for (size_t i = 0; i < sum.len; i++) {
    if (i > start && i < whole && (whole - i) % 3 == 0) text[len++] = ',';
    text[len++] = sum.at[i];
  }
  return (str){ text, len };
}

/* line, rows, sum, record */
static void cells_of(const struct proof_line *line, struct arena *arena, str cells[COLUMNS]) {
  cells[0] = arena_printf(arena, "%llu", (unsigned long long)line->line);
  cells[1] = line->rows ? with_commas(line->rows, arena) : STR("-");
  cells[2] = line->sum.len ? grouped(line->sum, arena) : STR("-");
  cells[3] = line->record;
}

static void measure(const struct proof_output *output, struct arena *arena, size_t widths[COLUMNS]) {
  str cells[COLUMNS];
  for (size_t i = 0; i < output->line_count; i++) {
    cells_of(&output->lines[i], arena, cells);
    for (size_t c = 0; c < COLUMNS; c++) {
      size_t chars = str_chars(cells[c]);
      if ((c < 3 || chars <= RECORD_MOST) && chars > widths[c]) widths[c] = chars;
    }
  }
}

static void add_cells(struct page *page, const str cells[COLUMNS], const size_t widths[COLUMNS]) {
  page_to(page, ENTRY);
  for (size_t c = 0; c < COLUMNS; c++) {
    if (c < 3) page_right(page, cells[c], widths[c]);
    else page_left(page, str_left_chars(cells[c], widths[c]), widths[c]);
    buf_add(page->text, STR("  "));
  }
}

void proof_lines(struct page *page, const struct proof_output *output, bool named) {
  struct arena *arena = arena_new();
  size_t widths[COLUMNS] = { 4, 4, 3, 6 };
  str cells[COLUMNS] = { STR("line"), STR("rows"), STR("sum"), STR("record") };
  if (output->line_count) {
    measure(output, arena, widths);
    size_t indent = ENTRY + COLUMNS * GAP;
    for (size_t c = 0; c < COLUMNS; c++) indent += widths[c];
    page_end(page);
    page_to(page, GAP);
    page_safe(page, STR("Lines"));
    if (named) page_wrapf(page, GAP, " of %.*s", STR_ARG(output->name));
    page_end(page);
    add_cells(page, cells, widths);
    page_safe(page, STR("fields"));
    page_end(page);
    for (size_t i = 0; i < output->line_count; i++) {
      const struct proof_line *line = &output->lines[i];
      cells_of(line, arena, cells);
      add_cells(page, cells, widths);
      str shown = line->label.len
                      ? arena_printf(arena, "%.*s: %.*s", STR_ARG(line->label), STR_ARG(line->detail))
                      : line->detail;
      page_wrap(page, shown, indent);
      page_end(page);
    }
  }
  arena_free(arena);
}
