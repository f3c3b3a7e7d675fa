/* unit/codec/test_scan: every variant finds what a byte-by-byte search finds. */
#include "codec/scan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { SLACK = 64, LONGEST = 5000, GUARD = 0x5a5a5a5a };
static const char *const names[] = { "portable", "avx2", "avx512" };
enum { NAMES = sizeof names / sizeof *names };

struct arrays {
  uint32_t marks[LONGEST + SLACK + 1], ends[LONGEST + SLACK + 1], upto[LONGEST + SLACK + 1];
};

/* Filled with what is never right, or a place that a variant forgets would still hold the answer of the one
 * before it. */
static struct scan scan_into(struct arrays *arrays, size_t len) {
  size_t room = len + SLACK;
  for (size_t i = 0; i < room; i++) arrays->marks[i] = arrays->ends[i] = arrays->upto[i] = UINT32_MAX;
  arrays->marks[room] = arrays->ends[room] = arrays->upto[room] = GUARD;
  return (struct scan){ arrays->marks, arrays->ends, arrays->upto, 7, 7, true, true, true };
}

static void search(str bytes, char mark, struct scan *scan) {
  scan->mark_count = scan->row_count = 0;
  scan->has_high = scan->has_nul = scan->has_cr = false;
  for (size_t i = 0; i < bytes.len; i++) {
    char c = bytes.at[i];
    if (c == '\n') {
      scan->ends[scan->row_count] = (uint32_t)i;
      scan->upto[scan->row_count++] = (uint32_t)scan->mark_count;
    }
    if (c == mark) scan->marks[scan->mark_count++] = (uint32_t)i;
    scan->has_high |= (unsigned char)c >= 0x80;
    scan->has_nul |= !c;
    scan->has_cr |= c == '\r';
  }
}

static bool same(const struct scan *a, const struct scan *b) {
  return a->mark_count == b->mark_count && a->row_count == b->row_count && a->has_high == b->has_high &&
         a->has_nul == b->has_nul && a->has_cr == b->has_cr &&
         !memcmp(a->marks, b->marks, a->mark_count * sizeof *a->marks) &&
         !memcmp(a->ends, b->ends, a->row_count * sizeof *a->ends) &&
         !memcmp(a->upto, b->upto, a->row_count * sizeof *a->upto);
}

/* Only the given bytes and their slack are readable (to a sanitizer), and the slack is full of everything
 * that must not be found. */
static void check(str bytes, char mark) {
  static const char trap[] = { '\n', '\0', '\r', '\x80' };
  struct arrays *want_arrays = malloc(sizeof *want_arrays), *got_arrays = malloc(sizeof *got_arrays);
  char *copy = malloc(bytes.len + SLACK);
  assert_true(want_arrays && got_arrays && copy);
  if (bytes.len) memcpy(copy, bytes.at, bytes.len);
  for (size_t i = 0; i < SLACK; i++) copy[bytes.len + i] = i % 5 ? trap[i % 5 - 1] : mark;
  struct scan want = scan_into(want_arrays, bytes.len);
  search(bytes, mark, &want);
  for (size_t k = 0; k < NAMES; k++) {
    scan_function *scan = scan_by_name(names[k]);
    if (!scan) continue;
    struct scan got = scan_into(got_arrays, bytes.len);
    scan((str){ copy, bytes.len }, mark, &got);
    if (!same(&want, &got)) fail_msg("%s differs: %zu bytes, mark %02x", names[k], bytes.len, mark & 0xff);
    size_t room = bytes.len + SLACK;
    if (got.marks[room] != GUARD || got.ends[room] != GUARD || got.upto[room] != GUARD)
      fail_msg("%s wrote past the arrays: %zu bytes", names[k], bytes.len);
  }
  free(want_arrays);
  free(got_arrays);
  free(copy);
}

