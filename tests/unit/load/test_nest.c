/* unit/load/test_nest: records written as XML and JSON are the records that are read back; and how they look.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "codec/json.h"
#include "codec/xml.h"
#include "extract/paths.h"
#include "load/writer.h"

#include "../extract/tree_show.h"

enum { ORDERS = 300 };

static const char xml[] = "schema x  format xml\n"
                          "  record all once at \"All\"\n"
                          "    named text(20) at \"@xsi:named\"\n"
                          "    shop text(20) at \"Head/Shop\"\n"
                          "    record order at \"Page/Order\"\n"
                          "      id text(20) at \"@id\"\n"
                          "      at \"Deep\"\n"
                          "        sum decimal at \"Sum\"\n"
                          "        currency text(3) at \"Sum@currency\"\n"
                          "        at \"Data\"\n"
                          "          name text(99)\n"
                          "          alone text(9) at \"Mark@of\"\n"
                          "        record item at \"Item\"\n"
                          "          sku text(20)\n"
                          "          record part at \"Parts/Part\"\n"
                          "            size integer\n"
                          "        record box at \"Boxes/Box\"\n"
                          "          code text(20)\n";
static const char json[] = "schema j  format json\n"
                           "  record all once\n"
                           "    shop text(20) at \"head/shop\"\n"
                           "    record order at \"orders[]\"\n"
                           "      id text(20)\n"
                           "      sum decimal at \"price[]/schedule[]/value\"\n"
                           "      currency text(3) at \"price[]/schedule[]/currency\"\n"
                           "      name text(99) at \"deep/name\"\n"
                           "      alone text(9) at \"deep/mark/of\"\n"
                           "      record item at \"deep/items[]\"\n"
                           "        sku text(20)\n"
                           "        record part at \"parts/list[]\"\n"
                           "          size integer\n"
                           "      record box at \"boxes[]\"\n"
                           "        code text(20) at \".\"\n";

struct bench {
  struct tree_bench tree;
  struct writer *writer;
  struct buf out, want;
  struct err err;
  uint64_t seed;
};

static uint64_t next(struct bench *bench, uint64_t below) {
  bench->seed = bench->seed * 6364136223846793005u + 1442695040888963407u;
  return (bench->seed >> 33) % below;
}

static value random_text(struct bench *bench) {
  static const char *const pieces[] = { "a",        "\"",           "&", "<", ">", "'", "\\", "]]>",
                                        "\xc3\xa4", "\xe2\x82\xac", "{", "9", ",", "/" };
  struct buf text = buf_new(4096);
  if (!next(bench, 5)) return value_absent();
  for (size_t i = 1 + next(bench, 6); i > 0; i--)
    buf_add(&text, str_of(pieces[next(bench, sizeof pieces / sizeof *pieces)]));
  value v = value_text(arena_str(bench->tree.arena, buf_str(&text)));
  buf_free(&text);
  return v;
}

static value random_value(struct bench *bench, const struct field *field) {
  if (field->type.type == TYPE_INTEGER)
    return next(bench, 4) ? value_integer((int64_t)next(bench, 900)) : value_absent();
  if (field->type.type != TYPE_DECIMAL) return random_text(bench);
  return next(bench, 4) ? value_decimal((dec){ (int64_t)next(bench, 2000001) - 1000000, 2 }) : value_absent();
}

/* Random fields, and what the reader should show of them. */
static void write_record(struct bench *bench, const struct record *record, bool bare) {
  value fields[8];
  buf_printf(&bench->want, "%.*s", STR_ARG(record->name));
  for (size_t i = 0; i < record->field_count; i++) {
    const struct field *field = record->fields[i];
    do fields[i] = random_value(bench, field);
    while (bare && !value_is_present(&fields[i]));
    buf_printf(&bench->want, " %.*s=", STR_ARG(field->name));
    if (value_is_present(&fields[i])) value_format(&fields[i], &field->type, NULL, &bench->want);
    else buf_char(&bench->want, '-');
  }
  assert_int_equal(writer_open(bench->writer, record, fields, &bench->out, &bench->err), OUT_OK);
  for (size_t i = 0; i < record->kid_count; i++)
    for (size_t count = next(bench, 4); count > 0; count--) {
      buf_add(&bench->want, STR(" { "));
      write_record(bench, record->kids[i], str_eq(record->kids[i]->name, STR("box")));
      buf_add(&bench->want, STR(" }"));
    }
  assert_int_equal(writer_close(bench->writer, record, &bench->out, &bench->err), OUT_OK);
}

