/* fake/spapi/feed_messages: one message of an XML order feed: what it says is checked, and done. */
#include "feed.h"

#include <string.h>

static const char *text_at(struct feed *feed, const xmlNode *node, const char *name) {
  return node_text(feed->request->arena, node_child(node, name));
}

static int64_t number_at(struct feed *feed, const xmlNode *node, const char *name) {
  int64_t number = 0;
  str_to_int(str_of(text_at(feed, node, name)), &number);
  return number;
}

/* --- reading --- */

static json_t *components_of(struct feed *feed, const xmlNode *item) {
  json_t *components = json_array();
  const xmlNode *prices = node_child(item, "ItemPriceAdjustments"),
                *one = prices ? node_element(prices->children) : NULL;
  for (; one; one = node_element(one->next)) {
    const xmlNode *amount = node_child(one, "Amount");
    xmlChar *currency = amount ? xmlGetProp(amount, BAD_CAST "currency") : NULL;
    const char *type = text_at(feed, one, "Type"), *text = node_text(feed->request->arena, amount);
    json_array_append_new(components,
                          json_pack("{s:s, s:s, s:s}", "type", type ? type : "", "amount", text ? text : "",
                                    "currency", currency ? (const char *)currency : ""));
    xmlFree(currency);
  }
  return components;
}

static void read_line(struct feed *feed, const xmlNode *node, struct line *line) {
  line->code = text_at(feed, node, "AmazonOrderItemCode");
  line->quantity = number_at(feed, node, "Quantity");
  line->cancelled = number_at(feed, node, "QuantityCancelled");
  line->reason = text_at(feed, node, "CancelReason");
  if (!line->reason) line->reason = text_at(feed, node, "AdjustmentReason");
  line->merchant_item = text_at(feed, node, "MerchantAdjustmentItemID");
  line->components = components_of(feed, node);
}

static void read_change(struct feed *feed, const xmlNode *body, struct change *change) {
  const xmlNode *data = node_child(body, "FulfillmentData");
  *change = (struct change){ .order = text_at(feed, body, "AmazonOrderID") };
  change->merchant_order = text_at(feed, body, "MerchantOrderID");
  change->date = text_at(feed, body, "FulfillmentDate");
  change->carrier_code = text_at(feed, data, "CarrierCode");
  change->carrier_name = text_at(feed, data, "CarrierName");
  change->service = text_at(feed, data, "ShippingMethod");
  change->tracking = text_at(feed, data, "ShipperTrackingNumber");
  for (const xmlNode *one = node_element(body->children); one; one = node_element(one->next))
    if (node_is(one, "Item") || node_is(one, "AdjustedItem"))
      read_line(feed, one, ARENA_PUSH(feed->request->arena, change->lines, change->count));
}

static void free_change(struct change *change) {
  for (size_t i = 0; i < change->count; i++) json_decref(change->lines[i].components);
}

/* --- checking --- */

static void check_acknowledgement(struct feed *feed, const json_t *order, bool success) {
  const char *status = order_status(order);
  if (!order) return;
  if (success && !strcmp(status, "CANCELLED"))
    issue_error(&feed->issues, "18038", NULL, "The order is cancelled.");
  if (success) return;
  if (!strcmp(status, "CANCELLED"))
    issue_warning(&feed->issues, "18039", NULL, "The order is cancelled already.");
  else if (word_in("SHIPPED PARTIALLY_SHIPPED", status))
    issue_error(&feed->issues, "18038", NULL, "The order cannot be cancelled: it is %s.", status);
}

static void check_merchant_items(struct feed *feed, const struct change *change) {
  for (size_t i = 0; i < change->count; i++)
    if (!change->lines[i].code)
      issue_error(&feed->issues, "18033", NULL, "No item of the order is known by a MerchantOrderItemID.");
}

/* --- doing --- */

static void apply(struct feed *feed, enum message_kind kind, json_t *order, const struct change *change,
                  const char *action) {
  if (kind == MESSAGE_SHIPMENT && order) order_confirm(feed, order, change);
  if (kind == MESSAGE_ACKNOWLEDGEMENT && order)
    order_acknowledge(feed, order, change, !strcmp(action, "Success"));
  if (kind == MESSAGE_ADJUSTMENT) order_adjust(feed, order, change, !strcmp(action, "Cancel"));
}

void message_work(struct feed *feed, enum message_kind kind, const xmlNode *body) {
  struct change change;
  read_change(feed, body, &change);
  const char *action = text_at(feed, body, kind == MESSAGE_ADJUSTMENT ? "ActionType" : "StatusCode");
  json_t *order = feed->issues.bad ? NULL : order_find(feed, &change);
  if (!action) action = "";
  if (!change.order) change.order = change.merchant_order ? change.merchant_order : "";
  if (!feed->issues.bad) {
    order_check_items(feed, order, &change);
    if (order) check_merchant_items(feed, &change);
    if (kind == MESSAGE_SHIPMENT) order_check_shipment(feed, order, &change);
    if (kind == MESSAGE_ACKNOWLEDGEMENT) check_acknowledgement(feed, order, !strcmp(action, "Success"));
    if (kind == MESSAGE_ADJUSTMENT) order_check_adjustment(feed, order, &change, !strcmp(action, "Cancel"));
  }
  if (feed_take(feed)) apply(feed, kind, order, &change, action);
  json_decref(order);
  free_change(&change);
}
