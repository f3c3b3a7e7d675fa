/* unit/load/test_writer: what is written reads back as what it was, in csv, tsv and Transaction Import. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "codec/csv.h"
#include "codec/ti.h"
#include "load/writer.h"

#include <string.h>

enum { RECORDS = 400, FIELDS = 5 };

static struct arena *arena;

static int start(void **state) {
  (void)state;
  arena = arena_new();
  return 0;
}

static int stop(void **state) {
  (void)state;
  arena_free(arena);
  return 0;
}

static uint64_t next(uint64_t *seed) {
  *seed = *seed * 6364136223846793005u + 1442695040888963407u;
  return *seed >> 33;
}

static const struct schema *schema_of(const char *text) {
  struct complaints *wrong = complaints_new(arena);
  struct source *source = ARENA_NEW(arena, struct source);
  *source = (struct source){ "x.schema", str_of(text) };
  const struct schema *schema = schema_parse(source, arena, wrong);
  assert_int_equal(complaints_count(wrong), 0);
  return schema;
}

static str random_text(uint64_t *seed, bool wide) {
  static const char *const pieces[] = { "a",  "Z",  "9", " ",    "\"",       ",",
                                        ";",  "'",  ".", "\t",   "\r\n",     "\n",
                                        "00", "=1", "-", "\"\"", "\xc3\xa4", "\xe2\x82\xac" };
  struct buf text = buf_new(4096);
  for (size_t i = next(seed) % 8; i > 0; i--) buf_add(&text, str_of(pieces[next(seed) % (wide ? 18 : 16)]));
  str kept = arena_str(arena, buf_str(&text));
  buf_free(&text);
  return kept;
}

static void random_fields(uint64_t *seed, value fields[FIELDS]) {
  fields[0] = value_text(random_text(seed, true));
  fields[1] = value_decimal((dec){ (int64_t)(next(seed) % 2000001) - 1000000, 2 });
  fields[2] = next(seed) % 4 ? value_integer((int64_t)(next(seed) % 1000)) : value_absent();
  fields[3] = value_date((int32_t)(20000 + next(seed) % 1000));
  fields[4] = value_text(random_text(seed, true));
}

static str plain(const value *v, const struct field *field) {
  struct buf text = buf_new(4096);
  value_format(v, &field->type, NULL, &text);
  str kept = arena_str(arena, buf_str(&text));
  buf_free(&text);
  return kept;
}

/* --- csv --- */

struct reading {
  str (*want)[FIELDS];
  size_t row;
};

static enum outcome csv_row(void *user, const struct csv_row *row, struct err *err) {
  struct reading *reading = user;
  (void)err;
  assert_int_equal(row->count, FIELDS);
  for (size_t i = 0; i < FIELDS && reading->row; i++)
    if (!str_eq(row->fields[i], reading->want[reading->row - 1][i]))
      fail_msg("row %zu field %zu: \"%.*s\", not \"%.*s\"", reading->row, i, STR_ARG(row->fields[i]),
               STR_ARG(reading->want[reading->row - 1][i]));
  reading->row++;
  return OUT_OK;
}

static void check_csv(const char *options, char mark) {
  str text = arena_printf(arena,
                          "schema x  format csv%s\n  record row\n    a text(80)\n    b decimal(2)\n"
                          "    c integer\n    d date(DD.MM.YYYY)\n    e text(80)\n",
                          options);
  const struct schema *schema = schema_of(arena_text(arena, text));
  const struct record *record = schema->records[0];
  struct writer *writer = writer_new(schema, NULL);
  struct buf out = buf_new(1 << 24);
  struct err err = { 0 };
  uint64_t seed = (unsigned char)mark;
  struct reading reading = { .want = arena_alloc(arena, sizeof(str[RECORDS][FIELDS])) };
  writer_start(writer, &out);
  for (size_t i = 0; i < RECORDS; i++) {
    value fields[FIELDS];
    random_fields(&seed, fields);
    for (size_t j = 0; j < FIELDS; j++) reading.want[i][j] = plain(&fields[j], record->fields[j]);
    assert_int_equal(writer_open(writer, record, fields, &out, &err), OUT_OK);
    assert_int_equal(writer_close(writer, record, &out, &err), OUT_OK);
  }
  struct csv_reader *csv = csv_reader_new(mark, csv_default_limits);
  enum outcome read = csv_feed(csv, buf_str(&out), true, csv_row, &reading, &err);
  if (read) fail_msg("%llu: %s", (unsigned long long)err.line, err.text);
  assert_int_equal(reading.row, RECORDS + 1);
  assert_int_equal(writer->transliterated, 0);
  csv_reader_free(csv);
  writer_free(writer);
  buf_free(&out);
}

static void test_csv(void **state) {
  (void)state;
  check_csv("", ',');
  check_csv(", separator \";\"", ';');
  check_csv(", newline crlf", ',');
}

/* --- ti --- */

/* What Transaction Import cannot hold: a quote is written as an apostrophe, a line end (CR LF too) or another
 * control character as one blank. */
