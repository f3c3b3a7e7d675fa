/* codec/scan: finds the tabs and line ends of a block of bytes.
 *
 * The innermost loop of the whole product: 64 bytes a step, by AVX-512 or AVX2 where the
 * processor has them, else eight bytes at a time; chosen once, at start. All three give the same answer
 * (a test feeds them the same bytes).
 *
 *   a\tb\n\tc\n     marks: 1 5   (places of the separators that are tabs)
 *                   ends:  3 7   (places of the line ends)
 *                   upto:  1 2   (how many marks lie before each line end)
 */
#ifndef SLUICE_CODEC_SCAN_H
#define SLUICE_CODEC_SCAN_H

#include "base/str.h"

struct scan {
  uint32_t *marks; /* room for len + 64 entries in each array */
  uint32_t *ends, *upto;
  size_t mark_count, row_count;
  bool has_high; /* some byte is >= 0x80 */
  bool has_nul;
  bool has_cr;
};

/* `bytes` may be read up to 64 bytes past its end (the caller's buffer has that slack; its content does not
 * matter). The arrays must hold len + 64 entries each. Bytes after the last line end belong to no row. */
typedef void scan_function(str bytes, char mark, struct scan *scan);
scan_function *scan_best(void);       /* the fastest that this processor runs */
scan_function *scan_by_name(const char *name); /* "portable", "avx2", "avx512"; NULL when it cannot run here */

/* What follows is for the variants only. */
scan_function scan_portable, scan_avx2, scan_avx512;
/* Fills up the last, short step; it is no mark, no line end and sets no flag. */
static inline char scan_filler(char mark) { return mark == 'a' ? 'b' : 'a'; }
/* A loop, for line ends are rare: one in 190 bytes; a form without branches was 4 % faster at most. */
static inline void scan_add_ends(struct scan *scan, uint32_t base, uint64_t mark_bits, uint64_t end_bits) {
  for (; end_bits; end_bits &= end_bits - 1) {
    uint64_t before = (end_bits & -end_bits) - 1;
    scan->ends[scan->row_count] = base + (uint32_t)__builtin_ctzll(end_bits);
    scan->upto[scan->row_count++] =
        (uint32_t)scan->mark_count + (uint32_t)__builtin_popcountll(mark_bits & before);
  }
}

#endif
