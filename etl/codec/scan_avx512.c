/* codec/scan_avx512: scan with AVX-512 VBMI2, 64 bytes a step. */
#include "codec/scan.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vbmi2,bmi,popcnt")))

struct sums {
  __m512i high, least, least_cr; /* or of all bytes; their least; the least of byte ^ CR */
};

AVX512 static inline __m512i offsets(void) {
  char each[64];
  for (int i = 0; i < 64; i++) each[i] = (char)i;
  return _mm512_loadu_si512(each);
}

AVX512 static inline __m512i places(__m128i sixteen, uint32_t base) {
  return _mm512_add_epi32(_mm512_cvtepu8_epi32(sixteen), _mm512_set1_epi32((int)base));
}

/* vpcompressb moves the offsets of the set bits to the front: at most 16 of 64 bytes are tabs in all but odd
 * data, and those cost one store and no loop. Into a register: its form that writes memory is slow on AMD. */
AVX512 static inline void add_marks(struct scan *scan, uint32_t base, uint64_t bits) {
  uint32_t *to = scan->marks + scan->mark_count;
  int count = __builtin_popcountll(bits);
  __m512i front = _mm512_maskz_compress_epi8(bits, offsets());
  _mm512_storeu_si512(to, places(_mm512_castsi512_si128(front), base));
  if (count > 16) _mm512_storeu_si512(to + 16, places(_mm512_extracti32x4_epi32(front, 1), base));
  if (count > 32) _mm512_storeu_si512(to + 32, places(_mm512_extracti32x4_epi32(front, 2), base));
  if (count > 48) _mm512_storeu_si512(to + 48, places(_mm512_extracti32x4_epi32(front, 3), base));
  scan->mark_count += (size_t)count;
}

AVX512 static inline void step(const char *at, uint32_t base, char mark, struct scan *scan,
                               struct sums *sums) {
  __m512i bytes = _mm512_loadu_si512(at);
  uint64_t marks = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(mark));
  uint64_t ends = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\n'));
  sums->high = _mm512_or_si512(sums->high, bytes);
  sums->least = _mm512_min_epu8(sums->least, bytes);
  sums->least_cr = _mm512_min_epu8(sums->least_cr, _mm512_xor_si512(bytes, _mm512_set1_epi8('\r')));
  scan_add_ends(scan, base, marks, ends);
  add_marks(scan, base, marks);
}

AVX512 void scan_avx512(str bytes, char mark, struct scan *scan) {
  struct sums sums = { _mm512_setzero_si512(), _mm512_set1_epi8(-1), _mm512_set1_epi8(-1) };
  size_t i = 0;
  scan->mark_count = scan->row_count = 0;
  for (; i + 64 <= bytes.len; i += 64) step(bytes.at + i, (uint32_t)i, mark, scan, &sums);
  if (i < bytes.len) {
    char last[64];
    memset(last, scan_filler(mark), sizeof last);
    memcpy(last, bytes.at + i, bytes.len - i);
    step(last, (uint32_t)i, mark, scan, &sums);
  }
  scan->has_high = _mm512_movepi8_mask(sums.high) != 0;
  scan->has_nul = _mm512_testn_epi8_mask(sums.least, sums.least) != 0;
  scan->has_cr = _mm512_testn_epi8_mask(sums.least_cr, sums.least_cr) != 0;
}
#else
typedef int scan_avx512_is_not_for_this_machine; /* C forbids an empty file */
#endif
