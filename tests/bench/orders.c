/* bench/orders: an all-orders report of any size, with what reshaping it must give. */
#include "generate.h"

#include <string.h>

enum { NAME_MOST = 200 };
static const uint64_t seed = 20261101;

static const char headings[] =
    "amazon-order-id\tmerchant-order-id\tpurchase-date\tlast-updated-date\torder-status\tfulfillment-"
    "channel\t"
    "sales-channel\tship-service-level\tproduct-name\tsku\tasin\titem-status\tquantity\tcurrency\titem-"
    "price\t"
    "item-tax\tshipping-price\tshipping-tax\tgift-wrap-price\tgift-wrap-tax\titem-promotion-discount\t"
    "ship-promotion-discount\tship-city\tship-state\tship-postal-code\tship-country\tpromotion-ids\t"
    "is-business-order\tpurchase-order-number\tprice-designation";
static const char expected_headings[] =
    "amazon-order-id,purchase-date,order-status,fulfillment-channel,sales-channel,product-name,sku,InvtID,"
    "quantity,currency,item-price,item-tax,ship-country";

static const struct place {
  const char *city, *state, *postal_code;
} places[] = { { "AUSTIN", "TX", "78701" },         { "Brooklyn", "NY", "11201-4302" },
               { "San José", "CA", "95112" },       { "MIAMI", "FL", "33101-1102" },
               { "Seattle", "WA", "98101" },        { "Chicago", "IL", "60601" },
               { "Salt Lake City", "UT", "84101" }, { "Portland", "OR", "97201-5510" } };

static const char *const statuses[] = { "Shipped", "Cancelled", "Pending", "Unshipped", "Shipping" };
static const unsigned status_weights[] = { 80, 8, 4, 5, 3 };
enum { CANCELLED = 1, PENDING = 2 };

struct order {
  uint64_t number;
  unsigned second, status, sku, quantity, place;
  bool merchant, taxed, shipping, business;
  int64_t price, tax;
  char name[NAME_MOST];
};

/* Some names hold what a CSV has to quote; all are a function of the SKU. */
static void name_make(unsigned sku, char *name) {
  static const char *const makes[] = { "Harbor & Pine", "Lumen", "Café Noir", "Brightway", "NORTHFOLD" };
  static const char *const things[] = { "Stainless Steel Water Bottle",
                                        "Cast Iron Skillet",
                                        "Cotton Bath Towel Set",
                                        "Bamboo Drawer Organizer",
                                        "LED Desk Lamp",
                                        "Insulated Lunch Bag",
                                        "Ceramic Planter" };
  static const char *const details[] = {
    " with Lid, Dishwasher Safe", " 12\" for Kitchen and Home",     " - Pack of 4",
    " for Office (2026 Model)",   ", Machine Washable, Extra Soft", " with Adjustable Brightness"
  };
  const char *parts[] = { makes[sku % 5], " ", things[sku % 7], details[sku % 6] };
  char *end = name;
  for (unsigned i = 0; i < 4; i++) {
    size_t length = strlen(parts[i]);
    memcpy(end, parts[i], length + 1);
    end += length;
  }
}

static void order_make(uint64_t number, struct order *order) {
  uint64_t state = chance_of(seed, number);
  unsigned draw = chance_below(&state, 100), status = 0;
  while (draw >= status_weights[status]) draw -= status_weights[status++];
  order->number = number;
  order->status = status;
  order->second = chance_below(&state, WINDOW_SECONDS);
  order->sku = chance_below(&state, chance_below(&state, SKU_COUNT) + 1);
  order->quantity = chance_below(&state, 10) ? 1 : 1 + chance_below(&state, 12);
  order->place = chance_below(&state, sizeof places / sizeof *places);
  order->merchant = chance_below(&state, 5) == 0;
  order->taxed = chance_below(&state, 2);
  order->shipping = chance_below(&state, 4) == 0;
  order->business = chance_below(&state, 20) == 0;
  order->price = (int64_t)order->quantity * (499 + chance_below(&state, 20000));
  order->tax = order->taxed ? order->price * 7 / 100 : 0;
  name_make(order->sku, order->name);
}

static void iso_write(struct out *out, struct stamp at) {
  out_text(out, "2026-");
  out_number(out, at.month, 2);
  out_char(out, '-');
  out_number(out, at.day, 2);
  out_char(out, 'T');
  out_number(out, at.hour, 2);
  out_char(out, ':');
  out_number(out, at.minute, 2);
  out_char(out, ':');
  out_number(out, at.second, 2);
  out_text(out, "+00:00");
}

