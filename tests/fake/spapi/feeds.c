/* fake/spapi/feeds: what is submitted, and what comes of it. */
#include "spapi.h"
#include "io/digest.h"
#include "io/file.h"

#include <stdlib.h>
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

/* --- the processing report --- */

static size_t lines_with(str body, const char *mark, size_t *lines) {
  str line;
  size_t found = 0;
  *lines = 0;
  while (str_split(&body, '\n', &line)) {
    if (!str_trim(line).len) continue;
    ++*lines;
    for (size_t i = 0; i + strlen(mark) <= line.len; i++)
      if (!memcmp(line.at + i, mark, strlen(mark))) {
        found++;
        break;
      }
  }
  return found;
}

static void flat_result(struct request *request, str body, struct buf *text) {
  size_t lines, row = 0, bad = lines_with(body, "REFUSE", &lines), rows = lines ? lines - 1 : 0;
  str line;
  (void)request;
  buf_printf(text,
             "Feed Processing Summary:\n\tNumber of records processed\t\t%zu\n\tNumber of records "
             "successful\t\t%zu\n\n",
             rows, rows - bad);
  buf_add(text, STR("original-record-number\torder-id\terror-code\terror-type\terror-message\n"));
  for (; str_split(&body, '\n', &line); row++) {
    str id;
    size_t ignored;
    if (!row || !lines_with(line, "REFUSE", &ignored)) continue;
    str_split(&line, '\t', &id);
    buf_printf(text, "%zu\t%.*s\t18028\tError\tThe data you submitted is not valid\n", row, STR_ARG(id));
  }
}

static void json_result(str body, struct buf *text) {
  json_t *feed = json_loadb(body.at, body.len, 0, NULL), *messages = json_object_get(feed, "messages"), *one;
  json_t *issues = json_array();
  size_t i, bad = 0;
  json_array_foreach(messages, i, one) {
    if (!strstr(text_of(one, "sku"), "REFUSE")) continue;
    bad++;
    json_array_append_new(issues, json_pack("{s:O, s:s, s:s, s:s, s:s}", "messageId",
                                            json_object_get(one, "messageId"), "sku", text_of(one, "sku"),
                                            "code", "8541", "severity", "ERROR", "message",
                                            "The SKU does not match any ASIN"));
  }
  int count = (int)json_array_size(messages);
  json_t *report = json_pack("{s:{s:s, s:s, s:s}, s:o, s:{s:i, s:i, s:i, s:i, s:i}}", "header", "sellerId",
                             "A1SANDBOX", "version", "2.0", "feedId", "0", "issues", issues, "summary",
                             "errors", (int)bad, "warnings", 0, "messagesProcessed", count,
                             "messagesAccepted", count - (int)bad, "messagesInvalid", (int)bad);
  char *dumped = json_dumps(report, JSON_INDENT(1));
  buf_add(text, str_of(dumped));
  free(dumped);
  json_decref(report);
  json_decref(feed);
}

static void xml_result(str body, struct buf *text) {
  size_t messages = 0, bad = 0;
  for (size_t i = 0; i + 9 <= body.len; i++) messages += !memcmp(body.at + i, "<Message>", 9);
  for (size_t i = 0; i + 6 <= body.len; i++) bad += !memcmp(body.at + i, "REFUSE", 6);
  buf_printf(text,
             "<?xml version=\"1.0\" "
             "encoding=\"UTF-8\"?>\n<AmazonEnvelope><Header><DocumentVersion>1.02</DocumentVersion>"
             "<MerchantIdentifier>A1SANDBOX</MerchantIdentifier></Header><MessageType>ProcessingReport</"
             "MessageType><Message>"
             "<MessageID>1</MessageID><ProcessingReport><DocumentTransactionID>1</DocumentTransactionID>"
             "<StatusCode>Complete</StatusCode><ProcessingSummary><MessagesProcessed>%zu</MessagesProcessed>"
             "<MessagesSuccessful>%zu</MessagesSuccessful><MessagesWithError>%zu</MessagesWithError>"
             "<MessagesWithWarning>0</MessagesWithWarning></ProcessingSummary></ProcessingReport></Message></"
             "AmazonEnvelope>\n",
             messages, messages - bad, bad);
}

static void make_result(struct request *request, const char *id, const char *type, str body) {
  struct buf text = buf_new((size_t)256 << 20);
  struct err err = { 0 };
  str given = state_text(request, state_path(request, "results/%s", type));
  if (given.len) buf_add(&text, given);
  else if (!strcmp(type, "JSON_LISTINGS_FEED")) json_result(body, &text);
  else if (strstr(type, "FLAT_FILE")) flat_result(request, body, &text);
  else xml_result(body, &text);
  const char *path = state_path(request, "reports/RESULT/%s", id);
  if (file_make_folders(state_path(request, "reports/RESULT"), 0755, &err) ||
      file_put(path, 0600, buf_str(&text), &err))
    fprintf(stderr, "spapi: %s\n", err.text);
  buf_free(&text);
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
  make_result(request, id, type, body);
  json_t *feed = json_pack("{s:s, s:s, s:s, s:s, s:i}", "feedId", id, "feedType", type, "createdTime",
                           state_now(request), "document", document, "polls", 1);
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
  json_t *json = json_pack("{s:s, s:s, s:s, s:s}", "feedId", text_of(feed, "feedId"), "feedType",
                           text_of(feed, "feedType"), "createdTime", text_of(feed, "createdTime"),
                           "processingStatus", done ? "DONE" : "IN_PROGRESS");
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
