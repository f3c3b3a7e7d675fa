/* load/rows_cell: one cell of a rows file: what its form says it is. */
#include "load/rows_cell.h"
#include "model/date.h"
#include "model/decimal.h"

#include <string.h>

/* From behind the opening quote to behind the closing one. */
static bool read_text(str line, size_t *at, struct arena *arena, struct rows_cell *cell, const char **why) {
  size_t start = ++*at, doubled = 0, i = start;
  for (; i < line.len; i++) {
    unsigned char c = (unsigned char)line.at[i];
    if (c < 0x20 || c == 0x7f) {
      *why = "a control character in a text";
      return false;
    }
    if (c != '"') continue;
    if (i + 1 >= line.len || line.at[i + 1] != '"') break;
    doubled++;
    i++;
  }
  if (i >= line.len) {
    *why = "a text without its closing quote";
    return false;
  }
  *cell = (struct rows_cell){ ROWS_TEXT, str_sub(line, start, i) };
  *at = i + 1;
  if (!doubled) return true;
  char *text = arena_alloc(arena, i - start + 1);
  size_t len = 0;
  for (size_t j = start; j < i; j++) {
    text[len++] = line.at[j];
    if (line.at[j] == '"') j++;
  }
  cell->text = (str){ text, len };
  return true;
}

static bool is_number(str text) {
  size_t i = text.len && text.at[0] == '-', digits = 0, places = 0;
  for (; i < text.len && text.at[i] >= '0' && text.at[i] <= '9'; i++) digits++;
  bool point = i < text.len && text.at[i] == '.';
  for (i += point; i < text.len && text.at[i] >= '0' && text.at[i] <= '9'; i++) places++;
  dec number;
  return i == text.len && digits && (!point || places) && dec_parse(text, DEC_PLAIN, &number);
}

static bool is_below(str text, size_t at, int64_t most) {
  int64_t value;
  return str_to_int(str_sub(text, at, at + 2), &value) && value >= 0 && value < most;
}

static bool is_time(str text) { /* 04:05:00 */
  return text.len == 8 && text.at[2] == ':' && text.at[5] == ':' && is_below(text, 0, 24) &&
         is_below(text, 3, 60) && is_below(text, 6, 60);
}

static bool is_date(str text) {
  int32_t date;
  return text.len == 10 && text.at[4] == '-' && text.at[7] == '-' &&
         date_parse(text, STR("YYYY-MM-DD"), &date);
}

static bool read_bare(str text, struct rows_cell *cell) {
  *cell = (struct rows_cell){ .text = text };
  if (!text.len) cell->text = (str){ NULL, 0 };
  else if (str_eq(text, STR("@"))) cell->form = ROWS_ASSIGNED;
  else if (is_date(text)) cell->form = ROWS_DATE;
  else if (text.len == 19 && text.at[10] == 'T' && is_date(str_sub(text, 0, 10)) &&
           is_time(str_sub(text, 11, 19)))
    cell->form = ROWS_MINUTE;
  else if (is_number(text)) cell->form = ROWS_NUMBER;
  else return false;
  return true;
}

bool rows_cell_read(str line, size_t *at, struct arena *arena, struct rows_cell *cell, const char **why) {
  if (*at < line.len && line.at[*at] == '"') return read_text(line, at, arena, cell, why);
  str rest = str_sub(line, *at, line.len);
  ptrdiff_t comma = str_find(rest, ',');
  str text = comma < 0 ? rest : str_sub(rest, 0, (size_t)comma);
  *at += text.len;
  *why = "neither a text in quotes, a number, a date, a time nor @";
  return read_bare(text, cell);
}
