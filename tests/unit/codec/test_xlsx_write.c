/* unit/codec/test_xlsx_write: what is written comes back as it was, whatever a text looks like. */
#include "codec/xlsx_write.h"
#include "base/memory.h"
#include "codec/xlsx_read.h"
#include "codec/xlsx_zip.h"
#include "xlsx_show.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum { BYTES_MOST = 32 << 20 };
#define TEXT(literal)                                                                                        \
  { literal, sizeof literal - 1 }
static const struct xlsx_column columns[] = {
  { TEXT("id"), 20, false },
  { TEXT("what is wrong"), 60, false },
  { TEXT("answer"), 30, true },
};
static struct xlsx_sheet review(void) {
  return (struct xlsx_sheet){ .name = STR("Review"), .created = 1793923200, .columns = columns, .count = 3 };
}

static char scratch[] = "/tmp/test_xlsx_write.XXXXXX";
static int make_scratch(void **state) {
  (void)state;
  return mkdtemp(scratch) ? 0 : -1;
}
static int remove_scratch(void **state) {
  (void)state;
  return rmdir(scratch); /* fails when something was left in it */
}

static struct xlsx_writer *begin(const struct xlsx_sheet *sheet) {
  struct xlsx_writer *writer = NULL;
  struct err err = { 0 };
  if (xlsx_write_new(sheet, scratch, &writer, &err)) fail_msg("%s", err.text);
  return writer;
}

static void row(struct xlsx_writer *writer, str a, str b, str c) {
  struct err err = { 0 };
  if (xlsx_write_row(writer, (str[]){ a, b, c }, 3, &err)) fail_msg("%s", err.text);
}

static struct buf end(struct xlsx_writer *writer) {
  struct err err = { 0 };
  struct buf bytes = buf_new(BYTES_MOST);
  if (xlsx_write_finish(writer, &bytes, &err)) fail_msg("%s", err.text);
  xlsx_write_free(writer);
  return bytes;
}

static const str awkward[] = {
  TEXT("=1+1"),
  TEXT("+49 30 123"),
  TEXT("-5"),
  TEXT("@SUM(A1)"),
  TEXT("{=A1}"),
  TEXT("'0012"),
  TEXT("0012"),
  TEXT("123456789012345678"),
  TEXT("1.23457E+15"),
  TEXT("2026-11-06"),
  TEXT("6/11/2026"),
  TEXT("TRUE"),
  TEXT("#N/A"),
  TEXT("http://example.com/?a=1&b=2"),
  TEXT("mailto:a@b.c"),
  TEXT("\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f \xe2\x82\xac"),
  TEXT("\xf0\x9f\x98\x80 \xf0\x9f\x87\xa9\xf0\x9f\x87\xaa"),
  TEXT("one\ntwo\n"),
  TEXT("one\r\ntwo\rthree"),
  TEXT("\t"),
  TEXT(" "),
  TEXT("  leading and trailing  "),
  TEXT("\"quoted\" 'single'"),
  TEXT("<r><t>x</t></r> &amp; ]]>"),
  TEXT("\x01\x02\x1f\x7f"),
  TEXT("_x0041_ _x000D_"),
  TEXT("\xef\xbf\xbf\xef\xbf\xbe\xef\xbb\xbf"),
  TEXT("a,b;c\td"),
  TEXT("0"),
};
enum { AWKWARD = sizeof awkward / sizeof *awkward };

static enum outcome compare(void *user, const struct xlsx_row *got, struct err *err) {
  size_t *rows = user;
  (void)err;
  assert_int_equal(got->number, ++*rows);
  assert_int_equal(got->count, *rows == 1 ? 3 : 2);
  if (*rows == 1) return OUT_OK;
  for (size_t i = 0; i < 2; i++) {
    assert_int_equal(got->cells[i].column, i * 2);
    assert_int_equal(got->cells[i].kind, XLSX_TEXT);
    assert_false(got->cells[i].formula);
    str want = awkward[(*rows - 2 + i) % AWKWARD], text = got->cells[i].text;
    if (!str_eq(text, want)) fail_msg("row %zu: <%.*s>, not <%.*s>", *rows, STR_ARG(text), STR_ARG(want));
  }
  return OUT_OK;
}

static void test_round_trip(void **state) {
  (void)state;
  struct err err = { 0 };
  struct xlsx_sheet sheet = review();
  struct xlsx_writer *writer = begin(&sheet);
  for (size_t i = 0; i < AWKWARD; i++) row(writer, awkward[i], STR_NONE, awkward[(i + 1) % AWKWARD]);
  struct buf bytes = end(writer);
  size_t rows = 0;
  assert_int_equal(xlsx_read(buf_str(&bytes), STR("Review"), xlsx_default_limits, compare, &rows, &err),
                   OUT_OK);
  assert_int_equal(rows, AWKWARD + 1);
  buf_free(&bytes);
}

