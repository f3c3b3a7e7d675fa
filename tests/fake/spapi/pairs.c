/* fake/spapi/pairs: Amazon's own static sandbox pairs, from a file that tests/tools/sandbox_pairs.py makes of
 * its models.
 *
 * A line is {"operation": .., "status": 200, "path": [..], "parameters": {NAME: VALUE}, "asked": BODY,
 * "body": ..}. A request that says all of it is answered with "body".
 */
#include "spapi.h"

#include <stdlib.h>
#include <string.h>

/* As texts: "true", "5", "a,b". */
static bool same(const json_t *value, const char *given) {
  if (!given) return false;
  if (json_is_string(value)) return !strcmp(json_string_value(value), given);
  if (json_is_boolean(value)) return !strcmp(json_is_true(value) ? "true" : "false", given);
  if (json_is_integer(value)) return json_integer_value(value) == atoll(given);
  if (!json_is_array(value)) return false;
  struct buf joined = buf_new(64 * 1024);
  size_t i;
  json_t *one;
  json_array_foreach(value, i, one)
      buf_printf(&joined, "%s%s", i ? "," : "", json_string_value(one) ? json_string_value(one) : "");
  bool good = str_eq(buf_str(&joined), str_of(given));
  buf_free(&joined);
  return good;
}

static bool fits(struct request *request, const json_t *pair, const char *const *given) {
  const char *name;
  json_t *parameter, *path = json_object_get(pair, "path"), *one;
  size_t i;
  json_array_foreach(path, i, one) if (!same(one, given[i])) return false;
  json_t *body = json_object_get(pair, "asked");
  if (body && !json_equal(body, request->json)) return false;
  json_object_foreach(json_object_get(pair, "parameters"), name,
                      parameter) if (!same(parameter, query_of(request, name))) return false;
  return true;
}

bool pair_answer(struct request *request, const struct route *route, const char *const *given) {
  size_t i;
  json_t *pair;
  json_array_foreach(request->server->pair_list, i, pair) {
    if (strcmp(json_string_value(json_object_get(pair, "operation")), route->operation) ||
        !fits(request, pair, given))
      continue;
    json_t *body = json_object_get(pair, "body");
    request->status = (int)json_integer_value(json_object_get(pair, "status"));
    if (body && !json_is_null(body)) request->answer = json_incref(body);
    return true;
  }
  answer_error(request, 404, "NoPair", "No static pair has these parameters.");
  return true;
}
