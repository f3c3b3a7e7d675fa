/* fuzz/fuzz_trees: any bytes as an XML or JSON file of a fixed schema: no crash, the same records or the same error
 * whatever pieces they come in, and of a good file any choice of records can be copied out and read again.
 *
 * The first byte says which format (odd: JSON), which records are chosen and how it is cut; the rest is the file.
 */
#include "codec/json.h"
#include "codec/xml.h"
#include "extract/again_internal.h"
#include "extract/paths.h"
#include "codec/xml_bytes.h"

#include "../unit/extract/tree_show.h"

enum { SHOWN_MOST = 64 << 20, CHOICES = 3 };

static const char xml_schema[] = "schema x  format xml\n"
                                 "  record all once at \"All\"\n"
                                 "    sum decimal at \"Head/Sum\"\n"
                                 "    record order at \"Page/Order\"\n"
                                 "      id   text(20) at \"@id\"\n"
                                 "      note text(200) at \"Note\"\n"
                                 "      old  text(9) at \"Old\" refused \"old\"\n"
                                 "      record item at \"Items/Item\"\n"
                                 "        sku text(20)\n"
                                 "        qty integer\n";
static const char json_schema[] = "schema j  format json\n"
                                  "  record all once\n"
                                  "    sum decimal at \"head/sum\"\n"
                                  "    record order at \"pages[]/orders[]\"\n"
                                  "      id   text(20)\n"
                                  "      note text(200)\n"
                                  "      old  text(9) refused \"old\"\n"
                                  "      record item at \"items[]\"\n"
                                  "        sku text(20)\n"
                                  "        qty integer\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct tree_bench benches[2];

struct reading {
  struct buf shown;
  uint64_t count;
  enum outcome out;
};

static void take(const struct tree_bench *bench, struct paths *paths, struct reading *reading) {
  struct tree_batch batch;
  while (paths_take(paths, &batch)) {
    tree_show_batch(bench, &batch, &reading->shown);
    reading->count += batch.count;
    paths_give_back(paths, &batch);
  }
}

static void read_all(bool json, str bytes, size_t step, struct reading *reading) {
  const struct tree_bench *bench = &benches[json];
  struct paths *paths = paths_new(bench->schema, &bench->shapes);
  const struct events events = paths_events(paths);
  struct xml_reader *xml = json ? NULL : xml_reader_new(&events, events_default_limits);
  struct json_reader *reader = json ? json_reader_new(&events, events_default_limits, false) : NULL;
  struct err err = { 0 };
  *reading = (struct reading){ .shown = buf_new(SHOWN_MOST) };
  do {
    str some = str_sub(bytes, 0, step);
    bytes = str_sub(bytes, some.len, bytes.len);
    reading->out = json ? json_feed(reader, some, !bytes.len, &err) : xml_feed(xml, some, !bytes.len, &err);
    take(bench, paths, reading);
  } while (!reading->out && bytes.len);
  if (!reading->out) reading->out = paths_end(paths, &err);
  take(bench, paths, reading);
  if (reading->out && (reading->out != OUT_DATA || !err.text[0])) abort();
  if (reading->out) buf_printf(&reading->shown, "%s\n", err.text);
  const struct rec *once = paths_once(paths)[1];
  if (once) tree_show(bench, once, &reading->shown);
  xml_reader_free(xml);
  json_reader_free(reader);
  paths_free(paths);
}

/* --- copies --- */

struct copying {
  unsigned choice;
  uint64_t chosen;
  struct buf bytes;
};

static bool wanted(void *user, uint64_t number, uint64_t line, str *why) {
  struct copying *copying = user;
  if (!line) abort();
  *why = STR("not <good> -- \"at all\"--\\");
  bool chosen = copying->choice == 0 || number % CHOICES == copying->choice % CHOICES;
  copying->chosen += chosen;
  return chosen;
}

static enum outcome write(void *user, str bytes, struct err *err) {
  (void)err;
  buf_add(&((struct copying *)user)->bytes, bytes);
  return OUT_OK;
}

static enum outcome to_xml(void *user, str utf8, struct err *err) { return again_xml_feed(user, utf8, err); }

static enum outcome copy_bytes(bool json, str bytes, struct again *again, struct err *err) {
  enum outcome out;
  if (json) {
    struct again_json *copy = again_json_new(again);
    out = again_json_feed(copy, bytes, err);
    if (!out) out = again_json_end(copy, err);
    again_json_free(copy);
    return out;
  }
  struct again_xml *copy = again_xml_new(again);
  struct xml_bytes *in = xml_bytes_new();
  out = xml_bytes_feed(in, bytes, true, to_xml, copy, err);
  if (!out) out = again_xml_end(copy, err);
  xml_bytes_free(in);
  again_xml_free(copy);
  return out;
}

/* Every record is met, those chosen come back, and nothing else does. */
static void check_copy(bool json, str bytes, const struct reading *whole, unsigned choice) {
  struct copying copying = { .choice = choice, .bytes = buf_new(SHOWN_MOST) };
  const struct record *record = benches[json].items[benches[json].shapes.streamed].record;
  const struct again_settings settings = { NULL, record, &copying, wanted, write };
  struct arena *arena = arena_new();
  struct again again = again_begin(&settings, arena);
  struct err err = { 0 };
  enum outcome out = copy_bytes(json, bytes, &again, &err);
  if (out || again.number != whole->count) abort();
  struct reading copied;
  read_all(json, buf_str(&copying.bytes), SIZE_MAX, &copied);
  bool none = copied.out && !copying.chosen; /* an envelope that was nothing but records */
  if (!none && (copied.out || copied.count != copying.chosen)) abort();
  if (choice == 0) { /* all of them: each cell as it was */
    if (!str_eq(buf_str(&copied.shown), buf_str(&whole->shown))) abort();
  }
  buf_free(&copied.shown);
  buf_free(&copying.bytes);
  again_end(&again);
  arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (!benches[0].arena) {
    tree_bench_open(&benches[0], xml_schema);
    tree_bench_open(&benches[1], json_schema);
  }
  if (!size || size > 256 * 1024) return 0;
  bool json = data[0] & 1;
  str bytes = { (const char *)data + 1, size - 1 };
  struct reading whole, cut;
  read_all(json, bytes, SIZE_MAX, &whole);
  read_all(json, bytes, 1 + (data[0] >> 1) % 16, &cut);
  if (whole.out != cut.out || !str_eq(buf_str(&whole.shown), buf_str(&cut.shown))) abort();
  for (unsigned choice = 0; choice < CHOICES && !whole.out; choice++) check_copy(json, bytes, &whole, choice);
  buf_free(&whole.shown);
  buf_free(&cut.shown);
  return 0;
}
