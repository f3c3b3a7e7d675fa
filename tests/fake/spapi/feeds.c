/* fake/spapi/feeds: the calls by which feeds are submitted, listed and asked for. */
#include "feed.h"
#include "io/file.h"

#include <string.h>

static const char *text_of(const json_t *json, const char *name) {
  const char *text = json_string_value(json_object_get(json, name));
  return text ? text : "";
}

void answer_create_feed_document(struct request *request, const char *const *p) {
  (void)p;
  const char *type = text_of(request->json, "contentType");
  if (!*type) {
    answer_error(request, 400, "InvalidInput", "contentType is required.");
    return;
  }
  const char *id = arena_printf(request->arena, "amzn1.tortuga.%ld", state_next_id(request)).at;
  json_t *about = json_pack("{s:s}", "contentType", type);
  state_write(request, state_path(request, "uploads/%s.json", id), about);
  json_decref(about);
  answer_json(request, 201, json_pack("{s:s, s:s}", "feedDocumentId", id, "url", document_url(request, id)));
}

/* --- the work --- */

static void work(struct feed *feed) {
  str given = state_text(feed->request, state_path(feed->request, "results/%s", feed->type));
  if (given.len) buf_add(&feed->report, given);
  else if (!strcmp(feed->type, "JSON_LISTINGS_FEED")) feed_work_json(feed);
  else if (strstr(feed->type, "FLAT_FILE")) feed_work_flat(feed);
  else feed_work_xml(feed);
}

/* What is worked is done when createFeed answers; getFeed tells of it some polls later. */
static bool work_feed(struct request *request, const char *id, const char *type, str body) {
  struct feed feed;
  struct err err = { 0 };
  feed_open(&feed, request, id, type, body);
  work(&feed);
  const char *path = state_path(request, "reports/RESULT/%s", id);
  if (file_make_folders(state_path(request, "reports/RESULT"), 0755, &err) ||
      file_put(path, 0600, buf_str(&feed.report), &err))
    fprintf(stderr, "spapi: %s\n", err.text);
  bool fatal = feed.is_fatal;
  feed_close(&feed);
  return fatal;
}

/* --- feeds --- */

void answer_create_feed(struct request *request, const char *const *p) {
  (void)p;
  const char *type = text_of(request->json, "feedType"),
             *document = text_of(request->json, "inputFeedDocumentId");
  const char *upload = state_path(request, "uploads/%s.body", document);
  if (!*type || !*document || !json_array_size(json_object_get(request->json, "marketplaceIds"))) {
    answer_error(request, 400, "InvalidInput",
                 "feedType, marketplaceIds and inputFeedDocumentId are required.");
    return;
  }
  if (strchr(document, '/') || !file_exists(upload)) {
    answer_error(request, 400, "InvalidInput", "Nothing was uploaded to this document.");
    return;
  }
  struct err err = { 0 };
  str body = state_text(request, upload);
  const char *id = arena_printf(request->arena, "%ld", state_next_id(request)).at;
  bool fatal = work_feed(request, id, type, body);
  json_t *feed = json_pack("{s:s, s:s, s:s, s:s, s:i, s:s}", "feedId", id, "feedType", type, "createdTime",
                           state_now(request), "document", document, "polls",
                           (int)state_number(request, "late.txt", 1), "ends", fatal ? "FATAL" : "DONE");
  state_write(request, state_path(request, "feeds/%s.json", id), feed);
  file_put(state_path(request, "feeds/%s.body", id), 0600, body, &err);
  json_decref(feed);
  answer_json(request, 202, json_pack("{s:s}", "feedId", id));
}

static const char *result_id(struct request *request, const char *feed) {
  struct buf id = buf_new(256);
  buf_add(&id, STR("amzn1.spdoc."));
  for (const char *c = arena_printf(request->arena, "reports/RESULT/%s", feed).at; *c; c++)
    buf_printf(&id, "%02x", (unsigned char)*c);
  str text = arena_str(request->arena, buf_str(&id));
  buf_free(&id);
  return text.at;
}

static json_t *shown(struct request *request, const json_t *feed) {
  bool done = !json_integer_value(json_object_get(feed, "polls"));
  const char *ends = *text_of(feed, "ends") ? text_of(feed, "ends") : "DONE";
  json_t *json = json_pack("{s:s, s:s, s:s, s:s}", "feedId", text_of(feed, "feedId"), "feedType",
                           text_of(feed, "feedType"), "createdTime", text_of(feed, "createdTime"),
                           "processingStatus", done ? ends : "IN_PROGRESS");
  if (done)
    json_object_set_new(json, "resultFeedDocumentId",
                        json_string(result_id(request, text_of(feed, "feedId"))));
  return json;
}

void answer_get_feed(struct request *request, const char *const *p) {
  const char *path = state_path(request, "feeds/%s.json", p[0]);
  json_t *feed = state_read(request, path);
  if (!feed) {
    answer_error(request, 404, "NotFound", "No feed has this id.");
    return;
  }
  json_t *json = shown(request, feed);
  json_int_t polls = json_integer_value(json_object_get(feed, "polls"));
  if (polls) {
    json_object_set_new(feed, "polls", json_integer(polls - 1));
    state_write(request, path, feed);
  }
  json_decref(feed);
  answer_json(request, 200, json);
}

/* The newest first. */
void answer_get_feeds(struct request *request, const char *const *p) {
  str *names;
  const char *types = query_of(request, "feedTypes"), *since = query_of(request, "createdSince");
  size_t count = state_list(request, state_path(request, "feeds"), &names);
  json_t *all = json_array();
  (void)p;
  for (size_t i = count; i > 0; i--) {
    if (!str_ends(names[i - 1], STR(".json"))) continue;
    json_t *feed = state_read(request, state_path(request, "feeds/%.*s", STR_ARG(names[i - 1])));
    bool wanted = feed && (!types || list_has(types, text_of(feed, "feedType"))) &&
                  (!since || strcmp(text_of(feed, "createdTime"), since) >= 0);
    if (wanted) json_array_append_new(all, shown(request, feed));
    json_decref(feed);
  }
  answer_json(request, 200, json_pack("{s:o}", "feeds", all));
}

void answer_get_feed_document(struct request *request, const char *const *p) {
  answer_json(request, 200,
              json_pack("{s:s, s:s}", "feedDocumentId", p[0], "url", document_url(request, p[0])));
}
