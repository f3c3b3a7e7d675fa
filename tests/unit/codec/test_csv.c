/* unit/codec/test_csv: rows, places and errors of CSV files are the same however the bytes come in. */
#include "codec/csv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Rows are shown as LINE[FIELD|FIELD]. */
static enum outcome show(void *user, const struct csv_row *row, struct err *err) {
  struct buf *shown = user;
  (void)err;
  buf_printf(shown, "%llu[", (unsigned long long)row->line);
  for (size_t i = 0; i < row->count; i++) {
    if (i) buf_char(shown, '|');
    buf_add(shown, row->fields[i]);
  }
  buf_char(shown, ']');
  return OUT_OK;
}

static void read_in_steps(str bytes, size_t step, char mark, struct csv_limits limits, struct buf *shown) {
  struct csv_reader *csv = csv_reader_new(mark, limits);
  struct err err = { 0 };
  enum outcome out = OUT_OK;
  do {
    str some = str_sub(bytes, 0, step);
    bytes = str_sub(bytes, step, bytes.len);
    out = csv_feed(csv, some, !bytes.len, show, shown, &err);
  } while (!out && bytes.len);
  if (out) {
    assert_int_equal(out, err.outcome);
    assert_int_equal(out, OUT_DATA);
    buf_printf(shown, "%llu:%llu: %s", (unsigned long long)err.line, (unsigned long long)err.column,
               err.text);
  }
  csv_reader_free(csv);
}

static void check_with(str bytes, char mark, struct csv_limits limits, const char *want) {
  static const size_t steps[] = { 1, 2, 3, 7, 1000000 };
  for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
    struct buf shown = buf_new(1000000);
    read_in_steps(bytes, steps[i], mark, limits, &shown);
    if (!str_eq(buf_str(&shown), str_of(want)))
      fail_msg("by %zu: <%.*s>\ngot  %.*s\nwant %s", steps[i], STR_ARG(bytes), STR_ARG(buf_str(&shown)),
               want);
    buf_free(&shown);
  }
}

#define BOM "\xef\xbb\xbf"

static const struct {
  const char *bytes, *rows;
} good[] = {
  { "", "" },
  { "\n", "" },
  { "\r\n\n\r", "" },
  { "   \n \r\n", "" },
  { "a", "1[a]" },
  { "a\n", "1[a]" },
  { "a,b", "1[a|b]" },
  { "a,b\n", "1[a|b]" },
  { "a,b\r\n1,2\r\n", "1[a|b]2[1|2]" },
  { "a,b\r1,2\r", "1[a|b]2[1|2]" },
  { "a,b\n1,2\n", "1[a|b]2[1|2]" },
  { "a\r\rb\n\nc\r\n\r\nd\n\re", "1[a]3[b]5[c]7[d]9[e]" },
  { ",", "1[|]" },
  { ",\n,", "1[|]2[|]" },
  { "a,\n,b\n", "1[a|]2[|b]" },
  { "\"\"\n", "1[]" },
  { "a\n\"\"", "1[a]2[]" },
  { "a,b\n  \n\n\" \"\n x", "1[a|b]4[ ]5[ x]" },
  { " a , b \n", "1[ a | b ]" },
  { "\"a\",\" b \"\n", "1[a| b ]" },
  { "\"a,b\",\"c\"\"d\"\"\",\"\"\"\"\n", "1[a,b|c\"d\"|\"]" },
  { "\"a\nb\",c\nd,e\n", "1[a\nb|c]3[d|e]" },
  { "\"a\r\nb\r\n\",c\r\nd,\"e\r\rf\"\r\ng", "1[a\r\nb\r\n|c]4[d|e\r\rf]7[g]" },
  { "\"a\r\n\"\n\nb", "1[a\r\n]4[b]" },
  { BOM "a,b\n", "1[a|b]" },
  { BOM, "" },
  { BOM "\n", "" },
  { BOM BOM "a", "1[" BOM "a]" },
  { "a" BOM "\n", "1[a" BOM "]" },
  { BOM "\"a\",b\n", "1[a|b]" },
  /* the mark */
  { "a;b;c,d\n1;2\n", "1[a|b|c,d]2[1|2]" },
  { "a\tb\n1\t2,5;6\n", "1[a|b]2[1|2,5;6]" },
  { "a,b;c\n", "1[a|b;c]" },
  { "\"a;b;c;d\",e\n1,2;3\n", "1[a;b;c;d|e]2[1|2;3]" },
  { "\"a,\n,\";b\n1;2\n", "1[a,\n,|b]3[1|2]" },
  { "\n \r\na;b\n1,2;3", "3[a|b]4[1,2|3]" },
  { BOM "\na;b\n", "2[a|b]" },
  { "\"a;\"\";\";b\n", "1[a;\";|b]" },
  { "one\n1;2;3,4\n", "1[one]2[1;2;3|4]" },
  /* sep= */
  { "sep=;\na;b,c\n", "2[a|b,c]" },
  { "sep=,\r\na;b,c;d\r\n", "2[a;b|c;d]" },
  { "sep=|\ra,b|c\r", "2[a,b|c]" },
  { "sep=\t\na\tb,c,d", "2[a|b,c,d]" },
  { BOM "sep=;\r\n\r\na;b", "3[a|b]" },
  { "sep=;", "" },
  { "sep= \na b\n  \n", "2[a|b]3[||]" },
  { "sep=\n", "1[sep=]" },
  { "sep", "1[sep]" },
  { "sep=;;\n", "1[sep=||]" },
  { "\nsep=;\na,b", "2[sep=|]3[a,b]" },
  { "a\nsep=;\n", "1[a]2[sep=;]" },
};

