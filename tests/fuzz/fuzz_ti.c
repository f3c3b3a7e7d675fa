/* fuzz/fuzz_ti: a line of a Transaction Import file is read within its bounds; what is written reads back. */
#include "codec/ti.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool within(str s, const char *at, size_t len) {
  return !s.len || (at && s.at >= at && s.at + s.len <= at + len);
}

static void check_slice(str s, str text, const struct buf *spare) {
  if (!within(s, text.at, text.len) && !within(s, spare->at, spare->len)) abort();
}

/* Every field of a line that could be read, written as text; a quote or a control character has changed. */
static void write_again(const struct ti_line *line, struct buf *out, bool *changed) {
  ti_write_text(out, line->word, changed);
  for (size_t i = 0; i < line->count; i++) {
    ti_comma(out);
    ti_write_text(out, line->fields[i], changed);
  }
}

static bool is_clean(str s) {
  for (size_t i = 0; i < s.len; i++)
    if ((unsigned char)s.at[i] < ' ' || s.at[i] == 0x7f || s.at[i] == '"') return false;
  return true;
}

static bool all_clean(const struct ti_line *line) {
  bool clean = is_clean(line->word);
  for (size_t i = 0; i < line->count; i++) clean = clean && is_clean(line->fields[i]);
  return clean;
}

static void check_again(const struct ti_line *line, struct ti_line *again) {
  struct buf out = buf_new(1 << 20), spare = buf_new(1 << 20);
  struct err err = { 0 };
  bool changed = false;
  write_again(line, &out, &changed);
  if (out.full || changed == all_clean(line)) abort();
  if (ti_read_line(buf_str(&out), again, &spare, &err) || again->count != line->count) abort();
  if (spare.len || !all_clean(again)) abort();
  if (!changed && !str_eq(again->word, line->word)) abort();
  for (size_t i = 0; i < line->count; i++) {
    if (again->fields[i].len > line->fields[i].len) abort();
    if (is_clean(line->fields[i]) && !str_eq(again->fields[i], line->fields[i])) abort();
  }
  buf_free(&out);
  buf_free(&spare);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size > 1 << 16) return 0;
  struct ti_line *line = malloc(sizeof *line), *again = malloc(sizeof *again);
  if (!line || !again) abort();
  struct buf spare = buf_new(size);
  struct err err = { 0 };
  str text = { (const char *)data, size };
  enum outcome out = ti_read_line(text, line, &spare, &err);
  if (out && (out != OUT_DATA || err.outcome != out || !err.column || err.column > size + 1)) abort();
  if (!out) {
    check_slice(line->word, text, &spare);
    for (size_t i = 0; i < line->count; i++) check_slice(line->fields[i], text, &spare);
    check_again(line, again);
  }
  buf_free(&spare);
  free(line);
  free(again);
  return 0;
}
