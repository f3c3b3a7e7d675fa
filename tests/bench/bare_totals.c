/* bench/bare_totals: a settlement summed by triple, as fast as this file allows. */
#include "bare.h"

#include <fcntl.h>
#include <immintrin.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SLOTS = 1024, TEXT_MOST = 192, COLUMNS = 24 };

/* Key: the type, then amount-type TAB amount-description, each padded so that 32 bytes may be compared. */
struct group {
  uint32_t type_length, label_length;
  int64_t sum, rows;
  char type[TEXT_MOST], label[TEXT_MOST];
};

struct part {
  int fd;
  int64_t from, end;
  struct group groups[SLOTS];
};

static int same(const char *a, const char *b, uint32_t length) {
  for (uint32_t i = 0; i < length; i += 32) {
    __m256i equal = _mm256_cmpeq_epi8(_mm256_loadu_si256((const __m256i *)(const void *)(a + i)),
                                      _mm256_loadu_si256((const __m256i *)(const void *)(b + i)));
    uint32_t differ = ~(uint32_t)_mm256_movemask_epi8(equal);
    if (_bzhi_u32(differ, length - i)) return 0; /* an index of 32 or more keeps all bits */
  }
  return 1;
}

static struct group *group_of(struct part *part, const char *type, uint32_t type_length, const char *label,
                              uint32_t label_length) {
  uint64_t tail;
  memcpy(&tail, label + label_length - 8, 8); /* amount-type and description are never under 8 together */
  uint64_t hash = (tail ^ (uint64_t)label_length << 32 ^ (uint64_t)type_length << 56 ^ (uint8_t)type[0]) *
                  0x9E3779B97F4A7C15;
  for (uint32_t slot = (uint32_t)(hash >> 54);; slot = (slot + 1) % SLOTS) {
    struct group *group = &part->groups[slot];
    if (group->label_length == label_length && group->type_length == type_length &&
        same(group->label, label, label_length) && same(group->type, type, type_length))
      return group;
    if (group->label_length) continue;
    group->type_length = type_length;
    group->label_length = label_length;
    memcpy(group->type, type, type_length);
    memcpy(group->label, label, label_length);
    return group;
  }
}

static int64_t cents(const char *at, const char *end) {
  int negative = *at == '-';
  int64_t number = 0;
  for (at += negative; at < end; at++)
    if (*at != '.') number = number * 10 + (*at - '0');
  return negative ? -number : number;
}

static void *part_run(void *argument) {
  struct part *part = argument;
  struct rows rows;
  rows_open(&rows, part->fd, part->from, part->end, COLUMNS);
  while (rows_next(&rows)) {
    const uint32_t *at = rows.separators;
    const char *block = rows.block;
    for (size_t i = 0; i < rows.count; i++, at += COLUMNS) {
      struct group *group =
          group_of(part, block + at[5] + 1, at[6] - at[5] - 1, block + at[11] + 1, at[13] - at[11] - 1);
      group->sum += cents(block + at[13] + 1, block + at[14]);
      group->rows++;
    }
  }
  return NULL;
}

static void groups_merge(struct part *into, const struct part *from) {
  for (int i = 0; i < SLOTS; i++) {
    const struct group *group = &from->groups[i];
    if (!group->label_length) continue;
    struct group *mine = group_of(into, group->type, group->type_length, group->label, group->label_length);
    mine->sum += group->sum;
    mine->rows += group->rows;
  }
}

static void groups_print(const struct part *part) {
  puts("transaction-type,amount-type,amount-description,sum,rows");
  for (int i = 0; i < SLOTS; i++) {
    const struct group *group = &part->groups[i];
    if (!group->label_length) continue;
    int kind = (int)strcspn(group->label, "\t");
    int64_t size = group->sum < 0 ? -group->sum : group->sum;
    printf("%s,%.*s,%s,%s%" PRId64 ".%02" PRId64 ",%" PRId64 "\n", group->type, kind, group->label,
           group->label + kind + 1, group->sum < 0 ? "-" : "", size / 100, size % 100, group->rows);
  }
}

void bare_totals(const char *path, int threads) {
  struct stat st;
  int fd = open(path, O_RDONLY);
  if (fd < 0 || fstat(fd, &st)) bare_die(path);
  struct part *parts = calloc((size_t)threads, sizeof *parts);
  if (!parts) bare_die("bare");
  int64_t from = row_end_after(fd, row_end_after(fd, 0)); /* headings and the summary row */
  pthread_t other;
  for (int i = 0; i < threads; i++) {
    parts[i].fd = fd;
    parts[i].from = from;
    from = parts[i].end = i == threads - 1 ? st.st_size : row_end_after(fd, st.st_size / threads);
  }
  if (threads == 2 && pthread_create(&other, NULL, part_run, &parts[1])) bare_die("bare: thread");
  part_run(&parts[0]);
  if (threads == 2) {
    pthread_join(other, NULL);
    groups_merge(&parts[0], &parts[1]);
  }
  groups_print(&parts[0]);
}