static void test_good(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof good / sizeof *good; i++)
    check_with(str_of(good[i].bytes), 0, csv_default_limits, good[i].rows);
}

static void test_given_mark(void **state) {
  (void)state;
  check_with(STR("a;b;c,d\n1;2\n"), ',', csv_default_limits, "1[a;b;c|d]2[1;2]");
  check_with(STR("a|b,c\n"), '|', csv_default_limits, "1[a|b,c]");
  check_with(STR("a\xa7"
                 "b\n"),
             '\xa7', csv_default_limits, "1[a|b]");
  check_with(STR("sep=;\na;b,c\n"), ',', csv_default_limits, "2[a|b,c]"); /* the file knows best */
}

static const struct {
  const char *bytes, *shown;
} wrong[] = {
  { "a\"b\n", "1:2: quote inside a field without quotes" },
  { "a,b\n1, \"x\"\n", "1[a|b]2:4: quote inside a field without quotes" },
  { "a,b\r\n\r\n1,5\" pipe\r\n", "1[a|b]3:4: quote inside a field without quotes" },
  { "\"a\"b\n", "1:4: text after the closing quote" },
  { "\"a\" ,b\n", "1:4: text after the closing quote" },
  { "x\n\"a\n\"\"b\n\" ,c", "1[x]4:2: text after the closing quote" },
  { "x\r\n\"a\r\n\"\"b\r\n\"c", "1[x]4:2: text after the closing quote" },
  { "\"", "1:1: the quote opened here is not closed before the end" },
  { "a,b\n1,\"2\n3,4\n", "1[a|b]2:3: the quote opened here is not closed before the end" },
  { "a,\"b\"\"", "1:3: the quote opened here is not closed before the end" },
  { BOM "a,\"b", "1:3: the quote opened here is not closed before the end" },
};

static void test_wrong(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
    check_with(str_of(wrong[i].bytes), 0, csv_default_limits, wrong[i].shown);
  check_with(STR("a,b\n1\0,2\n"), 0, csv_default_limits, "1[a|b]2:2: NUL byte");
  check_with(STR("\0"), 0, csv_default_limits, "1:1: NUL byte");
  check_with(STR("a\n\"b\n\0\""), 0, csv_default_limits, "1[a]3:1: NUL byte");
}

static const struct {
  const char *bytes, *shown;
} limited[] = {
  /* 4 bytes a field, 3 fields a row */
  { "abcd,\"abcd\",\"\"\"\"\"\"\"\"\"\"\n", "1[abcd|abcd|\"\"\"\"]" },
  { "a\nabcde\n", "1[a]2:1: field longer than 4 bytes" },
  { "a\nb,abcde", "1[a]2:3: field longer than 4 bytes" },
  { "\"abcde\"", "1:1: field longer than 4 bytes" },
  { "a\nb,\"\"\"\"\"\"\"\"\"\"\"\"\n", "1[a]2:3: field longer than 4 bytes" },
  { "a\nb,abcdefghijklmnopqrstuvwxyz\"\n", "1[a]2:3: field longer than 4 bytes" },
  { "a\nb,\"c,d\n,e,f,g,h,i,j,k", "1[a]2:3: field longer than 4 bytes; is its quote closed?" },
  { "a,b,c\n", "1[a|b|c]" },
  { "a,b,c,\n", "1:7: more than 3 fields in a row" },
  { "a,b,c,", "1:7: more than 3 fields in a row" },
  { "a\nb,cd,e,fghi,jk\n", "1[a]2:8: more than 3 fields in a row" },
  { "a,b,c,abcde", "1:7: field longer than 4 bytes" },
};

