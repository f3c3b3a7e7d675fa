/* unit/extract/test_flat: rows of a file are the same in chunks of every size, from any of its forms. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "extract/flat.h"
#include "io/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char layout[] = "  record row\n    id text(20)\n    note text(200)\n    amount decimal\n"
                             "    extra text(20) optional\n    other refused \"another kind of file\"\n";
static const char *const forms[] = { "tsv", "csv" };

struct bench {
  struct arena *arena;
  char path[64];
};

static int start(void **state) {
  struct bench *bench = calloc(1, sizeof *bench);
  if (!bench) return 1;
  strcpy(bench->path, "/tmp/test_flat.XXXXXX");
  int fd = mkstemp(bench->path);
  bench->arena = arena_new();
  *state = bench;
  return fd < 0 || close(fd);
}

static int stop(void **state) {
  struct bench *bench = *state;
  unlink(bench->path);
  arena_free(bench->arena);
  free(bench);
  return 0;
}

static const struct schema *schema_of(struct bench *bench, const char *form, const char *options) {
  struct complaints *wrong = complaints_new(bench->arena);
  struct source *source = ARENA_NEW(bench->arena, struct source);
  str text = arena_printf(bench->arena, "schema rows  format %s%s\n%s", form, options, layout);
  *source = (struct source){ "rows.schema", text };
  const struct schema *schema = schema_parse(source, bench->arena, wrong);
  assert_int_equal(complaints_count(wrong), 0);
  return schema;
}

static void put(const struct bench *bench, str text) {
  struct err err = { 0 };
  assert_int_equal(file_put(bench->path, 0600, text, &err), OUT_OK);
}

struct reading {
  struct buf shown; /* a line for each row, cells in <>; behind it the row's flaw */
  enum outcome outcome;
  struct err err;
  size_t new_columns;
  bool not_utf8;
};

static void show_rows(const struct flat *flat, const struct rows *rows, uint64_t *number, struct buf *shown) {
  for (size_t row = 0; row < rows->count; row++) {
    ++*number;
    for (size_t i = 0; i < 3; i++) {
      str cell = rows_cell(rows, i, row);
      buf_printf(shown, "<%.*s>", STR_ARG(cell));
    }
    str whole = rows_row(rows, row);
    buf_printf(shown, " %d %zu\n", rows->flaw ? rows->flaw[row] : ROW_GOOD, whole.len);
  }
  (void)flat;
}

static void read_all(struct bench *bench, const struct schema *schema, size_t chunk, enum charset charset,
                     struct reading *reading) {
  const struct record *record = schema->records[0];
  const struct field *fields[] = { record->fields[2], record->fields[0], record->fields[1] };
  struct flat_settings settings = { .schema = schema, .columns = { fields, 3 } };
  struct flat *flat;
  uint64_t number = 0;
  *reading = (struct reading){ .shown = buf_new(1 << 24) };
  settings.charset = charset;
  settings.limits = in_default_limits;
  settings.chunk_size = chunk;
  reading->outcome = flat_open(bench->path, &settings, &flat, &reading->err);
  if (reading->outcome) return;
  struct flat_chunk *own = flat_chunk_new(flat);
  struct rows rows;
  while (!(reading->outcome = flat_next(flat, own, &rows, &reading->err))) {
    uint64_t before = number;
    show_rows(flat, &rows, &number, &reading->shown);
    if (rows.count) assert_true(rows.place >> 24 < 1 << 24);
    assert_true(number - before == rows.count);
  }
  const str *names;
  reading->new_columns = flat_new_columns(flat, &names);
  reading->not_utf8 = flat_is_not_utf8(flat);
  if (reading->outcome == OUT_END) {
    buf_printf(&reading->shown, "%llu rows\n", (unsigned long long)number);
    assert_true(flat_row_number(flat, 0) == 1);
  }
  flat_chunk_free(own);
  flat_close(flat);
}

