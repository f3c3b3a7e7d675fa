/* fake/spapi/reports: reports that are asked for, that are listed, their documents, their schedules. */
#include "spapi.h"
#include "io/file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char settlement_type[] = "GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2";

static const char restricted_types[] =
    "GET_AMAZON_FULFILLED_SHIPMENTS_DATA_INVOICING,GET_AMAZON_FULFILLED_SHIPMENTS_DATA_TAX,"
    "GET_FLAT_FILE_ACTIONABLE_ORDER_DATA_SHIPPING,GET_FLAT_FILE_ORDER_REPORT_DATA_SHIPPING,"
    "GET_FLAT_FILE_ORDER_REPORT_DATA_INVOICING,GET_FLAT_FILE_ORDER_REPORT_DATA_TAX,"
    "GET_ORDER_REPORT_DATA_INVOICING,GET_ORDER_REPORT_DATA_TAX,GET_ORDER_REPORT_DATA_SHIPPING";

static const char *text_of(const json_t *json, const char *name) {
  const char *text = json_string_value(json_object_get(json, name));
  return text ? text : "";
}

/* --- documents --- */

/* An id that says what it is of: the type's folder and the file's name, in hex, so that a restart knows it.
 */
static const char *document_id(struct request *request, const char *relative) {
  struct buf id = buf_new(4096);
  buf_add(&id, STR("amzn1.spdoc."));
  for (const char *c = relative; *c; c++) buf_printf(&id, "%02x", (unsigned char)*c);
  str text = arena_str(request->arena, buf_str(&id));
  buf_free(&id);
  return text.at;
}

static const char *document_of(struct request *request, const char *id) {
  char *text = arena_alloc(request->arena, strlen(id) + 1);
  if (strncmp(id, "amzn1.spdoc.", 12)) return NULL;
  size_t len = 0;
  for (const char *c = id + 12; c[0] && c[1]; c += 2) {
    char pair[3] = { c[0], c[1], 0 };
    text[len++] = (char)strtol(pair, NULL, 16);
  }
  if (strstr(text, "..")) return NULL;
  const char *path = state_path(request, "%s", text);
  return file_exists(path) ? path : NULL;
}

const char *document_url(struct request *request, const char *id) {
  long until = (long)time(NULL) + request->server->url_seconds;
  return arena_printf(request->arena, "%s/document/%s?X-Amz-Expires=%ld&X-Amz-Date=%ld&X-Amz-Signature=fake",
                      request->server->base, id, request->server->url_seconds, until)
      .at;
}

static void refuse_document(struct request *request, const char *why) {
  request->status = 403;
  request->answer_type = "application/xml";
  request->text =
      arena_printf(request->arena, "<Error><Code>AccessDenied</Code><Message>%s</Message></Error>", why);
}

static bool is_fresh(struct request *request) {
  const char *until = query_of(request, "X-Amz-Date");
  return until && atol(until) >= (long)time(NULL) && request->fault != FAULT_EXPIRED;
}

static void put_document(struct request *request, const char *id) {
  struct err err = { 0 };
  const char *path = state_path(request, "uploads/%s.body", id);
  json_t *about = state_read(request, state_path(request, "uploads/%s.json", id));
  if (!about || strcmp(text_of(about, "contentType"), request->type ? request->type : ""))
    refuse_document(request, "SignatureDoesNotMatch: Content-Type");
  else if (file_put(path, 0600, buf_str(&request->body), &err))
    answer_error(request, 500, "InternalFailure", "%s", err.text);
  else request->status = 200, request->text = STR_NONE;
  json_decref(about);
}

