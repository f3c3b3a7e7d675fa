/* fake/spapi/listing_calls: getListingsItem, putListingsItem and patchListingsItem, by the same rules as a
 * feed of listings.
 */
#include "feed.h"

#include <string.h>

void answer_get_listing(struct request *request, const char *const *p) {
  const char *sku = with_slashes(request->arena, p[1]);
  json_t *listing = state_read(request, listing_path(request, sku));
  if (listing) answer_json(request, 200, listing);
  else answer_error(request, 404, "NOT_FOUND", "SKU '%s' not found", sku);
}

static bool are_whole(const json_t *patches) {
  size_t i;
  json_t *one;
  json_array_foreach(patches, i, one) {
    const char *at = json_string_value(json_object_get(one, "path"));
    if (!at || strncmp(at, "/attributes/", 12) || strchr(at + 12, '/')) return false;
  }
  return json_array_size(patches) > 0;
}

static json_t *shown_issues(const struct issues *issues) {
  json_t *all = json_array();
  for (size_t i = 0; i < issues->count; i++) {
    const struct issue *issue = &issues->list[i];
    json_t *one = json_pack("{s:s, s:s, s:s, s:[s]}", "code", issue->code, "message", issue->text, "severity",
                            issue->is_error ? "ERROR" : "WARNING", "categories", "INVALID_ATTRIBUTE");
    if (issue->attribute) json_object_set_new(one, "attributeNames", json_pack("[s]", issue->attribute));
    json_array_append_new(all, one);
  }
  return all;
}

/* A listing that is not there is made, as if it had been made by hand before. */
static json_t *patched(struct request *request, const char *sku, struct issues *issues) {
  json_t *listing = listing_read(request, sku), *touched = json_object(), *refusals = refusals_read(request);
  if (!listing)
    listing = json_pack("{s:s, s:O, s:{}}", "sku", sku, "productType",
                        json_object_get(request->json, "productType"), "attributes");
  refusals_apply(refusals, sku, issues);
  if (strstr(sku, "REFUSE")) issue_error(issues, "8541", NULL, "The SKU does not match any ASIN");
  json_t *attributes = json_object_get(listing, "attributes");
  listing_patch(attributes, json_object_get(request->json, "patches"), touched, issues);
  listing_check(attributes, touched, issues);
  json_decref(touched);
  json_decref(refusals);
  return listing;
}

/* Written, unless something is wrong with it, or it is only looked at. Takes the listing over. */
static void end_listing(struct request *request, const char *sku, json_t *listing,
                        const struct issues *issues) {
  const char *mode = query_of(request, "mode");
  bool preview = mode && !strcmp(mode, "VALIDATION_PREVIEW");
  if (!issues->bad && !preview) listing_write(request, sku, listing);
  json_decref(listing);
  answer_json(request, 200,
              json_pack("{s:s, s:s, s:s, s:o}", "sku", sku, "status",
                        issues->bad ? "INVALID"
                        : preview   ? "VALID"
                                    : "ACCEPTED",
                        "submissionId", arena_printf(request->arena, "%ld", state_next_id(request)).at,
                        "issues", shown_issues(issues)));
}

void answer_patch_listing(struct request *request, const char *const *p) {
  const char *sku = with_slashes(request->arena, p[1]);
  struct issues issues = { .arena = request->arena };
  if (!json_string_value(json_object_get(request->json, "productType")) ||
      !are_whole(json_object_get(request->json, "patches"))) {
    answer_error(request, 400, "InvalidInput", "productType and patches of whole attributes are required.");
    return;
  }
  end_listing(request, sku, patched(request, sku, &issues), &issues);
}

/* The whole of it, as UPDATE in a feed. */
void answer_put_listing(struct request *request, const char *const *p) {
  const char *sku = with_slashes(request->arena, p[1]);
  struct issues issues = { .arena = request->arena };
  json_t *type = json_object_get(request->json, "productType"),
         *attributes = json_object_get(request->json, "attributes"), *refusals = refusals_read(request);
  if (!json_string_value(type) || !json_is_object(attributes)) {
    json_decref(refusals);
    answer_error(request, 400, "InvalidInput", "productType and attributes are required.");
    return;
  }
  refusals_apply(refusals, sku, &issues);
  json_decref(refusals);
  if (strstr(sku, "REFUSE")) issue_error(&issues, "8541", NULL, "The SKU does not match any ASIN");
  listing_check(attributes, attributes, &issues);
  end_listing(request, sku,
              json_pack("{s:s, s:O, s:O}", "sku", sku, "productType", type, "attributes", attributes),
              &issues);
}