static str as_ti(str text) {
  char *bytes = arena_alloc(arena, text.len + 1);
  size_t len = 0;
  for (size_t i = 0; i < text.len; i++) {
    if (text.at[i] == '\r' && i + 1 < text.len && text.at[i + 1] == '\n') continue;
    bytes[len++] = text.at[i] == '"' ? '\'' : (unsigned char)text.at[i] < 0x20 ? ' ' : text.at[i];
  }
  return (str){ bytes, len };
}

static str from_1252(str bytes) {
  struct charset_reader *reader = charset_reader_new(CHARSET_WINDOWS_1252);
  struct buf text = buf_new(4096);
  struct err err = { 0 };
  assert_int_equal(charset_to_utf8(reader, bytes, true, &text, &err), OUT_OK);
  str kept = arena_str(arena, buf_str(&text));
  buf_free(&text);
  charset_reader_free(reader);
  return kept;
}

static void test_ti(void **state) {
  (void)state;
  const struct schema *schema =
      schema_of("schema x  format ti, screen \"01.010.00\", charset windows-1252, newline crlf\n  record row "
                "\"Level0\"\n"
                "    a text(80) too-long cut\n    b decimal(2)\n    c integer\n    d date(MM/DD/YYYY)\n"
                "    e text(80) too-long review\n");
  const struct record *record = schema->records[0];
  struct writer *writer = writer_new(schema, NULL);
  struct err err = { 0 };
  uint64_t seed = 3, changed = 0;
  for (size_t i = 0; i < RECORDS; i++) {
    value fields[FIELDS];
    struct buf out = buf_new(1 << 16), spare = buf_new(1 << 16);
    struct ti_line line;
    random_fields(&seed, fields);
    writer_start(writer, &out);
    assert_int_equal(writer_open(writer, record, fields, &out, &err), OUT_OK);
    assert_int_equal(writer_close(writer, record, &out, &err), OUT_OK);
    assert_true(str_ends(buf_str(&out), STR("\r\n")));
    str text = str_sub(buf_str(&out), 0, out.len - 2);
    assert_true(str_find(text, '\n') < 0 && str_find(text, '\r') < 0);
    if (ti_read_line(text, &line, &spare, &err)) fail_msg("%s: %.*s", err.text, STR_ARG(text));
    assert_true(str_eq(line.word, STR("Level0")));
    assert_int_equal(line.count, FIELDS);
    bool differs = false;
    for (size_t j = 0; j < FIELDS; j++) {
      str want = plain(&fields[j], record->fields[j]), got = from_1252(line.fields[j]);
      differs |= !str_eq(want, as_ti(want));
      if (!str_eq(got, as_ti(want)))
        fail_msg("field %zu: \"%.*s\", not \"%.*s\"", j, STR_ARG(got), STR_ARG(want));
    }
    changed += differs;
    buf_free(&out);
    buf_free(&spare);
  }
  assert_int_equal(writer->transliterated, changed);
  writer_free(writer);
}

static void test_ti_refuses_what_it_cannot_write(void **state) {
  (void)state;
  const struct schema *schema = schema_of(
      "schema x  format ti, screen \"01.010.00\", charset windows-1252\n"
      "  record row \"Level0\"\n    a text(80)\n  record free \"Free\"\n    a text(80) too-long cut\n");
  static const struct {
    const char *text, *want; /* NULL: refused */
    size_t record;
  } table[] = {
    { "Gr\xc3\xb6\xc3\x9f"
      "e \xe2\x82\xac",
      "\"Level0\",\"Gr\xf6\xdf"
      "e \x80\"\r\n",
      0 },
    { "\xe6\x97\xa5", NULL, 0 },
    { "a\"b", NULL, 0 },
    { "a\nb", NULL, 0 },
    { "\xc5\x81", NULL, 0 }, /* L with a stroke: the table has L for it */
    { "a'b", "\"Level0\",\"a'b\"\r\n", 0 },
    { "a\"b", "\"Free\",\"a'b\"\r\n", 1 },
    { "a\nb", "\"Free\",\"a b\"\r\n", 1 },
    { "\xc5\x81", "\"Free\",\"L\"\r\n", 1 },
    { "\xe6\x97\xa5", NULL, 1 },
  };
  for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
    struct writer *writer = writer_new(schema, NULL);
    struct buf out = buf_new(4096);
    struct err err = { 0 };
    value v = value_text(str_of(table[i].text));
    enum outcome got = writer_open(writer, schema->records[table[i].record], &v, &out, &err);
    assert_int_equal(got, table[i].want ? OUT_OK : OUT_DATA);
    if (table[i].want && !str_eq(buf_str(&out), str_of(table[i].want)))
      fail_msg("%.*s, not %s", STR_ARG(buf_str(&out)), table[i].want);
    if (!table[i].want) assert_string_equal(err.field, "a");
    buf_free(&out);
    writer_free(writer);
  }
}

/* --- levels: outer fields before inner ones --- */

