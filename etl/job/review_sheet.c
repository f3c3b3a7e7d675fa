/* job/review_sheet: questions as a sheet for people, and a filled sheet back as rows of cells. */
#include "job/review_sheet.h"
#include "codec/csv.h"
#include "codec/xlsx_read.h"
#include "codec/xlsx_write.h"
#include "io/charset.h"
#include "model/schema.h"

#include <string.h>

enum { ROWS_MOST = 100000, CELL_MOST = 4000 };

const char *const review_titles[REVIEW_COLUMNS] = { "id",     "feed",       "source file",   "row",
                                                    "field",  "value",      "what is wrong", "suggestion",
                                                    "answer", "answered by" };

/* --- out --- */

/* Cells are shown to people: no control characters, no bytes that are no UTF-8. */
static str presentable(struct arena *arena, str text) {
  str cut = str_left_chars(text, CELL_MOST);
  size_t bad = 0;
  if (!str_is_utf8(cut, &bad)) return arena_printf(arena, "%.*s (not readable)", (int)bad, cut.at);
  char *clean = arena_alloc(arena, cut.len + 1);
  for (size_t i = 0; i < cut.len; i++)
    clean[i] = (unsigned char)cut.at[i] < ' ' || cut.at[i] == 0x7f ? ' ' : cut.at[i];
  return str_trim((str){ clean, cut.len });
}

void review_cells(const struct question *q, struct arena *arena, str cells[REVIEW_COLUMNS]) {
  const str all[REVIEW_COLUMNS] = { q->id,    q->feed, q->file,    q->row,   q->field,
                                    q->value, q->text, q->suggest, STR_NONE, STR_NONE };
  for (size_t i = 0; i < REVIEW_COLUMNS; i++) cells[i] = presentable(arena, all[i]);
}

static void shown_cells(const struct review_page *page, const struct question *q, struct arena *arena,
                        str cells[REVIEW_COLUMNS]) {
  review_cells(q, arena, cells);
  if (q->line && q->line <= page->since)
    cells[REVIEW_TEXT] = arena_printf(arena, "%.*s (known since %.*s)", STR_ARG(cells[REVIEW_TEXT]),
                                      STR_ARG(str_sub(q->since, 0, 10)));
}

/* Also with apostrophes before it, so that one more can be told from those that were there. */
static bool looks_like_formula(str text) {
  while (text.len && text.at[0] == '\'') text = str_sub(text, 1, text.len);
  return text.len && memchr("=+-@", text.at[0], 4) != NULL;
}

enum outcome review_sheet_csv(const struct review_page *page, struct buf *bytes, struct err *err) {
  struct arena *arena = arena_new();
  buf_add(bytes, STR("\xef\xbb\xbf"));
  for (size_t i = 0; i < REVIEW_COLUMNS; i++)
    buf_printf(bytes, "%s%s", review_titles[i], i + 1 < REVIEW_COLUMNS ? "," : "\r\n");
  for (size_t i = 0; i < page->count; i++) {
    str cells[REVIEW_COLUMNS];
    if (!page->questions[i].open) continue;
    shown_cells(page, &page->questions[i], arena, cells);
    for (size_t j = 0; j < REVIEW_COLUMNS; j++) {
      str cell = looks_like_formula(cells[j]) ? arena_printf(arena, "'%.*s", STR_ARG(cells[j])) : cells[j];
      csv_write_field(bytes, cell, ',');
      buf_add(bytes, j + 1 < REVIEW_COLUMNS ? STR(",") : STR("\r\n"));
    }
  }
  arena_free(arena);
  return bytes->full ? err_set(err, OUT_DATA, "the review sheet is too large") : OUT_OK;
}

enum outcome review_sheet_xlsx(const struct review_page *page, const char *scratch, struct buf *bytes,
                               struct err *err) {
  static const unsigned widths[REVIEW_COLUMNS] = { 11, 12, 24, 7, 24, 30, 60, 40, 24, 14 };
  struct xlsx_column columns[REVIEW_COLUMNS];
  for (size_t i = 0; i < REVIEW_COLUMNS; i++)
    columns[i] = (struct xlsx_column){ str_of(review_titles[i]), widths[i], i >= REVIEW_ANSWER };
  struct xlsx_sheet sheet = { .name = STR("Review"), .columns = columns, .count = REVIEW_COLUMNS };
  sheet.created = page->created > 0 ? page->created : 1;
  struct xlsx_writer *writer;
  enum outcome out = xlsx_write_new(&sheet, scratch, &writer, err);
  if (out) return out;
  struct arena *arena = arena_new();
  for (size_t i = 0; i < page->count && !out; i++) {
    str cells[REVIEW_COLUMNS];
    if (!page->questions[i].open) continue;
    shown_cells(page, &page->questions[i], arena, cells);
    out = xlsx_write_row(writer, cells, REVIEW_COLUMNS, err);
  }
  if (!out) out = xlsx_write_finish(writer, bytes, err);
  xlsx_write_free(writer);
  arena_free(arena);
  return out;
}

/* --- in --- */

struct reading {
  struct arena *arena;
  struct review_table *table;
  bool titled;
  int places[REVIEW_COLUMNS]; /* the column of the file; -1: none */
};

struct given {
  uint64_t number;
  const struct review_cell *cells; /* by column of the file */
  size_t count;
};

