/* codec/scan: finds the tabs and line ends of a block of bytes, eight at a time; picks the variant to use. */
#include "codec/scan.h"

#include <string.h>

static const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;

/* The top bit of each byte of w that is zero, and no other bit: without the borrow that makes the better
 * known (w - ones) & ~w & tops report a 1 that stands after a 0. */
static uint64_t zeros(uint64_t w) { return ~(((w & ~tops) + ~tops) | w | ~tops); }

/* The first byte in the lowest bits, whatever the machine's order. */
static uint64_t load(const char *at) {
  uint64_t w;
  memcpy(&w, at, sizeof w);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  w = __builtin_bswap64(w);
#endif
  return w;
}

struct sums {
  uint64_t high, nul, cr;
};

static inline void step(const char *at, uint32_t base, uint64_t mark, struct scan *scan, struct sums *sums) {
  uint64_t w = load(at);
  uint64_t marks = zeros(w ^ mark), ends = zeros(w ^ ones * '\n');
  sums->high |= w & tops;
  sums->nul |= zeros(w);
  sums->cr |= zeros(w ^ ones * '\r');
  for (; ends; ends &= ends - 1) {
    uint64_t before = (ends & -ends) - 1;
    scan->ends[scan->row_count] = base + (uint32_t)__builtin_ctzll(ends) / 8;
    scan->upto[scan->row_count++] =
        (uint32_t)scan->mark_count + (uint32_t)__builtin_popcountll(marks & before);
  }
  for (; marks; marks &= marks - 1)
    scan->marks[scan->mark_count++] = base + (uint32_t)__builtin_ctzll(marks) / 8;
}

void scan_portable(str bytes, char mark, struct scan *scan) {
  uint64_t each = ones * (unsigned char)mark;
  struct sums sums = { 0 };
  size_t i = 0;
  scan->mark_count = scan->row_count = 0;
  for (; i + 8 <= bytes.len; i += 8) step(bytes.at + i, (uint32_t)i, each, scan, &sums);
  if (i < bytes.len) {
    char last[8];
    memset(last, scan_filler(mark), sizeof last);
    memcpy(last, bytes.at + i, bytes.len - i);
    step(last, (uint32_t)i, each, scan, &sums);
  }
  scan->has_high = sums.high != 0;
  scan->has_nul = sums.nul != 0;
  scan->has_cr = sums.cr != 0;
}

#if defined(__x86_64__)
static bool has_avx2(void) {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("popcnt");
}
static bool has_avx512(void) {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vbmi2") && has_avx2();
}
#endif

scan_function *scan_by_name(const char *name) {
  if (!strcmp(name, "portable")) return scan_portable;
#if defined(__x86_64__)
  if (!strcmp(name, "avx2")) return has_avx2() ? scan_avx2 : NULL;
  if (!strcmp(name, "avx512")) return has_avx512() ? scan_avx512 : NULL;
#endif
  return NULL;
}

scan_function *scan_best(void) {
  static const char *const names[] = { "avx512", "avx2" };
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    scan_function *scan = scan_by_name(names[i]);
    if (scan) return scan;
  }
  return scan_portable;
}
