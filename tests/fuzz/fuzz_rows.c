/* fuzz/fuzz_rows: a rows file that is accepted can be written again, byte for byte; read in single bytes it
 * is the same, and so is what is wrong in it. */
#include "base/buf.h"
#include "load/rows_read.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct bytes {
  str text;
  size_t at, piece;
};

static enum outcome read_bytes(void *user, char *to, size_t room, size_t *got, struct err *err) {
  struct bytes *bytes = user;
  (void)err;
  *got = bytes->text.len - bytes->at;
  if (*got > room) *got = room;
  if (bytes->piece && *got > bytes->piece) *got = bytes->piece;
  if (*got) memcpy(to, bytes->text.at + bytes->at, *got);
  bytes->at += *got;
  return *got ? OUT_OK : OUT_END;
}

static void add_kinds(const struct rows_reader *reader, struct buf *out) {
  size_t count;
  const struct rows_kind *kinds = rows_kinds(reader, &count);
  buf_printf(out, "sluice rows 1 %.*s\n", STR_ARG(rows_schema(reader)));
  for (size_t i = 0; i < count; i++) {
    buf_printf(out, "=%.*s%s", STR_ARG(kinds[i].name), kinds[i].change ? " change" : "");
    for (size_t j = 0; j < kinds[i].count; j++)
      buf_printf(out, ",%.*s%s", STR_ARG(kinds[i].columns[j].name), kinds[i].columns[j].found_by ? "?" : "");
    buf_char(out, '\n');
  }
}

static void add_cell(const struct rows_cell *cell, struct buf *out) {
  buf_char(out, ',');
  if (cell->form != ROWS_TEXT) {
    buf_add(out, cell->text);
    return;
  }
  buf_char(out, '"');
  for (size_t i = 0; i < cell->text.len; i++) {
    if (cell->text.at[i] == '"') buf_char(out, '"');
    buf_char(out, cell->text.at[i]);
  }
  buf_char(out, '"');
}

static void add_document(const struct rows_document *document, struct buf *out) {
  buf_printf(out, "+%.*s\n", STR_ARG(document->key));
  for (size_t i = 0; i < document->count; i++) {
    const struct rows_row *row = &document->rows[i];
    buf_add(out, row->kind->name);
    for (size_t j = 0; j < row->kind->count; j++) add_cell(&row->cells[j], out);
    buf_char(out, '\n');
  }
}

static enum outcome read_all(str text, size_t piece, struct buf *out, struct err *err) {
  struct bytes bytes = { text, 0, piece };
  struct rows_reader *reader;
  struct rows_document document;
  struct arena *arena = arena_new();
  enum outcome got = rows_open_source(read_bytes, &bytes, &reader, err);
  if (!got) add_kinds(reader, out);
  while (!got && !(got = rows_next(reader, arena, &document, err))) {
    add_document(&document, out);
    arena_reset(arena);
  }
  rows_close(reader);
  arena_free(arena);
  if (got == OUT_END) buf_add(out, STR(".\n"));
  return got;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  str text = { (const char *)data, size };
  struct buf whole = buf_new(1 << 24), single = buf_new(1 << 24);
  struct err whole_err = { 0 }, single_err = { 0 };
  enum outcome out = read_all(text, 0, &whole, &whole_err);
  if (out != OUT_END && (out != OUT_DATA || !whole_err.line)) abort();
  if (out == OUT_END && !str_eq(buf_str(&whole), text)) abort();
  if (read_all(text, 1, &single, &single_err) != out || single_err.line != whole_err.line ||
      !str_eq(buf_str(&single), buf_str(&whole)))
    abort();
  buf_free(&whole);
  buf_free(&single);
  return 0;
}
