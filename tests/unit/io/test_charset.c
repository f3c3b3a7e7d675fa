/* unit/io/test_charset: every byte has one meaning, wherever it is cut; what cannot be written says where. */
#include "io/charset.h"
#include "base/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

enum { MOST = 1 << 16 };
static const size_t pieces[] = { 1, 2, 3, 7, MOST };
enum { PIECES = sizeof pieces / sizeof *pieces };

static void test_names(void **state) {
  (void)state;
  static const struct {
    const char *name;
    enum charset charset;
    const char *said;
  } rows[] = {
    { "utf-8", CHARSET_UTF_8, "utf-8" },
    { "UTF8", CHARSET_UTF_8, "utf-8" },
    { "iso-8859-1", CHARSET_WINDOWS_1252, "windows-1252" },
    { "Latin1", CHARSET_WINDOWS_1252, "windows-1252" },
    { "CP1252", CHARSET_WINDOWS_1252, "windows-1252" },
    { "Windows-1252", CHARSET_WINDOWS_1252, "windows-1252" },
    { "Shift_JIS", CHARSET_SHIFT_JIS, "shift_jis" },
    { "shift-jis", CHARSET_SHIFT_JIS, "shift_jis" },
    { "SJIS", CHARSET_SHIFT_JIS, "shift_jis" },
    { "Windows-31J", CHARSET_SHIFT_JIS, "shift_jis" },
    { "ms932", CHARSET_SHIFT_JIS, "shift_jis" },
    { "cp932", CHARSET_SHIFT_JIS, "shift_jis" },
    { "auto", CHARSET_AUTO, "auto" },
  };
  enum charset charset;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    assert_true(charset_by_name(str_of(rows[i].name), &charset));
    assert_int_equal(charset, rows[i].charset);
    assert_string_equal(charset_name(charset), rows[i].said);
  }
  static const char *const unknown[] = { "", "utf", "utf-16", "utf-8 ", "iso-8859-15" };
  for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
    assert_false(charset_by_name(str_of(unknown[i]), &charset));
}

static enum outcome read_in_pieces(enum charset charset, str raw, size_t piece, struct buf *utf8,
                                   struct err *err) {
  struct charset_reader *reader = charset_reader_new(charset);
  enum outcome out = OUT_OK;
  for (str rest = raw; rest.len && !out; rest = str_sub(rest, piece, rest.len))
    out = charset_to_utf8(reader, str_sub(rest, 0, piece), false, utf8, err);
  if (!out) out = charset_to_utf8(reader, STR_NONE, true, utf8, err);
  charset_reader_free(reader);
  return out;
}

struct reading {
  enum charset charset;
  const char *raw, *want; /* what comes before bad_at, too */
  uint64_t bad_at;        /* 1-based; 0 = all is well */
};

static void assert_reading(const struct reading *row, size_t piece) {
  struct err err = { 0 };
  struct buf utf8 = buf_new(MOST);
  str raw = str_of(row->raw);
  enum outcome out = read_in_pieces(row->charset, raw, piece, &utf8, &err);
  str got = buf_str(&utf8);
  if (out != (row->bad_at ? OUT_DATA : OUT_OK) || err.column != row->bad_at ||
      !str_eq(got, str_of(row->want)))
    fail_msg("\"%.*s\" by %zu: outcome %d at %llu (%s), \"%.*s\"; want \"%s\" at %llu", STR_ARG(raw), piece,
             out, (unsigned long long)err.column, err.text, STR_ARG(got), row->want,
             (unsigned long long)row->bad_at);
  buf_free(&utf8);
}

