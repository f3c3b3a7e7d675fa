/* bench/settlement_order: which rows an order has in a settlement, weighted as in a US seller's report. */
#include "settlement_order.h"

static const uint64_t seed = 20261023;

const struct triple triples[TRIPLES] = {
  { "Order", "ItemPrice", "Principal", PRINCIPAL, 1 },
  { "Order", "ItemPrice", "Shipping", SHIPPING, 1 },
  { "Order", "ItemPrice", "Tax", TAX, 1 },
  { "Order", "ItemPrice", "ShippingTax", SHIP_TAX, 1 },
  { "Order", "ItemFees", "Commission", COMMISSION, 1 },
  { "Order", "ItemFees", "FBAPerUnitFulfillmentFee", FBA_FEE, 1 },
  { "Order", "ItemFees", "ShippingChargeback", SHIP_BACK, 1 },
  { "Order", "ItemWithheldTax", "MarketplaceFacilitatorTax-Principal", WITHHELD, 1 },
  { "Order", "ItemWithheldTax", "MarketplaceFacilitatorTax-Shipping", SHIP_WITHHELD, 1 },
  { "Order", "Promotion", "Principal", PROMOTION, 1 },
  { "Order", "Promotion", "Shipping", SHIP_PROMOTION, 1 },
  { "Order", "Promotion", "TaxDiscount", TAX_DISCOUNT, 1 },
  { "Refund", "ItemPrice", "Principal", PRINCIPAL, -1 },
  { "Refund", "ItemPrice", "Tax", TAX, -1 },
  { "Refund", "ItemPrice", "Shipping", SHIPPING, -1 },
  { "Refund", "ItemPrice", "ShippingTax", SHIP_TAX, -1 },
  { "Refund", "ItemFees", "Commission", COMMISSION, -1 },
  { "Refund", "ItemFees", "RefundCommission", REFUND_FEE, 1 },
  { "Refund", "ItemFees", "ShippingChargeback", SHIP_BACK, -1 },
  { "Refund", "ItemWithheldTax", "MarketplaceFacilitatorTax-Principal", WITHHELD, -1 },
  { "Refund", "ItemWithheldTax", "MarketplaceFacilitatorTax-Shipping", SHIP_WITHHELD, -1 },
  { "Refund", "Promotion", "Principal", PROMOTION, -1 },
  { "Refund", "Promotion", "Shipping", SHIP_PROMOTION, -1 },
  { "Order_Retrocharge", "ItemPrice", "Tax", TAX, 1 },
  { "Order_Retrocharge", "ItemWithheldTax", "MarketplaceFacilitatorTax-Principal", WITHHELD, 1 },
  { "ServiceFee", "Cost of Advertising", "TransactionTotalAmount", CHARGE, 1 },
  { "FBAFees", "FBA Inventory Storage Fee", "Base fee", CHARGE, 1 },
  { "FBAFees", "FBA Long Term Storage Fee", "Base fee", CHARGE, 1 },
  { "FBAFees", "FBA Removal Order: Disposal Fee", "Base fee", CHARGE, 1 },
  { "FBAFees", "FBA Inbound Placement Service Fee", "Base fee", CHARGE, 1 },
  { "FBAFees", "FBA Amazon-Partnered Carrier Shipment Fee", "Base fee", CHARGE, 1 },
  { "AmazonFees", "Coupon Performance Based Fee", "Base fee", CHARGE, 1 },
  { "AmazonFees", "Vine Enrollment Fee", "Base fee", CHARGE, 1 },
  { "other-transaction", "FBA Inventory Reimbursement", "WAREHOUSE_DAMAGE", CREDIT, 1 },
  { "other-transaction", "FBA Inventory Reimbursement", "WAREHOUSE_LOST", CREDIT, 1 },
  { "other-transaction", "FBA Inventory Reimbursement", "REVERSAL_REIMBURSEMENT", CREDIT, 1 },
  { "other-transaction", "other-transaction", "Storage Fee", CHARGE, 1 },
  { "other-transaction", "other-transaction", "Subscription Fee", CHARGE, 1 },
  { "other-transaction", "other-transaction", "Previous Reserve Amount Balance", CREDIT, 1 },
  { "other-transaction", "other-transaction", "Current Reserve Amount", CHARGE, 1 },
};

