/* unit/load/test_rows: rows files: what is written reads back as what it was; anything else is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "load/rows_read.h"
#include "load/writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct arena *arena;
static struct err err;

static int start(void **state) {
  (void)state;
  arena = arena_new();
  err = (struct err){ 0 };
  return 0;
}

static int stop(void **state) {
  (void)state;
  arena_free(arena);
  return 0;
}

/* --- reading from memory, in pieces --- */

struct bytes {
  str text;
  size_t at, piece;
};

static enum outcome read_bytes(void *user, char *to, size_t room, size_t *got, struct err *why) {
  struct bytes *bytes = user;
  (void)why;
  *got = bytes->text.len - bytes->at;
  if (*got > room) *got = room;
  if (bytes->piece && *got > bytes->piece) *got = bytes->piece;
  if (*got) memcpy(to, bytes->text.at + bytes->at, *got);
  bytes->at += *got;
  return *got ? OUT_OK : OUT_END;
}

/* All that was read, in words; what went wrong is the last line. */
static str read_all(str text, size_t piece) {
  static const char *const forms[] = { "-", "t", "n", "d", "m", "@" };
  struct bytes bytes = { text, 0, piece };
  struct rows_reader *reader = NULL;
  struct rows_document document;
  struct buf told = buf_new(1 << 24);
  char said[ERR_TEXT_MOST + 600];
  err = (struct err){ 0 };
  enum outcome out = rows_open_source(read_bytes, &bytes, &reader, &err);
  size_t count = 0;
  const struct rows_kind *kinds = out ? NULL : rows_kinds(reader, &count);
  if (!out) buf_printf(&told, "%.*s\n", STR_ARG(rows_schema(reader)));
  for (size_t i = 0; i < count; i++) {
    buf_printf(&told, "%.*s%s", STR_ARG(kinds[i].name), kinds[i].change ? " change" : "");
    for (size_t j = 0; j < kinds[i].count; j++)
      buf_printf(&told, " %.*s%s", STR_ARG(kinds[i].columns[j].name),
                 kinds[i].columns[j].found_by ? "?" : "");
    buf_char(&told, '\n');
  }
  while (!out && !(out = rows_next(reader, arena, &document, &err))) {
    buf_printf(&told, "+%.*s %d\n", STR_ARG(document.key), (int)document.line);
    for (size_t i = 0; i < document.count; i++) {
      buf_add(&told, document.rows[i].kind->name);
      for (size_t j = 0; j < document.rows[i].kind->count; j++)
        buf_printf(&told, "|%s%.*s", forms[document.rows[i].cells[j].form],
                   STR_ARG(document.rows[i].cells[j].text));
      buf_char(&told, '\n');
    }
  }
  err_format(&err, said, sizeof said);
  buf_add(&told, out == OUT_END ? STR("end") : str_of(said));
  if (out != OUT_END) assert_int_equal(out, OUT_DATA);
  rows_close(reader);
  str kept = arena_str(arena, buf_str(&told));
  buf_free(&told);
  return kept;
}

#define HEAD "sluice rows 1 sl.x\n=A,a,b,c\n=B change,k?,b\n"

static const char sample[] = HEAD "+k 1\n"
                                  "A,\"say \"\"hi\"\", you\",-12.50,2026-11-03\n"
                                  "B,\"\",\n"
                                  "+k 2\n"
                                  "A,,@,2026-11-03T04:05:00\n"
                                  "A,\"\xc3\xa4\",0,1\n"
                                  ".\n";
static const char sample_read[] = "sl.x\nA a b c\nB change k? b\n"
                                  "+k 1 4\nA|tsay \"hi\", you|n-12.50|d2026-11-03\nB|t|-\n"
                                  "+k 2 7\nA|-|@@|m2026-11-03T04:05:00\nA|t\xc3\xa4|n0|n1\nend";

static void test_reads(void **state) {
  (void)state;
  const size_t pieces[] = { 0, 1, 2, 3, 7 };
  for (size_t i = 0; i < 5; i++) assert_string_equal(read_all(str_of(sample), pieces[i]).at, sample_read);
}

static void test_cut_at_every_byte(void **state) {
  (void)state;
  for (size_t cut = 0; cut < sizeof sample - 1; cut++) {
    str told = read_all((str){ sample, cut }, 0);
    if (str_ends(told, STR("end"))) fail_msg("cut at %zu, and nobody said so", cut);
    assert_true(err.line > 0);
  }
}

