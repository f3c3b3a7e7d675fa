/* unit/io/test_seal_changed: whatever is done to a sealed file is refused by its name. */
#include "scratch.h"

int fsync(int fd);
int fsync(int fd) { return fd < 0 ? -1 : 0; }

enum { HEADER = 86, WHOLE = 4 + SEAL_CHUNK + 16 };

static struct seal_key *key;
static struct buf plain, small, large; /* 3 bytes sealed; three chunks sealed */

static struct buf sealed_of(str bytes, const struct seal_key *with) {
  struct err err = { 0 };
  struct seal *seal;
  if (seal_create("made", 0600, with, &seal, &err)) fail_msg("%s", err.text);
  if (seal_write(seal, bytes, &err)) fail_msg("%s", err.text);
  if (seal_commit(seal, &err)) fail_msg("%s", err.text);
  return scratch_get("made");
}

static int enter(void **state) {
  if (scratch_enter(state)) return -1;
  key = counted_key(0, "2026-11-25");
  plain = counted_bytes(2 * SEAL_CHUNK + 100);
  small = sealed_of(STR("a,b"), key);
  large = sealed_of(buf_str(&plain), key);
  return 0;
}

static int leave(void **state) {
  buf_free(&plain), buf_free(&small), buf_free(&large);
  seal_key_free(key);
  return scratch_leave(state);
}

/* Reads it all; every byte handed out is checked. *good: how many were. */
static enum outcome read_all(str file, const struct seal_key *with, str want, size_t *good, struct err *err) {
  struct sealed *sealed;
  char block[10000];
  size_t got;
  *good = 0;
  scratch_put("changed", file);
  enum outcome out = seal_open("changed", with, &sealed, err), again;
  if (out) {
    assert_null(sealed);
    return out;
  }
  while (!(out = seal_read(sealed, block, sizeof block, &got, err))) {
    assert_true(*good + got <= want.len);
    assert_memory_equal(block, want.at + *good, got);
    *good += got;
  }
  assert_int_equal(got, 0);
  struct err second = { 0 };
  again = seal_read(sealed, block, sizeof block, &got, &second);
  assert_int_equal(again, out);
  if (out != OUT_END) assert_string_equal(err->text, second.text);
  seal_close(sealed);
  return out;
}

static void assert_refused(str file, enum outcome want, const char *part) {
  struct err err = { 0 };
  size_t good;
  str bytes = buf_str(&plain);
  enum outcome out = read_all(file, key, bytes, &good, &err);
  if (out != want) fail_msg("outcome %d: %s", (int)out, err.text);
  assert_said(&err, part);
  assert_string_equal(err.file, "changed");
  assert_true(good < bytes.len);
}

static const char *said_of(size_t at, size_t bit) {
  if (at < 12) return "not a sealed file";
  if (at < 14) return "unknown version";
  if (at == 46) return "changed: its header has no key id";
  if (at >= 47 && at < HEADER) return "a byte was changed in its header (the first 86 bytes)";
  if (at == 89 && bit > 1) return "cut short"; /* the last chunk's length, made larger */
  if (at == 88) return "cut short";
  return "a byte was changed in chunk 1";
}

/* Every bit of a small file. */
static void test_every_bit(void **state) {
  (void)state;
  for (size_t bit = 0; bit < 8 * small.len; bit++) {
    size_t at = bit / 8;
    small.at[at] ^= (char)(1 << bit % 8);
    if (at >= 14 && at < 46) {
      struct err err = { 0 };
      size_t good;
      enum outcome out = read_all(buf_str(&small), key, STR_NONE, &good, &err);
      bool other_key = out == OUT_REFUSED && strstr(err.text, "sealed with key ") &&
                       strstr(err.text, "the one given is 2026-11-25.630dcd29");
      bool no_id = out == OUT_DATA && strstr(err.text, "changed: its header has no key id");
      if (!other_key && !no_id) fail_msg("byte %zu: %s", at, err.text);
    } else assert_refused(buf_str(&small), OUT_DATA, said_of(at, bit % 8));
    small.at[at] ^= (char)(1 << bit % 8);
  }
}

/* Of a large one: the header, both sides of each border, and one byte in 997. */
static void test_large_bytes(void **state) {
  (void)state;
  for (size_t at = HEADER; at < large.len; at++) {
    size_t within = (at - HEADER) % WHOLE;
    if (within > 6 && within < WHOLE - 20 && at % 997 && at + 20 < large.len) continue;
    char said[128];
    struct err err = { 0 };
    size_t good, chunk = (at - HEADER) / WHOLE;
    large.at[at] ^= 0x10;
    snprintf(said, sizeof said, "a byte was changed in chunk %zu (bytes %zu to ", chunk + 1,
             HEADER + chunk * WHOLE + 1);
    assert_int_equal(read_all(buf_str(&large), key, buf_str(&plain), &good, &err), OUT_DATA);
    bool length = chunk == 2 && within < 4;
    if (!length || !strstr(err.text, "cut short: ")) assert_said(&err, said);
    assert_true(good <= chunk * SEAL_CHUNK);
    large.at[at] ^= 0x10;
  }
}

/* At every length of the small one, and around every border of the large one. */
static void test_cut(void **state) {
  (void)state;
  assert_refused(STR_NONE, OUT_DATA, "not a sealed file");
  for (size_t len = 1; len < small.len; len++)
    assert_refused(str_sub(buf_str(&small), 0, len), OUT_DATA, "cut short: it ends ");
  for (size_t len = HEADER; len < large.len; len++) {
    size_t within = (len - HEADER) % WHOLE;
    if (within > 6 && within < WHOLE - 20 && len % 1009 && len + 20 < large.len) continue;
    char said[128];
    snprintf(said, sizeof said, "cut short: it ends after %zu bytes, within chunk %zu", len,
             (len - HEADER) / WHOLE + 1);
    assert_refused(str_sub(buf_str(&large), 0, len), OUT_DATA, said);
  }
}