/* Kinds of order by their frequency in 1,000: 3.7 rows an order on average. */
static const struct kind {
  unsigned weight;
  enum channel channel;
  unsigned count;
  uint8_t triple[LINE_MOST];
} kinds[] = {
  { 70, AFN, 5, { 0, 2, 4, 5, 7 } }, /* the taxed one; also the one that is made not to cancel */
  { 556, AFN, 3, { 0, 4, 5 } },
  { 120, MFN, 4, { 0, 2, 4, 7 } },
  { 50, AFN, 6, { 0, 1, 4, 5, 6, 10 } },
  { 50, AFN, 4, { 0, 9, 4, 5 } },
  { 50, MFN, 6, { 0, 2, 1, 3, 7, 8 } },
  { 30, AFN, 5, { 0, 2, 4, 5, 11 } }, /* the tax is given back at once, so nothing is withheld */
  { 35, AFN, 5, { 12, 13, 16, 17, 19 } },
  { 20, AFN, 3, { 12, 16, 17 } },
  { 8, MFN, 6, { 13, 14, 15, 18, 19, 20 } },
  { 4, AFN, 6, { 12, 14, 16, 17, 21, 22 } },
  { 2, MFN, 2, { 23, 24 } },
  { 5, NO_CHANNEL, 1, { FIRST_SINGLE } }, /* rows that belong to no order; which one is drawn */
};
enum { WEIGHTS = 1000, SINGLE_KIND = sizeof kinds / sizeof *kinds - 1 };

struct prices {
  int64_t item, shipping, tax, ship_tax, commission, fba, promotion, single, short_by;
};

static struct prices prices_draw(uint64_t *state, unsigned quantity, bool residual) {
  struct prices p = { 0 };
  p.item = (int64_t)quantity * (499 + chance_below(state, 9000) / 5 * 5);
  p.shipping = 399 + chance_below(state, 900);
  unsigned rate = 400 + chance_below(state, 600);
  p.tax = p.item * rate / 10000;
  p.ship_tax = p.shipping * rate / 10000;
  p.commission = p.item * 15 / 100;
  p.fba = 322 + chance_below(state, 500);
  p.promotion = p.item / 10;
  p.single = 100 + chance_below(state, 250000);
  p.short_by = residual ? 1 + chance_below(state, 99) : 0;
  return p;
}

static int64_t cents_of(const struct triple *triple, const struct prices *p) {
  int64_t cents = 0;
  switch (triple->role) {
  case PRINCIPAL: cents = p->item; break;
  case SHIPPING: cents = p->shipping; break;
  case TAX: cents = p->tax; break;
  case SHIP_TAX: cents = p->ship_tax; break;
  case WITHHELD: cents = -p->tax + p->short_by; break;
  case SHIP_WITHHELD: cents = -p->ship_tax; break;
  case COMMISSION: cents = -p->commission; break;
  case FBA_FEE: cents = -p->fba; break;
  case SHIP_BACK:
  case SHIP_PROMOTION: cents = -p->shipping; break;
  case PROMOTION: cents = -p->promotion; break;
  case TAX_DISCOUNT: cents = -p->tax; break;
  case REFUND_FEE: cents = -(p->commission / 5 < 500 ? p->commission / 5 : 500); break;
  case CHARGE: cents = -p->single; break;
  case CREDIT: cents = p->single; break;
  }
  return cents * triple->sign;
}

void settlement_order_make(uint64_t number, struct order *order) {
  uint64_t state = chance_of(seed, number);
  unsigned draw = chance_below(&state, WEIGHTS), k = 0;
  while (draw >= kinds[k].weight) draw -= kinds[k++].weight;
  order->residual = number % ORDERS_PER_RESIDUAL == 7;
  const struct kind *kind = &kinds[order->residual ? 0 : k];
  order->number = number;
  order->second = chance_below(&state, WINDOW_SECONDS);
  order->sku = chance_below(&state, chance_below(&state, SKU_COUNT) + 1); /* few sell much, many a little */
  order->quantity = chance_below(&state, 10) ? 1 : 2;
  order->channel = kind->channel;
  order->count = kind->count;
  struct prices prices = prices_draw(&state, order->quantity, order->residual);
  for (unsigned i = 0; i < kind->count; i++) {
    order->triple[i] = kind->triple[i];
    if (k == SINGLE_KIND && !order->residual)
      order->triple[i] = (uint8_t)(FIRST_SINGLE + chance_below(&state, RESERVE_BACK - FIRST_SINGLE));
    order->cents[i] = cents_of(&triples[order->triple[i]], &prices);
  }
}
