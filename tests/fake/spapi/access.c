/* fake/spapi/access: who may ask what, and how often: login, tokens, quotas. */
#include "spapi.h"

#include <string.h>
#include <time.h>

static int64_t now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* --- login --- */

static int hex_of(char c) {
  return c >= '0' && c <= '9'   ? c - '0'
         : c >= 'A' && c <= 'F' ? c - 'A' + 10
         : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                : -1;
}

static str unescape(struct arena *arena, str text) {
  char *to = arena_alloc(arena, text.len + 1);
  size_t len = 0;
  for (size_t i = 0; i < text.len; i++) {
    int high = i + 2 < text.len ? hex_of(text.at[i + 1]) : -1, low = high >= 0 ? hex_of(text.at[i + 2]) : -1;
    if (text.at[i] == '%' && low >= 0) to[len++] = (char)(high * 16 + low), i += 2;
    else to[len++] = text.at[i] == '+' ? ' ' : text.at[i];
  }
  return (str){ to, len };
}

static const char *form(struct request *request, const char *name) {
  str rest = buf_str(&request->body), one, key;
  while (str_split(&rest, '&', &one))
    if (str_split(&one, '=', &key) && str_eq(key, str_of(name)))
      return arena_text(request->arena, unescape(request->arena, one));
  return "";
}

static void refuse_login(struct request *request, int status, const char *error, const char *description) {
  answer_json(request, status, json_pack("{s:s, s:s}", "error", error, "error_description", description));
}

void login_answer(struct request *request) {
  struct server *server = request->server;
  const char *grant = form(request, "grant_type");
  bool app = strcmp(grant, "client_credentials") == 0;
  const char *refresh = state_account(request, "refresh-token", "Atzr|sandbox");
  if (strcmp(form(request, "client_id"),
             state_account(request, "client-id", "amzn1.application-oa2-client.sandbox")) ||
      strcmp(form(request, "client_secret"), state_account(request, "client-secret", "sandbox-secret"))) {
    refuse_login(request, 401, "invalid_client", "Client authentication failed");
    return;
  }
  if (!app && strcmp(grant, "refresh_token")) {
    refuse_login(request, 400, "unsupported_grant_type", "The grant type is not supported");
    return;
  }
  bool revoked = strcmp(state_account(request, "revoked", "no"), "yes") == 0;
  if (!app && (revoked || strcmp(form(request, "refresh_token"), refresh))) {
    refuse_login(request, 400, "invalid_grant", "The request has an invalid grant parameter : refresh_token");
    return;
  }
  str token = arena_printf(request->arena, "Atza|%lld-%ld", (long long)now_ms(), ++server->ids);
  json_object_set_new(server->tokens, token.at, json_pack("{s:s}", "kind", app ? "app" : "seller"));
  answer_json(request, 200,
              json_pack("{s:s, s:s, s:s, s:i}", "access_token", token.at, "refresh_token", refresh,
                        "token_type", "bearer", "expires_in", 3600));
}

/* --- tokens --- */

static bool agent_is_good(const char *agent) {
  const char *slash = agent ? strchr(agent, '/') : NULL;
  return slash && slash > agent && strlen(agent) <= 500 && strstr(slash, " (Language=");
}

bool token_check(struct request *request, const struct route *route) {
  const json_t *token = request->token ? json_object_get(request->server->tokens, request->token) : NULL;
  const char *kind = token ? json_string_value(json_object_get(token, "kind")) : NULL;
  request->token_kind = kind ? kind : request->token ? "bad" : "missing";
  if (!agent_is_good(request->agent)) {
    answer_error(request, 400, "InvalidInput",
                 "The user-agent is missing or not of the form that is asked for.");
    return false;
  }
  bool restricted = kind && strcmp(kind, "restricted") == 0;
  const char *path = restricted ? json_string_value(json_object_get(token, "path")) : NULL;
  bool fits = kind && (route->app ? strcmp(kind, "app") == 0 : strcmp(kind, "app") != 0);
  if (path && strcmp(path, request->path)) fits = false;
  if (!fits) answer_error(request, 403, "Unauthorized", "Access to requested resource is denied.");
  return fits;
}

/* Every restricted resource becomes a token for that path alone. */
void answer_restricted_token(struct request *request, const char *const *p) {
  (void)p;
  const json_t *first = json_array_get(json_object_get(request->json, "restrictedResources"), 0);
  const char *path = json_string_value(json_object_get(first, "path"));
  if (!path || !json_string_value(json_object_get(first, "method"))) {
    answer_error(request, 400, "InvalidInput", "restrictedResources is required.");
    return;
  }
  if (!state_has_role(request, "restricted")) {
    answer_error(request, 403, "Unauthorized",
                 "Application does not have access to one or more requested data elements");
    return;
  }
  str token = arena_printf(request->arena, "Atz.sprdt|%lld-%ld", (long long)now_ms(), ++request->server->ids);
  json_object_set_new(request->server->tokens, token.at,
                      json_pack("{s:s, s:s}", "kind", "restricted", "path", path));
  answer_json(request, 200, json_pack("{s:s, s:i}", "restrictedDataToken", token.at, "expiresIn", 3600));
}

/* --- quotas --- */

bool quota_take(struct request *request, const struct route *route) {
  struct server *server = request->server;
  int64_t now = now_ms(), rate = route->rate * server->speed, full = (int64_t)route->burst * 1000000;
  json_t *bucket = json_object_get(server->buckets, route->operation);
  int64_t tokens = full;
  if (bucket) {
    int64_t elapsed = now - json_integer_value(json_object_get(bucket, "at"));
    tokens = json_integer_value(json_object_get(bucket, "tokens"));
    tokens = elapsed > full ? full : tokens + elapsed * rate / 10;
    if (tokens > full) tokens = full;
  }
  bool good = tokens >= 1000000;
  json_object_set_new(
      server->buckets, route->operation,
      json_pack("{s:I, s:I}", "tokens", (json_int_t)(tokens - (good ? 1000000 : 0)), "at", (json_int_t)now));
  request->rate =
      arena_printf(request->arena, "%lld.%04lld", (long long)(rate / 10000), (long long)(rate % 10000)).at;
  if (good) return true;
  request->quota = true;
  answer_error(request, 429, "QuotaExceeded", "You exceeded your quota for the requested resource.");
  return false;
}
