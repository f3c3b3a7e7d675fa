/* fuzz/fuzz_xlsx: any bytes are rows in good order and good UTF-8, or are refused with a reason.
 *
 * A zip file's checksums keep a fuzzer out, so the first byte may lead past them:
 *   c  the XML of a sheet          s  the XML of shared strings
 *   p  the parts of a workbook, each up to a NUL byte, which are packed here
 *   else the file itself
 */
#include "../unit/codec/zip_parts.h"
#include "base/memory.h"
#include "codec/xlsx_cells.h"
#include "codec/xlsx_text.h"

static const struct xlsx_limits limits = { 1 << 20, 1 << 20, 1 << 20 };

static void must(bool holds) {
  if (!holds) abort();
}

/* What was read can be written, and is then read as the same. */
static void check_text(str text) {
  struct buf written = buf_new(16 << 20), back = buf_new(16 << 20);
  must(str_is_utf8(text, NULL) && str_find(text, '\0') < 0);
  xlsx_text_escape(text, &written);
  xlsx_text_unescape(buf_str(&written), &back);
  must(str_eq(buf_str(&back), text));
  buf_free(&written), buf_free(&back);
}

struct seen {
  uint32_t row;
  size_t text;
};

static enum outcome on_row(void *user, const struct xlsx_row *row, struct err *err) {
  struct seen *seen = user;
  (void)err;
  must(row->number > seen->row && row->number <= XLSX_ROWS_MOST && row->count);
  seen->row = row->number;
  for (size_t i = 0; i < row->count; i++) {
    const struct xlsx_cell *cell = &row->cells[i];
    must(cell->column < XLSX_COLUMNS_MOST && (!i || cell->column > row->cells[i - 1].column));
    must(cell->kind <= XLSX_DATE && (cell->text.len || cell->formula));
    seen->text += cell->text.len;
    if (seen->text < 1 << 16) check_text(cell->text);
  }
  must(seen->text <= limits.text_most);
  return OUT_OK;
}

static void check_outcome(enum outcome out, const struct err *err) {
  must(out == OUT_OK || (out == OUT_DATA && err->outcome == OUT_DATA && err->text[0]));
}

static void read_cells(str xml) {
  static str texts[] = { { "shared", 6 }, { "", 0 } };
  const struct xlsx_strings strings = { texts, 2, 2 };
  struct err err = { 0 };
  struct seen seen = { 0 };
  check_outcome(xlsx_cells_read(STR("c"), xml, &strings, limits.text_most, on_row, &seen, &err), &err);
}

static void read_strings(str xml) {
  struct err err = { 0 };
  struct arena *arena = arena_new();
  struct xlsx_strings strings = { 0 };
  check_outcome(xlsx_strings_read(STR("s"), xml, arena, &strings, &err), &err);
  for (size_t i = 0; i < strings.count; i++) check_text(strings.at[i]);
  xlsx_strings_free(&strings);
  arena_free(arena);
}

static void read_file(str bytes) {
  struct err err = { 0 };
  struct seen seen = { 0 };
  check_outcome(xlsx_read(bytes, STR_NONE, limits, on_row, &seen, &err), &err);
  seen = (struct seen){ 0 };
  check_outcome(xlsx_read(bytes, STR("Review"), limits, on_row, &seen, &err), &err);
}

static void read_parts(str rest) {
  static const char *const names[] = { "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels",
                                       "xl/sheet.xml", "xl/sharedStrings.xml" };
  enum { NAMES = sizeof names / sizeof *names };
  struct zip_part parts[NAMES + 1] = { { NULL, NULL } };
  struct arena *arena = arena_new();
  struct buf bytes = buf_new(ZIP_BYTES_MOST);
  str piece;
  for (size_t i = 0; i < NAMES && str_split(&rest, '\0', &piece); i++)
    parts[i] = (struct zip_part){ names[i], arena_text(arena, piece) };
  zip_parts(parts, NULL, &bytes);
  read_file(buf_str(&bytes));
  buf_free(&bytes);
  arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  str all = { (const char *)data, size }, rest = str_sub(all, 1, size);
  switch (size ? data[0] : 0) {
  case 'c': read_cells(rest); break;
  case 's': read_strings(rest); break;
  case 'p': read_parts(rest); break;
  default: read_file(all);
  }
  return 0;
}