void document_answer(struct request *request) {
  const char *id = request->path + strlen("/document/");
  request->operation = strcmp(request->method, "PUT") == 0 ? "upload" : "download";
  if (!is_fresh(request)) {
    refuse_document(request, "Request has expired");
    return;
  }
  if (strcmp(request->method, "PUT") == 0) {
    put_document(request, id);
    return;
  }
  const char *path = document_of(request, id);
  struct stat about;
  request->file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
  if (request->file < 0 || fstat(request->file, &about)) {
    request->status = 404;
    request->text = STR("<Error><Code>NoSuchKey</Code></Error>");
    return;
  }
  const char *charset = state_meta(request, path, "charset", "UTF-8");
  request->status = 200;
  request->file_len = (uint64_t)about.st_size;
  request->answer_type = arena_printf(request->arena, "text/plain;charset=%s", charset).at;
}

/* --- reports --- */

static const char *made_path(struct request *request, const char *id) {
  return state_path(request, "made/%s.json", id);
}

/* Amazon's own reports have an id that is made of the name. */
static json_t *listed_report(struct request *request, const char *type, const char *name) {
  const char *relative = arena_printf(request->arena, "reports/%s/%s", type, name).at;
  const char *path = state_path(request, "%s", relative),
             *created = state_meta(request, path, "created", NULL);
  unsigned long hash = 5381;
  for (const char *c = name; *c; c++) hash = hash * 33 + (unsigned char)*c;
  if (!created) created = state_now(request);
  return json_pack("{s:s, s:s, s:s, s:s, s:s}", "reportId",
                   arena_printf(request->arena, "%lu", hash % 1000000000).at, "reportType", type,
                   "processingStatus", "DONE", "reportDocumentId", document_id(request, relative),
                   "createdTime", created);
}

static bool is_served(const json_t *served, const char *name) {
  size_t i;
  json_t *one;
  json_array_foreach(served, i, one) if (!strcmp(json_string_value(one), name)) return true;
  return false;
}

static const char *take_next(struct request *request, const char *type) {
  str *names;
  const char *path = state_path(request, "served/%s.json", type), *next = NULL;
  json_t *served = state_read(request, path);
  size_t count = state_list(request, state_path(request, "reports/%s", type), &names);
  if (!served) served = json_array();
  for (size_t i = 0; i < count && !next; i++)
    if (!is_served(served, arena_text(request->arena, names[i]))) next = arena_text(request->arena, names[i]);
  if (next) {
    json_array_append_new(served, json_string(next));
    state_write(request, path, served);
  }
  json_decref(served);
  return next;
}

void answer_create_report(struct request *request, const char *const *p) {
  (void)p;
  const char *type = text_of(request->json, "reportType");
  if (!*type || !json_array_size(json_object_get(request->json, "marketplaceIds"))) {
    answer_error(request, 400, "InvalidInput", "reportType and marketplaceIds are required.");
    return;
  }
  if (json_object_get(json_object_get(request->json, "reportOptions"), "")) {
    answer_error(request, 400, "InvalidInput", "A report option has no name.");
    return;
  }
  if (!strcmp(type, settlement_type)) {
    answer_error(request, 400, "InvalidInput", "Settlement reports cannot be requested.");
    return;
  }
  const char *id = arena_printf(request->arena, "%ld", state_next_id(request)).at,
             *name = take_next(request, type);
  const char *relative =
      name ? arena_printf(request->arena, "reports/%s/%s", type, name).at : made_document(request, type, id);
  const char *path = state_path(request, "%s", relative ? relative : "");
  const char *status = relative ? state_meta(request, path, "status", "DONE") : "CANCELLED";
  json_t *made = json_pack("{s:s, s:s, s:s, s:s, s:i}", "reportId", id, "reportType", type, "createdTime",
                           state_now(request), "ends", status, "polls",
                           relative ? atoi(state_meta(request, path, "polls", "1")) : 0);
  static const char *const times[] = { "dataStartTime", "dataEndTime" };
  for (int i = 0; i < 2; i++)
    if (json_object_get(request->json, times[i]))
      json_object_set(made, times[i], json_object_get(request->json, times[i]));
  if (relative) json_object_set_new(made, "document", json_string(relative));
  state_write(request, made_path(request, id), made);
  json_decref(made);
  answer_json(request, 202, json_pack("{s:s}", "reportId", id));
}

