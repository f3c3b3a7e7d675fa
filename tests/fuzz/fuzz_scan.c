/* fuzz/fuzz_scan: every variant of scan answers alike. The first byte is the mark. */
#include "codec/scan.h"

#include <stdlib.h>
#include <string.h>

enum { SLACK = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct scan scan_new(size_t len) {
  size_t size = (len + SLACK) * sizeof(uint32_t);
  struct scan scan = { .marks = malloc(size), .ends = malloc(size), .upto = malloc(size) };
  if (!scan.marks || !scan.ends || !scan.upto) abort();
  memset(scan.marks, 0xff, size);
  memset(scan.ends, 0xff, size);
  memset(scan.upto, 0xff, size);
  return scan;
}

static void scan_free(struct scan *scan) {
  free(scan->marks);
  free(scan->ends);
  free(scan->upto);
}

/* What must hold of any answer: every place holds what it is said to hold, in order, none is left out. */
static void check_sound(str bytes, char mark, const struct scan *scan) {
  size_t m = 0, r = 0;
  for (size_t i = 0; i < bytes.len; i++) {
    if (bytes.at[i] == '\n' && (r >= scan->row_count || scan->ends[r] != i || scan->upto[r++] != m)) abort();
    if (bytes.at[i] == mark && (m >= scan->mark_count || scan->marks[m++] != i)) abort();
  }
  if (m != scan->mark_count || r != scan->row_count) abort();
}

static void check_same(const struct scan *a, const struct scan *b) {
  if (a->mark_count != b->mark_count || a->row_count != b->row_count) abort();
  if (a->has_high != b->has_high || a->has_nul != b->has_nul || a->has_cr != b->has_cr) abort();
  if (memcmp(a->marks, b->marks, a->mark_count * sizeof *a->marks)) abort();
  if (memcmp(a->ends, b->ends, a->row_count * sizeof *a->ends)) abort();
  if (memcmp(a->upto, b->upto, a->row_count * sizeof *a->upto)) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const char *const others[] = { "avx2", "avx512" };
  if (!size) return 0;
  char mark = (char)data[0];
  size_t len = size - 1;
  char *copy = malloc(len + SLACK);
  if (!copy) abort();
  memcpy(copy, data + 1, len);
  memset(copy + len, mark, SLACK);
  struct scan want = scan_new(len), got;
  scan_portable((str){ copy, len }, mark, &want);
  check_sound((str){ copy, len }, mark, &want);
  for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
    scan_function *scan = scan_by_name(others[i]);
    if (!scan) continue;
    got = scan_new(len); /* anew, or it would still hold the answer of the one before */
    scan((str){ copy, len }, mark, &got);
    check_same(&want, &got);
    scan_free(&got);
  }
  scan_free(&want);
  free(copy);
  return 0;
}