static void check_same(struct bench *bench, const struct schema *schema, str text, const char *name) {
  static const size_t chunks[] = { 64, 65, 67, 100, 128, 1000, 4096, 65536 };
  struct reading want;
  put(bench, text);
  read_all(bench, schema, 0, CHARSET_UTF_8, &want);
  for (size_t i = 0; i < sizeof chunks / sizeof *chunks; i++) {
    struct reading got;
    read_all(bench, schema, chunks[i], CHARSET_UTF_8, &got);
    if (got.outcome != want.outcome || !str_eq(buf_str(&got.shown), buf_str(&want.shown)) ||
        got.not_utf8 != want.not_utf8)
      fail_msg("%s in chunks of %zu:\n%.*sand whole:\n%.*s", name, chunks[i], STR_ARG(buf_str(&got.shown)),
               STR_ARG(buf_str(&want.shown)));
    buf_free(&got.shown);
  }
  buf_free(&want.shown);
}

static const struct {
  const char *name, *text;
} files[] = {
  { "plain", "id\tnote\tamount\nA\tone\t1.00\nB\ttwo\t2.00\n" },
  { "no line end", "id\tnote\tamount\nA\tone\t1.00\nB\ttwo\t2.00" },
  { "crlf", "id\tnote\tamount\r\nA\tone\t1.00\r\nB\ttwo\t2.00\r\n" },
  { "bom", "\xef\xbb\xbfid\tnote\tamount\nA\tone\t1.00\n" },
  { "blank lines", "id\tnote\tamount\n\n\nA\tone\t1.00\n\r\n\nB\ttwo\t2.00\n\n" },
  { "short rows", "id\tnote\tamount\nA\nB\ttwo\n\t\t3\nC\t\t\t\t\n" },
  { "too many fields", "id\tnote\tamount\nA\tone\t1.00\tx\nB\ttwo\t2.00\n" },
  { "quotes", "id\tnote\tamount\nA\t\"one\t1.00\nB\ttw\"o\"\t\"2.00\n" },
  { "bytes that are no text", "id\tnote\tamount\nA\t\xc3\x28\t1.00\nB\t\xff\t2.00\nC\tgood\t3\n" },
  { "text of many bytes", "id\tnote\tamount\nA\tGr\xc3\xb6\xc3\x9f"
                          "e \xf0\x9f\x9a\xa2\t1.00\nB\t\xe6\x97\xa5\t2\n" },
  { "header only", "id\tnote\tamount\n" },
  { "header without a line end", "id\tnote\tamount" },
};

static void test_chunks(void **state) {
  struct bench *bench = *state;
  for (size_t f = 0; f < 2; f++)
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
      struct buf text = buf_new(1 << 20);
      buf_add(&text, str_of(files[i].text));
      for (size_t at = 0; f && at < text.len; at++)
        if (text.at[at] == '\t') text.at[at] = ',';
      check_same(bench, schema_of(bench, forms[f], ""), buf_str(&text), files[i].name);
      buf_free(&text);
    }
}

/* Rows of all lengths, so that every chunk size cuts somewhere odd; NUL and a field too long among them. */
static void test_long_file(void **state) {
  struct bench *bench = *state;
  for (size_t f = 0; f < 2; f++) {
    struct buf text = buf_new(1 << 22);
    const char *mark = f ? "," : "\t";
    buf_printf(&text, "id%snote%samount\n", mark, mark);
    for (int i = 0; i < 3000; i++) {
      buf_printf(&text, "%d%s", i, mark);
      for (int j = 0; j < i * 7 % 90; j++) buf_char(&text, (char)('a' + j % 26));
      if (!f && i % 501 == 500) buf_char(&text, '\0');
      if (!f && i == 2000)
        for (int j = 0; j < 70000; j++) buf_char(&text, 'x');
      buf_printf(&text, "%s%d.00%s", mark, i, i % 3 ? "\n" : "\r\n");
    }
    check_same(bench, schema_of(bench, forms[f], ""), buf_str(&text), forms[f]);
    buf_free(&text);
  }
}

