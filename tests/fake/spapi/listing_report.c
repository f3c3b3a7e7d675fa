/* fake/spapi/listing_report: reports that are made of the listings, or of a file of FBA stock, when no
 * document lies there.
 */
#include "feed.h"
#include "io/file.h"

#include <string.h>

static const char columns[] =
    "item-name\titem-description\tlisting-id\tseller-sku\tprice\tquantity\topen-date\timage-url\t"
    "item-is-marketplace\tproduct-id-type\tzshop-shipping-fee\titem-note\titem-condition\tzshop-category1\t"
    "zshop-browse-path\tzshop-storefront-feature\tasin1\tasin2\tasin3\twill-ship-internationally\t"
    "expedited-shipping\tzshop-boldface\tproduct-id\tbid-for-featured-placement\tadd-delete\t"
    "pending-quantity\tfulfillment-channel\tmerchant-shipping-group\tstatus";

struct row {
  const char *sku, *title, *about, *price, *quantity, *channel, *asin, *group;
};

static const char *text_of(const json_t *json, const char *name) {
  const char *text = json_string_value(json_object_get(json, name));
  return text ? text : "";
}

/* --- a listing's row --- */

static const char *first_value(const json_t *attributes, const char *name) {
  return text_of(json_array_get(json_object_get(attributes, name), 0), "value");
}

static const json_t *offer_of(struct request *request, const json_t *attributes) {
  const json_t *offers = json_object_get(attributes, "purchasable_offer");
  const char *market = json_string_value(json_array_get(json_object_get(request->json, "marketplaceIds"), 0));
  size_t i;
  json_t *one;
  json_array_foreach(offers, i, one) if (market && !strcmp(text_of(one, "marketplace_id"), market) &&
                                         json_object_get(one, "our_price")) return one;
  return json_array_get(offers, 0);
}

static const char *price_of(struct request *request, const json_t *attributes) {
  const json_t *price = json_array_get(json_object_get(offer_of(request, attributes), "our_price"), 0);
  const json_t *first = json_array_get(json_object_get(price, "schedule"), 0);
  return digits_shown(request->arena, json_object_get(first, "value_with_tax"));
}

/* The seller's own stock goes before Amazon's. */
static void add_channel(struct request *request, const json_t *attributes, struct row *row) {
  const json_t *all = json_object_get(attributes, "fulfillment_availability");
  size_t i;
  json_t *one;
  row->channel =
      json_array_size(all) ? text_of(json_array_get(all, 0), "fulfillment_channel_code") : "DEFAULT";
  row->quantity = "";
  json_array_foreach(all, i, one) {
    if (strcmp(text_of(one, "fulfillment_channel_code"), "DEFAULT")) continue;
    row->channel = "DEFAULT";
    row->quantity = digits_shown(request->arena, json_object_get(one, "quantity"));
    return;
  }
}

static void read_row(struct request *request, const json_t *listing, struct row *row) {
  const json_t *attributes = json_object_get(listing, "attributes"),
               *summary = json_array_get(json_object_get(listing, "summaries"), 0);
  *row = (struct row){ .sku = text_of(listing, "sku"), .title = first_value(attributes, "item_name") };
  row->about = first_value(attributes, "product_description");
  row->asin = *text_of(summary, "asin") ? text_of(summary, "asin")
                                        : first_value(attributes, "merchant_suggested_asin");
  row->group = first_value(attributes, "merchant_shipping_group");
  row->price = price_of(request, attributes);
  add_channel(request, attributes, row);
}

static const char *status_of(const struct row *row) {
  bool own = !strcmp(row->channel, "DEFAULT"), some = *row->quantity && strcmp(row->quantity, "0");
  return *row->price && (!own || some) ? "Active" : "Inactive";
}

/* A tab or a line's end within a text would be a new cell. */
static void add_cell(struct buf *text, const char *value) {
  for (const char *c = value; *c; c++) buf_char(text, (unsigned char)*c < ' ' ? ' ' : *c);
  buf_char(text, '\t');
}

static void add_row(struct buf *text, const struct row *row) {
  bool own = !strcmp(row->channel, "DEFAULT");
  const char *cells[] = { row->title,
                          row->about,
                          "0000SANDBOX",
                          row->sku,
                          row->price,
                          row->quantity,
                          "2026-01-05 08:00:00 PST",
                          "",
                          "",
                          "1",
                          "",
                          "",
                          "11",
                          "",
                          "",
                          "",
                          row->asin,
                          "",
                          "",
                          "",
                          "",
                          "",
                          row->asin,
                          "",
                          "",
                          own ? "0" : "",
                          row->channel,
                          row->group };
  for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) add_cell(text, cells[i]);
  buf_printf(text, "%s\n", status_of(row));
}

static str listings_text(struct request *request) {
  str *names;
  struct buf text = buf_new((size_t)256 << 20);
  size_t count = state_list(request, state_path(request, "listings"), &names);
  if (count) buf_printf(&text, "%s\n", columns);
  for (size_t i = 0; i < count; i++) {
    json_t *listing = state_read(request, state_path(request, "listings/%.*s", STR_ARG(names[i])));
    struct row row;
    read_row(request, listing, &row);
    if (listing) add_row(&text, &row);
    json_decref(listing);
  }
  str made = arena_str(request->arena, buf_str(&text));
  buf_free(&text);
  return made;
}

/* --- the document --- */

const char *made_document(struct request *request, const char *type, const char *id) {
  struct err err = { 0 };
  str *names, text = STR_NONE;
  if (state_list(request, state_path(request, "reports/%s", type), &names)) return NULL;
  if (!strcmp(type, "GET_MERCHANT_LISTINGS_ALL_DATA")) text = listings_text(request);
  if (!strcmp(type, "GET_FBA_MYI_UNSUPPRESSED_INVENTORY_DATA"))
    text = state_text(request, state_path(request, "fba.tsv"));
  if (!text.len) return NULL;
  const char *relative = arena_printf(request->arena, "reports/MADE/%s-%s", type, id).at;
  if (file_make_folders(state_path(request, "reports/MADE"), 0755, &err) ||
      file_put(state_path(request, "%s", relative), 0600, text, &err)) {
    fprintf(stderr, "spapi: %s\n", err.text);
    return NULL;
  }
  return relative;
}