static void test_limits(void **state) {
  (void)state;
  struct csv_limits limits = { 4, 3 };
  for (size_t i = 0; i < sizeof limited / sizeof *limited; i++)
    check_with(str_of(limited[i].bytes), 0, limits, limited[i].shown);
  assert_int_equal(csv_default_limits.field_most, 65536);
  assert_int_equal(csv_default_limits.fields_most, 2000);
}

static void test_large(void **state) {
  (void)state;
  struct buf bytes = buf_new(1 << 20), want = buf_new(1 << 20);
  buf_add(&bytes, STR("\""));
  buf_add(&want, STR("1["));
  for (int i = 0; i < 65536; i++) buf_char(&bytes, (char)('a' + i % 7)), buf_char(&want, (char)('a' + i % 7));
  buf_add(&bytes, STR("\",b"));
  buf_add(&want, STR("|b"));
  for (int i = 2; i < 2000; i++) buf_add(&bytes, STR(",x")), buf_add(&want, STR("|x"));
  buf_add(&want, STR("]"));
  buf_char(&want, '\0');
  check_with(buf_str(&bytes), 0, csv_default_limits, want.at);
  buf_free(&bytes);
  buf_free(&want);
}

static enum outcome stop_at_second(void *user, const struct csv_row *row, struct err *err) {
  int *seen = user;
  (void)row;
  return ++*seen == 2 ? err_set(err, OUT_RETRY, "enough") : OUT_OK;
}

static void test_stop(void **state) {
  (void)state;
  struct csv_reader *csv = csv_reader_new(0, csv_default_limits);
  struct err err = { 0 };
  int seen = 0;
  assert_int_equal(csv_feed(csv, STR("a\nb\nc\n\"x\"y\n"), true, stop_at_second, &seen, &err), OUT_RETRY);
  assert_int_equal(seen, 2);
  assert_string_equal(err.text, "enough");
  assert_int_equal(csv_feed(csv, STR("d\n"), true, stop_at_second, &seen, &err), OUT_BUG);
  csv_reader_free(csv);
  csv = csv_reader_new(0, csv_default_limits);
  seen = 0;
  assert_int_equal(csv_feed(csv, STR("a\nb"), true, stop_at_second, &seen, &err),
                   OUT_RETRY); /* the very last */
  csv_reader_free(csv);
  csv = csv_reader_new(0, csv_default_limits);
  seen = 2;
  assert_int_equal(csv_feed(csv, STR("a"), false, stop_at_second, &seen, &err), OUT_OK);
  assert_int_equal(csv_feed(csv, STR_NONE, true, stop_at_second, &seen, &err), OUT_OK);
  assert_int_equal(seen, 3);
  assert_int_equal(csv_feed(csv, STR_NONE, true, stop_at_second, &seen, &err), OUT_BUG);
  csv_reader_free(csv);
  csv_reader_free(NULL);
}

static const struct {
  const char *field, *written;
} fields[] = {
  { "", "" },
  { "a", "a" },
  { "a b", "a b" },
  { "a,b", "\"a,b\"" },
  { "a;b", "a;b" },
  { "\"", "\"\"\"\"" },
  { "say \"hi\"", "\"say \"\"hi\"\"\"" },
  { " a", "\" a\"" },
  { "a ", "\"a \"" },
  { " ", "\" \"" },
  { "\ta", "\"\ta\"" },
  { "a\t", "\"a\t\"" },
  { "a\tb", "a\tb" },
  { "a\nb", "\"a\nb\"" },
  { "a\r", "\"a\r\"" },
  { "\xc3\xa9", "\xc3\xa9" },
};

static void test_write(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
    struct buf out = buf_new(100);
    csv_write_field(&out, str_of(fields[i].field), ',');
    if (!str_eq(buf_str(&out), str_of(fields[i].written)))
      fail_msg("<%s> became <%.*s>", fields[i].field, STR_ARG(buf_str(&out)));
    buf_free(&out);
  }
  struct buf out = buf_new(100);
  csv_write_field(&out, STR("a;b"), ';');
  assert_true(str_eq(buf_str(&out), STR("\"a;b\"")));
  buf_free(&out);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_good),   cmocka_unit_test(test_given_mark), cmocka_unit_test(test_wrong),
    cmocka_unit_test(test_limits), cmocka_unit_test(test_large),      cmocka_unit_test(test_stop),
    cmocka_unit_test(test_write),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
