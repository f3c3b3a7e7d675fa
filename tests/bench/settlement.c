/* bench/settlement: a settlement report V2 of any size, with its exact sums known beforehand.
 *
 * Two passes over the same orders: the first counts bytes and adds up, because
 * Amazon's summary row, which holds the total, stands first in the file.
 */
#include "settlement_order.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 24 };
static const char *const channel_names[CHANNELS] = { "AFN", "MFN", "" };

/* Columns in Amazon's order, the names that `renamed` gives them, and the order that it writes them in. */
static const char *const names[COLUMNS] = {
  "settlement-id",
  "settlement-start-date",
  "settlement-end-date",
  "deposit-date",
  "total-amount",
  "currency",
  "transaction-type",
  "order-id",
  "merchant-order-id",
  "adjustment-id",
  "shipment-id",
  "marketplace-name",
  "amount-type",
  "amount-description",
  "amount",
  "fulfillment-id",
  "posted-date",
  "posted-date-time",
  "order-item-code",
  "merchant-order-item-id",
  "merchant-adjustment-item-id",
  "sku",
  "quantity-purchased",
  "promotion-id",
};
static const char *const other_names[COLUMNS] = {
  "payout-number", "opened",     "closed",    "paid-on",  "payout",         "coin",    "movement", "sale",
  "own-sale",      "correction", "parcel",    "shop",     "family",         "label",   "worth",    "channel",
  "day",           "moment",     "sale-line", "own-line", "own-correction", "article", "pieces",   "voucher",
};
static const uint8_t other_order[COLUMNS] = { 14, 21, 13, 7, 0,  22, 17, 5,  9, 6,  23, 16,
                                              2,  15, 3,  8, 12, 1,  18, 19, 4, 20, 11, 10 };

struct report {
  struct out *out;
  bool eu, renamed;
  int64_t total;
  int64_t sums[TRIPLES][CHANNELS];
  uint64_t counts[TRIPLES][CHANNELS];
};

static void stamp_write(const struct report *report, struct stamp at, bool with_time) {
  struct out *out = report->out;
  if (report->eu) {
    out_number(out, at.day, 2);
    out_char(out, '.');
    out_number(out, at.month, 2);
    out_text(out, ".2026");
  } else if (with_time) {
    out_text(out, "2026-");
    out_number(out, at.month, 2);
    out_char(out, '-');
    out_number(out, at.day, 2);
  } else {
    out_number(out, at.month, 2);
    out_char(out, '/');
    out_number(out, at.day, 2);
    out_text(out, "/26");
  }
  if (!with_time) return;
  out_char(out, ' ');
  out_number(out, at.hour, 2);
  out_char(out, ':');
  out_number(out, at.minute, 2);
  out_char(out, ':');
  out_number(out, at.second, 2);
  out_text(out, " UTC");
}

static void summary_cell(const struct report *report, unsigned column) {
  static const struct stamp bounds[] = { { 10, 23, 0, 0, 0 }, { 11, 6, 0, 0, 0 }, { 11, 8, 0, 0, 0 } };
  if (column == 0) out_text(report->out, "24681357911");
  else if (column <= 3) stamp_write(report, bounds[column - 1], true);
  else if (column == 4) out_cents(report->out, report->total, report->eu ? ',' : '.');
  else if (column == 5) out_text(report->out, report->eu ? "EUR" : "USD");
}

static void order_cell(const struct report *report, const struct order *order, unsigned column) {
  struct out *out = report->out;
  bool refund = order->triple[0] >= FIRST_REFUND && order->triple[0] <= LAST_REFUND;
  switch (column) {
  case 7: out_order_id(out, order->number); break;
  case 8: out_order_id(out, order->number); break;
  case 9:
    if (refund) out_number(out, 70000000000 + order->number, 11);
    break;
  case 10:
    out_char(out, 'D');
    out_number(out, order->number * 7177 % 100000000, 8);
    break;
  case 11: out_text(out, report->eu ? "Amazon.de" : "Amazon.com"); break;
  case 18: out_number(out, 10000000000000 + order->number * 51787456319 % 90000000000000, 14); break;
  case 20:
    if (refund) out_number(out, 80000000000 + order->number, 11);
    break;
  case 21: out_sku(out, order->sku); break;
  case 22: out_number(out, order->quantity, 1); break;
  case 23:
    if (order->triple[1] == 9) out_text(out, "PLM-2026-FALL-SAVE10");
    break;
  default: break;
  }
}

static void line_cell(const struct report *report, const struct order *order, unsigned line,
                      unsigned column) {
  const struct triple *triple = &triples[order->triple[line]];
  switch (column) {
  case 0: out_text(report->out, "24681357911"); break;
  case 6: out_text(report->out, triple->type); break;
  case 12: out_text(report->out, triple->group); break;
  case 13: out_text(report->out, triple->description); break;
  case 14: out_cents(report->out, order->cents[line], report->eu ? ',' : '.'); break;
  case 15: out_text(report->out, channel_names[order->channel]); break;
  case 16: stamp_write(report, stamp_at(order->second), false); break;
  case 17: stamp_write(report, stamp_at(order->second), true); break;
  default:
    if (order->channel != NO_CHANNEL) order_cell(report, order, column);
  }
}

/* What row to write: the headings, the summary, or line `line` of `order`. */
enum row { HEADINGS, SUMMARY, LINE };

