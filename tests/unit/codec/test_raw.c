/* unit/codec/test_raw: rows come as their bytes, with the numbers and lines that the csv reader gives them.
 */
#include "codec/raw.h"
#include "codec/csv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static enum outcome show(void *user, const struct raw_row *row, struct err *err) {
  static const char *const kinds[] = { "before", "header", "row" };
  struct buf *shown = user;
  (void)err;
  buf_printf(shown, "%s %d %d [", kinds[row->kind], (int)row->number, (int)row->line);
  buf_add(shown, row->bytes);
  buf_add(shown, STR("]["));
  buf_add(shown, row->end);
  buf_add(shown, STR("]\n"));
  return OUT_OK;
}

static void read_as(bool csv, char mark, str bytes, size_t step, struct buf *shown) {
  struct raw_reader *raw = raw_reader_new(csv, mark);
  struct err err = { 0 };
  do {
    str piece = str_sub(bytes, 0, step < bytes.len ? step : bytes.len);
    bytes = str_sub(bytes, piece.len, bytes.len);
    assert_int_equal(raw_feed(raw, piece, !bytes.len, show, shown, &err), OUT_OK);
  } while (bytes.len);
  buf_printf(shown, "mark %d\n", raw_mark(raw));
  raw_reader_free(raw);
}

static void expect(bool csv, char mark, str bytes, const char *wanted) {
  static const size_t steps[] = { 1, 2, 3, 7, SIZE_MAX };
  for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
    struct buf shown = buf_new(1 << 16);
    read_as(csv, mark, bytes, steps[i], &shown);
    buf_char(&shown, '\0');
    assert_string_equal(shown.at, wanted);
    buf_free(&shown);
  }
}

static void tsv_knows_no_quotes(void **state) {
  (void)state;
  expect(false, 0, STR("a\tb\r\n\"1\t2\n\n\r\n3\"\t4"),
         "header 0 1 [a\tb][\r\n]\nrow 1 2 [\"1\t2][\n]\nrow 2 5 [3\"\t4][]\nmark 9\n");
}

static void csv_keeps_lines_inside_quotes(void **state) {
  (void)state;
  expect(true, 0, STR("\xef\xbb\xbfs;t\r\nA;\"x\r\ny;\"\"z\"\r\n  \r\nB;2\r\n"),
         "header 0 1 [\xef\xbb\xbfs;t][\r\n]\nrow 1 2 [A;\"x\r\ny;\"\"z\"][\r\n]\nrow 2 5 [B;2][\r\n]\nmark "
         "59\n");
}

static void csv_line_ends_of_cr_alone(void **state) {
  (void)state;
  expect(true, 0, STR("a,b\r1,2\r\r3,4"),
         "header 0 1 [a,b][\r]\nrow 1 2 [1,2][\r]\nrow 2 4 [3,4][]\nmark 44\n");
}

static void sep_line_stands_before(void **state) {
  (void)state;
  expect(true, 0, STR("\xef\xbb\xbfsep=;\na,b;c\n1;2\n"),
         "before 0 1 [\xef\xbb\xbfsep=;][\n]\nheader 0 2 [a,b;c][\n]\nrow 1 3 [1;2][\n]\nmark 59\n");
}

static void nothing_is_no_row(void **state) {
  (void)state;
  expect(true, ';', STR(""), "mark 59\n");
  expect(false, 0, STR(""), "mark 9\n");
}

static void cells_are_cut_outside_quotes(void **state) {
  (void)state;
  struct arena *arena = arena_new();
  struct raw_reader *raw = raw_reader_new(true, ',');
  str *cells;
  assert_int_equal(raw_cut(raw, STR("a,\"b,\"\"c\"\"\",,"), arena, &cells), 4);
  assert_true(str_eq(cells[1], STR("\"b,\"\"c\"\"\"")));
  assert_true(str_eq(raw_plain(raw, cells[1], arena), STR("b,\"c\"")));
  assert_true(str_eq(raw_plain(raw, cells[0], arena), STR("a")));
  assert_true(str_eq(raw_plain(raw, STR("\"\""), arena), STR_NONE));
  assert_int_equal(cells[3].len, 0);
  raw_reader_free(raw);
  arena_free(arena);
}

/* The two readers of CSV agree on what is a row, and where. */
static enum outcome note_line(void *user, const struct csv_row *row, struct err *err) {
  (void)err;
  buf_printf(user, "%d ", (int)row->line);
  return OUT_OK;
}

static enum outcome note_raw(void *user, const struct raw_row *row, struct err *err) {
  (void)err;
  if (row->kind != RAW_BEFORE) buf_printf(user, "%d ", (int)row->line);
  return OUT_OK;
}

static void agrees_with_csv(void **state) {
  static const char *const files[] = { "a,b\n1,2\n",
                                       "\n\na,b\r\n\r\n1,2\r\n  \n3,\"\n\r\n\"\n4,5",
                                       "a;b\r\r1;2\r\n",
                                       "sep=|\na|b\n\"x\ry\"|2\n3|4\n",
                                       "x",
                                       "\xef\xbb\xbf\na\tb\n\n1\t2\n" };
  (void)state;
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
    struct buf ours = buf_new(4096), theirs = buf_new(4096);
    struct err err = { 0 };
    struct raw_reader *raw = raw_reader_new(true, 0);
    struct csv_reader *csv = csv_reader_new(0, csv_default_limits);
    assert_int_equal(raw_feed(raw, str_of(files[i]), true, note_raw, &ours, &err), OUT_OK);
    assert_int_equal(csv_feed(csv, str_of(files[i]), true, note_line, &theirs, &err), OUT_OK);
    assert_true(ours.len == theirs.len && str_eq(buf_str(&ours), buf_str(&theirs)));
    raw_reader_free(raw);
    csv_reader_free(csv);
    buf_free(&ours);
    buf_free(&theirs);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(tsv_knows_no_quotes),       cmocka_unit_test(csv_keeps_lines_inside_quotes),
    cmocka_unit_test(csv_line_ends_of_cr_alone), cmocka_unit_test(sep_line_stands_before),
    cmocka_unit_test(nothing_is_no_row),         cmocka_unit_test(cells_are_cut_outside_quotes),
    cmocka_unit_test(agrees_with_csv),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
