/* bench/bare_reshape: all orders to a CSV of 12 columns with a looked-up item, as fast as this file allows.
 */
#include "bare.h"

#include <fcntl.h>
#include <immintrin.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SLOTS = 1 << 14, COLUMNS = 30, WIDTH = 32, OUT = 1 << 18, ROW_MOST = 1 << 12 };

struct item {
  uint32_t sku_length, id_length;
  char sku[WIDTH], id[WIDTH];
};

static struct item items[SLOTS];
static char out[OUT + ROW_MOST];

static uint32_t slot_of(const char *sku) {
  uint64_t head;
  memcpy(&head, sku, 8); /* the first eight of a made SKU are already different */
  return (uint32_t)(head * 0x9E3779B97F4A7C15 >> 50);
}

static const struct item *item_find(const char *sku, uint32_t length) {
  uint32_t slot = slot_of(sku);
  while (items[slot].sku_length && (items[slot].sku_length != length || memcmp(items[slot].sku, sku, length)))
    slot = (slot + 1) % SLOTS;
  return &items[slot];
}

static void items_load(const char *path) {
  FILE *file = fopen(path, "r");
  char line[2 * WIDTH];
  if (!file || !fgets(line, sizeof line, file)) bare_die(path);
  while (fgets(line, sizeof line, file)) {
    uint32_t comma = (uint32_t)strcspn(line, ","), end = (uint32_t)strcspn(line, "\n");
    uint32_t slot = slot_of(line);
    while (items[slot].sku_length) slot = (slot + 1) % SLOTS;
    items[slot].sku_length = comma;
    items[slot].id_length = end - comma - 1;
    memcpy(items[slot].sku, line, comma);
    memcpy(items[slot].id, line + comma + 1, end - comma - 1);
  }
  fclose(file);
}

/* Copies 32 bytes at a time, so up to 31 too many: the next field lies over them. */
static char *put(char *to, const char *from, uint32_t length, char after) {
  for (uint32_t i = 0; i < length; i += 32)
    _mm256_storeu_si256((__m256i *)(void *)(to + i),
                        _mm256_loadu_si256((const __m256i *)(const void *)(from + i)));
  to[length] = after;
  return to + length + 1;
}

static char *put_quoted(char *to, const char *from, uint32_t length) {
  if (!memchr(from, ',', length) && !memchr(from, '"', length)) return put(to, from, length, ',');
  *to++ = '"';
  for (uint32_t i = 0; i < length; i++) {
    if (from[i] == '"') *to++ = '"';
    *to++ = from[i];
  }
  *to++ = '"';
  *to++ = ',';
  return to;
}

static char *put_date(char *to, const char *iso) {
  const char date[11] = { iso[5], iso[6], '/', iso[8], iso[9], '/', iso[0], iso[1], iso[2], iso[3], ',' };
  memcpy(to, date, sizeof date);
  return to + sizeof date;
}

static char *put_fields(char *to, const char *block, const uint32_t *at, unsigned first, unsigned last) {
  for (unsigned i = first; i <= last; i++) to = put(to, block + at[i - 1] + 1, at[i] - at[i - 1] - 1, ',');
  return to;
}

static char *row_put(char *to, const char *block, const uint32_t *at, uint32_t start) {
  to = put(to, block + start, at[0] - start, ',');
  to = put_date(to, block + at[1] + 1);
  to = put_fields(to, block, at, 4, 6);
  to = put_quoted(to, block + at[7] + 1, at[8] - at[7] - 1);
  to = put_fields(to, block, at, 9, 9);
  const struct item *item = item_find(block + at[8] + 1, at[9] - at[8] - 1);
  to = put(to, item->id, item->id_length, ',');
  to = put_fields(to, block, at, 12, 15);
  return put(to, block + at[24] + 1, at[25] - at[24] - 1, '\n');
}

static char *flush(char *end) {
  for (char *from = out; from < end;) {
    ssize_t n = write(STDOUT_FILENO, from, (size_t)(end - from));
    if (n <= 0) bare_die("bare: write");
    from += n;
  }
  return out;
}

void bare_reshape(const char *path, const char *skus) {
  struct stat st;
  struct rows rows;
  int fd = open(path, O_RDONLY);
  if (fd < 0 || fstat(fd, &st)) bare_die(path);
  items_load(skus);
  static const char headings[] =
      "amazon-order-id,purchase-date,order-status,fulfillment-channel,sales-channel,"
      "product-name,sku,InvtID,quantity,currency,item-price,item-tax,ship-country\n";
  memcpy(out, headings, sizeof headings - 1);
  char *to = out + sizeof headings - 1;
  rows_open(&rows, fd, row_end_after(fd, 0), st.st_size, COLUMNS);
  while (rows_next(&rows)) {
    const uint32_t *at = rows.separators;
    uint32_t start = 0;
    for (size_t i = 0; i < rows.count; start = at[COLUMNS - 1] + 1, at += COLUMNS, i++) {
      if (at[4] - at[3] == 10 && !memcmp(rows.block + at[3] + 1, "Cancelled", 9)) continue;
      to = row_put(to, rows.block, at, start);
      if (to > out + OUT) to = flush(to);
    }
  }
  flush(to);
}
