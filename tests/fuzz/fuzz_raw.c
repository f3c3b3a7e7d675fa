/* fuzz/fuzz_raw: any chunking of a file gives the same raw rows, none of a byte is lost within them, and
 * where the csv reader takes the file, both meet the same rows on the same lines.
 *
 * The first byte chooses TSV or CSV and the mark, the rest is the file.
 */
#include "codec/csv.h"
#include "codec/raw.h"

#include <stdlib.h>
#include <string.h>

enum { SHOWN_MOST = 64 << 20 };
static const char marks[] = { '\0', ',', ';', '\t' };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct shown {
  struct buf all, lines;
  uint64_t rows;
};

static enum outcome show(void *user, const struct raw_row *row, struct err *err) {
  struct shown *shown = user;
  (void)err;
  if (row->kind == RAW_ROW && row->number != ++shown->rows) abort();
  if (!row->line || row->end.len > 2) abort();
  buf_printf(&shown->all, "%d %llu %llu %zu:", (int)row->kind, (unsigned long long)row->number,
             (unsigned long long)row->line, row->bytes.len);
  buf_add(&shown->all, row->bytes);
  buf_add(&shown->all, row->end);
  if (row->kind != RAW_BEFORE) buf_printf(&shown->lines, "%llu ", (unsigned long long)row->line);
  return OUT_OK;
}

static struct shown read_all(bool csv, char mark, str bytes, size_t step) {
  struct shown shown = { buf_new(SHOWN_MOST), buf_new(SHOWN_MOST), 0 };
  struct raw_reader *raw = raw_reader_new(csv, mark);
  struct err err = { 0 };
  do {
    str piece = str_sub(bytes, 0, step < bytes.len ? step : bytes.len);
    bytes = str_sub(bytes, piece.len, bytes.len);
    char *copy = malloc(piece.len + 1);
    if (!copy) abort();
    if (piece.len) memcpy(copy, piece.at, piece.len);
    if (raw_feed(raw, (str){ copy, piece.len }, !bytes.len, show, &shown, &err)) abort();
    free(copy);
  } while (bytes.len);
  raw_reader_free(raw);
  return shown;
}

/* Cells of a row, joined by the mark again, are the row. */
static void check_cut(bool csv, char mark, str bytes) {
  struct raw_reader *raw = raw_reader_new(csv, mark ? mark : ',');
  struct arena *arena = arena_new();
  str *cells;
  size_t count = raw_cut(raw, bytes, arena, &cells), len = count - 1;
  for (size_t i = 0; i < count; i++) {
    len += cells[i].len;
    if (raw_plain(raw, cells[i], arena).len > cells[i].len) abort();
  }
  if (len != bytes.len) abort();
  arena_free(arena);
  raw_reader_free(raw);
}

static enum outcome note_line(void *user, const struct csv_row *row, struct err *err) {
  (void)err;
  buf_printf(user, "%llu ", (unsigned long long)row->line);
  return OUT_OK;
}

static void check_with_csv(char mark, str bytes, const struct shown *shown) {
  struct buf lines = buf_new(SHOWN_MOST);
  struct err err = { 0 };
  struct csv_reader *csv = csv_reader_new(mark, csv_default_limits);
  bool good = !csv_feed(csv, bytes, true, note_line, &lines, &err);
  if (good && !str_eq(buf_str(&lines), buf_str(&shown->lines))) abort();
  csv_reader_free(csv);
  buf_free(&lines);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const size_t steps[] = { 1, 2, 3, 7 };
  if (!size) return 0;
  bool csv = data[0] & 4;
  char mark = marks[data[0] % sizeof marks];
  str bytes = { (const char *)data + 1, size - 1 };
  struct shown want = read_all(csv, mark, bytes, SIZE_MAX);
  for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
    struct shown got = read_all(csv, mark, bytes, steps[i]);
    if (!str_eq(buf_str(&got.all), buf_str(&want.all))) abort();
    buf_free(&got.all);
    buf_free(&got.lines);
  }
  check_cut(csv, mark, bytes);
  if (csv) check_with_csv(mark, bytes, &want);
  buf_free(&want.all);
  buf_free(&want.lines);
  return 0;
}
