/* bench/generate: makes the benchmark's inputs, the same bytes on every machine.
 *
 *   generate settlement BYTES [scattered] [eu] [renamed] [--expect FILE] [--expect-channel FILE]
 *                             [--residual FILE]
 *   generate orders BYTES [--expect FILE] [--skus FILE]
 *   generate orders-xml BYTES
 *
 * The report goes to stdout. `scattered` parts the rows of each order as far as
 * the file is long; `eu` writes decimal commas and European dates; `renamed`
 * writes the same data under other column names in another order.
 * Build: cc -O2 -o generate generate.c settlement.c settlement_order.c orders.c orders_xml.c
 */
#include "generate.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void die(const char *what) {
  perror(what);
  exit(1);
}

struct out *out_new(int fd) {
  struct out *out = malloc(sizeof *out);
  if (!out) die("generate");
  out->fd = fd;
  out->bytes = 0;
  out->used = 0;
  return out;
}

struct out *out_create(const char *path) {
  if (!path) return out_new(-1);
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (fd < 0) die(path);
  return out_new(fd);
}

static void out_flush(struct out *out) {
  size_t done = 0;
  while (out->fd >= 0 && done < out->used) {
    ssize_t n = write(out->fd, out->buf + done, out->used - done);
    if (n <= 0) die("generate: write");
    done += (size_t)n;
  }
  out->bytes += out->used;
  out->used = 0;
}

void out_row_end(struct out *out) {
  out_char(out, '\n');
  if (out->used > OUT_ROOM - OUT_ROW_MOST) out_flush(out);
}

void out_close(struct out *out) {
  out_flush(out);
  if (out->fd >= 0 && close(out->fd)) die("generate: close");
  free(out);
}

void out_char(struct out *out, char c) { out->buf[out->used++] = c; }

void out_text(struct out *out, const char *text) {
  size_t length = strlen(text);
  memcpy(out->buf + out->used, text, length);
  out->used += length;
}

void out_number(struct out *out, uint64_t number, int width) {
  char digits[24];
  int at = (int)sizeof digits, first = at - width;
  while (number || at > first) {
    digits[--at] = (char)('0' + number % 10);
    number /= 10;
  }
  memcpy(out->buf + out->used, digits + at, sizeof digits - (size_t)at);
  out->used += sizeof digits - (size_t)at;
}

void out_cents(struct out *out, int64_t cents, char mark) {
  if (cents < 0) out_char(out, '-');
  uint64_t size = (uint64_t)(cents < 0 ? -cents : cents);
  out_number(out, size / 100, 1);
  out_char(out, mark);
  out_number(out, size % 100, 2);
}

void out_sku(struct out *out, unsigned sku) {
  static const char *const colours[] = { "BLK", "WHT", "NAVY", "OLIVE", "RED", "SAND", "TEAL" };
  static const char *const sizes[] = { "S", "M", "L", "XL", "XXL" };
  out_char(out, (char)('A' + sku % 26));
  out_char(out, (char)('A' + sku / 26 % 26));
  out_char(out, '-');
  out_number(out, sku * 7919 % 100000, 5); /* 7919 shares no factor with 100000: no two alike */
  out_char(out, '-');
  out_text(out, colours[sku % 7]);
  out_char(out, '-');
  out_text(out, sizes[sku % 5]);
}

void out_order_id(struct out *out, uint64_t order) {
  const uint64_t most = 100000000000000;
  uint64_t mixed = order * 731876190347 % most; /* no factor shared with 10^14: no two alike */
  out_text(out, order % 3 == 0 ? "111-" : order % 3 == 1 ? "112-" : "114-");
  out_number(out, mixed / 10000000, 7);
  out_char(out, '-');
  out_number(out, mixed % 10000000, 7);
}

struct stamp stamp_at(unsigned second) {
  unsigned day = second / 86400;
  return (struct stamp){ .month = day < 9 ? 10 : 11,
                         .day = day < 9 ? 23 + day : day - 8,
                         .hour = second / 3600 % 24,
                         .minute = second / 60 % 60,
                         .second = second % 60 };
}

/* splitmix64 (Steele, Lea, Flood 2014). */
uint64_t chance(uint64_t *state) {
  uint64_t z = *state += 0x9E3779B97F4A7C15;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return z ^ (z >> 31);
}

uint64_t chance_of(uint64_t seed, uint64_t number) {
  uint64_t state = seed + number * 0xD1342543DE82EF95;
  return chance(&state);
}

unsigned chance_below(uint64_t *state, unsigned limit) {
  return (unsigned)((chance(state) >> 32) * limit >> 32);
}

static void usage(void) {
  fputs("usage: generate settlement BYTES [scattered] [eu] [renamed] [--expect FILE] [--expect-channel FILE]"
        " [--residual FILE]\n"
        "       generate orders BYTES [--expect FILE] [--skus FILE]\n"
        "       generate orders-xml BYTES\n",
        stderr);
  exit(2);
}

static uint64_t number_from(const char *text) {
  char *end;
  unsigned long long number = strtoull(text, &end, 10);
  if (*end || end == text) usage();
  return number;
}

static void settlement_main(int count, char **words) {
  struct settlement_options options = { .bytes = number_from(words[0]) };
  for (int i = 1; i < count; i++) {
    if (!strcmp(words[i], "scattered")) options.scattered = true;
    else if (!strcmp(words[i], "eu")) options.eu = true;
    else if (!strcmp(words[i], "renamed")) options.renamed = true;
    else if (!strcmp(words[i], "--expect") && i + 1 < count) options.expect = words[++i];
    else if (!strcmp(words[i], "--expect-channel") && i + 1 < count) options.expect_channel = words[++i];
    else if (!strcmp(words[i], "--residual") && i + 1 < count) options.residual = words[++i];
    else usage();
  }
  generate_settlement(&options);
}

static void orders_main(int count, char **words) {
  struct orders_options options = { .bytes = number_from(words[0]) };
  for (int i = 1; i < count; i++) {
    if (!strcmp(words[i], "--expect") && i + 1 < count) options.expect = words[++i];
    else if (!strcmp(words[i], "--skus") && i + 1 < count) options.skus = words[++i];
    else usage();
  }
  generate_orders(&options);
}

int main(int argc, char **argv) {
  if (argc < 3) usage();
  if (!strcmp(argv[1], "settlement")) settlement_main(argc - 2, argv + 2);
  else if (!strcmp(argv[1], "orders")) orders_main(argc - 2, argv + 2);
  else if (!strcmp(argv[1], "orders-xml")) generate_orders_xml(number_from(argv[2]));
  else usage();
  return 0;
}