static void test_example(void **state) {
  (void)state;
  struct arrays *arrays = malloc(sizeof *arrays);
  assert_non_null(arrays);
  struct scan scan = scan_into(arrays, 8);
  scan_best()(STR("a\tb\n\tc\n\t"), '\t', &scan);
  assert_int_equal(scan.mark_count, 3);
  assert_int_equal(scan.marks[0], 1);
  assert_int_equal(scan.marks[1], 4);
  assert_int_equal(scan.marks[2], 7);
  assert_int_equal(scan.row_count, 2);
  assert_int_equal(scan.ends[0], 3);
  assert_int_equal(scan.ends[1], 6);
  assert_int_equal(scan.upto[0], 1);
  assert_int_equal(scan.upto[1], 2);
  assert_false(scan.has_high || scan.has_nul || scan.has_cr);
  free(arrays);
}

/* One odd byte at each place of each short length: each flag, each edge of a step. */
static void test_each_place(void **state) {
  (void)state;
  static const char odd[] = {
    '\t', '\n', '\r', '\0', '\x01', '\x7f', '\x80', '\xff', '\x89', '\x8a', '\x8d'
  };
  char bytes[200];
  memset(bytes, 'x', sizeof bytes);
  for (size_t len = 0; len <= sizeof bytes; len++) {
    check((str){ bytes, len }, '\t');
    for (size_t at = 0; at<len; at += len> 130 ? 3 : 1)
      for (size_t k = 0; k < sizeof odd; k++) {
        bytes[at] = odd[k];
        check((str){ bytes, len }, '\t');
        bytes[at] = 'x';
      }
  }
}

/* Full of one byte: the most marks and line ends there can be. */
static void test_all_alike(void **state) {
  (void)state;
  static const char fills[] = { '\t', '\n', '\r', '\0', '\x80', '\xff', 'a' };
  char bytes[200];
  for (size_t k = 0; k < sizeof fills; k++) {
    memset(bytes, fills[k], sizeof bytes);
    for (size_t len = 0; len <= sizeof bytes; len++) check((str){ bytes, len }, '\t');
  }
}

/* As many marks in a step as there can be, one more each time: the edges of the batches. */
static void test_each_count(void **state) {
  (void)state;
  char bytes[192];
  for (size_t count = 0; count <= 64; count++) {
    memset(bytes, 'x', sizeof bytes);
    memset(bytes + 64, '\t', count);
    bytes[150] = '\t';
    bytes[160] = '\n';
    check((str){ bytes, sizeof bytes }, '\t');
    memset(bytes, 'x', sizeof bytes);
    for (size_t i = 0; i < count; i++) bytes[64 + i * 37 % 64] = '\t';
    bytes[100] = '\n';
    check((str){ bytes, sizeof bytes }, '\t');
  }
}

static uint64_t chance(uint64_t *seed) {
  *seed ^= *seed << 13;
  *seed ^= *seed >> 7;
  return *seed ^= *seed << 17;
}

static void test_random(void **state) {
  (void)state;
  static const char marks[] = { '\t', ',', ';', 'a', '\0', '\r', '\n', '\x80', '\xff', '\x09' };
  static const char few[] = { '\t', '\n', '\r', '\0', 'x', ',', '\x80', '\x8a' };
  char *bytes = malloc(LONGEST);
  assert_non_null(bytes);
  uint64_t seed = 20261023;
  for (int round = 0; round < 2000; round++) {
    size_t len = chance(&seed) % (round % 10 ? 300 : LONGEST);
    bool any = round % 2;
    for (size_t i = 0; i < len; i++) bytes[i] = any ? (char)chance(&seed) : few[chance(&seed) % sizeof few];
    check((str){ bytes, len }, marks[chance(&seed) % sizeof marks]);
  }
  free(bytes);
}

static void test_names(void **state) {
  (void)state;
  assert_ptr_equal(scan_by_name("portable"), scan_portable);
  assert_null(scan_by_name("avx1024"));
  assert_null(scan_by_name(""));
  scan_function *best = scan_by_name("avx512");
  if (!best) best = scan_by_name("avx2");
  if (!best) best = scan_by_name("portable");
  assert_ptr_equal(scan_best(), best);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_example),    cmocka_unit_test(test_each_place), cmocka_unit_test(test_all_alike),
    cmocka_unit_test(test_each_count), cmocka_unit_test(test_random),     cmocka_unit_test(test_names),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