static void money_write(struct out *out, const struct order *order, int64_t cents) {
  if (order->status != PENDING) out_cents(out, cents, '.'); /* Amazon gives no price while pending */
}

static void row_begin(struct out *out, const struct order *order) {
  struct stamp at = stamp_at(order->second);
  out_order_id(out, order->number);
  out_char(out, '\t');
  out_order_id(out, order->number);
  out_char(out, '\t');
  iso_write(out, at);
  out_char(out, '\t');
  iso_write(out, stamp_at((order->second + 7207) % WINDOW_SECONDS));
  out_char(out, '\t');
  out_text(out, statuses[order->status]);
  out_text(out, order->merchant ? "\tMerchant\t" : "\tAmazon\t");
  out_text(out, "Amazon.com\t");
  out_text(out, order->merchant ? "Standard\t" : "Expedited\t");
  out_text(out, order->name);
  out_char(out, '\t');
  out_sku(out, order->sku);
  out_text(out, "\tB0");
  out_number(out, order->sku * 7919U % 100000000, 8);
  out_char(out, '\t');
  out_text(out, statuses[order->status]);
  out_char(out, '\t');
  out_number(out, order->quantity, 1);
  out_char(out, '\t');
}

static void row_write(struct out *out, const struct order *order) {
  row_begin(out, order);
  if (order->status != PENDING) out_text(out, "USD");
  int64_t amounts[8] = { order->price, order->tax, order->shipping ? 599 : 0 };
  for (unsigned i = 0; i < 8; i++) {
    out_char(out, '\t');
    if (i == 0 || amounts[i] || i < 4) money_write(out, order, amounts[i]);
  }
  const struct place *place = &places[order->place];
  out_char(out, '\t');
  out_text(out, place->city);
  out_char(out, '\t');
  out_text(out, place->state);
  out_char(out, '\t');
  out_text(out, place->postal_code);
  out_text(out, "\tUS\t");
  if (order->shipping) out_text(out, "Free Shipping on Prime Orders");
  out_text(out, order->business ? "\ttrue\tPO-2026-1177\t" : "\tfalse\t\t");
  out_row_end(out);
}

static void invt_id_write(struct out *out, unsigned sku) {
  out_text(out, "INV");
  out_number(out, 100000 + sku, 6);
}

static void csv_text(struct out *out, const char *text) {
  if (!strpbrk(text, "\",\r\n")) {
    out_text(out, text);
    return;
  }
  out_char(out, '"');
  for (; *text; text++) {
    if (*text == '"') out_char(out, '"');
    out_char(out, *text);
  }
  out_char(out, '"');
}

static void expect_line(struct out *out, const struct order *order) {
  struct stamp at = stamp_at(order->second);
  if (order->status == CANCELLED) return;
  out_order_id(out, order->number);
  out_char(out, ',');
  out_number(out, at.month, 2);
  out_char(out, '/');
  out_number(out, at.day, 2);
  out_text(out, "/2026,");
  out_text(out, statuses[order->status]);
  out_text(out, order->merchant ? ",Merchant," : ",Amazon,");
  out_text(out, "Amazon.com,");
  csv_text(out, order->name);
  out_char(out, ',');
  out_sku(out, order->sku);
  out_char(out, ',');
  invt_id_write(out, order->sku);
  out_char(out, ',');
  out_number(out, order->quantity, 1);
  out_char(out, ',');
  if (order->status != PENDING) out_text(out, "USD");
  out_char(out, ',');
  money_write(out, order, order->price);
  out_char(out, ',');
  money_write(out, order, order->tax);
  out_text(out, ",US");
  out_row_end(out);
}

static void skus_write(const char *path) {
  struct out *out = out_create(path);
  out_text(out, "sku,InvtID");
  out_row_end(out);
  for (unsigned sku = 0; sku < SKU_COUNT; sku++) {
    out_sku(out, sku);
    out_char(out, ',');
    invt_id_write(out, sku);
    out_row_end(out);
  }
  out_close(out);
}

void generate_orders(const struct orders_options *options) {
  struct out *out = out_new(1), *expected = out_create(options->expect);
  struct order order;
  out_text(out, headings);
  out_row_end(out);
  out_text(expected, expected_headings);
  out_row_end(expected);
  for (uint64_t number = 0; out->bytes + out->used < options->bytes; number++) {
    order_make(number, &order);
    row_write(out, &order);
    expect_line(expected, &order);
  }
  out_close(out);
  out_close(expected);
  if (options->skus) skus_write(options->skus);
}