/* As the outside sees it. */
static json_t *shown(struct request *request, const json_t *made) {
  json_int_t polls = json_integer_value(json_object_get(made, "polls"));
  const char *ends = text_of(made, "ends"), *status = polls > 1    ? "IN_QUEUE"
                                                      : polls == 1 ? "IN_PROGRESS"
                                                                   : ends;
  json_t *json = json_pack("{s:s, s:s, s:s, s:s}", "reportId", text_of(made, "reportId"), "reportType",
                           text_of(made, "reportType"), "createdTime", text_of(made, "createdTime"),
                           "processingStatus", status);
  if (*text_of(made, "dataStartTime"))
    json_object_set_new(json, "dataStartTime", json_string(text_of(made, "dataStartTime")));
  if (*text_of(made, "dataEndTime"))
    json_object_set_new(json, "dataEndTime", json_string(text_of(made, "dataEndTime")));
  bool has = !polls && strcmp(ends, "CANCELLED") && *text_of(made, "document");
  if (has)
    json_object_set_new(json, "reportDocumentId",
                        json_string(document_id(request, text_of(made, "document"))));
  return json;
}

void answer_get_report(struct request *request, const char *const *p) {
  json_t *made = state_read(request, made_path(request, p[0]));
  if (!made) {
    answer_error(request, 404, "NotFound", "No report has this id.");
    return;
  }
  json_t *json = shown(request, made);
  json_int_t polls = json_integer_value(json_object_get(made, "polls"));
  if (polls) {
    json_object_set_new(made, "polls", json_integer(polls - 1));
    state_write(request, made_path(request, p[0]), made);
  }
  json_decref(made);
  answer_json(request, 200, json);
}

static bool is_wanted(struct request *request, const json_t *report) {
  const char *types = query_of(request, "reportTypes"), *states = query_of(request, "processingStatuses"),
             *since = query_of(request, "createdSince"), *until = query_of(request, "createdUntil");
  const char *created = text_of(report, "createdTime");
  return (!types || list_has(types, text_of(report, "reportType"))) &&
         (!states || list_has(states, text_of(report, "processingStatus"))) &&
         (!since || strcmp(created, since) >= 0) && (!until || strcmp(created, until) <= 0);
}

static void add_wanted(struct request *request, json_t *all, json_t *report) {
  if (is_wanted(request, report)) json_array_append_new(all, report);
  else json_decref(report);
}

static json_t *all_reports(struct request *request) {
  json_t *all = json_array();
  str *types, *names;
  size_t type_count = 1, count;
  types = &(str){ settlement_type, sizeof settlement_type - 1 };
  for (size_t t = 0; t < type_count; t++) {
    count = state_list(request, state_path(request, "reports/%.*s", STR_ARG(types[t])), &names);
    for (size_t i = 0; i < count; i++)
      add_wanted(request, all, listed_report(request, types[t].at, arena_text(request->arena, names[i])));
  }
  count = state_list(request, state_path(request, "made"), &names);
  for (size_t i = count; i > 0; i--) {
    json_t *made = state_read(request, state_path(request, "made/%.*s", STR_ARG(names[i - 1])));
    if (made) add_wanted(request, all, shown(request, made));
    json_decref(made);
  }
  return all;
}

/* A page's token is the question and where it goes on; it must stand alone. */
void answer_get_reports(struct request *request, const char *const *p) {
  (void)p;
  const char *token = query_of(request, "nextToken");
  size_t from = 0;
  if (token && json_object_size(request->query) > 1) {
    answer_error(request, 400, "InvalidInput", "nextToken must be the only parameter.");
    return;
  }
  if (token) {
    json_t *kept = state_read(request, state_path(request, "pages/%s.json", token));
    if (!kept) {
      answer_error(request, 400, "InvalidInput", "nextToken is not known.");
      return;
    }
    from = (size_t)json_integer_value(json_object_get(kept, "from"));
    json_decref(request->query);
    request->query = json_incref(json_object_get(kept, "query"));
    json_decref(kept);
  }
  const char *size_text = query_of(request, "pageSize");
  size_t size = size_text ? (size_t)atol(size_text) : 10, count;
  json_t *all = all_reports(request), *page = json_array();
  count = json_array_size(all);
  for (size_t i = from; i < count && i < from + size; i++) json_array_append(page, json_array_get(all, i));
  json_t *answer = json_pack("{s:o}", "reports", page);
  if (from + size < count) {
    const char *next = arena_printf(request->arena, "p%ld", state_next_id(request)).at;
    json_t *kept = json_pack("{s:O, s:i}", "query", request->query, "from", (int)(from + size));
    state_write(request, state_path(request, "pages/%s.json", next), kept);
    json_decref(kept);
    json_object_set_new(answer, "nextToken", json_string(next));
  }
  json_decref(all);
  answer_json(request, 200, answer);
}

