/* fake/spapi/listings: a seller's listings, a file for each SKU, and what a patch makes of one.
 *
 *   listings/HOK%20PAN.json     {"sku": "HOK PAN", "productType": "COOKWARE", "attributes":
 *     {"fulfillment_availability": [{"fulfillment_channel_code": "DEFAULT", "quantity": 10}], ..}}
 *
 * An attribute is a list of elements, each known by its selectors. A patch speaks of the elements whose
 * selectors are those of its own elements, and of no others (Amazon's "Partially update a listing").
 */
#include "feed.h"
#include "io/file.h"

#include <string.h>

/* --- files --- */

const char *name_escaped(struct arena *arena, const char *name) {
  struct buf text = buf_new(strlen(name) * 3 + 1);
  for (const char *c = name; *c; c++) {
    bool plain = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') ||
                 *c == '-' || *c == '_' || (*c == '.' && c > name);
    if (plain) buf_char(&text, *c);
    else buf_printf(&text, "%%%02X", (unsigned char)*c);
  }
  const char *made = arena_text(arena, buf_str(&text));
  buf_free(&text);
  return made;
}

const char *listing_path(struct request *request, const char *sku) {
  return state_path(request, "listings/%s.json", name_escaped(request->arena, sku));
}

json_t *listing_read(struct request *request, const char *sku) {
  json_t *listing = state_read(request, listing_path(request, sku));
  if (listing && !json_is_object(json_object_get(listing, "attributes")))
    json_object_set_new(listing, "attributes", json_object());
  return listing;
}

void listing_write(struct request *request, const char *sku, json_t *listing) {
  state_write(request, listing_path(request, sku), listing);
}

void listing_remove(struct request *request, const char *sku) {
  struct err err = { 0 };
  const char *path = listing_path(request, sku);
  if (file_exists(path)) file_remove(path, &err);
}

/* --- selectors --- */

static const char *const *selectors_of(const char *attribute) {
  static const char *const channel[] = { "fulfillment_channel_code", NULL };
  static const char *const offer[] = { "audience", "currency", "marketplace_id", NULL };
  static const char *const others[] = { "marketplace_id", "language_tag", NULL };
  return !strcmp(attribute, "fulfillment_availability") ? channel
         : !strcmp(attribute, "purchasable_offer")      ? offer
                                                        : others;
}

/* The audience of an offer is ALL when it names none. */
static const char *selected(const json_t *element, const char *selector) {
  const char *text = json_string_value(json_object_get(element, selector));
  return text ? text : !strcmp(selector, "audience") ? "ALL" : "";
}

/* only_said: a selector that the patch's element leaves out fits any. */
static bool is_same(const char *attribute, const json_t *element, const json_t *wanted, bool only_said) {
  for (const char *const *name = selectors_of(attribute); *name; name++)
    if ((!only_said || json_object_get(wanted, *name)) &&
        strcmp(selected(element, *name), selected(wanted, *name)))
      return false;
  return true;
}

static size_t find(const char *attribute, const json_t *elements, const json_t *wanted) {
  size_t i;
  json_t *one;
  json_array_foreach(elements, i, one) if (is_same(attribute, one, wanted, false)) return i;
  return json_array_size(elements);
}

/* --- patches --- */

static void put(const char *attribute, json_t *elements, const json_t *given, bool merges) {
  size_t at = find(attribute, elements, given);
  json_t *copy = json_deep_copy(given);
  if (at == json_array_size(elements)) json_array_append_new(elements, copy);
  else if (merges) {
    json_object_update(json_array_get(elements, at), copy);
    json_decref(copy);
  } else json_array_set_new(elements, at, copy);
}

static void take_out(const char *attribute, json_t *elements, const json_t *given) {
  for (size_t i = json_array_size(elements); i > 0; i--)
    if (is_same(attribute, json_array_get(elements, i - 1), given, true)) json_array_remove(elements, i - 1);
}

static void apply(json_t *attributes, const char *name, const char *op, const json_t *value) {
  json_t *elements = json_object_get(attributes, name), *one;
  bool deletes = !strcmp(op, "delete");
  size_t i;
  if (!json_is_array(elements)) {
    if (deletes) return;
    elements = json_array();
    json_object_set_new(attributes, name, elements);
  }
  if (deletes && !json_array_size(value)) json_array_clear(elements);
  json_array_foreach(value, i, one) {
    if (deletes) take_out(name, elements, one);
    else put(name, elements, one, !strcmp(op, "merge"));
  }
  if (!json_array_size(elements)) json_object_del(attributes, name);
}

static const char *attribute_of(const json_t *patch) {
  const char *path = json_string_value(json_object_get(patch, "path"));
  bool whole = path && !strncmp(path, "/attributes/", 12) && path[12] && !strchr(path + 12, '/');
  return whole ? path + 12 : NULL;
}

void listing_patch(json_t *attributes, const json_t *patches, json_t *touched, struct issues *issues) {
  size_t i;
  json_t *patch;
  json_array_foreach(patches, i, patch) {
    const char *name = attribute_of(patch), *op = json_string_value(json_object_get(patch, "op"));
    const json_t *value = json_object_get(patch, "value");
    if (!name || !op || !word_in("add replace merge delete", op)) {
      issue_error(issues, "4000001", NULL,
                  "A patch needs op add, replace, merge or delete and the path of a whole attribute.");
      continue;
    }
    if (strcmp(op, "delete") && !json_array_size(value)) {
      issue_error(issues, "4000001", name, "'%s' needs a value.", op);
      continue;
    }
    size_t before = issues->count;
    listing_check_values(name, value, issues);
    if (issues->count == before) apply(attributes, name, op, value);
    json_object_set_new(touched, name, json_true());
  }
}
