/* fake/spapi/order_change: what a feed tells of an order changes its file, as searchOrders shows it.
 *
 * A shipment: quantities of the items, the status, a package. An acknowledgement: the seller's own number as
 * an alias; a failure cancels. A refund is kept beside, in adjustments/ORDER.json.
 */
#include "feed.h"
#include "model/date.h"

#include <string.h>

static const char *text_of(const json_t *json, const char *name) {
  const char *text = json_string_value(json_object_get(json, name));
  return text ? text : "";
}

static json_t *object_in(json_t *json, const char *name) {
  if (!json_is_object(json_object_get(json, name))) json_object_set_new(json, name, json_object());
  return json_object_get(json, name);
}

static json_t *array_in(json_t *json, const char *name) {
  if (!json_is_array(json_object_get(json, name))) json_object_set_new(json, name, json_array());
  return json_object_get(json, name);
}

/* --- finding and keeping --- */

static bool has_alias(const json_t *order, const char *alias) {
  size_t i;
  json_t *one;
  json_array_foreach(json_object_get(order, "orderAliases"), i,
                     one) if (!strcmp(text_of(one, "aliasId"), alias)) return true;
  return false;
}

static json_t *find_by_alias(struct feed *feed, const char *alias) {
  str *names;
  size_t count = state_list(feed->request, state_path(feed->request, "orders"), &names);
  for (size_t i = 0; i < count; i++) {
    json_t *order = state_read(feed->request, state_path(feed->request, "orders/%.*s", STR_ARG(names[i])));
    if (order && has_alias(order, alias)) return order;
    json_decref(order);
  }
  return NULL;
}

json_t *order_find(struct feed *feed, const struct change *change) {
  struct request *request = feed->request;
  const char *id = change->order ? change->order : "";
  if (!feed->has_orders) return NULL;
  json_t *order =
      *id ? (strchr(id, '/') ? NULL : state_read(request, state_path(request, "orders/%s.json", id)))
          : find_by_alias(feed, change->merchant_order ? change->merchant_order : "");
  if (!order)
    issue_error(&feed->issues, "18032", NULL, "Order %s is not known.", *id ? id : change->merchant_order);
  return order;
}

static const char *time_text(struct arena *arena, int64_t seconds) {
  char text[DATE_TEXT_MOST];
  size_t len = date_format_wall((stamp){ .seconds = seconds }, NULL, STR("YYYY-MM-DDTHH:mm:SSZ"), text);
  return arena_text(arena, (str){ text, len });
}

static const char *now_text(struct feed *feed) {
  return time_text(feed->request->arena, feed_now(feed->request));
}

static void write_order(struct feed *feed, json_t *order) {
  json_object_set_new(order, "lastUpdatedTime", json_string(now_text(feed)));
  state_write(feed->request, state_path(feed->request, "orders/%s.json", text_of(order, "orderId")), order);
}

/* --- a shipment --- */

/* A second part of the same package goes into it. */
static json_t *package_of(struct feed *feed, json_t *order, const struct change *change) {
  json_t *packages = array_in(order, "packages"), *one;
  int64_t shipped = 0, ignored;
  size_t i;
  moment_read(change->date, &shipped, &ignored);
  const char *carrier = change_carrier(change), *time = time_text(feed->request->arena, shipped),
             *tracking = change->tracking ? change->tracking : "";
  json_array_foreach(packages, i, one) {
    bool same = *tracking && !strcmp(text_of(one, "trackingNumber"), tracking);
    if (same && !strcmp(text_of(one, "carrier"), carrier) && !strcmp(text_of(one, "shipTime"), time))
      return one;
  }
  one = json_pack("{s:o, s:s, s:{s:s}, s:s, s:s, s:[]}", "packageReferenceId",
                  json_string(arena_printf(feed->request->arena, "%zu", json_array_size(packages) + 1).at),
                  "createdTime", now_text(feed), "packageStatus", "status", "SHIPPED", "carrier", carrier,
                  "shipTime", time, "packageItems");
  if (change->service && *change->service)
    json_object_set_new(one, "shippingService", json_string(change->service));
  if (*tracking) json_object_set_new(one, "trackingNumber", json_string(tracking));
  json_array_append_new(packages, one);
  return one;
}

static void ship_item(json_t *item, json_t *package, int64_t quantity) {
  int64_t left = item_left(item), done = item_count(item, "quantityFulfilled");
  json_t *fulfillment = object_in(item, "fulfillment");
  json_object_set_new(fulfillment, "quantityFulfilled", json_integer(done + quantity));
  json_object_set_new(fulfillment, "quantityUnfulfilled", json_integer(left - quantity));
  json_array_append_new(
      array_in(package, "packageItems"),
      json_pack("{s:s, s:I}", "orderItemId", text_of(item, "orderItemId"), "quantity", (json_int_t)quantity));
}

