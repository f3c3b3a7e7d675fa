/* bench/bare: what both ceilings stand on: blocks of whole rows, with the places of all separators.
 *
 * Wired to the very files that generate makes (every row has all its columns,
 * nothing is checked): a ceiling to measure against, not a reader to copy.
 */
#ifndef BENCH_BARE_H
#define BENCH_BARE_H

#include <stddef.h>
#include <stdint.h>

enum { BLOCK = 1 << 18, PAD = 64 };

struct rows {
  int fd;
  int64_t at, end; /* of the file: what is still to be read */
  unsigned columns;
  size_t used, done;    /* bytes in the block; bytes of it that were given out as rows */
  size_t count;         /* rows in the block */
  char *block;          /* PAD bytes before and behind may be read */
  uint32_t *separators; /* count * columns places of tab or newline */
};

void rows_open(struct rows *rows, int fd, int64_t from, int64_t end, unsigned columns);
size_t rows_next(struct rows *rows); /* number of rows now in the block; 0 at the end */
int64_t row_end_after(int fd, int64_t at);
_Noreturn void bare_die(const char *what);

void bare_totals(const char *path, int threads);
void bare_reshape(const char *path, const char *skus);

#endif
