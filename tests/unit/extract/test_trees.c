/* unit/extract/test_trees: a file's records, from XML, JSON and rows, plain or packed, from a pipe too; and a copy of
 * some of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "extract/again.h"
#include "extract/trees.h"
#include "io/file.h"
#include "tree_show.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

static const char xml[] = "schema x  format xml\n"
                          "  record all once at \"All\"\n"
                          "    shop text(20) at \"Shop\"\n"
                          "    record order at \"Page/Order\"\n"
                          "      id text(20) at \"@id\"\n"
                          "      record item at \"Item\"\n"
                          "        sku text(20)\n";
static const char json[] = "schema j  format json\n"
                           "  record all once\n"
                           "    shop text(20)\n"
                           "    record order at \"pages[]/orders[]\"\n"
                           "      id text(20)\n"
                           "      record item at \"items[]\"\n"
                           "        sku text(20)\n";
static const char csv[] = "schema c  format csv\n"
                          "  record order key id\n"
                          "    id text(20)\n"
                          "    record item\n"
                          "      sku text(20)\n";

static char path[64];

static int start(void **state) {
  (void)state;
  strcpy(path, "/tmp/test_trees.XXXXXX");
  int fd = mkstemp(path);
  return fd < 0 || close(fd);
}

static int stop(void **state) {
  (void)state;
  return unlink(path);
}

static void put(str text) {
  struct err err = { 0 };
  assert_int_equal(file_put(path, 0600, text, &err), OUT_OK);
}

static void put_packed(str text) {
  gzFile file = gzopen(path, "wb");
  assert_int_equal(gzwrite(file, text.at, (unsigned)text.len), (int)text.len);
  gzclose(file);
}

struct reading {
  struct buf shown;
  enum outcome out;
  struct err err;
  uint64_t bytes, size;
};

static void read_from(const char *from, const char *layout, struct reading *reading) {
  struct tree_bench bench;
  struct trees *trees;
  struct tree_batch batch;
  tree_bench_open(&bench, layout);
  *reading = (struct reading){ .shown = buf_new(64 << 20) };
  const struct trees_settings settings = { bench.schema, bench.shapes, CHARSET_UTF_8, in_default_limits };
  reading->out = trees_open(from, &settings, &trees, &reading->err);
  while (!reading->out && !(reading->out = trees_next(trees, &batch, &reading->err))) {
    const struct rec *once = trees_once(trees)[1];
    if (once && !reading->shown.len) tree_show(&bench, once, &reading->shown), buf_char(&reading->shown, '\n');
    tree_show_batch(&bench, &batch, &reading->shown);
    trees_give_back(trees, &batch);
  }
  const str *names;
  size_t unknown = trees_unknown(trees, &names);
  for (size_t i = 0; i < unknown; i++) buf_printf(&reading->shown, "?%.*s\n", STR_ARG(names[i]));
  reading->bytes = trees_bytes_read(trees);
  reading->size = trees_size(trees);
  trees_close(trees);
  tree_bench_close(&bench);
}

static void expect(const char *layout, const char *file, const char *want) {
  struct reading reading;
  for (int packed = 0; packed < 2; packed++) {
    if (packed) put_packed(str_of(file));
    else put(str_of(file));
    read_from(path, layout, &reading);
    if (reading.out != OUT_END) fail_msg("%s", reading.err.text);
    if (!str_eq(buf_str(&reading.shown), str_of(want)))
      fail_msg("\n%.*snot\n%s", STR_ARG(buf_str(&reading.shown)), want);
    if (layout != csv) assert_int_equal(reading.bytes, reading.size);
    buf_free(&reading.shown);
  }
}

static void each_format_gives_its_records(void **state) {
  (void)state;
  expect(xml, "<All><Shop>n</Shop><Page><Order id='A'><Item><sku>M</sku></Item></Order><New/></Page></All>",
         "all shop=n\n1 order id=A { item sku=M }\n?Page/New\n");
  expect(json, "{\"shop\": \"n\", \"pages\": [{\"orders\": [{\"id\": \"A\", \"items\": [{\"sku\": \"M\"}]}]}, {\"new\": 1}]}",
         "all shop=n\n1 order id=A { item sku=M }\n?pages[]/new\n");
  expect(csv, "id,sku,new\nA,M,1\nA,N,\nB,,\n", "1 order id=A { item sku=M } { item sku=N }\n3 order id=B\n?new\n");
}

static void what_stands_behind_is_known_before(void **state) {
  (void)state;
  expect(xml, "<All><Page><Order id='A'/></Page><Page><Order id='B'/></Page><Shop>n</Shop></All>",
         "all shop=n\n1 order id=A\n2 order id=B\n");
  expect(json, "{\"pages\": [{\"orders\": [{\"id\": \"A\"}, {}]}], \"shop\": \"n\"}",
         "all shop=n\n1 order id=A\n2 order id=-\n");
  expect(xml, "<All><Page><Order id='A'/></Page></All>", "all shop=-\n1 order id=A\n");
}

/* Far behind: many blocks are read before it is met. */
static void it_may_be_far(void **state) {
  (void)state;
  struct buf file = buf_new(64 << 20);
  struct reading reading;
  buf_add(&file, STR("<All><Page>"));
  for (int i = 0; i < 50000; i++) buf_printf(&file, "<Order id='O%d'/>", i);
  buf_add(&file, STR("</Page><Shop>n</Shop></All>"));
  put(buf_str(&file));
  read_from(path, xml, &reading);
  assert_int_equal(reading.out, OUT_END);
  assert_true(str_starts(buf_str(&reading.shown), STR("all shop=n\n1 order id=O0\n2 order id=O1\n")));
  assert_true(str_ends(buf_str(&reading.shown), STR("50000 order id=O49999\n")));
  buf_free(&reading.shown);
  buf_free(&file);
}