static void test_wrong(void **state) {
  (void)state;
  static const struct {
    const char *text, *said;
  } cases[] = {
    { "", "1: the file ends in the middle" },
    { "sluice rows 2 x\n.\n", "1:1: a rows file begins with" },
    { "sluice rows 1 \n.\n", "1:1: a rows file begins with" },
    { "sluice rows 1 x y\n.\n", "1:1: a rows file begins with" },
    { "sluice rows 1 x\n=A\n.\n", "2: a record without columns" },
    { "sluice rows 1 x\n=A,\n.\n", "2:3: no name of a column" },
    { "sluice rows 1 x\n=A,a,,b\n.\n", "2: no name of a column" },
    { "sluice rows 1 x\n=A,a?\n.\n", "2: no name of a column" },
    { "sluice rows 1 x\n=A,a,a\n.\n", "2: a column stands there twice" },
    { "sluice rows 1 x\n=A changed,a\n.\n", "2:2: no name of a record" },
    { "sluice rows 1 x\n=,a\n.\n", "2:2: no name of a record" },
    { "sluice rows 1 x\n=A,a\n=A,b\n.\n", "3:2: the columns of this record are stated already" },
    { HEAD "A,1,2,3\n.\n", "4:1: a document begins with + and its key" },
    { HEAD "+\nA,1,2,3\n.\n", "4:2: no key of a document" },
    { HEAD "+ a\nA,1,2,3\n.\n", "4:2: no key of a document" },
    { HEAD "+a\tb\nA,1,2,3\n.\n", "4:2: no key of a document" },
    { HEAD "+1234567890123456789012345678901234567890123456789012345678901234x\nA,1,2,3\n.\n",
      "4:2: no key" },
    { HEAD "+a\n+b\nA,1,2,3\n.\n", "5:1: the document above it has no rows" },
    { HEAD "+a\n.\n", "5:1: the document above it has no rows" },
    { HEAD "+a\nC,1\n.\n", "5:1: no record whose columns are stated above" },
    { HEAD "+a\nA,1,2\n.\n", "5:6: fewer cells than columns" },
    { HEAD "+a\nA\n.\n", "5:2: fewer cells than columns" },
    { HEAD "+a\nA,1,2,3,\n.\n", "5:8: more cells than columns" },
    { HEAD "+a\nA,\"x,2,3\n.\n", "5:3: a text without its closing quote" },
    { HEAD "+a\nA,\"x\"y,2,3\n.\n", "5:6: fewer cells than columns" },
    { HEAD "+a\nA,\"x\ty\",2,3\n.\n", "5:3: a control character in a text" },
    { HEAD "+a\nA,x,2,3\n.\n", "5:3: neither a text in quotes" },
    { HEAD "+a\nA,1,2,3\r\n.\n", "5:7: neither a text in quotes" },
    { HEAD "+a\nA,1e5,2,3\n.\n", "5:3: neither" },
    { HEAD "+a\nA,+1,2,3\n.\n", "5:3: neither" },
    { HEAD "+a\nA,1.,2,3\n.\n", "5:3: neither" },
    { HEAD "+a\nA,.5,2,3\n.\n", "5:3: neither" },
    { HEAD "+a\nA,--5,2,3\n.\n", "5:3: neither" },
    { HEAD "+a\nA,NaN,2,3\n.\n", "5:3: neither" },
    { HEAD "+a\nA,2026-02-30,2,3\n.\n", "5:3: neither" },
    { HEAD "+a\nA,2026-11-03T24:00:00,2,3\n.\n", "5:3: neither" },
    { HEAD "+a\nA,2026-11-03T04:05,2,3\n.\n", "5:3: neither" },
    { HEAD "+a\nA,123456789012345678901234567890123456789,2,3\n.\n", "5:3: neither" },
    { HEAD "+a\nA,\"\xff\",2,3\n.\n", "5: no UTF-8" },
    { HEAD ".\nx", "5:1: something follows the end" },
    { HEAD ".\n.\n", "5:1: something follows the end" },
    { HEAD "=C,a\n+a\nC,1\n=D,a\n.\n", "7:1: no record whose columns are stated above" },
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    str told = read_all(str_of(cases[i].text), i % 3);
    if (!strstr(told.at, cases[i].said)) fail_msg("%s: %s, not %s", cases[i].text, told.at, cases[i].said);
  }
}

static void test_long_lines(void **state) {
  (void)state;
  struct buf text = buf_new(8 << 20);
  buf_add(&text, STR(HEAD "+a\nA,\""));
  for (int i = 0; i < (1 << 20) - 20; i++) buf_char(&text, 'x');
  size_t whole = text.len;
  buf_add(&text, STR("\",2,3\n.\n"));
  assert_true(str_ends(read_all(buf_str(&text), 70000), STR("end")));
  text.len = whole;
  for (int i = 0; i < 100; i++) buf_char(&text, 'x');
  buf_add(&text, STR("\",2,3\n.\n"));
  assert_true(str_ends(read_all(buf_str(&text), 0), STR("5: the line is too long")));
  for (int i = 0; i < (3 << 20); i++) buf_char(&text, 'x'); /* never ends */
  text.at[text.len - (3 << 20) - 4] = 'x';
  text.at[text.len - (3 << 20) - 1] = 'x';
  text.at[text.len - (3 << 20) - 3] = 'x';
  assert_non_null(strstr(read_all(buf_str(&text), 0).at, "long"));
  buf_free(&text);
}

/* --- writing --- */