static void test_levels(void **state) {
  (void)state;
  const struct schema *schema =
      schema_of("schema x  format csv\n  record order\n    id text(20)\n    note text(20)\n"
                "    record item\n      sku text(20)\n      pieces integer\n");
  const struct record *order = schema->records[0], *item = order->kids[0];
  static const char want[] = "id,note,sku,pieces\n1,\"a,b\",S,2\n1,\"a,b\",T,\n2,,,\n3,x,U,1\n";
  struct writer *writer = writer_new(schema, NULL);
  struct buf out = buf_new(1 << 16);
  struct err err = { 0 };
  const value orders[3][2] = { { value_text(STR("1")), value_text(STR("a,b")) },
                               { value_text(STR("2")), value_absent() },
                               { value_text(STR("3")), value_text(STR("x")) } };
  const value items[3][2] = { { value_text(STR("S")), value_integer(2) },
                              { value_text(STR("T")), value_absent() },
                              { value_text(STR("U")), value_integer(1) } };
  static const size_t order_of[] = { 0, 0, 2 };
  writer_start(writer, &out);
  for (size_t i = 0; i < 3; i++) {
    assert_int_equal(writer_open(writer, order, orders[i], &out, &err), OUT_OK);
    for (size_t j = 0; j < 3; j++) {
      if (order_of[j] != i) continue;
      assert_int_equal(writer_open(writer, item, items[j], &out, &err), OUT_OK);
      assert_int_equal(writer_close(writer, item, &out, &err), OUT_OK);
    }
    assert_int_equal(writer_close(writer, order, &out, &err), OUT_OK);
  }
  if (!str_eq(buf_str(&out), str_of(want))) fail_msg("%.*s", STR_ARG(buf_str(&out)));
  buf_free(&out);
  writer_free(writer);
}

static void test_tsv(void **state) {
  (void)state;
  const struct schema *schema =
      schema_of("schema x  format tsv\n  record row\n    a text(20)\n    b text(20)\n");
  struct writer *writer = writer_new(schema, NULL);
  struct buf out = buf_new(4096);
  struct err err = { 0 };
  value fields[] = { value_text(STR("tab\there\nand \"there\"")), value_absent() };
  writer_start(writer, &out);
  assert_int_equal(writer_open(writer, schema->records[0], fields, &out, &err), OUT_OK);
  assert_true(str_eq(buf_str(&out), STR("a\tb\ntab here and \"there\"\t\n")));
  buf_free(&out);
  writer_free(writer);
}

/* A flat file of Amazon's has no quoting: what would part rows and cells is a blank. */
static str as_tsv(str text) {
  char *bytes = arena_alloc(arena, text.len + 1);
  for (size_t i = 0; i < text.len; i++)
    bytes[i] = text.at[i] == '\t' || text.at[i] == '\n' || text.at[i] == '\r' ? ' ' : text.at[i];
  return (str){ bytes, text.len };
}

static void tsv_reads_back(void **state) {
  (void)state;
  const struct schema *schema =
      schema_of("schema x  format tsv\n  record row\n    a text(80)\n    b decimal(2)\n"
                "    c integer\n    d date(DD.MM.YYYY)\n    e text(80)\n");
  const struct record *record = schema->records[0];
  struct writer *writer = writer_new(schema, NULL);
  struct buf out = buf_new(1 << 24);
  struct err err = { 0 };
  uint64_t seed = 3;
  str(*want)[FIELDS] = arena_alloc(arena, sizeof(str[RECORDS][FIELDS])), line, cell;
  writer_start(writer, &out);
  for (size_t i = 0; i < RECORDS; i++) {
    value fields[FIELDS];
    random_fields(&seed, fields);
    for (size_t j = 0; j < FIELDS; j++) want[i][j] = as_tsv(plain(&fields[j], record->fields[j]));
    assert_int_equal(writer_open(writer, record, fields, &out, &err), OUT_OK);
    assert_int_equal(writer_close(writer, record, &out, &err), OUT_OK);
  }
  str rest = buf_str(&out);
  assert_true(str_split(&rest, '\n', &line));
  for (size_t i = 0; i < RECORDS; i++) {
    assert_true(str_split(&rest, '\n', &line));
    for (size_t j = 0; j < FIELDS; j++) {
      assert_true(str_split(&line, '\t', &cell));
      if (!str_eq(cell, want[i][j])) fail_msg("row %zu field %zu: \"%.*s\"", i, j, STR_ARG(cell));
    }
    assert_false(str_split(&line, '\t', &cell));
  }
  buf_free(&out);
  writer_free(writer);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(tsv_reads_back, start, stop),
    cmocka_unit_test_setup_teardown(test_csv, start, stop),
    cmocka_unit_test_setup_teardown(test_ti, start, stop),
    cmocka_unit_test_setup_teardown(test_ti_refuses_what_it_cannot_write, start, stop),
    cmocka_unit_test_setup_teardown(test_levels, start, stop),
    cmocka_unit_test_setup_teardown(test_tsv, start, stop),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
