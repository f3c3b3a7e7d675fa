/* codec/scan_avx2: scan with AVX2, 64 bytes a step. */
#include "codec/scan.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

#define AVX2 __attribute__((target("avx2,bmi,popcnt")))

struct sums {
  __m256i high, least, cr; /* or of all bytes; the least of all bytes; where a CR was */
};

AVX2 static inline uint64_t equal(__m256i low, __m256i high, char c) {
  __m256i each = _mm256_set1_epi8(c);
  uint32_t l = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, each));
  uint32_t h = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, each));
  return l | (uint64_t)h << 32;
}

/* Writes the places of the set bits in batches of eight, so that the branches follow the batch and not the
 * count. What a batch writes past the count is overwritten by the next step; the arrays have room for it. */
AVX2 static inline void add_marks(struct scan *scan, uint32_t base, uint64_t bits) {
  uint32_t *to = scan->marks + scan->mark_count;
  int count = __builtin_popcountll(bits);
  int done = 0;
  do {
    for (int k = 0; k < 8; k++, bits &= bits - 1) to[done + k] = base + (uint32_t)_tzcnt_u64(bits);
    done += 8;
  } while (done < count);
  scan->mark_count += (size_t)count;
}

AVX2 static inline void step(const char *at, uint32_t base, char mark, struct scan *scan, struct sums *sums) {
  __m256i low = _mm256_loadu_si256((const void *)at), high = _mm256_loadu_si256((const void *)(at + 32));
  __m256i cr = _mm256_set1_epi8('\r');
  uint64_t marks = equal(low, high, mark);
  sums->high = _mm256_or_si256(sums->high, _mm256_or_si256(low, high));
  sums->least = _mm256_min_epu8(sums->least, _mm256_min_epu8(low, high));
  sums->cr =
      _mm256_or_si256(sums->cr, _mm256_or_si256(_mm256_cmpeq_epi8(low, cr), _mm256_cmpeq_epi8(high, cr)));
  scan_add_ends(scan, base, marks, equal(low, high, '\n'));
  add_marks(scan, base, marks);
}

AVX2 void scan_avx2(str bytes, char mark, struct scan *scan) {
  struct sums sums = { _mm256_setzero_si256(), _mm256_set1_epi8(-1), _mm256_setzero_si256() };
  size_t i = 0;
  scan->mark_count = scan->row_count = 0;
  for (; i + 64 <= bytes.len; i += 64) step(bytes.at + i, (uint32_t)i, mark, scan, &sums);
  if (i < bytes.len) {
    char last[64];
    memset(last, scan_filler(mark), sizeof last);
    memcpy(last, bytes.at + i, bytes.len - i);
    step(last, (uint32_t)i, mark, scan, &sums);
  }
  __m256i nul = _mm256_cmpeq_epi8(sums.least, _mm256_setzero_si256());
  scan->has_high = _mm256_movemask_epi8(sums.high) != 0;
  scan->has_nul = _mm256_movemask_epi8(nul) != 0;
  scan->has_cr = _mm256_movemask_epi8(sums.cr) != 0;
}
#else
typedef int scan_avx2_is_not_for_this_machine; /* C forbids an empty file */
#endif
