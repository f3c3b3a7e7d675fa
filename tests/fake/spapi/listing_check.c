/* fake/spapi/listing_check: what Amazon refuses of a listing's quantities and prices. */
#include "feed.h"

#include <string.h>

static const char availability[] = "fulfillment_availability", offers[] = "purchasable_offer";

static const char *channel_of(const json_t *element) {
  const char *text = json_string_value(json_object_get(element, "fulfillment_channel_code"));
  return text ? text : "";
}

static bool is_default(const json_t *element) { return !strcmp(channel_of(element), "DEFAULT"); }
static bool is_amazon(const json_t *element) { return !strncmp(channel_of(element), "AMAZON_", 7); }

/* What is wrong with an attribute as it was given, before it meets what is there. */
void listing_check_values(const char *name, const json_t *value, struct issues *issues) {
  size_t i;
  json_t *one;
  json_array_foreach(value, i, one) {
    if (!json_is_object(one))
      issue_error(issues, "4000001", name, "'%s' has a value that is no object.", name);
    else if (strcmp(name, availability)) continue;
    else if (!*channel_of(one))
      issue_error(issues, "BAD_REQUEST", "fulfillment_availability.fulfillment_channel_code",
                  "Invalid parameters provided");
    else if (!is_default(one) && !is_amazon(one))
      issue_error(issues, "99010", "fulfillment_availability.fulfillment_channel_code",
                  "'%s' is no fulfillment channel code.", channel_of(one));
  }
}

/* --- quantities --- */

static void check_quantity(const json_t *element, struct issues *issues) {
  static const char name[] = "fulfillment_availability.quantity";
  const json_t *quantity = json_object_get(element, "quantity");
  if (!quantity && is_default(element))
    issue_error(issues, "90220", name,
                "'[fulfillment_availability#1.quantity]' is required but not supplied.");
  else if (quantity && !json_is_integer(quantity))
    issue_error(issues, "99010", name, "The quantity '%s' is no whole number.",
                digits_shown(issues->arena, quantity));
  else if (json_integer_value(quantity) < 0)
    issue_error(issues, "99010", name, "The quantity %s is less than the minimum of 0.",
                digits_shown(issues->arena, quantity));
}

static void check_availability(const json_t *elements, struct issues *issues) {
  bool seller = false, amazon = false;
  size_t i;
  json_t *one;
  json_array_foreach(elements, i, one) {
    check_quantity(one, issues);
    seller |= is_default(one);
    amazon |= is_amazon(one);
  }
  if (seller && amazon)
    issue_warning(issues, "99300", availability,
                  "The SKU is offered by the seller and by Amazon: delete one of the two channels.");
}

/* --- prices --- */

static void check_price(const json_t *price, const char *name, struct issues *issues) {
  dec amount;
  if (!digits_number(price, &amount)) issue_error(issues, "99022", name, "The price is no number.");
  else if (dec_sign(amount) <= 0)
    issue_error(issues, "90244", name, "The price %s is not above zero.", digits_shown(issues->arena, price));
}

/* "our_price": [{"schedule": [{"value_with_tax": 9.90}]}] */
static void check_schedules(const json_t *prices, const char *name, struct issues *issues) {
  size_t i, j;
  json_t *price, *entry;
  const char *whole = arena_printf(issues->arena, "purchasable_offer.%s", name).at;
  if (!json_array_size(prices))
    issue_error(issues, "99022", whole, "The field 'schedule' does not have enough values.");
  json_array_foreach(prices, i, price) {
    const json_t *schedule = json_object_get(price, "schedule");
    if (!json_array_size(schedule))
      issue_error(issues, "99022", whole, "The field 'schedule' does not have enough values.");
    json_array_foreach(schedule, j, entry)
        check_price(json_object_get(entry, "value_with_tax"), whole, issues);
  }
}

static void check_offer(const json_t *offer, struct issues *issues) {
  static const char *const names[] = { "our_price", "discounted_price", "minimum_seller_allowed_price",
                                       "maximum_seller_allowed_price" };
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    const json_t *prices = json_object_get(offer, names[i]);
    if (prices) check_schedules(prices, names[i], issues);
  }
  if (!json_string_value(json_object_get(offer, "currency")))
    issue_error(issues, "90220", "purchasable_offer.currency",
                "'[purchasable_offer#1.currency]' is required but not supplied.");
}

void listing_check(const json_t *attributes, const json_t *touched, struct issues *issues) {
  const json_t *quantities =
                   json_object_get(touched, availability) ? json_object_get(attributes, availability) : NULL,
               *prices = json_object_get(touched, offers) ? json_object_get(attributes, offers) : NULL,
               *lists =
                   json_object_get(touched, "list_price") ? json_object_get(attributes, "list_price") : NULL;
  size_t i;
  json_t *one;
  if (quantities) check_availability(quantities, issues);
  json_array_foreach(prices, i, one) check_offer(one, issues);
  json_array_foreach(lists, i, one) check_price(json_object_get(one, "value"), "list_price", issues);
}