static const char schema_text[] = "schema sl.x  format sql, database sl, others blank, document Name Nbr%s\n"
                                  "  record Head key Nbr\n"
                                  "    Nbr text(15) assigned order-number; Name text(30); Amount decimal(2); "
                                  "Day date; At timestamp; Yes boolean\n"
                                  "    Period period(YYYYPP); Whole integer\n"
                                  "    record Line key Nbr, Ref change\n"
                                  "      Ref text(5); was-it integer was Held; Held integer; Of text(15)\n";

static struct writer *writer_with(const char *charset, const struct schema **schema,
                                  const struct zone *zone) {
  struct complaints *wrong = complaints_new(arena);
  struct source *source = ARENA_NEW(arena, struct source);
  *source = (struct source){ "x.schema", arena_printf(arena, schema_text, charset) };
  *schema = schema_parse(source, arena, wrong);
  assert_int_equal(complaints_count(wrong), 0);
  return writer_new(*schema, zone);
}

static void test_writes(void **state) {
  (void)state;
  const struct schema *schema;
  struct zone *zone;
  assert_int_equal(zone_open("America/Los_Angeles", &zone, &err), OUT_OK);
  struct writer *writer = writer_with(", charset windows-1252", &schema, zone);
  const struct record *head = schema->records[0], *line = head->kids[0];
  struct buf out = buf_new(1 << 20);
  value heads[] = { value_text(STR("A1")), /* given: not asked for */
                    value_text(STR("D\xc5\x82uga \"x\",\r\n\ty\x7f")),
                    value_decimal((dec){ 1950, 2 }),
                    value_date(date_of(2026, 11, 3)),
                    { .type = TYPE_TIMESTAMP, .as.at = { 1793678759, 0 } },
                    value_yes_no(true),
                    value_period(202611),
                    value_integer(-3) };
  value lines[] = { value_text(STR("00001")), value_integer(1), value_integer(0), value_assigned() };
  value none[8] = { { 0 } };
  none[1] = value_text(STR("B"));
  writer_start(writer, &out);
  assert_int_equal(writer_open(writer, head, heads, &out, &err), OUT_OK);
  assert_int_equal(writer_open(writer, line, lines, &out, &err), OUT_OK);
  assert_int_equal(writer_close(writer, line, &out, &err), OUT_OK);
  assert_int_equal(writer_close(writer, head, &out, &err), OUT_OK);
  assert_int_equal(writer_open(writer, head, none, &out, &err), OUT_DATA); /* its number is part of its key */
  assert_non_null(strstr(err.text, "a document without Nbr cannot be known again"));
  buf_free(&out);
  out = buf_new(1 << 20);
  writer_start(writer, &out);
  none[0] = value_text(STR("7"));
  writer_open(writer, head, heads, &out, &err);
  writer_open(writer, line, lines, &out, &err);
  writer_open(writer, head, none, &out, &err);
  writer_end(writer, &out);
  buf_char(&out, '\0');
  assert_string_equal(
      out.at, "sluice rows 1 sl.x\n"
              "=Head,Nbr,Name,Amount,Day,At,Yes,Period,Whole\n"
              "=Line change,Ref?,Held?,Held,Of\n"
              "+D\xc5\x82uga \"x\",y/A1\n"
              "Head,\"A1\",\"Dluga \"\"x\"\",   y \",19.5,2026-11-03,2026-11-02T20:05:00,1,\"202611\",-3\n"
              "Line,\"00001\",1,0,@\n"
              "+B/7\n"
              "Head,\"7\",\"B\",,,,,,\n"
              ".\n");
  assert_true(writer->transliterated > 0);
  out.len--;
  assert_true(str_ends(read_all(buf_str(&out), 0), STR("end")));
  heads[1] = value_text(STR("\xe4\xb8\xad"));
  assert_int_equal(writer_open(writer, head, heads, &out, &err), OUT_DATA);
  assert_non_null(strstr(err.text, "U+4E2D cannot be written in windows-1252"));
  writer_free(writer);
  zone_close(zone);
  buf_free(&out);
}

/* An assigned field that nobody sets asks for the number. */
static void test_assigned(void **state) {
  (void)state;
  struct complaints *wrong = complaints_new(arena);
  struct source source = { "x.schema", STR("schema sl.x  format sql, database sl, document Name\n"
                                           "  record Head key Nbr\n"
                                           "    Nbr text(15) assigned order-number; Name text(30)\n") };
  const struct schema *schema = schema_parse(&source, arena, wrong);
  struct writer *writer = writer_new(schema, NULL);
  struct buf out = buf_new(1 << 20);
  value fields[] = { value_absent(), value_text(STR("B")) };
  assert_int_equal(writer_open(writer, schema->records[0], fields, &out, &err), OUT_OK);
  buf_char(&out, '\0');
  assert_string_equal(out.at, "+B\nHead,@,\"B\"\n");
  writer_free(writer);
  buf_free(&out);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void) {
  const struct CMUnitTest tests[] = {
    TEST(test_reads),  TEST(test_cut_at_every_byte), TEST(test_wrong), TEST(test_long_lines),
    TEST(test_writes), TEST(test_assigned),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
