/* unit/codec/test_ti: lines of a Transaction Import file are written as its users see them, and read back. */
#include "codec/ti.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void assert_text(str got, const char *want) {
  if (!str_eq(got, str_of(want))) fail_msg("got <%.*s>, want <%s>", STR_ARG(got), want);
}

static void test_write_line(void **state) {
  (void)state;
  struct buf line = buf_new(1000);
  bool changed = false;
  ti_write_text(&line, STR("Batch"), &changed);
  ti_comma(&line);
  ti_comma(&line);
  ti_write_bare(&line, STR("202611"));
  ti_comma(&line);
  ti_write_bare(&line, STR("-120.50"));
  ti_comma(&line);
  ti_write_text(&line, STR("Amazon, 1184"), &changed);
  ti_end(&line);
  assert_text(buf_str(&line), "\"Batch\",,202611,-120.50,\"Amazon, 1184\"\r\n");
  assert_false(changed);
  buf_free(&line);
}

static const struct {
  str text;
  const char *written;
  bool changed;
} texts[] = {
  { { "", 0 }, "\"\"", false },
  { { "a", 1 }, "\"a\"", false },
  { { " a ", 3 }, "\" a \"", false },
  { { "\xc3\xa9\x80\xff", 4 }, "\"\xc3\xa9\x80\xff\"", false },
  { { "a\nb", 3 }, "\"a b\"", true },
  { { "a\rb", 3 }, "\"a b\"", true },
  { { "a\r\nb", 4 }, "\"a b\"", true },
  { { "a\n\rb", 4 }, "\"a  b\"", true },
  { { "a\r", 2 }, "\"a \"", true },
  { { "\0\t\x1f\x7f", 4 }, "\"    \"", true },
  { { "5\" pipe", 7 }, "\"5' pipe\"", true },
};

static void test_write_text(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    struct buf line = buf_new(100);
    bool changed = false;
    ti_write_text(&line, texts[i].text, &changed);
    assert_text(buf_str(&line), texts[i].written);
    assert_int_equal(changed, texts[i].changed);
    changed = true; /* is never taken back */
    ti_write_text(&line, STR("x"), &changed);
    assert_true(changed);
    buf_free(&line);
  }
}

static const struct {
  const char *line, *word;
  size_t count;
  const char *fields[6];
} lines[] = {
  { "\"Batch\"", "Batch", 0, { 0 } },
  { "\"Batch\",", "Batch", 1, { "" } },
  { "\"Batch\",,", "Batch", 2, { "", "" } },
  { "\"Batch\",\"\",", "Batch", 2, { "", "" } },
  { "\"Batch\",,202611,H,120.50,\"Amazon 1184\"",
    "Batch",
    5,
    { "", "202611", "H", "120.50", "Amazon 1184" } },
  { "LEVEL0,\"a,b\"", "LEVEL0", 1, { "a,b" } },
  { "\"Transaction\",\"say \"\"hi\"\"\",\"\"\"\",x", "Transaction", 3, { "say \"hi\"", "\"", "x" } },
  { "\"a\"\"b\",\"\"\"c\",d,\"\"\"\"\"\"", "a\"b", 3, { "\"c", "d", "\"\"" } },
  { "\"T\", x ,\" y \"", "T", 2, { " x ", " y " } },
};

static void test_read(void **state) {
  (void)state;
  struct ti_line *line = malloc(sizeof *line);
  assert_non_null(line);
  for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
    struct buf spare = buf_new(1000);
    struct err err = { 0 };
    if (ti_read_line(str_of(lines[i].line), line, &spare, &err)) fail_msg("%s: %s", lines[i].line, err.text);
    assert_text(line->word, lines[i].word);
    assert_int_equal(line->count, lines[i].count);
    for (size_t k = 0; k < line->count; k++) assert_text(line->fields[k], lines[i].fields[k]);
    buf_free(&spare);
  }
  free(line);
}

static const struct {
  const char *line, *text;
  unsigned column;
} wrong[] = {
  { "", "no level word", 1 },
  { ",1", "no level word", 1 },
  { "\"\",1", "no level word", 1 },
  { "\"", "quote not closed", 1 },
  { "\"Batch", "quote not closed", 1 },
  { "\"Batch\",1,\"a\"\"", "quote not closed", 11 },
  { "\"Batch\",1,\"a,b", "quote not closed", 11 },
  { "\"Batch\"x,1", "text after the closing quote", 8 },
  { "\"Batch\",\"a\" ,1", "text after the closing quote", 12 },
  { "\"Batch\", \"a\"", "quote inside a bare field", 10 },
  { "Bat\"ch\"", "quote inside a bare field", 4 },
};

static void test_wrong(void **state) {
  (void)state;
  struct ti_line *line = malloc(sizeof *line);
  assert_non_null(line);
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    struct buf spare = buf_new(1000);
    struct err err = { 0 };
    assert_int_equal(ti_read_line(str_of(wrong[i].line), line, &spare, &err), OUT_DATA);
    assert_text(str_of(err.text), wrong[i].text);
    if (err.column != wrong[i].column) fail_msg("%s: column %u", wrong[i].line, (unsigned)err.column);
    buf_free(&spare);
  }
  free(line);
}

static void test_limits(void **state) {
  (void)state;
  struct ti_line *line = malloc(sizeof *line);
  assert_non_null(line);
  struct buf text = buf_new(10000), spare = buf_new(20);
  struct err err = { 0 };
  buf_add(&text, STR("\"T\""));
  for (int i = 0; i < TI_FIELDS_MOST; i++) buf_add(&text, STR(",1"));
  assert_int_equal(ti_read_line(buf_str(&text), line, &spare, &err), OUT_OK);
  assert_int_equal(line->count, TI_FIELDS_MOST);
  uint64_t column = text.len + 2;
  buf_add(&text, STR(",1"));
  assert_int_equal(ti_read_line(buf_str(&text), line, &spare, &err), OUT_DATA);
  assert_text(str_of(err.text), "more than 500 fields");
  assert_int_equal(err.column, column);
  assert_int_equal(ti_read_line(STR("\"T\",\"a\"\"b\",\"long enough\""), line, &spare, &err), OUT_DATA);
  assert_text(str_of(err.text), "line too long");
  buf_free(&text);
  buf_free(&spare);
  free(line);
}

/* A buffer that is used again has some room: not enough for this line must not move the first field. */
static void test_spare_stays(void **state) {
  (void)state;
  struct ti_line *line = malloc(sizeof *line);
  assert_non_null(line);
  struct buf spare = buf_new(100000), text = buf_new(100000);
  struct err err = { 0 };
  assert_int_equal(ti_read_line(STR("\"T\",\"\"\"\""), line, &spare, &err), OUT_OK);
  buf_add(&text, STR("\"T\",\"\"\"first\"\"\""));
  for (int i = 0; i < 40; i++) buf_add(&text, STR(",\"and \"\"many\"\" more, that make the line long\""));
  assert_int_equal(ti_read_line(buf_str(&text), line, &spare, &err), OUT_OK);
  assert_text(line->fields[0], "\"first\"");
  assert_text(line->fields[40], "and \"many\" more, that make the line long");
  assert_ptr_equal(line->fields[0].at, spare.at);
  buf_free(&text);
  buf_free(&spare);
  free(line);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_write_line), cmocka_unit_test(test_write_text), cmocka_unit_test(test_read),
    cmocka_unit_test(test_wrong),      cmocka_unit_test(test_limits),     cmocka_unit_test(test_spare_stays),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
