/* fuzz/fuzz_csv: any chunking of a CSV file gives the same rows or the same error; what is written reads
 * back.
 *
 * The first byte chooses the mark and the limits, the second the chunks, the rest is the file. To write, the
 * file is taken as fields: 0xfe ends a field, 0xfd a row.
 */
#include "codec/csv.h"

#include <stdlib.h>
#include <string.h>

enum { SHOWN_MOST = 64 << 20 };
static const char marks[] = { '\0', ',', ';', '\t' };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void show_field(struct buf *shown, str field) {
  buf_printf(shown, "%zu:", field.len);
  buf_add(shown, field);
}

static enum outcome show_row(void *user, const struct csv_row *row, struct err *err) {
  struct buf *shown = user;
  (void)err;
  if (!row->count || !row->line) abort();
  buf_printf(shown, "%llu[", (unsigned long long)row->line);
  for (size_t i = 0; i < row->count; i++) show_field(shown, row->fields[i]);
  buf_char(shown, ']');
  return OUT_OK;
}

/* step 0: chunks of 1 to 16 bytes, by `seed`. Each chunk is a copy of its own size, so that a sanitizer sees
 * a byte read past it or kept from one call to the next. */
static struct buf read_all(str bytes, size_t step, unsigned seed, char mark, struct csv_limits limits) {
  struct buf shown = buf_new(SHOWN_MOST);
  struct csv_reader *csv = csv_reader_new(mark, limits);
  struct err err = { 0 };
  enum outcome out = OUT_OK;
  do {
    seed = seed * 1103515245u + 12345u;
    str some = str_sub(bytes, 0, step ? step : 1 + (seed >> 16) % 16);
    bytes = str_sub(bytes, some.len, bytes.len);
    char *copy = malloc(some.len + 1);
    if (!copy) abort();
    if (some.len) memcpy(copy, some.at, some.len);
    out = csv_feed(csv, (str){ copy, some.len }, !bytes.len, show_row, &shown, &err);
    free(copy);
  } while (!out && bytes.len);
  if (out && (out != OUT_DATA || err.outcome != out || !err.line || !err.column)) abort();
  if (out)
    buf_printf(&shown, "%llu:%llu: %s", (unsigned long long)err.line, (unsigned long long)err.column,
               err.text);
  csv_reader_free(csv);
  return shown;
}

static void check_chunks(str bytes, unsigned seed, char mark, struct csv_limits limits) {
  static const size_t steps[] = { 1, 2, 3, 7, 0 };
  struct buf want = read_all(bytes, SIZE_MAX, 0, mark, limits);
  for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
    struct buf got = read_all(bytes, steps[i], seed, mark, limits);
    if (!str_eq(buf_str(&got), buf_str(&want))) abort();
    buf_free(&got);
  }
  buf_free(&want);
}

struct expected {
  struct buf file, shown;
  uint64_t line;
  char mark;
};

static uint64_t line_ends(str s) {
  uint64_t count = 0;
  for (size_t i = 0; i < s.len; i++)
    count += s.at[i] == '\r' || (s.at[i] == '\n' && (!i || s.at[i - 1] != '\r'));
  return count;
}

/* Every row begins with a field "x": a row of one empty field is a blank line, and "sep=" or a byte order
 * mark must not stand first. */
static void expect_row(struct expected *expected, str row) {
  str field;
  buf_printf(&expected->shown, "%llu[1:x", (unsigned long long)expected->line);
  buf_char(&expected->file, 'x');
  while (str_split(&row, '\xfe', &field)) {
    buf_char(&expected->file, expected->mark);
    csv_write_field(&expected->file, field, expected->mark);
    show_field(&expected->shown, field);
    expected->line += line_ends(field);
  }
  buf_char(&expected->shown, ']');
  buf_add(&expected->file, STR("\r\n"));
  expected->line++;
}

static void check_written(str bytes, char mark) {
  struct expected expected = { buf_new(SHOWN_MOST), buf_new(SHOWN_MOST), 1, mark ? mark : ',' };
  struct csv_limits limits = { bytes.len + 1, bytes.len + 2 };
  str row;
  if (bytes.len && memchr(bytes.at, '\0', bytes.len)) return;
  while (str_split(&bytes, '\xfd', &row)) expect_row(&expected, row);
  struct buf got = read_all(buf_str(&expected.file), SIZE_MAX, 0, expected.mark, limits);
  if (!str_eq(buf_str(&got), buf_str(&expected.shown))) abort();
  buf_free(&got);
  buf_free(&expected.file);
  buf_free(&expected.shown);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 2) return 0;
  static const struct csv_limits small = { 6, 4 };
  char mark = marks[data[0] % sizeof marks];
  str bytes = { (const char *)data + 2, size - 2 };
  check_chunks(bytes, data[1], mark, data[0] & 4 ? small : csv_default_limits);
  check_written(bytes, mark);
  return 0;
}
