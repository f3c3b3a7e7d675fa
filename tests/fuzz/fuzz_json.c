/* fuzz/fuzz_json: any bytes are told as one walk in any portions, or are refused with a reason.
 *
 * The first byte chooses limits, what is not wanted and whether these are lines, the rest is the file.
 */
#include "../unit/codec/walk_show.h"
#include "codec/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct manner {
  struct events_limits limits;
  const char *unwanted;
  bool lines;
};

/* Each portion is a copy of its own size, so that a sanitizer sees a byte read past it, or kept. */
static enum outcome feed_copy(struct json_reader *json, str some, bool last, struct err *err) {
  char *copy = malloc(some.len + 1);
  show_must(copy);
  if (some.len) memcpy(copy, some.at, some.len);
  enum outcome out = json_feed(json, (str){ copy, some.len }, last, err);
  free(copy);
  return out;
}

static enum outcome walk(str bytes, size_t step, size_t piece, struct manner manner, struct buf *shown) {
  struct show show = show_new(manner.limits, manner.unwanted);
  struct events events = show_events(&show);
  struct json_reader *json = json_reader_new_by(&events, manner.limits, manner.lines, piece);
  struct err err = { 0 };
  enum outcome out = OUT_OK;
  do {
    str some = str_sub(bytes, 0, step);
    bytes = str_sub(bytes, some.len, bytes.len);
    out = feed_copy(json, some, !bytes.len, &err);
  } while (!out && bytes.len);
  json_reader_free(json);
  show_must(out ? out == OUT_DATA && err.outcome == out : !show.depth);
  if (out) {
    show_must(strstr(err.text, " (line ") && str_ends(str_of(err.text), STR(")")));
    show_must(str_is_utf8(str_of(err.text), NULL));
    buf_printf(&show.text, "! %s", err.text);
  }
  *shown = show.text;
  return out;
}

static str without_place(const struct buf *shown, enum outcome out) {
  str text = buf_str(shown);
  while (out && text.len && text.at[text.len - 1] != '(') text.len--;
  return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const size_t steps[] = { 1, 2, 3, 7 };
  static const struct events_limits small = { 5, 20 };
  if (!size) return 0;
  str bytes = { (const char *)data + 1, size - 1 };
  struct manner manner = { data[0] & 1 ? small : events_default_limits, data[0] & 2 ? "b[" : NULL,
                           data[0] & 4 };
  struct buf want, got;
  enum outcome out = walk(bytes, SIZE_MAX, 65536, manner, &want);
  for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
    show_must(walk(bytes, steps[i], 65536, manner, &got) == out && str_eq(buf_str(&got), buf_str(&want)));
    buf_free(&got);
    /* Where yajl is fed by so little, its place of an error may be that of a neighbour. */
    show_must(walk(bytes, SIZE_MAX, steps[i], manner, &got) == out);
    show_must(str_eq(without_place(&got, out), without_place(&want, out)));
    buf_free(&got);
  }
  buf_free(&want);
  return 0;
}
