/* unit/extract/test_nested: rows become records by their keys, in both formats, whatever stands at a batch's border. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "extract/nested.h"
#include "io/file.h"
#include "tree_show.h"

#include <unistd.h>

static const char keyed[] = "schema n  format %s\n"
                            "  record order key id\n"
                            "    id text(20)\n"
                            "    note text(200)\n"
                            "    record item key sku\n"
                            "      sku text(20)\n"
                            "      qty integer\n"
                            "      record tax\n"
                            "        kind text(20)\n"
                            "        unused text(20) optional\n";
static const char keyless[] = "schema n  format %s\n"
                              "  record order\n"
                              "    id text(20)\n"
                              "    note text(200)\n"
                              "    record item\n"
                              "      sku text(20)\n";
static const char *const forms[] = { "csv", "tsv" };

static char path[64];

static int start(void **state) {
  (void)state;
  strcpy(path, "/tmp/test_nested.XXXXXX");
  int fd = mkstemp(path);
  return fd < 0 || close(fd);
}

static int stop(void **state) {
  (void)state;
  return unlink(path);
}

static void put(str text, bool tabs) {
  struct err err = { 0 };
  struct buf bytes = buf_new(64 << 20);
  buf_add(&bytes, text);
  for (size_t i = 0; tabs && i < bytes.len; i++)
    if (bytes.at[i] == ',') bytes.at[i] = '\t';
  assert_int_equal(file_put(path, 0600, buf_str(&bytes), &err), OUT_OK);
  buf_free(&bytes);
}

struct reading {
  struct buf shown;
  enum outcome out;
  struct err err;
  size_t batches;
  bool not_utf8;
};

static void read_all(const char *layout, const char *form, enum charset charset, struct reading *reading) {
  struct tree_bench bench;
  struct nested *nested;
  struct tree_batch batch;
  char text[1000];
  snprintf(text, sizeof text, layout, form);
  tree_bench_open(&bench, text);
  *reading = (struct reading){ .shown = buf_new(64 << 20) };
  reading->out = nested_open(path, bench.schema, &bench.shapes, charset, in_default_limits, &nested, &reading->err);
  while (!reading->out && !(reading->out = nested_next(nested, &batch, &reading->err))) {
    reading->batches++;
    tree_show_batch(&bench, &batch, &reading->shown);
    for (size_t i = 0; i < batch.count; i++) buf_printf(&reading->shown, "%u rows\n", batch.items[i]->rows);
    tree_free(batch.tree);
  }
  reading->not_utf8 = nested_flat(nested) && flat_is_not_utf8(nested_flat(nested));
  nested_close(nested);
  tree_bench_close(&bench);
}

static void expect(const char *layout, const char *file, const char *want) {
  for (size_t i = 0; i < 2; i++) {
    struct reading reading;
    put(str_of(file), i == 1);
    read_all(layout, forms[i], CHARSET_UTF_8, &reading);
    assert_int_equal(reading.out, OUT_END);
    if (!str_eq(buf_str(&reading.shown), str_of(want)))
      fail_msg("%s:\n%.*snot\n%s", forms[i], STR_ARG(buf_str(&reading.shown)), want);
    buf_free(&reading.shown);
  }
}

#define HEAD "id,note,sku,qty,kind\n"

static void neighbours_with_an_equal_key_are_one(void **state) {
  (void)state;
  expect(keyed, HEAD "A,x,M,1,city\nA,x,M,1,state\nA,other, M ,2,\nA,x,N,1,\nB,y,M,1,\n",
         "1 order id=A note=x { item sku=M qty=1 { tax kind=city } { tax kind=state } } { item sku=N qty=1 }\n"
         "5 order id=B note=y { item sku=M qty=1 }\n4 rows\n1 rows\n");
  expect(keyed, HEAD "A,,M,1,\nB,,M,1,\nA,,M,1,\n",
         "1 order id=A note= { item sku=M qty=1 }\n2 order id=B note= { item sku=M qty=1 }\n"
         "3 order id=A note= { item sku=M qty=1 }\n1 rows\n1 rows\n1 rows\n");
}

static void records_may_have_no_children(void **state) {
  (void)state;
  expect(keyed, HEAD "A,x,,,\nB,y,M,1,\nB,y,,,\nC,,,,\n",
         "1 order id=A note=x\n2 order id=B note=y { item sku=M qty=1 }\n4 order id=C note=\n1 rows\n2 rows\n1 rows\n");
}

/* What is below an empty record is not lost, nor given to another one. */
static void an_empty_record_between_has_children(void **state) {
  (void)state;
  expect(keyed, HEAD "A,x,M,1,city\nA,x,,,\nA,x,,,state\nA,x,,,moon\nA,x,M,1,city\n",
         "1 order id=A note=x { item sku=M qty=1 { tax kind=city } } { item sku= qty= { tax kind=state } "
         "{ tax kind=moon } } { item sku=M qty=1 { tax kind=city } }\n5 rows\n");
}

static void without_a_key_all_outer_fields_tell(void **state) {
  (void)state;
  expect(keyless, "id,note,sku\nA,x,M\nA,x,M\nA,y,M\n",
         "1 order id=A note=x { item sku=M } { item sku=M }\n3 order id=A note=y { item sku=M }\n2 rows\n1 rows\n");
}

