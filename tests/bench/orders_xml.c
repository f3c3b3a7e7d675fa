/* bench/orders_xml: an order report in XML of any size: envelope, orders, items, price components. */
#include "generate.h"

#include <string.h>

static const uint64_t seed = 20261102;

static const char *const names[] = { "Ada Example", "Jos&#233; Muster", "Zo\xc3\xab Sample",
                                     "P. O&apos;Test" };
static const char *const streets[] = { "12 Harbor Lane", "4400 Elm Street Apt 7", "1 Main &amp; Second" };
static const char *const titles[] = {
  "Harbor &amp; Pine Stainless Steel Water Bottle with Lid, Dishwasher Safe",
  "Lumen LED Desk Lamp with Adjustable Brightness", "Caf\xc3\xa9 Noir Ceramic Planter - Pack of 4",
  "Brightway Cotton Bath Towel Set, Machine Washable, Extra Soft"
};
static const char *const states[] = { "TX", "NY", "CA", "FL", "WA" };

static void line(struct out *out, unsigned depth, const char *text) {
  for (unsigned i = 0; i < depth; i++) out_text(out, "  ");
  out_text(out, text);
  out_row_end(out);
}

static void element(struct out *out, unsigned depth, const char *name, const char *text) {
  for (unsigned i = 0; i < depth; i++) out_text(out, "  ");
  out_char(out, '<');
  out_text(out, name);
  out_char(out, '>');
  out_text(out, text);
  out_text(out, "</");
  out_text(out, name);
  out_char(out, '>');
  out_row_end(out);
}

/* The same, for a text that is written by parts. */
static void element_begin(struct out *out, unsigned depth, const char *name) {
  for (unsigned i = 0; i < depth; i++) out_text(out, "  ");
  out_char(out, '<');
  out_text(out, name);
  out_char(out, '>');
}
static void element_end(struct out *out, const char *name) {
  out_text(out, "</");
  out_text(out, name);
  out_char(out, '>');
  out_row_end(out);
}

static void date_write(struct out *out, const char *name, unsigned second) {
  struct stamp at = stamp_at(second % WINDOW_SECONDS);
  element_begin(out, 3, name);
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
  element_end(out, name);
}

static void component_write(struct out *out, const char *type, int64_t cents) {
  line(out, 5, "<Component>");
  element(out, 6, "Type", type);
  out_text(out, "            <Amount currency=\"USD\">");
  out_cents(out, cents, '.');
  element_end(out, "Amount");
  line(out, 5, "</Component>");
}

static void item_write(struct out *out, uint64_t number, unsigned item, uint64_t *state) {
  unsigned quantity = chance_below(state, 10) ? 1 : 1 + chance_below(state, 12);
  int64_t price = (int64_t)quantity * (499 + chance_below(state, 20000));
  unsigned sku = chance_below(state, SKU_COUNT);
  line(out, 3, "<Item>");
  element_begin(out, 4, "AmazonOrderItemCode");
  out_number(out, 10000000000000 + number * 10 + item, 14);
  element_end(out, "AmazonOrderItemCode");
  element_begin(out, 4, "SKU");
  out_sku(out, sku);
  element_end(out, "SKU");
  element(out, 4, "Title", titles[sku % 4]);
  element_begin(out, 4, "Quantity");
  out_number(out, quantity, 1);
  element_end(out, "Quantity");
  element(out, 4, "ProductTaxCode", "A_GEN_TAX");
  line(out, 4, "<ItemPrice>");
  component_write(out, "Principal", price);
  component_write(out, "Shipping", chance_below(state, 4) ? 0 : 599);
  component_write(out, "Tax", price * 7 / 100);
  component_write(out, "ShippingTax", 0);
  line(out, 4, "</ItemPrice>");
  line(out, 3, "</Item>");
}

static void address_write(struct out *out, uint64_t *state) {
  line(out, 4, "<Address>");
  element(out, 5, "Name", names[chance_below(state, 4)]);
  element(out, 5, "AddressFieldOne", streets[chance_below(state, 3)]);
  line(out, 5, "<AddressFieldTwo/>");
  element(out, 5, "City", "Springfield");
  element(out, 5, "StateOrRegion", states[chance_below(state, 5)]);
  element_begin(out, 5, "PostalCode");
  out_number(out, chance_below(state, 100000), 5);
  element_end(out, "PostalCode");
  element(out, 5, "CountryCode", "US");
  element(out, 5, "PhoneNumber", "+1 555-0100");
  line(out, 4, "</Address>");
}

static void order_write(struct out *out, uint64_t number) {
  uint64_t state = chance_of(seed, number);
  unsigned second = chance_below(&state, WINDOW_SECONDS), items = chance_below(&state, 4) ? 1 : 2;
  line(out, 1, "<Message>");
  element_begin(out, 2, "MessageID");
  out_number(out, number + 1, 1);
  element_end(out, "MessageID");
  line(out, 2, "<OrderReport>");
  element_begin(out, 3, "AmazonOrderID");
  out_order_id(out, number);
  element_end(out, "AmazonOrderID");
  date_write(out, "OrderDate", second);
  date_write(out, "OrderPostedDate", second + 1800);
  line(out, 3, "<BillingData>");
  element(out, 4, "BuyerEmailAddress", "buyer@marketplace.example");
  element(out, 4, "BuyerName", names[chance_below(&state, 4)]);
  line(out, 3, "</BillingData>");
  line(out, 3, "<FulfillmentData>");
  element(out, 4, "FulfillmentMethod", "Ship");
  element(out, 4, "FulfillmentServiceLevel", chance_below(&state, 3) ? "Standard" : "Expedited");
  address_write(out, &state);
  line(out, 3, "</FulfillmentData>");
  element(out, 3, "IsBusinessOrder", "false");
  for (unsigned item = 0; item < items; item++) item_write(out, number, item, &state);
  line(out, 2, "</OrderReport>");
  line(out, 1, "</Message>");
}

void generate_orders_xml(uint64_t bytes) {
  struct out *out = out_new(1);
  line(out, 0, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
  line(out, 0,
       "<AmazonEnvelope xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
       "xsi:noNamespaceSchemaLocation=\"amzn-envelope.xsd\">");
  line(out, 1, "<Header>");
  element(out, 2, "DocumentVersion", "1.01");
  element(out, 2, "MerchantIdentifier", "A0EXAMPLE0SELLER");
  line(out, 1, "</Header>");
  element(out, 1, "MessageType", "OrderReport");
  for (uint64_t number = 0; out->bytes + out->used < bytes; number++) order_write(out, number);
  line(out, 0, "</AmazonEnvelope>");
  out_close(out);
}