static void test_more(void **state) {
  (void)state;
  struct buf more = buf_new(SCRATCH_MOST);
  const struct buf *files[] = { &small, &large };
  for (size_t i = 0; i < 2; i++)
    for (size_t len = 1; len <= files[i]->len; len = len < 20 ? len + 1 : len * 2) {
      char said[96];
      buf_clear(&more);
      buf_add(&more, buf_str(files[i]));
      buf_bytes(&more, files[i]->at, len);
      snprintf(said, sizeof said, "bytes after the end: what was sealed ends after %zu bytes", files[i]->len);
      assert_refused(buf_str(&more), OUT_DATA, said);
    }
  buf_free(&more);
}

/* `order`: which chunks of `from` follow the header; 9 ends it. */
static void assert_order_refused(str header, const struct buf *from, const int *order, const char *part) {
  struct buf made = buf_new(SCRATCH_MOST);
  buf_add(&made, header);
  for (; *order != 9; order++) {
    size_t at = HEADER + (size_t)*order * WHOLE;
    buf_add(&made, str_sub(buf_str(from), at, at + WHOLE));
  }
  assert_refused(buf_str(&made), OUT_DATA, part);
  buf_free(&made);
}

static void test_order(void **state) {
  (void)state;
  str header = str_sub(buf_str(&large), 0, HEADER);
  struct buf twin = sealed_of(buf_str(&plain), key);
  assert_order_refused(header, &large, (int[]){ 1, 0, 2, 9 }, "changed in chunk 1");
  assert_order_refused(header, &large, (int[]){ 0, 2, 9 }, "changed in chunk 2");
  assert_order_refused(header, &large, (int[]){ 1, 2, 9 }, "changed in chunk 1");
  assert_order_refused(header, &large, (int[]){ 0, 0, 1, 2, 9 }, "changed in chunk 2");
  assert_order_refused(header, &large, (int[]){ 2, 9 }, "changed in chunk 1");
  assert_order_refused(header, &large, (int[]){ 0, 1, 9 }, "cut short");
  assert_order_refused(header, &large, (int[]){ 0, 1, 1, 9 }, "changed in chunk 3");
  assert_order_refused(header, &large, (int[]){ 0, 1, 2, 2, 9 }, "bytes after the end");
  /* Another file under the same key: its chunks here, its header before ours. */
  assert_order_refused(header, &twin, (int[]){ 0, 1, 2, 9 }, "changed in chunk 1");
  assert_order_refused(str_sub(buf_str(&twin), 0, HEADER), &large, (int[]){ 0, 1, 2, 9 },
                       "changed in chunk 1");
  buf_free(&twin);
}

/* Cut at a border, and the chunk before it marked as the last one. */
static void test_marked_last(void **state) {
  (void)state;
  large.at[HEADER] = (char)(large.at[HEADER] | 0x80);
  assert_refused(str_sub(buf_str(&large), 0, HEADER + WHOLE), OUT_DATA, "changed in chunk 1");
  assert_refused(buf_str(&large), OUT_DATA, "changed in chunk 1");
}

static void test_other_key(void **state) {
  (void)state;
  struct err err = { 0 };
  struct seal_key *other = counted_key(1, "2026-11-25"), *day = counted_key(0, "2026-11-26");
  size_t good;
  assert_int_equal(read_all(buf_str(&small), other, STR_NONE, &good, &err), OUT_REFUSED);
  assert_said(&err, "sealed with key 2026-11-25.630dcd29, the one given is 2026-11-25.");
  assert_int_equal(read_all(buf_str(&small), day, STR_NONE, &good, &err), OUT_REFUSED);
  assert_said(&err, "the one given is 2026-11-26.630dcd29");
  /* Sealed with another key, whose id was then written over with ours. */
  struct buf forged = sealed_of(STR("a,b"), other);
  memcpy(forged.at, small.at, 47);
  assert_refused(buf_str(&forged), OUT_DATA, "a byte was changed in its header");
  buf_free(&forged);
  seal_key_free(other), seal_key_free(day);
}

static void test_not_sealed(void **state) {
  (void)state;
  struct err err = { 0 };
  struct sealed *sealed;
  assert_refused(STR("date\tamount\n"), OUT_DATA,
                 "not a sealed file: it does not begin with \"sluice-seal\"");
  assert_refused(STR("\x1f\x8b\x08"), OUT_DATA, "not a sealed file");
  assert_refused(STR("sluice-seal 2\n2026-11-25"), OUT_DATA,
                 "unknown version 2: this program knows version 1");
  assert_refused(STR("sluice-seal 10\n"), OUT_DATA, "unknown version 10:");
  assert_int_equal(seal_open("none", key, &sealed, &err), OUT_SYSTEM);
  assert_said(&err, "cannot open none");
  assert_int_equal(seal_open(".", key, &sealed, &err), OUT_SYSTEM);
  assert_null(sealed);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(test_every_bit, enter, leave),
    cmocka_unit_test_setup_teardown(test_large_bytes, enter, leave),
    cmocka_unit_test_setup_teardown(test_cut, enter, leave),
    cmocka_unit_test_setup_teardown(test_more, enter, leave),
    cmocka_unit_test_setup_teardown(test_order, enter, leave),
    cmocka_unit_test_setup_teardown(test_marked_last, enter, leave),
    cmocka_unit_test_setup_teardown(test_other_key, enter, leave),
    cmocka_unit_test_setup_teardown(test_not_sealed, enter, leave),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