/* A pipe is read once: what is first is known, what is last is too late. */
static void a_pipe_is_read_once(void **state) {
  (void)state;
  static const char *const files[] = { "<All><Shop>n</Shop><Page><Order id='A'/></Page></All>",
                                       "<All><Page><Order id='A'/></Page><Shop>n</Shop></All>" };
  for (int i = 0; i < 2; i++) {
    struct reading reading;
    unlink(path);
    assert_int_equal(mkfifo(path, 0600), 0);
    pid_t child = fork();
    if (!child) {
      int fd = open(path, O_WRONLY);
      _exit(write(fd, files[i], strlen(files[i])) < 0);
    }
    read_from(path, xml, &reading);
    int status;
    waitpid(child, &status, 0);
    if (i) assert_int_equal(reading.out, OUT_DATA);
    else assert_true(str_eq(buf_str(&reading.shown), STR("all shop=n\n1 order id=A\n")));
    if (i) assert_non_null(strstr(reading.err.text, "a pipe is read only once"));
    buf_free(&reading.shown);
  }
}

static const struct {
  const char *layout, *file, *says;
} bad[] = {
  { xml, "<All><Page>", "bad XML" },
  { xml, "<!DOCTYPE All><All/>", "a DOCTYPE" },
  { xml, "<Other/>", "this is no x: it begins with \"Other\"" },
  { xml, "", "there is no element" },
  { json, "{\"pages\": [", "premature EOF (line 1, column 11)" },
  { json, "{\"pages\": [NaN]}", "bad JSON" },
  { json, "{\"shop\": 1, \"shop\": 2}", "a key twice" },
  { json, "[]", "it begins with \"[]\"" },
  { json, "{}", "nothing stands in it" },
  { csv, "id\n", "the column \"sku\" is missing" },
};

static void bad_files_say_why_and_which(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    struct reading reading;
    put(str_of(bad[i].file));
    read_from(path, bad[i].layout, &reading);
    assert_int_equal(reading.out, OUT_DATA);
    if (!strstr(reading.err.text, bad[i].says)) fail_msg("%s, not %s", reading.err.text, bad[i].says);
    if (*bad[i].layout && strcmp(bad[i].layout, csv) != 0) assert_string_equal(reading.err.file, path);
    buf_free(&reading.shown);
  }
}

/* --- a copy of some records --- */

struct copying {
  struct buf bytes;
  const char *numbers; /* "13": the first and the third */
};