static const struct reading readings[] = {
  { CHARSET_UTF_8, "", "", 0 },
  { CHARSET_UTF_8, "plain text, longer than a word", "plain text, longer than a word", 0 },
  { CHARSET_UTF_8, "z\xc3\xbc \xe2\x82\xac \xf0\x9f\x98\x80 end",
    "z\xc3\xbc \xe2\x82\xac \xf0\x9f\x98\x80 end", 0 },
  { CHARSET_UTF_8, "\xe0\xa0\x80\xed\x9f\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf",
    "\xe0\xa0\x80\xed\x9f\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", 0 },
  { CHARSET_AUTO, "\xc3\xbc", "\xc3\xbc", 0 },
  { CHARSET_UTF_8, "\xef\xbb\xbf", "", 0 }, /* a byte order mark is dropped at the start only */
  { CHARSET_UTF_8, "\xef\xbb\xbfid", "id", 0 },
  { CHARSET_UTF_8, "\xef\xbb\xbf\xef\xbb\xbfid", "\xef\xbb\xbfid", 0 },
  { CHARSET_UTF_8, "i\xef\xbb\xbf", "i\xef\xbb\xbf", 0 },
  { CHARSET_UTF_8, "\xef\xbb\xbf\xff", "", 4 },
  { CHARSET_UTF_8, "ab\xff", "ab", 3 },
  { CHARSET_UTF_8, "ab\x80", "ab", 3 },
  { CHARSET_UTF_8, "M\xfcller", "M", 2 },
  { CHARSET_UTF_8, "ab\xc0\x80", "ab", 3 },
  { CHARSET_UTF_8, "ab\xe2\x82x", "ab", 3 },
  { CHARSET_UTF_8, "ab\xe0\x80\x80", "ab", 3 },
  { CHARSET_UTF_8, "ab\xed\xa0\x80", "ab", 3 },
  { CHARSET_UTF_8, "ab\xf0\x8f\xbf\xbf", "ab", 3 },
  { CHARSET_UTF_8, "ab\xf4\x90\x80\x80", "ab", 3 },
  { CHARSET_UTF_8, "ab\xe2", "ab", 3 }, /* cut at the end */
  { CHARSET_UTF_8, "ab\xe2\x82", "ab", 3 },
  { CHARSET_UTF_8, "ab\xf0\x9f\x98", "ab", 3 },
  { CHARSET_WINDOWS_1252, "M\xfcller \x80 5 \x96 \x93ok\x94",
    "M\xc3\xbcller \xe2\x82\xac 5 \xe2\x80\x93 \xe2\x80\x9cok\xe2\x80\x9d", 0 },
  { CHARSET_WINDOWS_1252, "\xef\xbb\xbf", "\xc3\xaf\xc2\xbb\xc2\xbf", 0 },
  { CHARSET_WINDOWS_1252, "longer than a word \x81", "longer than a word ", 20 },
  { CHARSET_SHIFT_JIS, "a\x5c~ \xb1\xb2", "a\\~ \xef\xbd\xb1\xef\xbd\xb2", 0 }, /* half-width kana */
  { CHARSET_SHIFT_JIS, "\x83\x65\x83\x58\x83\x67", "\xe3\x83\x86\xe3\x82\xb9\xe3\x83\x88", 0 },
  { CHARSET_SHIFT_JIS, "\x93\xfa\x96\x7b x \x8a\xbf\x8e\x9a",
    "\xe6\x97\xa5\xe6\x9c\xac x \xe6\xbc\xa2\xe5\xad\x97", 0 },
  { CHARSET_SHIFT_JIS, "\x83\x5c\x95\x5c", "\xe3\x82\xbd\xe8\xa1\xa8", 0 }, /* backslash as second byte */
  { CHARSET_SHIFT_JIS, "\x87\x40\x81\x60", "\xe2\x91\xa0\xef\xbd\x9e", 0 }, /* Microsoft's own */
  { CHARSET_SHIFT_JIS, "ab\x93\xfa\x81 c", "ab\xe6\x97\xa5", 5 },
  { CHARSET_SHIFT_JIS, "ab\xff", "ab", 3 },
  { CHARSET_SHIFT_JIS, "ab\x93", "ab", 3 },
};

static void test_readings(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof readings / sizeof *readings; i++)
    for (size_t j = 0; j < PIECES; j++) assert_reading(&readings[i], pieces[j]);
}

/* Larger than any block of ours, so that characters are cut by our own blocks too. */
static void test_long_japanese(void **state) {
  (void)state;
  struct buf raw = buf_new(MOST), want = buf_new(MOST);
  buf_char(&raw, 'x'), buf_char(&want, 'x');
  for (int i = 0; i < 10000; i++) buf_add(&raw, STR("\x93\xfa")), buf_add(&want, STR("\xe6\x97\xa5"));
  for (size_t j = 0; j < PIECES; j++) {
    struct err err = { 0 };
    struct buf utf8 = buf_new(MOST);
    assert_int_equal(read_in_pieces(CHARSET_SHIFT_JIS, buf_str(&raw), pieces[j], &utf8, &err), OUT_OK);
    assert_true(str_eq(buf_str(&utf8), buf_str(&want)));
    buf_free(&utf8);
  }
  buf_free(&raw), buf_free(&want);
}

/* The end may come with the last bytes, too. */
static void test_last_with_bytes(void **state) {
  (void)state;
  struct err err = { 0 };
  struct buf utf8 = buf_new(MOST);
  struct charset_reader *reader = charset_reader_new(CHARSET_UTF_8);
  assert_int_equal(charset_to_utf8(reader, STR("a\xe2\x82"), false, &utf8, &err), OUT_OK);
  assert_int_equal(charset_to_utf8(reader, STR("\xac"), true, &utf8, &err), OUT_OK);
  assert_true(str_eq(buf_str(&utf8), STR("a\xe2\x82\xac")));
  assert_int_equal(charset_to_utf8(reader, STR("b\xe2"), true, &utf8, &err), OUT_DATA);
  assert_int_equal(err.column, 6);
  charset_reader_free(reader);
  charset_reader_free(NULL);
  buf_free(&utf8);
}

