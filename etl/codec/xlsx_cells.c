/* codec/xlsx_cells: the XML of one worksheet to rows of cells. */
#include "codec/xlsx_cells.h"
#include "codec/xlsx_text.h"
#include "codec/xlsx_xml.h"

enum { SHEET = 1, DATA, ROW, CELL, VALUE, FORMULA, INLINE, RUN, TEXT };

static const struct xlsx_step steps[] = {
  { XLSX_XML_TOP, SHEET, "worksheet", false },
  { SHEET, DATA, "sheetData", false },
  { DATA, ROW, "row", false },
  { ROW, CELL, "c", false },
  { CELL, VALUE, "v", true },
  { CELL, FORMULA, "f", false },
  { CELL, INLINE, "is", false },
  { INLINE, TEXT, "t", true },
  { INLINE, RUN, "r", false },
  { RUN, TEXT, "t", true },
  { 0, 0, NULL, false },
};

/* What a cell's t= says about its value. */
enum form { PLAIN, SHARED, INLINED, SPELT, TRUTH };
static const struct type {
  const char *name;
  enum xlsx_kind kind;
  enum form form;
} types[] = {
  { "n", XLSX_NUMBER, PLAIN },         { "s", XLSX_TEXT, SHARED },   { "str", XLSX_TEXT, SPELT },
  { "inlineStr", XLSX_TEXT, INLINED }, { "b", XLSX_BOOLEAN, TRUTH }, { "e", XLSX_ERROR, PLAIN },
  { "d", XLSX_DATE, PLAIN },
};
enum { TYPES = sizeof types / sizeof *types };

struct reading {
  const struct xlsx_strings *strings;
  size_t text_left;
  xlsx_row_function *row;
  void *user;

  uint32_t row_number; /* of the row that is open, or of the last */
  struct arena *row_texts;
  struct xlsx_cell *cells; /* of the row that is open */
  size_t count, room;

  uint32_t next_column;  /* 0-based */
  struct xlsx_cell cell; /* the one that is open */
  enum form form;
  struct buf text; /* of the cell that is open, when it has its own */
};

bool xlsx_cells_place(str text, uint32_t *row, uint32_t *column) {
  uint32_t letters = 0;
  int64_t number;
  size_t i = 0;
  while (i < text.len && i < 3 && text.at[i] >= 'A' && text.at[i] <= 'Z')
    letters = letters * 26 + (uint32_t)(text.at[i++] - 'A' + 1);
  str digits = str_sub(text, i, text.len);
  if (!letters || letters > XLSX_COLUMNS_MOST || !digits.len || digits.at[0] == '0') return false;
  if (!str_to_int(digits, &number) || number < 1 || number > XLSX_ROWS_MOST) return false;
  *row = (uint32_t)number;
  *column = letters - 1;
  return true;
}

/* Appends "B7" or "row 7". */
struct place_name {
  char text[16];
};
static struct place_name name_of(uint32_t row, uint32_t column) {
  struct place_name name = { "" };
  struct buf text = buf_new(sizeof name.text - 1);
  if (column >= 26 * 27) buf_char(&text, (char)('A' + (column - 26 * 27) / 676));
  if (column >= 26) buf_char(&text, (char)('A' + (column - 26) / 26 % 26));
  buf_char(&text, (char)('A' + column % 26));
  buf_printf(&text, "%u", row);
  memcpy(name.text, text.at, text.len);
  buf_free(&text);
  return name;
}

static struct place_name here(const struct reading *reading) {
  return name_of(reading->row_number, reading->cell.column);
}

static enum outcome start_row(struct reading *reading, const struct xlsx_attributes *attributes,
                              struct err *err) {
  str text;
  int64_t number = (int64_t)reading->row_number + 1;
  if (xlsx_attribute(attributes, "r", &text) && (!str_to_int(text, &number) || number < 1))
    return err_set(err, OUT_DATA, "\"%.*s\", after row %u, is no row number",
                   STR_ARG(str_left_chars(text, 40)), reading->row_number);
  if (number <= reading->row_number)
    return err_set(err, OUT_DATA, "row %lld stands after row %u", (long long)number, reading->row_number);
  if (number > XLSX_ROWS_MOST)
    return err_set(err, OUT_DATA, "row %lld, a sheet has %d at most", (long long)number, XLSX_ROWS_MOST);
  reading->row_number = (uint32_t)number;
  reading->next_column = 0;
  reading->count = 0;
  arena_reset(reading->row_texts);
  return OUT_OK;
}

static enum outcome take_place(struct reading *reading, const struct xlsx_attributes *attributes,
                               struct err *err) {
  str text;
  uint32_t row = reading->row_number, column = reading->next_column;
  if (xlsx_attribute(attributes, "r", &text) && !xlsx_cells_place(text, &row, &column))
    return err_set(err, OUT_DATA, "\"%.*s\", in row %u, is no cell of a sheet",
                   STR_ARG(str_left_chars(text, 40)), row);
  if (column >= XLSX_COLUMNS_MOST)
    return err_set(err, OUT_DATA, "more than %d cells in row %u", XLSX_COLUMNS_MOST, row);
  if (row != reading->row_number)
    return err_set(err, OUT_DATA, "cell %s stands in row %u", name_of(row, column).text, reading->row_number);
  if (column < reading->next_column)
    return err_set(err, OUT_DATA, "cell %s stands after cell %s", name_of(row, column).text,
                   name_of(row, reading->next_column - 1).text);
  reading->cell.column = column;
  reading->next_column = column + 1;
  return OUT_OK;
}