/* The same content at the same stamp is the same file; another stamp or another cell is not. */
static void test_same_bytes(void **state) {
  (void)state;
  struct buf bytes[4];
  for (size_t i = 0; i < 4; i++) {
    struct xlsx_sheet sheet = review();
    sheet.created += i == 2;
    struct xlsx_writer *writer = begin(&sheet);
    row(writer, STR("Q-1"), STR("no account"), i == 3 ? STR("4010") : STR_NONE);
    row(writer, STR("Q-2"), STR("no account"), STR_NONE);
    bytes[i] = end(writer);
    if (i == 0) setenv("TZ", "UTC-11", 1), tzset(); /* another hour of the day, as a zip file would have it */
  }
  assert_true(str_eq(buf_str(&bytes[0]), buf_str(&bytes[1])));
  assert_false(str_eq(buf_str(&bytes[0]), buf_str(&bytes[2])));
  assert_false(str_eq(buf_str(&bytes[0]), buf_str(&bytes[3])));
  for (size_t i = 0; i < 4; i++) buf_free(&bytes[i]);
}

static void expect_in_part(str bytes, const char *part, const char *want, bool there) {
  struct err err = { 0 };
  struct xlsx_zip *zip = NULL;
  struct buf xml;
  assert_int_equal(xlsx_zip_open(bytes, &zip, &err), OUT_OK);
  assert_int_equal(xlsx_zip_part(zip, str_of(part), BYTES_MOST, &xml, &err), OUT_OK);
  buf_char(&xml, '\0');
  if ((strstr(xml.at, want) != NULL) != there) fail_msg("%s in %s: %s", want, part, xml.at);
  buf_free(&xml), xlsx_zip_close(zip);
}

/* What a person sees is only in the file's XML: a frozen title row, text formats, open columns, no formula.
 */
static void test_looks(void **state) {
  (void)state;
  static const char part[] = "xl/worksheets/sheet1.xml";
  for (int protect = 0; protect < 2; protect++) {
    struct xlsx_sheet sheet = review();
    sheet.protect = protect;
    struct xlsx_writer *writer = begin(&sheet);
    row(writer, STR("=1+1"), STR("x"), STR_NONE);
    struct buf bytes = end(writer);
    str all = buf_str(&bytes);
    expect_in_part(all, part,
                   "<pane ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\"/>",
                   true);
    expect_in_part(all, part, "<f>", false);
    expect_in_part(all, part, "<ignoredError sqref=\"A1:XFD1048576\" numberStoredAsText=\"1\"/>", true);
    expect_in_part(all, part, "<c r=\"A2\" s=\"4\" t=\"s\">", true);
    expect_in_part(all, part, "<c r=\"C2\" s=\"5\"/>", true);
    expect_in_part(all, part, "<col min=\"3\" max=\"3\" width=\"30.7109375\" style=\"1\" customWidth=\"1\"/>",
                   true);
    expect_in_part(
        all, part,
        "<sheetProtection sheet=\"1\" objects=\"1\" scenarios=\"1\" formatColumns=\"0\" formatRows=\"0\"/>",
        protect);
    expect_in_part(all, "xl/styles.xml", "<protection locked=\"0\"/></xf></cellXfs>", true);
    expect_in_part(all, "xl/styles.xml", "<xf numFmtId=\"49\"", true);
    expect_in_part(all, "docProps/core.xml", "2026-11-06T00:00:00Z</dcterms:created>", true);
    buf_free(&bytes);
  }
}

static str repeated(struct buf *text, const char *piece, size_t count) {
  buf_clear(text);
  while (count--) buf_add(text, str_of(piece));
  return buf_str(text);
}

static void test_longest_cell(void **state) {
  (void)state;
  struct err err = { 0 };
  struct buf text = buf_new(1 << 20);
  struct xlsx_sheet sheet = review();
  struct xlsx_writer *writer = begin(&sheet);
  row(writer, repeated(&text, "x", 32767), STR_NONE, STR_NONE);
  row(writer, repeated(&text, "\xe2\x82\xac", 32767), STR_NONE, STR_NONE);
  row(writer, repeated(&text, "\xf0\x9f\x98\x80", 16383), STR_NONE, STR_NONE);
  row(writer, repeated(&text, "\x01", 4681), STR_NONE, STR_NONE);
  static const struct {
    const char *piece;
    size_t count;
    const char *want;
  } refused[] = {
    { "x", 32768, "a text of 32768 characters; a cell holds 32767" },
    { "\xf0\x9f\x98\x80", 16384, "a text of 32768 characters; a cell holds 32767" },
    { "\x01", 4682, "a text of 32774 characters; a cell holds 32767" },
  };
  for (size_t i = 0; i < 3; i++) {
    str cells[] = { STR("before"), STR_NONE, repeated(&text, refused[i].piece, refused[i].count) };
    assert_int_equal(xlsx_write_row(writer, cells, 3, &err), OUT_DATA);
    assert_string_equal(err.text, refused[i].want);
  }
  row(writer, STR("last"), STR_NONE, STR_NONE);
  struct buf bytes = end(writer), shown = buf_new(1 << 20);
  assert_int_equal(xlsx_read(buf_str(&bytes), STR_NONE, xlsx_default_limits, xlsx_show, &shown, &err),
                   OUT_OK);
  assert_true(str_ends(buf_str(&shown), STR("]6[0:last]")));
  buf_free(&text), buf_free(&shown), buf_free(&bytes);
}

