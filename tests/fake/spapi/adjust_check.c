/* fake/spapi/adjust_check: whether an order can be refunded or cancelled as an adjustment says. */
#include "feed.h"

#include <string.h>

static const char *text_of(const json_t *json, const char *name) {
  const char *text = json_string_value(json_object_get(json, name));
  return text ? text : "";
}

/* The seller's own number of an adjustment is used once. */
bool refund_is_kept(const json_t *kept, const struct line *line) {
  size_t i;
  json_t *one;
  json_array_foreach(kept, i, one) if (line->merchant_item && !strcmp(text_of(one, "merchantItem"),
                                                                      line->merchant_item)) return true;
  return false;
}

static void add_principal(const json_t *components, dec *sum) {
  size_t i;
  json_t *one;
  dec amount;
  json_array_foreach(components, i, one) if (!strcmp(text_of(one, "type"), "Principal") &&
                                             dec_parse(str_of(text_of(one, "amount")), DEC_PLAIN, &amount))
      dec_add(*sum, amount, sum);
}

/* What the buyer paid for the item itself; false: the order does not say it. */
static bool price_of(const json_t *item, dec *price) {
  size_t i;
  json_t *one;
  json_array_foreach(json_object_get(json_object_get(item, "proceeds"), "breakdowns"), i, one) {
    const json_t *amount = json_object_get(json_object_get(one, "subtotal"), "amount");
    if (strcmp(text_of(one, "type"), "ITEM")) continue;
    return digits_number(amount, price) || dec_parse(str_of(json_string_value(amount)), DEC_PLAIN, price);
  }
  return false;
}

static void check_amount(struct feed *feed, const json_t *item, const json_t *kept, const struct line *line) {
  dec sum = dec_of(0), price;
  size_t i;
  json_t *one;
  json_array_foreach(kept, i, one) if (!strcmp(text_of(one, "orderItemId"), line->code))
      add_principal(json_object_get(one, "components"), &sum);
  add_principal(line->components, &sum);
  if (price_of(item, &price) && dec_compare(sum, price) > 0)
    issue_error(&feed->issues, "18041", NULL, "Item %s: the refunds are above what was paid for it.",
                line->code);
}

static void check_line(struct feed *feed, const json_t *order, const json_t *kept, const struct line *line,
                       bool cancels) {
  const json_t *item = order_item(order, line->code ? line->code : "");
  if (!item) return;
  issue_about(&feed->issues, line->code, item);
  if (line->cancelled > item_left(item))
    issue_error(&feed->issues, "18034", NULL, "Item %s: %lld cannot be cancelled, %lld are left.", line->code,
                (long long)line->cancelled, (long long)item_left(item));
  if (cancels) return;
  if (refund_is_kept(kept, line))
    issue_warning(&feed->issues, "18039", NULL, "Adjustment %s was submitted before.", line->merchant_item);
  else if (!item_count(item, "quantityFulfilled"))
    issue_error(&feed->issues, "18038", NULL, "Item %s was not shipped: it cannot be refunded.", line->code);
  else check_amount(feed, item, kept, line);
}

void order_check_adjustment(struct feed *feed, const json_t *order, const struct change *change,
                            bool cancels) {
  if (!order) return;
  json_t *kept =
      state_read(feed->request, state_path(feed->request, "adjustments/%s.json", text_of(order, "orderId")));
  for (size_t i = 0; i < change->count; i++) check_line(feed, order, kept, &change->lines[i], cancels);
  issue_about(&feed->issues, NULL, NULL);
  json_decref(kept);
}
