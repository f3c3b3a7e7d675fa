/* fake/spapi/order_check: whether what is told of an order can be true of it: its items, quantities, times.
 */
#include "feed.h"
#include "model/date.h"

#include <string.h>

enum { DAY = 86400 };

static const char *text_of(const json_t *json, const char *name) {
  const char *text = json_string_value(json_object_get(json, name));
  return text ? text : "";
}

json_t *order_item(const json_t *order, const char *code) {
  size_t i;
  json_t *item;
  json_array_foreach(json_object_get(order, "orderItems"), i,
                     item) if (!strcmp(text_of(item, "orderItemId"), code)) return item;
  return NULL;
}

int64_t item_count(const json_t *item, const char *name) {
  const json_t *fulfillment = json_object_get(item, "fulfillment");
  return json_integer_value(json_object_get(strcmp(name, "quantityOrdered") ? fulfillment : item, name));
}

/* An order that says nothing of it has nothing fulfilled. */
int64_t item_left(const json_t *item) {
  const json_t *left = json_object_get(json_object_get(item, "fulfillment"), "quantityUnfulfilled");
  return left ? json_integer_value(left)
              : item_count(item, "quantityOrdered") - item_count(item, "quantityFulfilled");
}

const char *order_status(const json_t *order) {
  return text_of(json_object_get(order, "fulfillment"), "fulfillmentStatus");
}

/* --- times --- */

bool moment_read(const char *text, int64_t *first, int64_t *last) {
  stamp at;
  int32_t day;
  char with_zone[DATE_TEXT_MOST];
  str given = str_trim(str_of(text));
  if (date_parse(given, STR("YYYY-MM-DD"), &day)) {
    *first = (int64_t)day * DAY, *last = *first + DAY - 1;
    return true;
  }
  bool good = date_parse_stamp(given, DATE_DAY_FIRST, NULL, &at);
  if (!good && given.len + 2 < sizeof with_zone) { /* without a zone it is UTC */
    memcpy(with_zone, given.at, given.len);
    memcpy(with_zone + given.len, "Z", 2);
    good = date_parse_stamp(str_of(with_zone), DATE_DAY_FIRST, NULL, &at);
  }
  if (good) *first = *last = at.seconds;
  return good;
}

static void check_date(struct feed *feed, const json_t *order, const char *date) {
  int64_t first, last, created, ignored;
  if (!moment_read(date, &first, &last))
    issue_error(&feed->issues, "5002", NULL, "FulfillmentDate '%s' is no date.", date);
  else if (first > feed_now(feed->request))
    issue_error(&feed->issues, "18035", NULL, "The ship date %s is in the future.", date);
  else if (order && moment_read(text_of(order, "createdTime"), &created, &ignored) && last < created)
    issue_error(&feed->issues, "18036", NULL, "The ship date %s is before the order's date %s.", date,
                text_of(order, "createdTime"));
}

/* --- items --- */

void order_check_items(struct feed *feed, const json_t *order, const struct change *change) {
  for (size_t i = 0; i < change->count; i++) {
    const char *code = change->lines[i].code;
    issue_about(&feed->issues, code, NULL);
    if (order && code && !order_item(order, code))
      issue_error(&feed->issues, "18033", NULL, "Item %s does not belong to order %s.", code, change->order);
  }
  issue_about(&feed->issues, NULL, NULL);
}

/* An item may stand on two lines: they count together. */
static int64_t wanted_of(const struct change *change, const char *code) {
  int64_t wanted = 0;
  for (size_t i = 0; i < change->count; i++)
    if (change->lines[i].code && !strcmp(change->lines[i].code, code)) wanted += change->lines[i].quantity;
  return wanted;
}

static void check_quantities(struct feed *feed, const json_t *order, const struct change *change) {
  int64_t left = 0;
  size_t i;
  json_t *item;
  json_array_foreach(json_object_get(order, "orderItems"), i, item) left += item_left(item);
  if (!left) issue_error(&feed->issues, "18034", NULL, "Order %s has nothing left to ship.", change->order);
  for (i = 0; left && i < change->count; i++) {
    const char *code = change->lines[i].code;
    item = code ? order_item(order, code) : NULL;
    int64_t wanted = code ? wanted_of(change, code) : 0;
    issue_about(&feed->issues, code, item);
    if (item && (wanted > item_left(item) || !item_left(item)))
      issue_error(&feed->issues, "18034", NULL,
                  "Item %s: quantity %lld is above the %lld that are left of %lld ordered.", code,
                  (long long)wanted, (long long)item_left(item),
                  (long long)item_count(item, "quantityOrdered"));
  }
  issue_about(&feed->issues, NULL, NULL);
}

/* --- twice --- */

static bool package_has(const json_t *package, const struct line *line) {
  size_t i;
  json_t *one;
  json_array_foreach(json_object_get(package, "packageItems"), i, one) {
    bool same = line->code && !strcmp(text_of(one, "orderItemId"), line->code);
    if (same && (!line->quantity || line->quantity == json_integer_value(json_object_get(one, "quantity"))))
      return true;
  }
  return false;
}

/* Without a tracking number the moment tells two packages apart. */
static bool is_package(const json_t *package, const struct change *change) {
  int64_t mine, theirs, ignored;
  if (strcmp(text_of(package, "carrier"), change_carrier(change)) ||
      strcmp(text_of(package, "trackingNumber"), change->tracking ? change->tracking : ""))
    return false;
  if (change->tracking && *change->tracking) return true;
  return moment_read(change->date, &mine, &ignored) &&
         moment_read(text_of(package, "shipTime"), &theirs, &ignored) && mine == theirs;
}

bool order_is_again(const json_t *order, const struct change *change) {
  size_t i;
  json_t *package, *item;
  int64_t left = 0;
  json_array_foreach(json_object_get(order, "orderItems"), i, item) left += item_left(item);
  json_array_foreach(json_object_get(order, "packages"), i, package) {
    bool all = change->count > 0 || !left;
    for (size_t n = 0; n < change->count; n++) all = all && package_has(package, &change->lines[n]);
    if (all && is_package(package, change)) return true;
  }
  return false;
}

/* --- a shipment --- */

const char *change_carrier(const struct change *change) {
  const char *code = change->carrier_code, *name = change->carrier_name;
  return code && *code && strcmp(code, "Other") ? code : name ? name : "";
}

static void check_standing(struct feed *feed, const json_t *order, const struct change *change) {
  const char *status = order_status(order);
  if (!strcmp(text_of(json_object_get(order, "fulfillment"), "fulfilledBy"), "AMAZON"))
    issue_error(&feed->issues, "18038", NULL, "Order %s is fulfilled by Amazon.", change->order);
  else if (word_in("CANCELLED PENDING PENDING_AVAILABILITY UNFULFILLABLE", status))
    issue_error(&feed->issues, "18038", NULL, "Order %s cannot be shipped: it is %s.", change->order, status);
}

void order_check_shipment(struct feed *feed, const json_t *order, const struct change *change) {
  const char *code = change->carrier_code ? change->carrier_code : "",
             *name = change->carrier_name ? change->carrier_name : "";
  if (!strcmp(code, "Other") && !*name)
    issue_error(&feed->issues, "18037", NULL, "CarrierCode Other needs a CarrierName.");
  check_date(feed, order, change->date ? change->date : "");
  if (!order) return;
  check_standing(feed, order, change);
  if (feed->issues.bad) return;
  if (order_is_again(order, change))
    issue_warning(&feed->issues, "18039", NULL, "This shipment of order %s was confirmed before.",
                  change->order);
  else check_quantities(feed, order, change);
}
