/* fake/spapi/others: inventory, money, sellers, notifications: files that are shown, and a few that
 * change. */
#include "spapi.h"
#include "io/file.h"

#include <stdlib.h>
#include <string.h>

/* As it stands there, letter by letter: amounts are no doubles. */
static void show_file(struct request *request, const char *path, json_t *otherwise) {
  request->text = state_text(request, path);
  if (!request->text.len) {
    answer_json(request, 200, otherwise);
    return;
  }
  json_decref(otherwise);
  request->status = 200;
}

void answer_inventory(struct request *request, const char *const *p) {
  (void)p;
  json_t *empty =
      json_pack("{s:{s:{s:s, s:s}, s:[]}}", "payload", "granularity", "granularityType", "Marketplace",
                "granularityId", query_of(request, "granularityId"), "inventorySummaries");
  show_file(request, state_path(request, "inventory.json"), empty);
}

void answer_transactions(struct request *request, const char *const *p) {
  (void)p;
  show_file(request, state_path(request, "transactions.json"),
            json_pack("{s:{s:[]}}", "payload", "transactions"));
}

void answer_balances(struct request *request, const char *const *p) {
  (void)p;
  show_file(request, state_path(request, "balances.json"), json_pack("{s:[]}", "balances"));
}

void answer_participations(struct request *request, const char *const *p) {
  str rest = str_of(state_account(request, "marketplaces", "ATVPDKIKX0DER,A1PA6795UKMFR9,A1F83G8C2ARO7P")),
      one;
  json_t *all = json_array();
  (void)p;
  if (!state_has_role(request, "sellers")) {
    json_decref(all);
    answer_error(request, 403, "Unauthorized", "Access to requested resource is denied.");
    return;
  }
  while (str_split(&rest, ',', &one))
    json_array_append_new(
        all, json_pack("{s:{s:s%, s:s, s:s, s:s, s:s, s:s}, s:{s:b, s:b}, s:s}", "marketplace", "id", one.at,
                       one.len, "name", "Amazon", "countryCode", "US", "defaultCurrencyCode", "USD",
                       "defaultLanguageCode", "en_US", "domainName", "www.amazon.com", "participation",
                       "isParticipating", 1, "hasSuspendedListings", 0, "storeName", "Sandbox"));
  answer_json(request, 200, json_pack("{s:o}", "payload", all));
}

/* --- notifications --- */

void answer_get_subscription(struct request *request, const char *const *p) {
  json_t *kept = state_read(request, state_path(request, "subscriptions/%s.json", p[0]));
  if (kept) answer_json(request, 200, json_pack("{s:o}", "payload", kept));
  else answer_error(request, 404, "NotFound", "There is no subscription of this type.");
}

void answer_create_subscription(struct request *request, const char *const *p) {
  const char *path = state_path(request, "subscriptions/%s.json", p[0]);
  if (file_exists(path)) {
    answer_error(request, 409, "Conflict", "There is a subscription of this type.");
    return;
  }
  json_t *kept = json_deep_copy(request->json);
  json_object_set_new(kept, "subscriptionId",
                      json_string(arena_printf(request->arena, "sub-%ld", state_next_id(request)).at));
  state_write(request, path, kept);
  answer_json(request, 200, json_pack("{s:o}", "payload", kept));
}

void answer_delete_subscription(struct request *request, const char *const *p) {
  struct err err = { 0 };
  const char *path = state_path(request, "subscriptions/%s.json", p[0]);
  if (file_exists(path)) file_remove(path, &err);
  answer_json(request, 200, json_object());
}

void answer_get_destinations(struct request *request, const char *const *p) {
  (void)p;
  json_t *all = state_read(request, state_path(request, "destinations.json"));
  answer_json(request, 200, json_pack("{s:o}", "payload", all ? all : json_array()));
}

void answer_create_destination(struct request *request, const char *const *p) {
  (void)p;
  const char *path = state_path(request, "destinations.json");
  json_t *all = state_read(request, path);
  if (!all) all = json_array();
  json_t *one = json_pack("{s:s, s:O, s:O}", "destinationId",
                          arena_printf(request->arena, "dest-%ld", state_next_id(request)).at, "name",
                          json_object_get(request->json, "name"), "resource",
                          json_object_get(request->json, "resourceSpecification"));
  if (!one) {
    json_decref(all);
    answer_error(request, 400, "InvalidInput", "name and resourceSpecification are required.");
    return;
  }
  json_array_append(all, one);
  state_write(request, path, all);
  json_decref(all);
  answer_json(request, 200, json_pack("{s:o}", "payload", one));
}

/* --- the queue: AWS's JSON protocol; it looks for a signature, and does not check it --- */

static bool is_hidden(struct request *request, const char *name) {
  const json_t *until = json_object_get(request->server->hidden, name);
  return until && json_integer_value(until) > request->server->requests;
}

static void receive(struct request *request) {
  str *names;
  json_int_t most = json_integer_value(json_object_get(request->json, "MaxNumberOfMessages"));
  size_t count = state_list(request, state_path(request, "queue"), &names);
  json_t *messages = json_array();
  for (size_t i = 0; i < count && (json_int_t)json_array_size(messages) < (most ? most : 1); i++) {
    const char *name = arena_text(request->arena, names[i]);
    str body = state_text(request, state_path(request, "queue/%s", name));
    if (is_hidden(request, name)) continue;
    json_object_set_new(request->server->hidden, name, json_integer(request->server->requests + 50));
    json_array_append_new(messages, json_pack("{s:s, s:s, s:s%}", "MessageId", name, "ReceiptHandle", name,
                                              "Body", body.at, body.len));
  }
  answer_json(request, 200,
              json_array_size(messages) ? json_pack("{s:o}", "Messages", messages)
                                        : (json_decref(messages), json_object()));
}

void queue_answer(struct request *request) {
  struct err err = { 0 };
  const char *target = request->target ? request->target : "";
  request->operation = "queue";
  if (!request->authorization || strncmp(request->authorization, "AWS4-HMAC-SHA256 ", 17)) {
    answer_json(request, 403, json_pack("{s:s}", "__type", "MissingAuthenticationToken"));
    return;
  }
  if (!strcmp(target, "AmazonSQS.ReceiveMessage")) receive(request);
  else if (!strcmp(target, "AmazonSQS.DeleteMessage")) {
    const char *receipt = json_string_value(json_object_get(request->json, "ReceiptHandle"));
    const char *path = receipt && !strchr(receipt, '/') ? state_path(request, "queue/%s", receipt) : NULL;
    if (path && file_exists(path)) file_remove(path, &err);
    answer_json(request, 200, json_object());
  } else answer_json(request, 400, json_pack("{s:s}", "__type", "UnknownOperationException"));
}