static void test_refused_cells(void **state) {
  (void)state;
  struct err err = { 0 };
  struct xlsx_sheet sheet = review();
  struct xlsx_writer *writer = begin(&sheet);
  str bad[] = { STR("a"), STR("b"), STR("c\xff") }, nul[] = { STR("a"), STR("b\0c"), STR_NONE };
  assert_int_equal(xlsx_write_row(writer, bad, 3, &err), OUT_DATA);
  assert_string_equal(err.text, "byte 2 is not UTF-8");
  assert_int_equal(xlsx_write_row(writer, nul, 3, &err), OUT_DATA);
  assert_string_equal(err.text, "a NUL byte, which no cell can hold");
  assert_int_equal(xlsx_write_row(writer, nul, 2, &err), OUT_BUG);
  xlsx_write_free(writer); /* not finished: nothing is left either */
}

static void test_refused_sheets(void **state) {
  (void)state;
  static const str names[] = {
    TEXT(""),     TEXT("a/b"), TEXT("[x]"), TEXT("'x"), TEXT("12345678901234567890123456789012"),
    TEXT("a\0b"), TEXT("\xff")
  };
  struct xlsx_writer *writer = NULL;
  struct err err = { 0 };
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    struct xlsx_sheet sheet = review();
    sheet.name = names[i];
    assert_int_equal(xlsx_write_new(&sheet, scratch, &writer, &err), OUT_DATA);
    assert_non_null(strstr(err.text, "cannot be the name of a sheet"));
  }
  struct xlsx_sheet sheet = review();
  sheet.created = 0;
  assert_int_equal(xlsx_write_new(&sheet, scratch, &writer, &err), OUT_BUG);
  sheet = review();
  assert_int_equal(xlsx_write_new(&sheet, "/nowhere/at/all", &writer, &err), OUT_SYSTEM);
  assert_string_equal(err.text,
                      "cannot write a temporary file in /nowhere/at/all: No such file or directory");
  assert_null(writer);
}

/* Files may not grow past `most` bytes: the library's temporary files or the workbook itself stay short. */
static void check_full_disk(rlim_t most) {
  struct err err = { 0 };
  struct rlimit before, tight;
  struct xlsx_sheet sheet = review();
  struct xlsx_writer *writer = begin(&sheet);
  struct buf bytes = buf_new(BYTES_MOST);
  for (int i = 0; i < 2000; i++) {
    char id[32];
    snprintf(id, sizeof id, "Q-%d", i * 7919);
    row(writer, str_of(id), STR("no account"), STR_NONE);
  }
  signal(SIGXFSZ, SIG_IGN);
  assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
  tight = before, tight.rlim_cur = most;
  int errors = dup(STDERR_FILENO), nowhere = open("/dev/null", O_WRONLY);
  assert_true(errors >= 0 && dup2(nowhere, STDERR_FILENO) >= 0); /* the library writes there what fails */
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
  enum outcome out = xlsx_write_finish(writer, &bytes, &err);
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
  assert_true(dup2(errors, STDERR_FILENO) >= 0);
  close(errors), close(nowhere);
  assert_int_equal(out, OUT_SYSTEM);
  assert_non_null(strstr(err.text, scratch));
  assert_int_equal(bytes.len, 0);
  xlsx_write_free(writer), buf_free(&bytes);
}

static void test_full_disk(void **state) {
  (void)state;
  check_full_disk(1000);
  check_full_disk(20 * 1000);
  check_full_disk(60 * 1000);
}

static void test_small_buffer(void **state) {
  (void)state;
  struct err err = { 0 };
  struct xlsx_sheet sheet = review();
  struct xlsx_writer *writer = begin(&sheet);
  struct buf bytes = buf_new(1000);
  assert_int_equal(xlsx_write_finish(writer, &bytes, &err), OUT_DATA);
  assert_string_equal(err.text, "a workbook larger than 1000 bytes");
  assert_int_equal(xlsx_write_finish(writer, &bytes, &err), OUT_BUG);
  xlsx_write_free(writer), buf_free(&bytes);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_round_trip),    cmocka_unit_test(test_same_bytes),
    cmocka_unit_test(test_looks),         cmocka_unit_test(test_longest_cell),
    cmocka_unit_test(test_refused_cells), cmocka_unit_test(test_refused_sheets),
    cmocka_unit_test(test_full_disk),     cmocka_unit_test(test_small_buffer),
  };
  return cmocka_run_group_tests(tests, make_scratch, remove_scratch);
}
