/* bench/bare: the bare loops that nothing general can be faster than.
 *
 *   bare totals FILE THREADS     a settlement summed by triple
 *   bare reshape FILE SKUS       all orders: filter, 12 columns, date, lookup, CSV
 * Build: cc -O2 -mavx2 -mbmi -mbmi2 -pthread -o bare bare.c bare_totals.c bare_reshape.c
 */
#include "bare.h"

#include <fcntl.h>
#include <immintrin.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

void bare_die(const char *what) {
  perror(what);
  exit(1);
}

void rows_open(struct rows *rows, int fd, int64_t from, int64_t end, unsigned columns) {
  char *block = malloc(BLOCK + 2 * PAD);
  uint32_t *separators = malloc((BLOCK + PAD) * sizeof *separators);
  if (!block || !separators) bare_die("bare");
  *rows = (struct rows){
    .fd = fd, .at = from, .end = end, .columns = columns, .block = block + PAD, .separators = separators
  };
}

/* One bit for each of 64 bytes that is a tab or a newline. */
static uint64_t separators_in(const char *bytes) {
  const __m256i tab = _mm256_set1_epi8('\t'), newline = _mm256_set1_epi8('\n');
  __m256i low = _mm256_loadu_si256((const __m256i *)(const void *)bytes);
  __m256i high = _mm256_loadu_si256((const __m256i *)(const void *)(bytes + 32));
  low = _mm256_or_si256(_mm256_cmpeq_epi8(low, tab), _mm256_cmpeq_epi8(low, newline));
  high = _mm256_or_si256(_mm256_cmpeq_epi8(high, tab), _mm256_cmpeq_epi8(high, newline));
  return (uint32_t)_mm256_movemask_epi8(low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32;
}

/* Eight at a time whether there are so many or not: a branch for each would cost more than the writes. */
static uint32_t *places_add(uint32_t *out, uint64_t bits, uint32_t base) {
  uint32_t *end = out + _mm_popcnt_u64(bits);
  while (bits) {
    for (int i = 0; i < 8; i++) {
      *out++ = base + (uint32_t)_tzcnt_u64(bits);
      bits = _blsr_u64(bits);
    }
  }
  return end;
}

size_t rows_next(struct rows *rows) {
  memmove(rows->block, rows->block + rows->done, rows->used - rows->done);
  rows->used -= rows->done;
  int64_t left = rows->end - rows->at, room = (int64_t)(BLOCK - rows->used);
  ssize_t n = pread(rows->fd, rows->block + rows->used, (size_t)(left < room ? left : room), rows->at);
  if (n < 0) bare_die("bare: read");
  rows->at += n;
  rows->used += (size_t)n;
  memset(rows->block + rows->used, 0, PAD);
  uint32_t *end = rows->separators;
  for (size_t i = 0; i < rows->used; i += 64)
    end = places_add(end, separators_in(rows->block + i), (uint32_t)i);
  rows->count = (size_t)(end - rows->separators) / rows->columns;
  rows->done = rows->count ? rows->separators[rows->count * rows->columns - 1] + 1 : 0;
  return rows->count;
}

int64_t row_end_after(int fd, int64_t at) {
  char bytes[8192];
  ssize_t n = pread(fd, bytes, sizeof bytes, at);
  const char *newline = n > 0 ? memchr(bytes, '\n', (size_t)n) : NULL;
  if (!newline) bare_die("bare: no row end");
  return at + (newline - bytes) + 1;
}

int main(int argc, char **argv) {
  if (argc == 4 && !strcmp(argv[1], "totals")) bare_totals(argv[2], argv[3][0] == '2' ? 2 : 1);
  else if (argc == 4 && !strcmp(argv[1], "reshape")) bare_reshape(argv[2], argv[3]);
  else {
    fputs("usage: bare totals FILE THREADS | bare reshape FILE SKUS\n", stderr);
    return 2;
  }
  return 0;
}