static enum outcome start_cell(struct reading *reading, const struct xlsx_attributes *attributes,
                               struct err *err) {
  str name = STR("n");
  buf_clear(&reading->text);
  reading->cell = (struct xlsx_cell){ 0 };
  enum outcome out = take_place(reading, attributes, err);
  if (out) return out;
  xlsx_attribute(attributes, "t", &name);
  for (size_t i = 0; i < TYPES; i++) {
    if (!str_eq(name, str_of(types[i].name))) continue;
    reading->cell.kind = types[i].kind;
    reading->form = types[i].form;
    return OUT_OK;
  }
  return err_set(err, OUT_DATA, "cell %s is of the unknown type \"%.*s\"", here(reading).text,
                 STR_ARG(str_left_chars(name, 40)));
}

static enum outcome on_start(void *user, unsigned state, const struct xlsx_attributes *attributes,
                             struct err *err) {
  struct reading *reading = user;
  if (state == ROW) return start_row(reading, attributes, err);
  if (state == CELL) return start_cell(reading, attributes, err);
  if (state == FORMULA) reading->cell.formula = true;
  return OUT_OK;
}

static enum outcome take_shared(struct reading *reading, str value, struct err *err) {
  int64_t index;
  if (!str_to_int(str_trim(value), &index) || index < 0 || (uint64_t)index >= reading->strings->count)
    return err_set(err, OUT_DATA, "cell %s refers to shared string %.*s, there are %zu", here(reading).text,
                   STR_ARG(str_left_chars(value, 40)), reading->strings->count);
  reading->cell.text = reading->strings->at[index];
  return OUT_OK;
}

static enum outcome take_truth(struct reading *reading, str value, struct err *err) {
  str text = str_trim(value);
  if (str_eq(text, STR("1"))) buf_add(&reading->text, STR("TRUE"));
  else if (str_eq(text, STR("0"))) buf_add(&reading->text, STR("FALSE"));
  else
    return err_set(err, OUT_DATA, "cell %s is a boolean of value \"%.*s\"", here(reading).text,
                   STR_ARG(str_left_chars(value, 40)));
  return OUT_OK;
}

/* An inline cell has its text in <is>; a <v> beside it says nothing. */
static enum outcome take_value(struct reading *reading, str value, struct err *err) {
  if (reading->form != INLINED) buf_clear(&reading->text);
  if (reading->form == PLAIN) buf_add(&reading->text, value);
  if (reading->form == SPELT) xlsx_text_unescape(value, &reading->text);
  if (reading->form == TRUTH) return take_truth(reading, value, err);
  return reading->form == SHARED ? take_shared(reading, value, err) : OUT_OK;
}

static enum outcome end_cell(struct reading *reading, struct err *err) {
  struct xlsx_cell *cell = &reading->cell;
  if (reading->form != SHARED && reading->text.len)
    cell->text = arena_str(reading->row_texts, buf_str(&reading->text));
  if (!cell->text.len && !cell->formula) return OUT_OK;
  if (!cell->text.len) cell->text = STR_NONE;
  if (cell->text.len > reading->text_left)
    return err_set(err, OUT_DATA, "the cells up to %s hold more text than can be taken", here(reading).text);
  reading->text_left -= cell->text.len;
  if (reading->count == reading->room) {
    reading->room = reading->room ? reading->room * 2 : 32;
    reading->cells = mem_grow(reading->cells, reading->room * sizeof *reading->cells);
  }
  reading->cells[reading->count++] = *cell;
  return OUT_OK;
}

static enum outcome on_end(void *user, unsigned state, str text, struct err *err) {
  struct reading *reading = user;
  if (state == TEXT && reading->form == INLINED) xlsx_text_unescape(text, &reading->text);
  if (state == VALUE) return take_value(reading, text, err);
  if (state == CELL) return end_cell(reading, err);
  if (state != ROW || !reading->count) return OUT_OK;
  const struct xlsx_row row = { reading->row_number, reading->cells, reading->count };
  return reading->row(reading->user, &row, err);
}

enum outcome xlsx_cells_read(str part, str xml, const struct xlsx_strings *strings, size_t text_most,
                             xlsx_row_function *row, void *user, struct err *err) {
  static const struct xlsx_plan plan = { steps, on_start, on_end };
  struct reading reading = { .strings = strings,
                             .text_left = text_most,
                             .row = row,
                             .user = user,
                             .row_texts = arena_new(),
                             .text = buf_new(xml.len + 1) };
  enum outcome out = xlsx_xml_walk(part, xml, &plan, &reading, err);
  buf_free(&reading.text);
  mem_free(reading.cells);
  arena_free(reading.row_texts);
  return out;
}