static void begin(struct bench *bench, const char *schema, const char *shop) {
  *bench = (struct bench){ .out = buf_new(1 << 24), .want = buf_new(1 << 24), .seed = 7 };
  tree_bench_open(&bench->tree, schema);
  const struct record *all = bench->tree.schema->records[0];
  value fields[] = { value_text(str_of(shop)), value_text(str_of(shop)) };
  bench->writer = writer_new(bench->tree.schema, NULL);
  writer_start(bench->writer, &bench->out);
  assert_int_equal(writer_open(bench->writer, all, fields, &bench->out, &bench->err), OUT_OK);
}

static void finish(struct bench *bench) {
  assert_int_equal(writer_close(bench->writer, bench->tree.schema->records[0], &bench->out, &bench->err),
                   OUT_OK);
  writer_end(bench->writer, &bench->out);
}

static void end(struct bench *bench) {
  writer_free(bench->writer);
  buf_free(&bench->out);
  buf_free(&bench->want);
  tree_bench_close(&bench->tree);
}

static void read_back(struct bench *bench) {
  struct paths *paths = paths_new(bench->tree.schema, &bench->tree.shapes);
  struct events events = paths_events(paths);
  struct buf shown = buf_new(1 << 24);
  struct tree_batch batch;
  enum outcome out;
  if (bench->tree.schema->format == FORMAT_XML) {
    struct xml_reader *reader = xml_reader_new(&events, events_default_limits);
    out = xml_feed(reader, buf_str(&bench->out), true, &bench->err);
    xml_reader_free(reader);
  } else {
    struct json_reader *reader = json_reader_new(&events, events_default_limits, false);
    out = json_feed(reader, buf_str(&bench->out), true, &bench->err);
    json_reader_free(reader);
  }
  if (out || paths_end(paths, &bench->err))
    fail_msg("%s\n%.*s", bench->err.text, STR_ARG(buf_str(&bench->out)));
  assert_int_equal(paths_unknown(paths, &(const str *){ NULL }), 0);
  assert_true(str_eq(paths_once(paths)[1]->cells[0], STR("north & south")));
  while (paths_take(paths, &batch)) {
    tree_show_batch(&bench->tree, &batch, &shown);
    paths_give_back(paths, &batch);
  }
  if (!str_eq(buf_str(&shown), buf_str(&bench->want)))
    fail_msg("\n%.*snot\n%.*sof\n%.*s", STR_ARG(str_left_chars(buf_str(&shown), 2000)),
             STR_ARG(str_left_chars(buf_str(&bench->want), 2000)),
             STR_ARG(str_left_chars(buf_str(&bench->out), 2000)));
  buf_free(&shown);
  paths_free(paths);
}

static void round_trip(const char *schema) {
  struct bench bench;
  begin(&bench, schema, "north & south");
  for (int i = 1; i <= ORDERS; i++) {
    struct nest before = bench.writer->nest;
    size_t bytes = bench.out.len, want = bench.want.len;
    buf_printf(&bench.want, "%d ", i);
    write_record(&bench, bench.tree.schema->records[0]->kids[0], false);
    buf_char(&bench.want, '\n');
    if (next(&bench, 5)) continue;
    bench.writer->nest = before; /* taken back, as if it had not been */
    bench.out.len = bytes, bench.want.len = want;
    i--;
  }
  finish(&bench);
  read_back(&bench);
  end(&bench);
}

static void xml_reads_back(void **state) {
  (void)state;
  round_trip(xml);
}

