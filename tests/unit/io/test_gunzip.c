/* unit/io/test_gunzip: however it is fed and taken, gzip gives the same bytes or the same complaint. */
#include "io/gunzip.h"
#include "base/buf.h"
#include "base/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include <zlib.h>

enum { MOST = 1 << 20 };
static const size_t pieces[] = { 1, 2, 3, 7, 64, 4096, MOST };
enum { PIECES = sizeof pieces / sizeof *pieces };

/* Appends one member; with a header, it has every optional field. */
static void pack(struct buf *packed, str plain, int level, gz_header *header) {
  z_stream z = { 0 };
  assert_int_equal(deflateInit2(&z, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  if (header) assert_int_equal(deflateSetHeader(&z, header), Z_OK);
  size_t room = deflateBound(&z, plain.len) + 1000;
  char *out = mem_alloc(room);
  z.next_in = (unsigned char *)(uintptr_t)plain.at;
  z.avail_in = (unsigned)plain.len;
  z.next_out = (unsigned char *)out;
  z.avail_out = (unsigned)room;
  assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
  buf_bytes(packed, out, room - z.avail_out);
  deflateEnd(&z);
  mem_free(out);
}

static void fill(struct buf *plain, size_t len) {
  uint32_t state = 1;
  while (plain->len < len) {
    state = state * 1103515245 + 12345;
    buf_printf(plain, "%u\tOrder\tItemPrice\tPrincipal\t%u.%02u\n", 1000 + state % 7, state % 90,
               state >> 8 & 63);
  }
}

/* The outcome of the whole of `packed`, handed over `piece` bytes at a time, taken `room` at a time. */
static enum outcome unpack(str packed, size_t piece, size_t room, struct buf *plain, struct err *err) {
  struct gunzip *gunzip = gunzip_new(MOST, 1000);
  char *to = mem_alloc(room);
  enum outcome out;
  size_t got;
  while (!(out = gunzip_take(gunzip, to, room, &got, err))) {
    buf_bytes(plain, to, got);
    if (got == room) continue;
    str next = str_sub(packed, 0, piece);
    packed = str_sub(packed, next.len, packed.len);
    gunzip_feed(gunzip, next);
  }
  if (out == OUT_END) assert_int_equal(packed.len, 0);
  struct err again = { 0 }; /* the end and an error are both for good */
  assert_int_equal(gunzip_take(gunzip, to, room, &got, &again), out);
  assert_int_equal(got, 0);
  if (out == OUT_DATA) assert_string_equal(again.text, err->text);
  mem_free(to);
  gunzip_free(gunzip);
  return out;
}

static void assert_unpacks(str packed, str want) {
  for (size_t i = 0; i < PIECES; i++)
    for (size_t j = 0; j < PIECES; j++) {
      struct err err = { 0 };
      struct buf plain = buf_new(MOST);
      enum outcome out = unpack(packed, pieces[i], pieces[j], &plain, &err);
      if (out != OUT_END) fail_msg("fed %zu, taken %zu: %s", pieces[i], pieces[j], err.text);
      if (!str_eq(buf_str(&plain), want)) fail_msg("fed %zu, taken %zu: other bytes", pieces[i], pieces[j]);
      buf_free(&plain);
    }
}

static void assert_refused(str packed, const char *want) {
  for (size_t i = 0; i < PIECES; i++)
    for (size_t j = 0; j < PIECES; j++) {
      struct err err = { 0 };
      struct buf plain = buf_new(MOST);
      assert_int_equal(unpack(packed, pieces[i], pieces[j], &plain, &err), OUT_DATA);
      assert_string_equal(err.text, want);
      buf_free(&plain);
    }
}

static void test_any_pieces(void **state) {
  (void)state;
  static const size_t sizes[] = { 0, 1, 100, 40000, 200000 };
  static const int levels[] = { 0, 1, 9 };
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
    for (size_t j = 0; j < sizeof levels / sizeof *levels; j++) {
      struct buf plain = buf_new(MOST), packed = buf_new(MOST);
      fill(&plain, sizes[i]);
      pack(&packed, buf_str(&plain), levels[j], NULL);
      assert_unpacks(buf_str(&packed), buf_str(&plain));
      buf_free(&plain), buf_free(&packed);
    }
}

static gz_header full_header(void) {
  static unsigned char extra[] = "extra\0field", name[] = "a.txt", comment[] = "a comment";
  return (gz_header){ .text = 1,
                      .time = 1700000000,
                      .extra = extra,
                      .extra_len = sizeof extra,
                      .name = name,
                      .comment = comment,
                      .hcrc = 1 };
}

static void test_full_header(void **state) {
  (void)state;
  gz_header header = full_header();
  struct buf packed = buf_new(MOST);
  pack(&packed, STR("settlement-id\n"), 6, &header);
  assert_unpacks(buf_str(&packed), STR("settlement-id\n"));
  packed.at[13]++; /* within the extra field */
  assert_refused(buf_str(&packed), "the gzip header is damaged: its checksum does not match");
  buf_free(&packed);
}

/* An extra field of no bytes at all. */
static void test_empty_extra(void **state) {
  (void)state;
  struct buf packed = buf_new(MOST), bent = buf_new(MOST);
  pack(&packed, STR("x"), 6, NULL);
  str whole = buf_str(&packed);
  buf_add(&bent, str_sub(whole, 0, 3));
  buf_add(&bent, STR("\x04"));
  buf_add(&bent, str_sub(whole, 4, 10));
  buf_add(&bent, STR("\0\0"));
  buf_add(&bent, str_sub(whole, 10, whole.len));
  assert_unpacks(buf_str(&bent), STR("x"));
  buf_free(&packed), buf_free(&bent);
}

static void test_members(void **state) {
  (void)state;
  gz_header header = full_header();
  struct buf packed = buf_new(MOST);
  pack(&packed, STR("one\n"), 6, NULL);
  pack(&packed, STR(""), 6, &header);
  pack(&packed, STR("two\n"), 0, &header);
  pack(&packed, STR("three\n"), 9, NULL);
  assert_unpacks(buf_str(&packed), STR("one\ntwo\nthree\n"));
  buf_add(&packed, STR("x"));
  assert_refused(buf_str(&packed), "other bytes follow the gzip data");
  buf_free(&packed);
}

static void test_damage(void **state) {
  (void)state;
  struct buf packed = buf_new(MOST);
  pack(&packed, STR("settlement-id\tamount\n"), 6, NULL);
  str whole = buf_str(&packed);
  const struct {
    size_t at;
    char flip;
    const char *want;
  } rows[] = {
    { 0, 1, "the gzip header is damaged" },
    { 1, 1, "the gzip header is damaged" },
    { 2, 1, "the gzip header is damaged" },
    { 3, '\x20', "the gzip header is damaged" },
    { 10, 6, "the gzip data is damaged: it does not unpack" }, /* block type 3 */
    { whole.len - 8, 1, "the gzip data is damaged: its checksum does not match" },
    { whole.len - 5, 1, "the gzip data is damaged: its checksum does not match" },
    { whole.len - 4, 1, "the gzip data is damaged: its checksum does not match" },
    { whole.len - 1, 1, "the gzip data is damaged: its checksum does not match" },
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char before = packed.at[rows[i].at];
    packed.at[rows[i].at] = (char)(rows[i].at == 10 ? before | rows[i].flip : before ^ rows[i].flip);
    assert_refused(whole, rows[i].want);
    packed.at[rows[i].at] = before;
  }
  buf_free(&packed);
}

static void test_cut(void **state) {
  (void)state;
  gz_header header = full_header();
  struct buf packed = buf_new(MOST);
  pack(&packed, STR("settlement-id\tamount\n"), 6, &header);
  size_t first = packed.len;
  pack(&packed, STR("1\t2\n"), 6, &header);
  for (size_t len = 0; len < packed.len; len++)
    if (len != first)
      assert_refused(str_sub(buf_str(&packed), 0, len),
                     "gzip data ends in the middle: the file was not copied whole");
  assert_unpacks(str_sub(buf_str(&packed), 0, first), STR("settlement-id\tamount\n"));
  buf_free(&packed);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_any_pieces), cmocka_unit_test(test_full_header), cmocka_unit_test(test_empty_extra),
    cmocka_unit_test(test_members),    cmocka_unit_test(test_damage),      cmocka_unit_test(test_cut),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