static enum outcome read_titles(struct reading *reading, const struct given *given, struct err *err) {
  for (int i = 0; i < REVIEW_COLUMNS; i++) {
    str wanted = header_fold(str_of(review_titles[i]), reading->arena);
    reading->places[i] = -1;
    for (size_t j = 0; j < given->count && reading->places[i] < 0; j++)
      if (str_eq(header_fold(given->cells[j].text, reading->arena), wanted)) reading->places[i] = (int)j;
    reading->table->has[i] = reading->places[i] >= 0;
  }
  reading->titled = true;
  static const int needed[] = { REVIEW_ID, REVIEW_ANSWER, REVIEW_BY };
  for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
    if (reading->places[needed[i]] < 0)
      return err_set(err, OUT_DATA, "this is no review sheet: its first row has no column \"%s\"",
                     review_titles[needed[i]]);
  return OUT_OK;
}

static enum outcome read_row(struct reading *reading, const struct given *given, struct err *err) {
  if (!reading->titled) return read_titles(reading, given, err);
  struct review_row row = { .number = given->number };
  for (size_t i = 0; i < REVIEW_COLUMNS; i++) {
    int place = reading->places[i];
    if (place < 0 || (size_t)place >= given->count) continue;
    row.cells[i] = given->cells[place];
    row.cells[i].text = arena_str(reading->arena, str_trim(row.cells[i].text));
  }
  if (!row.cells[REVIEW_ID].text.len && !row.cells[REVIEW_ANSWER].text.len && !row.cells[REVIEW_BY].text.len)
    return OUT_OK;
  if (reading->table->count >= ROWS_MOST)
    return err_set(err, OUT_DATA, "more than %d rows: this is no review sheet of ours", ROWS_MOST);
  *ARENA_PUSH(reading->arena, reading->table->rows, reading->table->count) = row;
  return OUT_OK;
}

/* 1.23E+17, 4,01E+03: what Excel makes of long digits, and what it saves as .csv. */
static bool is_scientific(str text) {
  size_t at = 0, digits = 0;
  while (at < text.len &&
         ((text.at[at] >= '0' && text.at[at] <= '9') || text.at[at] == '.' || text.at[at] == ','))
    digits += text.at[at] != '.' && text.at[at] != ',', at++;
  if (!digits || at + 2 >= text.len || (text.at[at] != 'E' && text.at[at] != 'e')) return false;
  if (text.at[at + 1] != '+' && text.at[at + 1] != '-') return false;
  for (at += 2; at < text.len; at++)
    if (text.at[at] < '0' || text.at[at] > '9') return false;
  return true;
}

static enum outcome csv_row(void *user, const struct csv_row *row, struct err *err) {
  struct reading *reading = user;
  struct review_cell *cells = ARENA_ARRAY(reading->arena, struct review_cell, row->count + 1);
  for (size_t i = 0; i < row->count; i++) {
    str text = row->fields[i];
    if (text.len > 1 && text.at[0] == '\'' && looks_like_formula(str_sub(text, 1, text.len)))
      text = str_sub(text, 1, text.len);
    cells[i] = (struct review_cell){ text, is_scientific(str_trim(text)) };
  }
  struct given given = { row->line, cells, row->count };
  return read_row(reading, &given, err);
}

static enum outcome xlsx_row(void *user, const struct xlsx_row *row, struct err *err) {
  enum { COLUMNS_MOST = 200 }; /* what stands further out is none of ours */
  struct reading *reading = user;
  struct review_cell *cells = ARENA_ARRAY(reading->arena, struct review_cell, COLUMNS_MOST);
  size_t count = 0;
  for (size_t i = 0; i < row->count && row->cells[i].column < COLUMNS_MOST; i++) {
    const struct xlsx_cell *cell = &row->cells[i];
    while (count < cell->column) cells[count++] = (struct review_cell){ STR_NONE, false };
    bool rewritten = cell->kind != XLSX_TEXT || cell->formula;
    cells[count++] = (struct review_cell){ cell->text, rewritten };
  }
  struct given given = { row->number, cells, count };
  return read_row(reading, &given, err);
}

static enum outcome read_csv(str bytes, struct reading *reading, struct err *err) {
  struct buf utf8 = buf_new((size_t)REVIEW_BYTES_MOST * 3);
  enum outcome out = OUT_OK;
  if (!str_is_utf8(bytes, NULL)) {
    struct charset_reader *reader = charset_reader_new(CHARSET_WINDOWS_1252);
    out = charset_to_utf8(reader, bytes, true, &utf8, err);
    charset_reader_free(reader);
    bytes = buf_str(&utf8);
  }
  struct csv_reader *csv = csv_reader_new(0, csv_default_limits);
  if (!out) out = csv_feed(csv, bytes, true, csv_row, reading, err);
  csv_reader_free(csv);
  buf_free(&utf8);
  return out;
}

enum outcome review_sheet_read(str bytes, struct arena *arena, struct review_table *table, struct err *err) {
  struct reading reading = { .arena = arena, .table = table };
  *table = (struct review_table){ 0 };
  if (bytes.len > REVIEW_BYTES_MOST) return err_set(err, OUT_DATA, "larger than a review sheet can be");
  bool zip = str_starts(bytes, STR("PK\x03\x04")), ole = str_starts(bytes, STR("\xd0\xcf\x11\xe0"));
  enum outcome out = zip || ole ? xlsx_read(bytes, STR_NONE, xlsx_default_limits, xlsx_row, &reading, err)
                                : read_csv(bytes, &reading, err);
  if (out) return out;
  return reading.titled ? OUT_OK : err_set(err, OUT_DATA, "the sheet is empty");
}
