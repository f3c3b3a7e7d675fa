/* bench/generate: what the two generators share: chance that repeats, and a buffered way out.
 *
 * Every order is a pure function of its number and of the fixed seed, so a
 * second pass over the same numbers makes the same bytes, in any order of
 * visiting them. No clock, no locale, no floating point: amounts are cents.
 */
#ifndef BENCH_GENERATE_H
#define BENCH_GENERATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { OUT_ROOM = 1 << 18, OUT_ROW_MOST = 4096, SKU_COUNT = 5000, WINDOW_SECONDS = 14 * 86400 };

/* fd < 0 only counts. Bytes are written when the buffer could not take another row. */
struct out {
  int fd;
  uint64_t bytes;
  size_t used;
  char buf[OUT_ROOM];
};

struct out *out_new(int fd);              /* dies when there is no memory */
struct out *out_create(const char *path); /* NULL path: counts only */
void out_row_end(struct out *out);        /* call after each row: makes room for the next one */
void out_close(struct out *out);          /* flushes, closes, frees; dies when the bytes did not arrive */
void out_char(struct out *out, char c);
void out_text(struct out *out, const char *text);
void out_number(struct out *out, uint64_t number, int width); /* zero-filled to width */
void out_cents(struct out *out, int64_t cents, char mark);    /* -12.34 */
void out_sku(struct out *out, unsigned sku);
void out_order_id(struct out *out, uint64_t order); /* 113-1234567-1234567, different for each order */

/* Day and month of a second of the window, which begins on 2026-10-23 and crosses the end of October. */
struct stamp {
  unsigned month, day, hour, minute, second;
};
struct stamp stamp_at(unsigned second);

uint64_t chance_of(uint64_t seed, uint64_t number); /* the state to begin with */
uint64_t chance(uint64_t *state);
unsigned chance_below(uint64_t *state, unsigned limit);

struct settlement_options {
  uint64_t bytes; /* of rows in Amazon's own layout, whatever layout is written */
  bool scattered, eu, renamed;
  const char *expect, *expect_channel; /* sums by triple; by triple and channel */
  const char *residual;                /* orders whose tax does not cancel */
};
void generate_settlement(const struct settlement_options *options);

struct orders_options {
  uint64_t bytes;
  const char *expect, *skus; /* the reshaped CSV; the sheet sku -> InvtID */
};
void generate_orders(const struct orders_options *options);
void generate_orders_xml(uint64_t bytes); /* an order report, Amazon's elements */

#endif
