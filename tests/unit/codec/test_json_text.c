/* unit/codec/test_json_text: runs of plain bytes give what one byte after the other gives. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "codec/json_text.h"

#include <string.h>

enum { TEXTS = 20000 };

/* Each byte by itself: the slow way, which is plainly right. */
static void slowly(struct buf *out, str text) {
  buf_char(out, '"');
  while (text.len) {
    size_t good = 0;
    if (str_is_utf8(text, &good)) good = text.len;
    for (size_t i = 0; i < good; i++) {
      unsigned char byte = (unsigned char)text.at[i];
      if (byte == '"' || byte == '\\') buf_printf(out, "\\%c", byte);
      else if (byte == '\n') buf_add(out, STR("\\n"));
      else if (byte == '\t') buf_add(out, STR("\\t"));
      else if (byte < ' ' || byte == 0x7f) buf_printf(out, "\\u%04x", byte);
      else buf_char(out, text.at[i]);
    }
    text = str_sub(text, good, text.len);
    if (!text.len) break;
    buf_add(out, STR("\\ufffd"));
    text = str_sub(text, 1, text.len);
  }
  buf_char(out, '"');
}

static void check(str text) {
  struct buf fast = buf_new(4096), slow = buf_new(4096);
  json_text(&fast, text);
  slowly(&slow, text);
  assert_int_equal(fast.len, slow.len);
  assert_memory_equal(fast.at, slow.at, slow.len);
  buf_free(&fast);
  buf_free(&slow);
}

static void each_byte_at_each_place(void **state) {
  (void)state;
  for (size_t len = 1; len <= 20; len++)
    for (size_t at = 0; at < len; at++)
      for (int byte = 0; byte < 256; byte++) {
        char text[20];
        memset(text, 'a', sizeof text);
        text[at] = (char)byte;
        check((str){ text, len });
      }
}

static void odd_bytes_among_others(void **state) {
  static const char *const pieces[] = { "a",    "Zz9 ~",    "\"",       "\\",           "\n",
                                        "\x7f", "\x1f",     "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x98\x80",
                                        "\xc3", "\xe2\x82", "\xff",     "\x80",         "12345678" };
  uint64_t seed = 7;
  (void)state;
  for (size_t i = 0; i < TEXTS; i++) {
    struct buf text = buf_new(4096);
    for (size_t len = (seed >> 40) % 9; len > 0; len--) {
      seed = seed * 6364136223846793005u + 1442695040888963407u;
      buf_add(&text, str_of(pieces[(seed >> 33) % (sizeof pieces / sizeof *pieces)]));
    }
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    check(buf_str(&text));
    buf_free(&text);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(each_byte_at_each_place),
    cmocka_unit_test(odd_bytes_among_others),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
