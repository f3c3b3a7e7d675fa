/* codec/xlsx_read: a sheet of a workbook (.xlsx) to rows of text cells. */
#include "codec/xlsx_read.h"
#include "codec/xlsx_book.h"
#include "codec/xlsx_cells.h"

const struct xlsx_limits xlsx_default_limits = { .file_most = 32 << 20,
                                                 .part_most = 64 << 20,
                                                 .text_most = 64 << 20 };

struct reading {
  struct xlsx_zip *zip;
  struct xlsx_limits limits;
  struct arena *arena;
  struct xlsx_book book;
  struct xlsx_strings strings;
  xlsx_row_function *row;
  void *user;
};

static enum outcome read_strings(struct reading *reading, struct err *err) {
  struct buf xml;
  str part = reading->book.strings;
  if (!part.len) return OUT_OK;
  enum outcome out = xlsx_zip_part(reading->zip, part, reading->limits.part_most, &xml, err);
  if (!out) out = xlsx_strings_read(part, buf_str(&xml), reading->arena, &reading->strings, err);
  buf_free(&xml);
  return out;
}

static enum outcome read_cells(struct reading *reading, struct err *err) {
  struct buf xml;
  str part = reading->book.sheet;
  enum outcome out = xlsx_zip_part(reading->zip, part, reading->limits.part_most, &xml, err);
  if (!out)
    out = xlsx_cells_read(part, buf_str(&xml), &reading->strings, reading->limits.text_most, reading->row,
                          reading->user, err);
  buf_free(&xml);
  return out;
}

enum outcome xlsx_read(str bytes, str sheet, struct xlsx_limits limits, xlsx_row_function *row, void *user,
                       struct err *err) {
  struct reading reading = { .limits = limits, .row = row, .user = user };
  if (bytes.len > limits.file_most)
    return err_set(err, OUT_DATA, "the workbook is too large: %zu bytes, %zu at most", bytes.len,
                   limits.file_most);
  enum outcome out = xlsx_zip_open(bytes, &reading.zip, err);
  if (out) return out;
  reading.arena = arena_new();
  out = xlsx_book_find(reading.zip, sheet, limits.part_most, reading.arena, &reading.book, err);
  if (!out) out = read_strings(&reading, err);
  if (!out) out = read_cells(&reading, err);
  xlsx_strings_free(&reading.strings);
  arena_free(reading.arena);
  xlsx_zip_close(reading.zip);
  return out;
}
