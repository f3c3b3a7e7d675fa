/* fake/spapi/feed_json: JSON_LISTINGS_FEED: its messages change the listings, its report says which did not.
 *
 *   {"header": {"sellerId": "A1..", "version": "2.0"}, "messages": [{"messageId": 1, "sku": "HOK-PAN",
 *    "operationType": "PATCH", "productType": "PRODUCT", "patches": [{"op": "merge", "path": ..}]}]}
 */
#include "feed.h"

#include <string.h>

enum { MESSAGES_MOST = 25000 };

static const char *text_of(const json_t *json, const char *name) {
  const char *text = json_string_value(json_object_get(json, name));
  return text ? text : "";
}

/* --- the form of a message --- */

static void forbid(const json_t *message, const char *names, struct issues *issues) {
  str rest = str_of(names), one;
  while (str_split(&rest, ' ', &one))
    if (json_object_get(message, arena_text(issues->arena, one)))
      issue_error(issues, "4000001", NULL, "'%.*s' is not applicable to '%s' operations.", STR_ARG(one),
                  text_of(message, "operationType"));
}

static void need(const json_t *message, const char *name, bool is_there, struct issues *issues) {
  if (!is_there)
    issue_error(issues, "4000001", NULL, "'%s' operations require '%s'.", text_of(message, "operationType"),
                name);
}

static void check_form(const json_t *message, struct issues *issues) {
  const char *operation = text_of(message, "operationType");
  bool patches = !strcmp(operation, "PATCH"), deletes = !strcmp(operation, "DELETE");
  if (!word_in("UPDATE PARTIAL_UPDATE PATCH DELETE", operation)) {
    issue_error(issues, "4000001", NULL, "'%s' is no operationType.", operation);
    return;
  }
  forbid(message,
         deletes                        ? "requirements attributes productType patches"
         : patches                      ? "requirements attributes"
         : !strcmp(operation, "UPDATE") ? "patches"
                                        : "requirements patches",
         issues);
  if (deletes) return;
  need(message, "productType", *text_of(message, "productType"), issues);
  if (patches) need(message, "patches", json_array_size(json_object_get(message, "patches")) > 0, issues);
  else need(message, "attributes", json_object_size(json_object_get(message, "attributes")) > 0, issues);
}

static void check_identity(struct feed *feed, const json_t *message) {
  struct issues *issues = &feed->issues;
  const char *sku = text_of(message, "sku");
  const json_t *number = json_object_get(message, "messageId");
  if (!json_is_integer(number) || json_integer_value(number) < 1)
    issue_error(issues, "4000001", NULL, "'messageId' must be a whole number from 1 on.");
  else if (feed_is_again(feed, issues->message))
    issue_error(issues, "4000001", NULL, "messageId %ld is used by an earlier message.", issues->message);
  if (!*sku) issue_error(issues, "4000001", NULL, "'sku' is required.");
  else if (strstr(sku, "REFUSE")) issue_error(issues, "8541", NULL, "The SKU does not match any ASIN");
}

/* --- what a message makes of a listing --- */

/* A partial update is a patch that replaces. */
static void replace_named(json_t *attributes, const json_t *given, json_t *touched, struct issues *issues) {
  const char *name;
  json_t *value;
  json_object_foreach((json_t *)(uintptr_t)given, name, value) {
    json_t *patches =
        json_pack("[{s:s, s:o, s:O}]", "op", "replace", "path",
                  json_string(arena_printf(issues->arena, "/attributes/%s", name).at), "value", value);
    listing_patch(attributes, patches, touched, issues);
    json_decref(patches);
  }
}

static json_t *new_listing(const char *sku, const json_t *message) {
  return json_pack("{s:s, s:s, s:{}}", "sku", sku, "productType", text_of(message, "productType"),
                   "attributes");
}

/* The listing as it is to be: a copy, for a refused message leaves all as it is. */
static json_t *changed_listing(struct feed *feed, const json_t *message, json_t *touched) {
  const char *sku = text_of(message, "sku"), *operation = text_of(message, "operationType");
  json_t *listing = listing_read(feed->request, sku), *attributes;
  bool updates = !strcmp(operation, "UPDATE");
  if (!listing && !updates) {
    issue_error(&feed->issues, "8541", NULL, "The SKU '%s' does not match any listing of yours.", sku);
    return NULL;
  }
  if (!listing) listing = new_listing(sku, message);
  if (updates) {
    json_object_set_new(listing, "productType", json_string(text_of(message, "productType")));
    json_object_set_new(listing, "attributes", json_object());
  }
  attributes = json_object_get(listing, "attributes");
  if (!strcmp(operation, "PATCH"))
    listing_patch(attributes, json_object_get(message, "patches"), touched, &feed->issues);
  else replace_named(attributes, json_object_get(message, "attributes"), touched, &feed->issues);
  listing_check(attributes, touched, &feed->issues);
  return listing;
}

