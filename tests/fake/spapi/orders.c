/* fake/spapi/orders: searchOrders and getOrder, from a folder of orders. */
#include "spapi.h"

#include <stdlib.h>
#include <string.h>

static const char *text_at(const json_t *json, const char *first, const char *second) {
  const json_t *at = json_object_get(json, first);
  if (second) at = json_object_get(at, second);
  const char *text = json_string_value(at);
  return text ? text : "";
}

/* What a caller did not ask for, or may not see, is left out. */
static void trim(struct request *request, json_t *order) {
  static const struct part {
    const char *asked, *name, *role;
  } parts[] = { { "BUYER", "buyer", "buyer" },    { "RECIPIENT", "recipient", "buyer" },
                { "PROCEEDS", "proceeds", NULL }, { "PAYMENT", "payment", NULL },
                { "PACKAGES", "packages", NULL }, { "TAX", "tax", NULL } };
  const char *asked = query_of(request, "includedData");
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
    if (!list_has(asked, parts[i].asked) || (parts[i].role && !state_has_role(request, parts[i].role)))
      json_object_del(order, parts[i].name);
}

static bool is_within(const char *time, const char *from, const char *to) {
  return (!from || strncmp(time, from, 19) >= 0) && (!to || strncmp(time, to, 19) <= 0);
}

static bool is_wanted(struct request *request, const json_t *order) {
  const char *states = query_of(request, "fulfillmentStatuses"), *by = query_of(request, "fulfilledBy"),
             *markets = query_of(request, "marketplaceIds");
  return (!states || list_has(states, text_at(order, "fulfillment", "fulfillmentStatus"))) &&
         (!by || list_has(by, text_at(order, "fulfillment", "fulfilledBy"))) &&
         (!markets || !*text_at(order, "salesChannel", "marketplaceId") ||
          list_has(markets, text_at(order, "salesChannel", "marketplaceId"))) &&
         is_within(text_at(order, "lastUpdatedTime", NULL), query_of(request, "lastUpdatedAfter"),
                   query_of(request, "lastUpdatedBefore")) &&
         is_within(text_at(order, "createdTime", NULL), query_of(request, "createdAfter"),
                   query_of(request, "createdBefore"));
}

static int by_update(const void *a, const void *b) {
  return strcmp(text_at(*(json_t *const *)a, "lastUpdatedTime", NULL),
                text_at(*(json_t *const *)b, "lastUpdatedTime", NULL));
}

void answer_search_orders(struct request *request, const char *const *p) {
  str *names;
  size_t kept = 0, count = state_list(request, state_path(request, "orders"), &names);
  const char *size_text = query_of(request, "maxResultsPerPage"),
             *token = query_of(request, "paginationToken");
  (void)p;
  if (!query_of(request, "createdAfter") == !query_of(request, "lastUpdatedAfter")) {
    answer_error(request, 400, "InvalidInput",
                 "Exactly one of createdAfter and lastUpdatedAfter is required.");
    return;
  }
  size_t size = size_text ? (size_t)atol(size_text) : 100,
         from = token ? (size_t)atol(token + (*token == 'p')) : 0;
  json_t **orders = ARENA_ARRAY(request->arena, json_t *, count + 1), *page = json_array();
  for (size_t i = 0; i < count; i++) {
    json_t *order = state_read(request, state_path(request, "orders/%.*s", STR_ARG(names[i])));
    if (order && is_wanted(request, order)) orders[kept++] = order;
    else json_decref(order);
  }
  qsort(orders, kept, sizeof *orders, by_update);
  for (size_t i = 0; i < kept; i++) {
    if (i >= from && i < from + size) {
      trim(request, orders[i]);
      json_array_append(page, orders[i]);
    }
    json_decref(orders[i]);
  }
  json_t *answer = json_pack("{s:o}", "orders", page);
  if (from + size < kept)
    json_object_set_new(
        answer, "pagination",
        json_pack("{s:s}", "nextToken", arena_printf(request->arena, "p%zu", from + size).at));
  answer_json(request, 200, answer);
}

void answer_get_order(struct request *request, const char *const *p) {
  json_t *order = strchr(p[0], '/') ? NULL : state_read(request, state_path(request, "orders/%s.json", p[0]));
  if (!order) {
    answer_error(request, 404, "NotFound", "No order has this id.");
    return;
  }
  trim(request, order);
  answer_json(request, 200, json_pack("{s:o}", "order", order));
}
