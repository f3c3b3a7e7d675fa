/* fuzz/fuzz_charset: any bytes become good UTF-8 or are refused at one place, however they come in pieces. */
#include "io/charset.h"

#include <stdlib.h>
#include <string.h>

enum { TEXT_MOST = 1 << 20 };

static void must(bool holds) {
  if (!holds) abort();
}

struct reading {
  enum outcome out;
  uint64_t column;
  struct buf utf8;
};

static struct reading read_by(enum charset charset, str raw, size_t piece) {
  struct err err = { 0 };
  struct reading got = { .utf8 = buf_new(TEXT_MOST) };
  struct charset_reader *reader = charset_reader_new(charset);
  for (str rest = raw; rest.len && !got.out; rest = str_sub(rest, piece, rest.len))
    got.out = charset_to_utf8(reader, str_sub(rest, 0, piece), rest.len <= piece, &got.utf8, &err);
  charset_reader_free(reader);
  must(got.out == OUT_OK || (got.out == OUT_DATA && err.text[0]));
  got.column = err.column;
  must(got.out ? got.column >= 1 && got.column <= raw.len : got.column == 0);
  return got;
}

/* What can be written as windows-1252 reads back as something that is written the same, without the table. */
static void write_back(str utf8) {
  struct err err = { 0 };
  struct buf bytes = buf_new(TEXT_MOST), again = buf_new(TEXT_MOST);
  bool changed = false;
  enum outcome out = charset_from_utf8(CHARSET_WINDOWS_1252, utf8, &bytes, &changed, &err);
  if (out) {
    must(out == OUT_DATA && bytes.len == 0);
    must(err.column >= 1 && err.column <= str_chars(utf8));
  } else {
    struct reading back = read_by(CHARSET_WINDOWS_1252, buf_str(&bytes), TEXT_MOST);
    must(back.out == OUT_OK);
    bool changed_again = false;
    must(charset_from_utf8(CHARSET_WINDOWS_1252, buf_str(&back.utf8), &again, &changed_again, &err) ==
         OUT_OK);
    must(!changed_again && str_eq(buf_str(&again), buf_str(&bytes)));
    buf_free(&back.utf8);
  }
  buf_free(&bytes), buf_free(&again);
}

static void read_all_ways(enum charset charset, str raw) {
  static const size_t pieces[] = { 1, 2, 3, 7 };
  struct reading want = read_by(charset, raw, TEXT_MOST);
  must(str_is_utf8(buf_str(&want.utf8), NULL));
  for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
    struct reading got = read_by(charset, raw, pieces[i]);
    must(got.out == want.out && got.column == want.column);
    must(str_eq(buf_str(&got.utf8), buf_str(&want.utf8)));
    buf_free(&got.utf8);
  }
  write_back(buf_str(&want.utf8));
  buf_free(&want.utf8);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const enum charset charsets[] = { CHARSET_UTF_8, CHARSET_WINDOWS_1252, CHARSET_SHIFT_JIS };
  str raw = { (const char *)data, size < TEXT_MOST / 8 ? size : TEXT_MOST / 8 };
  size_t bad_at = 0;
  for (size_t i = 0; i < sizeof charsets / sizeof *charsets; i++) read_all_ways(charsets[i], raw);
  struct reading utf8 = read_by(CHARSET_UTF_8, raw, TEXT_MOST);
  bool good = str_is_utf8(raw, &bad_at);
  must((utf8.out == OUT_OK) == good && (good || utf8.column == bad_at + 1));
  buf_free(&utf8.utf8);
  return 0;
}