static void a_wrong_row_spoils_its_record(void **state) {
  (void)state;
  expect(keyed, HEAD "A,x,M,1,\nA,x,N,1,,,x\nB,y,M,1,\n",
         "1 order id=A note=x { item sku=M qty=1 } { item sku=N qty=1 } !the row has more fields than the header\n"
         "3 order id=B note=y { item sku=M qty=1 }\n2 rows\n1 rows\n");
}

/* Orders of 1 to 40 rows, one of them much larger than a batch: none is cut. */
static void batches_end_between_records(void **state) {
  (void)state;
  struct buf file = buf_new(64 << 20), want = buf_new(64 << 20);
  buf_add(&file, STR(HEAD));
  unsigned row = 0;
  for (unsigned i = 0; i < 4000; i++) {
    unsigned rows = i == 1777 ? 20000 : 1 + i * 7 % 40;
    buf_printf(&want, "%u order id=O%u note=%0100u", row + 1, i, i);
    for (unsigned j = 0; j < rows; j++) {
      buf_printf(&file, "O%u,%0100u,S%u,%u,\n", i, i, j, j);
      buf_printf(&want, " { item sku=S%u qty=%u }", j, j);
    }
    row += rows;
    buf_printf(&want, "\n");
  }
  for (size_t form = 0; form < 2; form++) {
    struct reading reading;
    put(buf_str(&file), form == 1);
    read_all(keyed, forms[form], CHARSET_UTF_8, &reading);
    assert_int_equal(reading.out, OUT_END);
    assert_true(reading.batches > 10);
    str rest = buf_str(&reading.shown), line;
    struct buf got = buf_new(64 << 20);
    while (str_split(&rest, '\n', &line))
      if (line.len && !str_ends(line, STR(" rows"))) buf_printf(&got, "%.*s\n", STR_ARG(line));
    size_t same = 0;
    while (same < got.len && same < want.len && got.at[same] == want.at[same]) same++;
    if (!str_eq(buf_str(&got), buf_str(&want)))
      fail_msg("\n%.*s\nnot\n%.*s", 300, got.at + same - (same < 100 ? same : 100), 300,
               want.at + same - (same < 100 ? same : 100));
    buf_free(&got);
    buf_free(&reading.shown);
  }
  buf_free(&file);
  buf_free(&want);
}

static void a_record_of_more_than_16_mib_stops(void **state) {
  (void)state;
  struct buf file = buf_new(64 << 20);
  struct reading reading;
  buf_add(&file, STR(HEAD "A,,M,1,\n"));
  for (unsigned i = 0; i < 150000; i++) buf_printf(&file, "B,,S%u,%u,\n", i, i);
  put(buf_str(&file), false);
  read_all(keyed, "csv", CHARSET_UTF_8, &reading);
  assert_int_equal(reading.out, OUT_DATA);
  assert_non_null(strstr(reading.err.text, "one record takes more than 16 MiB (it goes on in row "));
  buf_free(&reading.shown);
  buf_free(&file);
}

static void another_charset_is_noticed(void **state) {
  (void)state;
  struct reading reading;
  for (size_t i = 0; i < 2; i++) {
    put(STR(HEAD "A,caf\xe9,M,1,\nB,y,M,1,\n"), i == 1);
    read_all(keyed, forms[i], CHARSET_UTF_8, &reading);
    assert_true(reading.not_utf8);
    buf_free(&reading.shown);
    read_all(keyed, forms[i], CHARSET_WINDOWS_1252, &reading);
    assert_int_equal(reading.out, OUT_END);
    assert_false(reading.not_utf8);
    assert_true(str_starts(buf_str(&reading.shown), STR("1 order id=A note=caf\xc3\xa9 ")));
    buf_free(&reading.shown);
  }
}

static void wrong_headers_are_refused(void **state) {
  (void)state;
  struct reading reading;
  put(STR("id,note,sku\n"), false);
  read_all(keyed, "csv", CHARSET_UTF_8, &reading);
  assert_int_equal(reading.out, OUT_DATA);
  assert_non_null(strstr(reading.err.text, "the column \"qty\" is missing"));
  buf_free(&reading.shown);
  put(STR_NONE, false);
  read_all(keyed, "csv", CHARSET_UTF_8, &reading);
  assert_int_equal(reading.out, OUT_DATA);
  buf_free(&reading.shown);
  put(STR(HEAD), false);
  read_all(keyed, "csv", CHARSET_UTF_8, &reading);
  assert_int_equal(reading.out, OUT_END);
  buf_free(&reading.shown);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(neighbours_with_an_equal_key_are_one, start, stop),
    cmocka_unit_test_setup_teardown(records_may_have_no_children, start, stop),
    cmocka_unit_test_setup_teardown(an_empty_record_between_has_children, start, stop),
    cmocka_unit_test_setup_teardown(without_a_key_all_outer_fields_tell, start, stop),
    cmocka_unit_test_setup_teardown(a_wrong_row_spoils_its_record, start, stop),
    cmocka_unit_test_setup_teardown(batches_end_between_records, start, stop),
    cmocka_unit_test_setup_teardown(a_record_of_more_than_16_mib_stops, start, stop),
    cmocka_unit_test_setup_teardown(another_charset_is_noticed, start, stop),
    cmocka_unit_test_setup_teardown(wrong_headers_are_refused, start, stop),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