static bool given_out(int byte) {
  return byte != 0x81 && byte != 0x8d && byte != 0x8f && byte != 0x90 && byte != 0x9d;
}

/* Every byte of windows-1252 comes back as itself, and no two mean the same. */
static void test_all_bytes_of_1252(void **state) {
  (void)state;
  char seen[256][8] = { "" };
  for (int byte = 0; byte < 256; byte++) {
    char one = (char)byte;
    struct err err = { 0 };
    struct buf utf8 = buf_new(MOST), back = buf_new(MOST);
    bool changed = false;
    enum outcome out = read_in_pieces(CHARSET_WINDOWS_1252, (str){ &one, 1 }, 1, &utf8, &err);
    assert_int_equal(out, given_out(byte) ? OUT_OK : OUT_DATA);
    if (!out) {
      assert_int_equal(str_chars(buf_str(&utf8)), 1);
      assert_true(str_is_utf8(buf_str(&utf8), NULL));
      assert_int_equal(charset_from_utf8(CHARSET_WINDOWS_1252, buf_str(&utf8), &back, &changed, &err),
                       OUT_OK);
      assert_int_equal(back.len, 1);
      assert_int_equal((unsigned char)back.at[0], byte);
      assert_false(changed);
      memcpy(seen[byte], utf8.at, utf8.len);
      for (int other = 1; other < byte; other++) assert_string_not_equal(seen[other], seen[byte]);
    } else assert_int_equal(err.column, 1);
    buf_free(&utf8), buf_free(&back);
  }
}

static const struct {
  uint32_t point;
  const char *bytes;
} table[] = {
#define ROW(point, bytes) { point, bytes },
#include "io/charset_table.def"
#undef ROW
};
enum { TABLE = sizeof table / sizeof *table };

static str utf8_of(uint32_t point, char text[4]) {
  if (point < 0x800) {
    text[0] = (char)(0xc0 | point >> 6), text[1] = (char)(0x80 | (point & 0x3f));
    return (str){ text, 2 };
  }
  text[0] = (char)(0xe0 | point >> 12), text[1] = (char)(0x80 | (point >> 6 & 0x3f));
  text[2] = (char)(0x80 | (point & 0x3f));
  return (str){ text, 3 };
}

/* Each row is reached, writes its bytes, and these are bytes that windows-1252 has. */
static void test_every_row(void **state) {
  (void)state;
  for (size_t i = 0; i < TABLE; i++) {
    char text[4];
    struct err err = { 0 };
    struct buf bytes = buf_new(MOST);
    bool changed = false;
    assert_true(i == 0 || table[i - 1].point < table[i].point);
    if (charset_from_utf8(CHARSET_WINDOWS_1252, utf8_of(table[i].point, text), &bytes, &changed, &err))
      fail_msg("U+%04X: %s", table[i].point, err.text);
    if (!str_eq(buf_str(&bytes), str_of(table[i].bytes))) fail_msg("U+%04X: other bytes", table[i].point);
    assert_true(changed);
    for (size_t k = 0; k < bytes.len; k++) assert_true(given_out((unsigned char)bytes.at[k]));
    buf_free(&bytes);
  }
  assert_true(TABLE > 600);
}

struct writing {
  const char *utf8, *want; /* want NULL: refused */
  bool changed;
  const char *text;
  uint64_t column;
};

