/* report/summary: what a run did, as a table for the terminal and as JSON. */
#include "report/summary.h"
#include "report/page.h"

#include <string.h>

enum { COLUMNS = 7, GAP = 2 };

static const char *const titles[COLUMNS] = {
  "feed", "file", "rows", "rejected", "amount", "proof", "result"
};
static const bool right_aligned[COLUMNS] = { false, false, true, true, true, false, false };

str with_commas(uint64_t n, struct arena *arena) {
  char digits[21], *text = arena_alloc(arena, 27);
  size_t count = 0, len = 0;
  do digits[count++] = (char)('0' + n % 10);
  while (n /= 10);
  while (count) {
    text[len++] = digits[--count];
    if (count && count % 3 == 0) text[len++] = ',';
  }
  return (str){ text, len };
}

static str first_word(str text) {
  size_t end = 0;
  while (end < text.len && text.at[end] != ' ' && text.at[end] != ':') end++;
  return str_sub(text, 0, end);
}

/* Green: nothing to do. Yellow: somebody is waited for. Red: all else. */
static const char *colour_of(str result) {
  static const char *const green[] = { "released", "adopted", "skipped", "reversed", "written" };
  static const char *const yellow[] = { "ready", "held", "waiting", "taken" };
  str state = first_word(result);
  for (size_t i = 0; i < sizeof green / sizeof *green; i++)
    if (str_eq_fold(state, str_of(green[i]))) return "\033[32m";
  for (size_t i = 0; i < sizeof yellow / sizeof *yellow; i++)
    if (str_eq_fold(state, str_of(yellow[i]))) return "\033[33m";
  return "\033[31m";
}

static void fill_cells(const struct summary_row *row, struct arena *arena, str cells[COLUMNS]) {
  const str all[COLUMNS] = { row->feed,
                             row->file,
                             with_commas(row->rows, arena),
                             with_commas(row->rejected, arena),
                             row->amount.len ? row->amount : STR("-"),
                             row->proof.len ? row->proof : STR("-"),
                             row->result };
  memcpy(cells, all, sizeof all);
}

static void add_line(struct page *page, const str cells[COLUMNS], const size_t widths[COLUMNS],
                     const char *colour) {
  for (size_t i = 0; i < COLUMNS; i++) {
    bool last = i + 1 == COLUMNS;
    if (last && colour) buf_add(page->text, str_of(colour));
    if (last) page_safe(page, cells[i]);
    else if (right_aligned[i]) page_right(page, cells[i], widths[i]);
    else page_left(page, cells[i], widths[i]);
    if (last && colour) buf_add(page->text, STR("\033[0m"));
    if (!last) buf_add(page->text, STR("  "));
  }
  page_end(page);
}

static void add_notes(struct page *page, const struct summary_row *row) {
  if (!row->place.len && !row->note_count) return;
  page_end(page);
  page_safe(page, row->file.len ? row->file : row->feed);
  page_end(page);
  if (row->place.len) {
    page_to(page, GAP);
    page_wrap(page, row->place, GAP);
    page_end(page);
  }
  for (size_t i = 0; i < row->note_count; i++) {
    page_to(page, GAP);
    page_wrap(page, row->notes[i], GAP + GAP);
    page_end(page);
  }
}

void summary_text(const struct summary_row *rows, size_t count, bool colour, struct buf *text) {
  struct arena *arena = arena_new();
  struct page page = page_of(text);
  size_t widths[COLUMNS];
  str cells[COLUMNS];
  for (size_t i = 0; i < COLUMNS; i++) widths[i] = strlen(titles[i]);
  for (size_t r = 0; r < count; r++) {
    fill_cells(&rows[r], arena, cells);
    for (size_t i = 0; i < COLUMNS; i++)
      if (str_chars(cells[i]) > widths[i]) widths[i] = str_chars(cells[i]);
  }
  for (size_t i = 0; i < COLUMNS; i++) cells[i] = str_of(titles[i]);
  if (count) add_line(&page, cells, widths, NULL);
  for (size_t r = 0; r < count; r++) {
    fill_cells(&rows[r], arena, cells);
    add_line(&page, cells, widths, colour ? colour_of(rows[r].result) : NULL);
  }
  for (size_t r = 0; r < count; r++) add_notes(&page, &rows[r]);
  arena_free(arena);
}

/* JSON. Bytes that are not UTF-8 (file names can hold any) become U+FFFD. */

static void json_member(struct buf *out, const char *name, str text) {
  buf_printf(out, ", \"%s\": ", name);
  json_text(out, text);
}

static void json_row(const struct summary_row *row, struct buf *out) {
  buf_add(out, STR("  {\"feed\": "));
  json_text(out, row->feed);
  json_member(out, "file", row->file);
  buf_printf(out, ", \"rows\": %llu, \"rejected\": %llu", (unsigned long long)row->rows,
             (unsigned long long)row->rejected);
  json_member(out, "amount", row->amount);
  json_member(out, "proof", row->proof);
  json_member(out, "state", first_word(row->result));
  json_member(out, "result", row->result);
  json_member(out, "place", row->place);
  buf_add(out, STR(", \"notes\": ["));
  for (size_t i = 0; i < row->note_count; i++) {
    if (i) buf_add(out, STR(", "));
    json_text(out, row->notes[i]);
  }
  buf_add(out, STR("]}"));
}

void summary_json(const struct summary_row *rows, size_t count, struct buf *text) {
  buf_add(text, STR("["));
  for (size_t i = 0; i < count; i++) {
    buf_add(text, i ? STR(",\n") : STR("\n"));
    json_row(&rows[i], text);
  }
  buf_add(text, count ? STR("\n]\n") : STR("]\n"));
}