static void row_write(const struct report *report, enum row row, const struct order *order, unsigned line) {
  for (unsigned i = 0; i < COLUMNS; i++) {
    unsigned column = report->renamed ? other_order[i] : i;
    if (i) out_char(report->out, '\t');
    if (row == LINE) line_cell(report, order, line, column);
    else if (row == SUMMARY) summary_cell(report, column);
    else out_text(report->out, (report->renamed ? other_names : names)[column]);
  }
  out_row_end(report->out);
}

static void line_add(struct report *report, const struct order *order, unsigned line) {
  report->total += order->cents[line];
  report->sums[order->triple[line]][order->channel] += order->cents[line];
  report->counts[order->triple[line]][order->channel]++;
}

static void reserve_write(struct report *report, bool add) {
  struct order order = { .count = 2, .channel = NO_CHANNEL, .triple = { RESERVE_BACK, RESERVE_KEPT } };
  order.second = WINDOW_SECONDS - 1;
  order.cents[0] = 1234567;
  order.cents[1] = -7654321;
  for (unsigned i = 0; i < order.count; i++) {
    if (add) line_add(report, &order, i);
    else row_write(report, LINE, &order, i);
  }
}

/* Adds up until the rows in Amazon's own layout are `bytes` long; returns the number of orders. */
static uint64_t first_pass(struct report *report, uint64_t bytes) {
  struct report counting = { .out = out_new(-1) };
  struct order order = { 0 };
  uint64_t number = 0;
  for (; counting.out->bytes + counting.out->used < bytes; number++) {
    settlement_order_make(number, &order);
    for (unsigned i = 0; i < order.count; i++) {
      row_write(&counting, LINE, &order, i);
      line_add(report, &order, i);
    }
  }
  reserve_write(report, true);
  out_close(counting.out);
  return number;
}

static void second_pass(struct report *report, uint64_t orders, bool scattered) {
  struct order order = { 0 };
  row_write(report, HEADINGS, &order, 0);
  row_write(report, SUMMARY, &order, 0);
  for (unsigned round = 0; round < (scattered ? LINE_MOST : 1); round++) {
    for (uint64_t number = 0; number < orders; number++) {
      settlement_order_make(number, &order);
      unsigned first = scattered ? round : 0, end = scattered ? round + 1 : order.count;
      for (unsigned i = first; i < end && i < order.count; i++) row_write(report, LINE, &order, i);
    }
  }
  reserve_write(report, false);
}

static int triple_order(const void *a, const void *b) {
  const struct triple *x = &triples[*(const unsigned *)a], *y = &triples[*(const unsigned *)b];
  int order = strcmp(x->type, y->type);
  if (!order) order = strcmp(x->group, y->group);
  return order ? order : strcmp(x->description, y->description);
}

static void expect_line(struct out *out, unsigned t, const char *channel, int64_t sum, uint64_t rows) {
  if (!rows) return;
  out_text(out, triples[t].type);
  out_char(out, ',');
  out_text(out, triples[t].group);
  out_char(out, ',');
  out_text(out, triples[t].description);
  out_char(out, ',');
  if (channel) {
    out_text(out, channel);
    out_char(out, ',');
  }
  out_cents(out, sum, '.');
  out_char(out, ',');
  out_number(out, rows, 1);
  out_row_end(out);
}

static void expect_write(const struct report *report, const char *path, bool by_channel) {
  unsigned sorted[TRIPLES];
  for (unsigned i = 0; i < TRIPLES; i++) sorted[i] = i;
  qsort(sorted, TRIPLES, sizeof *sorted, triple_order);
  struct out *out = out_create(path);
  out_text(out, "transaction-type,amount-type,amount-description,");
  out_text(out, by_channel ? "fulfillment-id,sum,rows" : "sum,rows");
  out_row_end(out);
  for (unsigned i = 0; i < TRIPLES; i++) {
    const int64_t *sums = report->sums[sorted[i]];
    const uint64_t *counts = report->counts[sorted[i]];
    if (!by_channel)
      expect_line(out, sorted[i], NULL, sums[0] + sums[1] + sums[2], counts[0] + counts[1] + counts[2]);
    else
      for (unsigned c = 0; c < CHANNELS; c++)
        expect_line(out, sorted[i], channel_names[c], sums[c], counts[c]);
  }
  out_close(out);
}

static void residual_write(uint64_t orders, const char *path) {
  struct out *out = out_create(path);
  struct order order;
  out_text(out, "order-id,collected,withheld,left");
  out_row_end(out);
  for (uint64_t number = 7; number < orders; number += ORDERS_PER_RESIDUAL) {
    settlement_order_make(number, &order);
    out_order_id(out, number);
    out_char(out, ',');
    out_cents(out, order.cents[1], '.');
    out_char(out, ',');
    out_cents(out, order.cents[4], '.');
    out_char(out, ',');
    out_cents(out, order.cents[1] + order.cents[4], '.');
    out_row_end(out);
  }
  out_close(out);
}

void generate_settlement(const struct settlement_options *options) {
  struct report report = { .eu = options->eu, .renamed = options->renamed };
  uint64_t orders = first_pass(&report, options->bytes);
  report.out = out_new(1);
  second_pass(&report, orders, options->scattered);
  out_close(report.out);
  if (options->expect) expect_write(&report, options->expect, false);
  if (options->expect_channel) expect_write(&report, options->expect_channel, true);
  if (options->residual) residual_write(orders, options->residual);
}