static bool is_restricted(const char *path) {
  str rest = str_of(restricted_types), type;
  while (str_split(&rest, ',', &type)) {
    const char *found = strstr(path, "/reports/");
    if (found && str_starts(str_of(found + 9), type) && found[9 + type.len] == '/') return true;
  }
  return false;
}

void answer_get_report_document(struct request *request, const char *const *p) {
  const char *path = document_of(request, p[0]);
  if (!path) {
    answer_error(request, 404, "NotFound", "No document has this id.");
    return;
  }
  if (is_restricted(path) && strcmp(request->token_kind, "restricted")) {
    answer_error(request, 403, "Unauthorized", "Access to requested resource is denied.");
    return;
  }
  json_t *json = json_pack("{s:s, s:s}", "reportDocumentId", p[0], "url", document_url(request, p[0]));
  if (!strcmp(state_meta(request, path, "gzip", "no"), "yes"))
    json_object_set_new(json, "compressionAlgorithm", json_string("GZIP"));
  answer_json(request, 200, json);
}

/* --- schedules --- */

static json_t *schedules_of(struct request *request) {
  json_t *all = state_read(request, state_path(request, "schedules.json"));
  return all ? all : json_array();
}

void answer_create_schedule(struct request *request, const char *const *p) {
  (void)p;
  const char *type = text_of(request->json, "reportType");
  if (!*type || !*text_of(request->json, "period") ||
      !json_array_size(json_object_get(request->json, "marketplaceIds"))) {
    answer_error(request, 400, "InvalidInput", "reportType, period and marketplaceIds are required.");
    return;
  }
  json_t *all = schedules_of(request), *one, *kept = json_array();
  size_t i;
  json_array_foreach(all, i, one) if (strcmp(text_of(one, "reportType"), type)) json_array_append(kept, one);
  const char *id = arena_printf(request->arena, "%ld", state_next_id(request)).at;
  json_array_append_new(kept, json_pack("{s:s, s:s, s:s, s:O}", "reportScheduleId", id, "reportType", type,
                                        "period", text_of(request->json, "period"), "marketplaceIds",
                                        json_object_get(request->json, "marketplaceIds")));
  state_write(request, state_path(request, "schedules.json"), kept);
  json_decref(all);
  json_decref(kept);
  answer_json(request, 201, json_pack("{s:s}", "reportScheduleId", id));
}

void answer_get_schedules(struct request *request, const char *const *p) {
  (void)p;
  json_t *all = schedules_of(request), *one, *kept = json_array();
  size_t i;
  json_array_foreach(all, i, one) if (list_has(query_of(request, "reportTypes"), text_of(one, "reportType")))
      json_array_append(kept, one);
  json_decref(all);
  answer_json(request, 200, json_pack("{s:o}", "reportSchedules", kept));
}

void answer_cancel_schedule(struct request *request, const char *const *p) {
  json_t *all = schedules_of(request), *one, *kept = json_array();
  size_t i;
  json_array_foreach(all, i, one) if (strcmp(text_of(one, "reportScheduleId"), p[0]))
      json_array_append(kept, one);
  state_write(request, state_path(request, "schedules.json"), kept);
  json_decref(all);
  json_decref(kept);
  request->status = 200;
}