static void work_message(struct feed *feed, const json_t *message) {
  const char *sku = text_of(message, "sku");
  json_t *listing = NULL, *touched = json_object();
  json_int_t number = json_integer_value(json_object_get(message, "messageId"));
  feed_begin(feed, number > 0 ? (long)number : 0, sku);
  check_identity(feed, message);
  check_form(message, &feed->issues);
  bool deletes = !strcmp(text_of(message, "operationType"), "DELETE");
  if (!feed->issues.bad && !deletes) listing = changed_listing(feed, message, touched);
  if (feed_take(feed) && !feed_drops(feed, sku)) {
    if (deletes) listing_remove(feed->request, sku);
    else listing_write(feed->request, sku, listing);
  }
  json_decref(listing);
  json_decref(touched);
}

/* --- the whole feed --- */

static bool is_header_good(struct feed *feed, const json_t *content) {
  const json_t *header = json_object_get(content, "header");
  const char *seller = state_account(feed->request, "seller-id", NULL);
  struct issues *issues = &feed->issues;
  size_t count = json_array_size(json_object_get(content, "messages"));
  if (!content) issue_error(issues, "4000000", NULL, "The feed is no JSON.");
  else if (!*text_of(header, "sellerId"))
    issue_error(issues, "4000001", NULL, "The header has no 'sellerId'.");
  else if (seller && strcmp(seller, text_of(header, "sellerId")))
    issue_error(issues, "4000003", NULL, "The header's sellerId is not the seller who submits.");
  else if (strcmp(text_of(header, "version"), "2.0"))
    issue_error(issues, "4000001", NULL, "The header's 'version' must be 2.0.");
  else if (!count) issue_error(issues, "4000001", NULL, "The feed has no 'messages'.");
  else if (count > MESSAGES_MOST)
    issue_error(issues, "4000001", NULL, "The feed has %zu messages, %d at most.", count, MESSAGES_MOST);
  return !issues->bad;
}

static json_t *shown_issue(const struct issue *issue) {
  json_t *json = json_object();
  if (issue->message) json_object_set_new(json, "messageId", json_integer(issue->message));
  if (issue->name) json_object_set_new(json, "sku", json_string(issue->name));
  json_object_set_new(json, "code", json_string(issue->code));
  json_object_set_new(json, "severity", json_string(issue->is_error ? "ERROR" : "WARNING"));
  json_object_set_new(json, "message", json_string(issue->text));
  if (issue->attribute) json_object_set_new(json, "attributeName", json_string(issue->attribute));
  return json;
}

static void write_report(struct feed *feed, const json_t *content) {
  json_t *issues = json_array();
  const char *seller = text_of(json_object_get(content, "header"), "sellerId");
  int errors = 0;
  for (size_t i = 0; i < feed->issues.count; i++) {
    json_array_append_new(issues, shown_issue(&feed->issues.list[i]));
    errors += feed->issues.list[i].is_error;
  }
  int count = (int)json_array_size(issues), processed = (int)feed->processed, accepted = (int)feed->accepted;
  json_t *report =
      json_pack("{s:{s:s, s:s, s:s}, s:o, s:{s:i, s:i, s:i, s:i, s:i}}", "header", "sellerId",
                *seller ? seller : "A1SANDBOX", "version", "2.0", "feedId", feed->id, "issues", issues,
                "summary", "errors", errors, "warnings", count - errors, "messagesProcessed", processed,
                "messagesAccepted", accepted, "messagesInvalid", processed - accepted);
  buf_add(&feed->report, digits_text(feed->request->arena, report, JSON_INDENT(1)));
  json_decref(report);
}

void feed_work_json(struct feed *feed) {
  json_t *content = digits_read(feed->body), *message;
  size_t i;
  feed_begin(feed, 0, NULL);
  if (!is_header_good(feed, content)) feed->is_fatal = true;
  else json_array_foreach(json_object_get(content, "messages"), i, message) work_message(feed, message);
  write_report(feed, content);
  json_decref(content);
}