static bool wanted(void *user, uint64_t number, uint64_t line, str *why) {
  const struct copying *copying = user;
  static char text[40];
  snprintf(text, sizeof text, "line %llu -- \"no\"", (unsigned long long)line);
  *why = str_of(text);
  return number < 10 && strchr(copying->numbers, (int)('0' + number)) != NULL;
}

static enum outcome keep_bytes(void *user, str bytes, struct err *err) {
  (void)err;
  buf_add(&((struct copying *)user)->bytes, bytes);
  return OUT_OK;
}

static void copied(const char *layout, const char *file, const char *numbers, const char *want) {
  struct tree_bench bench;
  struct copying copying = { buf_new(1 << 20), numbers };
  struct err err = { 0 };
  tree_bench_open(&bench, layout);
  put(str_of(file));
  const struct again_settings settings = { NULL, bench.items[bench.shapes.streamed].record, &copying, wanted, keep_bytes };
  if (again_copy(path, &settings, &err)) fail_msg("%s", err.text);
  if (!str_eq(buf_str(&copying.bytes), str_of(want)))
    fail_msg("\n%.*s\nnot\n%s", STR_ARG(buf_str(&copying.bytes)), want);
  buf_free(&copying.bytes);
  tree_bench_close(&bench);
}

static void some_records_are_copied(void **state) {
  (void)state;
  static const char orders[] = "<All>\n <Page n='1'><Order id='A'/></Page>\n <Page><Order id='B'><Order/></Order>\n  <Order id='C'/></Page>\n</All>\n";
  copied(xml, orders, "1", "<All>\n <Page n='1'><!-- sluice: line 2 - - \"no\" --><Order id='A'/></Page>\n</All>\n");
  copied(xml, orders, "3", "<All>\n <Page>\n  <!-- sluice: line 4 - - \"no\" --><Order id='C'/></Page>\n</All>\n");
  copied(xml, orders, "2", "<All>\n <Page><!-- sluice: line 3 - - \"no\" --><Order id='B'><Order/></Order></Page>\n</All>\n");
  copied(xml, orders, "", "<All>\n</All>\n");
  copied(xml, "<All><Page><!-- sluice: old --><Order/></Page><!-- mine --></All>", "1",
         "<All><Page><!-- sluice: line 1 - - \"no\" --><Order/></Page><!-- mine --></All>");
  static const char pages[] = "{\"pages\": [{\"n\": 1, \"orders\": [{\"id\": \"A\"}, {}]},\n {\"orders\": []}, {\"orders\": [7, {\"id\": \"C\"}]}], \"x\": [1,2]}\n";
  copied(json, pages, "1", "{\"pages\": [{\"n\": 1, \"orders\": [{\"sluice-error\": \"line 1 -- \\\"no\\\"\",\"id\": \"A\"}]}], \"x\": [1,2]}\n");
  copied(json, pages, "4", "{\"pages\": [ {\"orders\": [ {\"sluice-error\": \"line 2 -- \\\"no\\\"\",\"id\": \"C\"}]}], \"x\": [1,2]}\n");
  copied(json, pages, "23", "{\"pages\": [{\"n\": 1, \"orders\": [ {\"sluice-error\": \"line 1 -- \\\"no\\\"\"}]}, {\"orders\": [7]}], \"x\": [1,2]}\n");
  copied(json, "\xef\xbb\xbf{\"pages\": [{\"orders\": [{\"sluice-error\": [1, {}], \"id\": 1}]}]}", "1",
         "{\"pages\": [{\"orders\": [{\"sluice-error\": \"line 1 -- \\\"no\\\"\", \"id\": 1}]}]}");
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(each_format_gives_its_records, start, stop),
    cmocka_unit_test_setup_teardown(what_stands_behind_is_known_before, start, stop),
    cmocka_unit_test_setup_teardown(it_may_be_far, start, stop),
    cmocka_unit_test_setup_teardown(a_pipe_is_read_once, start, stop),
    cmocka_unit_test_setup_teardown(bad_files_say_why_and_which, start, stop),
    cmocka_unit_test_setup_teardown(some_records_are_copied, start, stop),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
