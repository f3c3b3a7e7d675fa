/* bench/settlement_order: order number N of the made settlement, always the same one. */
#ifndef BENCH_SETTLEMENT_ORDER_H
#define BENCH_SETTLEMENT_ORDER_H

#include "generate.h"

enum { LINE_MOST = 6, ORDERS_PER_RESIDUAL = 10007 };

enum role {
  PRINCIPAL,
  SHIPPING,
  TAX,
  SHIP_TAX,
  WITHHELD,
  SHIP_WITHHELD,
  COMMISSION,
  FBA_FEE,
  SHIP_BACK,
  PROMOTION,
  SHIP_PROMOTION,
  TAX_DISCOUNT,
  REFUND_FEE,
  CHARGE,
  CREDIT
};

/* 0-11 orders, 12-22 refunds, 23-24 retrocharges, then rows that belong to no order. */
enum {
  TRIPLES = 40,
  FIRST_REFUND = 12,
  LAST_REFUND = 22,
  FIRST_SINGLE = 25,
  RESERVE_BACK = 38,
  RESERVE_KEPT = 39
};

struct triple {
  const char *type, *group, *description;
  enum role role;
  int sign; /* -1: a refund gives the amount back */
};
extern const struct triple triples[TRIPLES];

enum channel { AFN, MFN, NO_CHANNEL, CHANNELS };

struct order {
  uint64_t number;
  unsigned second, sku, quantity, count;
  enum channel channel;
  bool residual; /* line 1 is the tax collected, line 4 the tax withheld; they do not cancel */
  uint8_t triple[LINE_MOST];
  int64_t cents[LINE_MOST];
};

void settlement_order_make(uint64_t number, struct order *order);

#endif