static void test_flaws(void **state) {
  struct bench *bench = *state;
  struct reading got;
  static const char text[] = "id\tnote\tamount\nA\to\0e\t1\nB\ttwo\t2\t3\nC\tgood\t3\n";
  put(bench, (str){ text, sizeof text - 1 });
  read_all(bench, schema_of(bench, "tsv", ""), 0, CHARSET_UTF_8, &got);
  buf_char(&got.shown, '\0');
  assert_non_null(strstr(got.shown.at, "<1><A><o"));
  char flaw[8];
  snprintf(flaw, sizeof flaw, " %d ", ROW_TOO_MANY_FIELDS);
  assert_non_null(strstr(got.shown.at, flaw));
  assert_non_null(strstr(got.shown.at, "<3><C><good> 0 8"));
  buf_free(&got.shown);
}

static void test_charsets(void **state) {
  struct bench *bench = *state;
  struct reading got;
  put(bench, STR("id\tnote\tamount\nA\tGr\xf6\xdf"
                 "e 5\x80\t1\n"));
  read_all(bench, schema_of(bench, "tsv", ""), 64, CHARSET_UTF_8, &got);
  assert_true(got.not_utf8);
  buf_free(&got.shown);
  read_all(bench, schema_of(bench, "tsv", ""), 64, CHARSET_WINDOWS_1252, &got);
  assert_false(got.not_utf8);
  buf_char(&got.shown, '\0');
  assert_non_null(strstr(got.shown.at, "<1><A><Gr\xc3\xb6\xc3\x9f"
                                       "e 5\xe2\x82\xac>"));
  buf_free(&got.shown);
}

static void test_headers(void **state) {
  struct bench *bench = *state;
  static const struct {
    const char *text, *why; /* why NULL: it opens */
    size_t new_columns;
  } table[] = {
    { "ID\tN o_t-e\tAmount\nA\tn\t1\n", NULL, 0 },
    { "amount\tnote\tid\n1\tn\tA\n", NULL, 0 },
    { "id\tnote\tamount\textra\tfresh\tnew-one\nA\tn\t1\n", NULL, 2 },
    { "id\tnote\n", "the column \"amount\" is missing; the file has: id, note", 0 },
    { "id\tnote\tamount\tAMOUNT\n", "the column \"amount\" is there twice", 0 },
    { "id\tnote\tamount\tother\n", "another kind of file", 0 },
    { "", "the file is empty", 0 },
    { "<?xml version=\"1.0\"?><a/>", "this is an XML file; a table of columns was expected", 0 },
  };
  for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
    struct reading got;
    put(bench, str_of(table[i].text));
    read_all(bench, schema_of(bench, "tsv", ""), 0, CHARSET_UTF_8, &got);
    if (table[i].why && (got.outcome != OUT_DATA || strcmp(got.err.text, table[i].why) != 0))
      fail_msg("%s: %d %s", table[i].text, (int)got.outcome, got.err.text);
    if (!table[i].why && (got.outcome != OUT_END || got.new_columns != table[i].new_columns))
      fail_msg("%s: %d %s, %zu new columns", table[i].text, (int)got.outcome, got.err.text, got.new_columns);
    if (!table[i].why) {
      buf_char(&got.shown, '\0');
      assert_non_null(strstr(got.shown.at, "<1><A><n> 0 "));
    }
    buf_free(&got.shown);
  }
}

static void test_row_beyond_all_bounds(void **state) {
  struct bench *bench = *state;
  struct buf text = buf_new(8 << 20);
  struct reading got;
  buf_add(&text, STR("id\tnote\tamount\nA\t"));
  for (int i = 0; i < 6 << 20; i++) buf_char(&text, 'x');
  put(bench, buf_str(&text));
  read_all(bench, schema_of(bench, "tsv", ""), 0, CHARSET_UTF_8, &got);
  assert_int_equal(got.outcome, OUT_DATA);
  assert_string_equal(got.err.text, "a row is longer than 4 MiB");
  buf_free(&got.shown);
  buf_free(&text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(test_chunks, start, stop),
    cmocka_unit_test_setup_teardown(test_long_file, start, stop),
    cmocka_unit_test_setup_teardown(test_flaws, start, stop),
    cmocka_unit_test_setup_teardown(test_charsets, start, stop),
    cmocka_unit_test_setup_teardown(test_headers, start, stop),
    cmocka_unit_test_setup_teardown(test_row_beyond_all_bounds, start, stop),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