/* Of what is left of the items and of what was shipped: as long as nothing was cancelled, one of three. */
static void set_status(json_t *order) {
  int64_t left = 0, shipped = 0;
  size_t i;
  json_t *item;
  json_array_foreach(json_object_get(order, "orderItems"), i, item) {
    left += item_left(item);
    shipped += item_count(item, "quantityFulfilled");
  }
  const char *status = left && shipped ? "PARTIALLY_SHIPPED"
                       : left          ? "UNSHIPPED"
                       : shipped       ? "SHIPPED"
                                       : "CANCELLED";
  json_object_set_new(object_in(order, "fulfillment"), "fulfillmentStatus", json_string(status));
}

void order_confirm(struct feed *feed, json_t *order, const struct change *change) {
  if (order_is_again(order, change)) return;
  json_t *package = package_of(feed, order, change), *item;
  size_t i;
  json_array_foreach(json_object_get(order, "orderItems"), i, item) if (!change->count && item_left(item))
      ship_item(item, package, item_left(item));
  for (i = 0; i < change->count; i++) {
    item = order_item(order, change->lines[i].code ? change->lines[i].code : "");
    int64_t quantity = change->lines[i].quantity;
    if (item && item_left(item)) ship_item(item, package, quantity ? quantity : item_left(item));
  }
  set_status(order);
  write_order(feed, order);
}

/* --- an acknowledgement --- */

static void cancel_item(json_t *item, int64_t quantity, const char *reason) {
  json_t *fulfillment = object_in(item, "fulfillment");
  int64_t left = item_left(item);
  json_object_set_new(fulfillment, "quantityUnfulfilled", json_integer(left - quantity));
  json_object_set_new(
      object_in(item, "cancellation"), "cancellationExecution",
      json_pack("{s:s, s:s}", "cancelledBy", "MERCHANT", "cancelReason", reason ? reason : ""));
}

static void cancel_order(json_t *order, const struct change *change) {
  size_t i;
  json_t *item;
  json_array_foreach(json_object_get(order, "orderItems"), i, item) {
    const char *reason = change->count ? change->lines[0].reason : NULL;
    for (size_t n = 0; n < change->count; n++)
      if (change->lines[n].code && !strcmp(change->lines[n].code, text_of(item, "orderItemId")))
        reason = change->lines[n].reason;
    cancel_item(item, item_left(item), reason);
  }
  set_status(order);
}

static void set_alias(json_t *order, const char *alias) {
  json_t *aliases = array_in(order, "orderAliases");
  for (size_t i = json_array_size(aliases); i > 0; i--)
    if (!strcmp(text_of(json_array_get(aliases, i - 1), "aliasType"), "SELLER_ORDER_ID"))
      json_array_remove(aliases, i - 1);
  json_array_append_new(aliases, json_pack("{s:s, s:s}", "aliasId", alias, "aliasType", "SELLER_ORDER_ID"));
}

void order_acknowledge(struct feed *feed, json_t *order, const struct change *change, bool success) {
  bool is_named = success && change->merchant_order && *change->merchant_order,
       is_ended = !success && strcmp(order_status(order), "CANCELLED");
  if (is_named) set_alias(order, change->merchant_order);
  if (is_ended) cancel_order(order, change);
  if (is_named || is_ended) write_order(feed, order);
}

/* --- an adjustment --- */

static void keep_refund(struct feed *feed, json_t *kept, const struct line *line) {
  json_t *one =
      json_pack("{s:s, s:I, s:s, s:s}", "feedId", feed->id, "messageId", (json_int_t)feed->issues.message,
                "orderItemId", line->code ? line->code : "", "reason", line->reason ? line->reason : "");
  if (line->merchant_item) json_object_set_new(one, "merchantItem", json_string(line->merchant_item));
  if (line->quantity) json_object_set_new(one, "quantity", json_integer(line->quantity));
  json_object_set(one, "components", line->components);
  json_array_append_new(kept, one);
}

void order_adjust(struct feed *feed, json_t *order, const struct change *change, bool cancels) {
  const char *name = *text_of(order, "orderId") ? text_of(order, "orderId") : change->order;
  const char *path =
      state_path(feed->request, "adjustments/%s.json", name_escaped(feed->request->arena, name));
  json_t *kept = state_read(feed->request, path);
  if (!kept) kept = json_array();
  for (size_t i = 0; i < change->count; i++) {
    struct line *line = &change->lines[i];
    json_t *item = order_item(order, line->code ? line->code : "");
    if (item && line->cancelled) cancel_item(item, line->cancelled, line->reason);
    if (!cancels && !refund_is_kept(kept, line)) keep_refund(feed, kept, line);
  }
  if (json_array_size(kept)) state_write(feed->request, path, kept);
  if (order && cancels) {
    set_status(order);
    write_order(feed, order);
  }
  json_decref(kept);
}