static const struct writing writings[] = {
  { "", "", false, NULL, 0 },
  { "plain text, longer than a word", "plain text, longer than a word", false, NULL, 0 },
  { "M\xc3\xbcller \xe2\x82\xac", "M\xfcller \x80", false, NULL, 0 },
  { "\xc5\x81\xc3\xb3"
    "d\xc5\xba",
    "L\xf3"
    "dz",
    true, NULL, 0 },                                       /* Lodz, as Poles write it */
  { "\xc8\x98i\xc8\x99", "Sis", true, NULL, 0 },           /* Romanian comma below */
  { "\xc4\xb0\xc4\xb1\xc4\x9f", "Iig", true, NULL, 0 },    /* Turkish */
  { "Vi\xe1\xbb\x87t", "Vi\xeat", true, NULL, 0 },         /* one character */
  { "Vie\xcc\xa3\xcc\x82t", "Vi\xeat", true, NULL, 0 },    /* three */
  { "Vi\xe1\xba\xb9\xcc\x82t", "Vi\xeat", true, NULL, 0 }, /* two */
  { "e\xcc\x81", "\xe9", false, NULL, 0 },                 /* composed: no change */
  { "S\xcc\x8c c\xcc\xa7 A\xcc\x8a", "\x8a \xe7 \xc5", false, NULL, 0 },
  { "y\xcc\x88Y\xcc\x88", "\xff\x9f", false, NULL, 0 },
  { "o\xcc\x8b", "o", true, NULL, 0 }, /* double acute: dropped */
  { "\xc5\x91", "o", true, NULL, 0 },
  { "a\xe2\x80\x91"
    "b\xe2\x88\x92"
    "c\xe2\x80\xb2\xe2\x80\xb3",
    "a-b-c'\"", true, NULL, 0 },
  { "1\xe2\x80\xaf"
    "000\xe3\x80\x80x",
    "1 000 x", true, NULL, 0 },
  { "a\xe2\x80\x8b\xef\xbb\xbf\xe2\x80\x8e"
    "b",
    "ab", true, NULL, 0 },
  { "\xef\xbc\xa1\xef\xbd\x9a\xef\xbc\x91\xef\xbd\x9e", "Az1~", true, NULL, 0 },
  { "\xef\xac\x81n", "fin", true, NULL, 0 },
  { "\xe2\x84\xa2\xef\xb8\x8f", "\x99", true, NULL, 0 },
  { "ab\xe4\xb8\xad", NULL, false, "U+4E2D cannot be written in windows-1252", 3 },
  { "\xc3\xbc\xc3\xbc\xce\xb1", NULL, false, "U+03B1 cannot be written in windows-1252", 3 },
  { "\xd0\x96", NULL, false, "U+0416 cannot be written in windows-1252", 1 },
  { "a \xf0\x9f\x98\x80", NULL, false, "U+1F600 cannot be written in windows-1252", 3 },
  { "a\xc2\x81", NULL, false, "U+0081 cannot be written in windows-1252", 2 },
  { "\xcc\x81", NULL, false, "U+0301 cannot be written in windows-1252", 1 },
  { "1\xcc\x81", NULL, false, "U+0301 cannot be written in windows-1252", 2 },
  { "\xe2\x82\xbd", NULL, false, "U+20BD cannot be written in windows-1252", 1 },
  { "x\xc2\xb2\xe2\x81\xb4", NULL, false, "U+2074 cannot be written in windows-1252", 3 },
  { "\xc3\xbc\xff", NULL, false, "the text to be written is not utf-8", 2 },
};

static void test_writings(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof writings / sizeof *writings; i++) {
    const struct writing *row = &writings[i];
    struct err err = { 0 };
    struct buf bytes = buf_new(MOST), want = buf_new(MOST);
    bool changed = false;
    buf_add(&bytes, STR("before a"));
    buf_printf(&want, "before a%s", row->want ? row->want : "");
    enum outcome out = charset_from_utf8(CHARSET_WINDOWS_1252, str_of(row->utf8), &bytes, &changed, &err);
    if (out != (row->want ? OUT_OK : OUT_DATA)) fail_msg("\"%s\": outcome %d", row->utf8, out);
    if (!str_eq(buf_str(&bytes), buf_str(&want)))
      fail_msg("\"%s\": \"%.*s\"", row->utf8, STR_ARG(buf_str(&bytes)));
    if (out) assert_string_equal(err.text, row->text);
    else assert_int_equal(changed, row->changed);
    assert_int_equal(err.column, row->column);
    buf_free(&bytes), buf_free(&want);
  }
}

static void test_writing_others(void **state) {
  (void)state;
  struct err err = { 0 };
  struct buf bytes = buf_new(MOST);
  bool changed = false;
  assert_int_equal(charset_from_utf8(CHARSET_UTF_8, STR("\xe4\xb8\xad"), &bytes, &changed, &err), OUT_OK);
  assert_true(str_eq(buf_str(&bytes), STR("\xe4\xb8\xad")));
  assert_false(changed);
  assert_int_equal(charset_from_utf8(CHARSET_UTF_8, STR("a\xff"), &bytes, &changed, &err), OUT_DATA);
  assert_int_equal(charset_from_utf8(CHARSET_SHIFT_JIS, STR("a"), &bytes, &changed, &err), OUT_BUG);
  buf_free(&bytes);
}

/* A buffer that overflows says so itself; what was left out is no letter to put a mark on. */
static void test_full(void **state) {
  (void)state;
  struct err err = { 0 };
  struct buf bytes = buf_new(1);
  bool changed = false;
  assert_int_equal(charset_from_utf8(CHARSET_WINDOWS_1252, STR("1e\xcc\x81"), &bytes, &changed, &err),
                   OUT_OK);
  assert_true(bytes.full);
  buf_free(&bytes);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_names),
    cmocka_unit_test(test_readings),
    cmocka_unit_test(test_long_japanese),
    cmocka_unit_test(test_last_with_bytes),
    cmocka_unit_test(test_all_bytes_of_1252),
    cmocka_unit_test(test_every_row),
    cmocka_unit_test(test_writings),
    cmocka_unit_test(test_writing_others),
    cmocka_unit_test(test_full),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
