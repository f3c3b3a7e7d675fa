/* fuzz/fuzz_xml: any bytes are told as one walk in any portions, or are refused with a reason.
 *
 * The first byte chooses limits and what is not wanted, the rest is the file.
 */
#include "../unit/codec/walk_show.h"
#include "codec/xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct manner {
  struct events_limits limits;
  const char *unwanted;
};

/* Each portion is a copy of its own size, so that a sanitizer sees a byte read past it, or kept. */
static enum outcome feed_copy(struct xml_reader *xml, str some, bool last, struct err *err) {
  char *copy = malloc(some.len + 1);
  show_must(copy);
  if (some.len) memcpy(copy, some.at, some.len);
  enum outcome out = xml_feed(xml, (str){ copy, some.len }, last, err);
  free(copy);
  return out;
}

struct blocks {
  str rest;
  size_t step;
  char *copy;
};

static enum outcome next_block(void *user, str *block, struct err *err) {
  struct blocks *blocks = user;
  (void)err;
  str some = str_sub(blocks->rest, 0, blocks->step);
  blocks->rest = str_sub(blocks->rest, some.len, blocks->rest.len);
  free(blocks->copy);
  show_must((blocks->copy = malloc(some.len + 1)));
  if (some.len) memcpy(blocks->copy, some.at, some.len);
  *block = (str){ blocks->copy, some.len };
  return OUT_OK;
}

static enum outcome pull(struct xml_reader *xml, str bytes, size_t step, struct err *err) {
  struct blocks blocks = { bytes, step, NULL };
  enum outcome out = xml_read(xml, next_block, &blocks, err);
  free(blocks.copy);
  return out;
}

static enum outcome feed(struct xml_reader *xml, str bytes, size_t step, struct err *err) {
  enum outcome out = OUT_OK;
  do {
    str some = str_sub(bytes, 0, step);
    bytes = str_sub(bytes, some.len, bytes.len);
    out = feed_copy(xml, some, !bytes.len, err);
  } while (!out && bytes.len);
  return out;
}

/* piece 0: pulled. */
static enum outcome walk(str bytes, size_t step, size_t piece, struct manner manner, struct buf *shown) {
  struct show show = show_new(manner.limits, manner.unwanted);
  struct events events = show_events(&show);
  struct xml_reader *xml = xml_reader_new_by(&events, manner.limits, piece ? piece : 1);
  struct err err = { 0 };
  enum outcome out = piece ? feed(xml, bytes, step, &err) : pull(xml, bytes, step, &err);
  xml_reader_free(xml);
  show_must(out ? out == OUT_DATA && err.outcome == out : !show.depth);
  if (out) {
    show_must(strstr(err.text, " (line ") && str_ends(str_of(err.text), STR(")")));
    show_must(str_is_utf8(str_of(err.text), NULL));
    buf_printf(&show.text, "! %s", err.text);
  }
  *shown = show.text;
  return out;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const size_t steps[] = { 1, 2, 3, 7 };
  static const struct events_limits small = { 5, 20 };
  if (!size) return 0;
  str bytes = { (const char *)data + 1, size - 1 };
  struct manner manner = { data[0] & 1 ? small : events_default_limits, data[0] & 2 ? "b@" : NULL };
  struct buf want, got, pulled;
  enum outcome out = walk(bytes, SIZE_MAX, 65536, manner, &want);
  show_must(walk(bytes, SIZE_MAX, 0, manner, &pulled) == out);
  show_must(out || str_eq(buf_str(&pulled), buf_str(&want)));
  for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
    show_must(walk(bytes, steps[i], 65536, manner, &got) == out && str_eq(buf_str(&got), buf_str(&want)));
    buf_free(&got);
    show_must(walk(bytes, steps[i], 0, manner, &got) == out && str_eq(buf_str(&got), buf_str(&pulled)));
    buf_free(&got);
    /* Where libxml2 is fed by so little, it may come further before it sees that the file is bad. */
    show_must(walk(bytes, SIZE_MAX, steps[i], manner, &got) == out);
    show_must(out || str_eq(buf_str(&got), buf_str(&want)));
    buf_free(&got);
  }
  buf_free(&want), buf_free(&pulled);
  return 0;
}