static void json_reads_back(void **state) {
  (void)state;
  round_trip(json);
}

static const struct record *kid(const struct record *record, size_t i) { return record->kids[i]; }

/* One order with two items and a part, and an order of which nothing is there. */
static void two_orders(struct bench *bench) {
  const struct record *order = kid(bench->tree.schema->records[0], 0), *item = kid(order, 0);
  value none[8] = { value_absent() };
  value fields[] = { value_text(STR("A-1")), value_decimal((dec){ 1990, 2 }), value_text(STR("USD")),
                     value_text(STR("Ann \"B\"")), value_absent() };
  value mug = value_text(STR("MUG")), cup = value_text(STR("CUP")), four = value_integer(4),
        code = value_text(STR("x"));
  struct buf *out = &bench->out;
  struct err *err = &bench->err;
  for (size_t i = 0; i < 8; i++) none[i] = value_absent();
  writer_open(bench->writer, order, fields, out, err);
  writer_open(bench->writer, item, &mug, out, err);
  writer_open(bench->writer, kid(item, 0), &four, out, err);
  writer_close(bench->writer, kid(item, 0), out, err);
  writer_close(bench->writer, item, out, err);
  writer_open(bench->writer, item, &cup, out, err);
  writer_close(bench->writer, item, out, err);
  writer_open(bench->writer, kid(order, 1), &code, out, err);
  writer_close(bench->writer, kid(order, 1), out, err);
  writer_close(bench->writer, order, out, err);
  writer_open(bench->writer, order, none, out, err);
  writer_close(bench->writer, order, out, err);
  finish(bench);
}

static void looks(const char *schema, const char *want) {
  struct bench bench;
  begin(&bench, schema, "north");
  two_orders(&bench);
  if (!str_eq(buf_str(&bench.out), str_of(want))) fail_msg("%.*s", STR_ARG(buf_str(&bench.out)));
  end(&bench);
}

static void neighbours_share_elements(void **state) {
  (void)state;
  looks(xml,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<All xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
        "xsi:named=\"north\"><Head><Shop>north</Shop></Head>\n"
        "<Page><Order id=\"A-1\"><Deep><Sum currency=\"USD\">19.90</Sum><Data><name>Ann "
        "&quot;B&quot;</name></Data>"
        "<Item><sku>MUG</sku><Parts><Part><size>4</size></Part></Parts></Item><Item><sku>CUP</sku></Item>"
        "<Boxes><Box><code>x</code></Box></Boxes></Deep></Order>\n"
        "<Order></Order>\n"
        "</Page></All>\n");
}

static void lists_hold_objects(void **state) {
  (void)state;
  looks(json, "{\"head\":{\"shop\":\"north\"},\"orders\":[\n"
              "{\"id\":\"A-1\",\"price\":[{\"schedule\":[{\"value\":19.90,\"currency\":\"USD\"}]}],\"deep\":{"
              "\"name\":\"Ann \\\"B\\\"\","
              "\"items\":[{\"sku\":\"MUG\",\"parts\":{\"list\":[{\"size\":4}]}},{\"sku\":\"CUP\"}]},"
              "\"boxes\":[\"x\"]},\n"
              "{}]}\n");
}

static void what_xml_cannot_have_refuses_the_record(void **state) {
  (void)state;
  struct bench bench;
  begin(&bench, xml, "north");
  const struct record *order = kid(bench.tree.schema->records[0], 0);
  value fields[] = { value_text(STR("A-1")), value_absent(), value_absent(), value_text(STR("bell\a")),
                     value_absent() };
  assert_int_equal(writer_open(bench.writer, order, fields, &bench.out, &bench.err), OUT_DATA);
  assert_string_equal(bench.err.field, "name");
  end(&bench);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(xml_reads_back),
    cmocka_unit_test(json_reads_back),
    cmocka_unit_test(neighbours_share_elements),
    cmocka_unit_test(lists_hold_objects),
    cmocka_unit_test(what_xml_cannot_have_refuses_the_record),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
