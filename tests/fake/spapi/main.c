/* fake/spapi/main: the server: its options, requests as they come, answers and faults as they go. */
#include "spapi.h"
#include "io/file.h"
#include "io/in.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

enum { BODY_MOST = 512 * 1024 * 1024, LOGGED_MOST = 64 * 1024, PARAMETERS_MOST = 4, SLOW_SECONDS = 3 };

static const char *const fault_names[FAULTS] = { "",         "429",       "500",
                                                 "503",      "slow",      "cut-header",
                                                 "cut-body", "cut-after", "wrong-length",
                                                 "bad-gzip", "expired",   "revoked" };

/* --- answers --- */

void answer_json(struct request *request, int status, json_t *json) {
  request->status = status;
  request->answer = json;
  request->answer_type = "application/json";
}

void answer_error(struct request *request, int status, const char *code, const char *format, ...) {
  va_list args;
  va_start(args, format);
  str text = arena_vprintf(request->arena, format, args);
  va_end(args);
  answer_json(request, status,
              json_pack("{s:[{s:s, s:s, s:s}]}", "errors", "code", code, "message", text.at, "details", ""));
}

const char *with_slashes(struct arena *arena, const char *text) {
  char *made = arena_alloc(arena, strlen(text) + 1), *to = made;
  for (const char *c = text; *c; c++)
    if (strncasecmp(c, "%2F", 3)) *to++ = *c;
    else *to++ = '/', c += 2;
  return made;
}

const char *query_of(struct request *request, const char *name) {
  return json_string_value(json_object_get(request->query, name));
}

bool list_has(const char *list, const char *item) {
  str rest = str_of(list), one;
  while (str_split(&rest, ',', &one))
    if (str_eq(str_trim(one), str_of(item))) return true;
  return false;
}

/* --- which operation it is --- */

static bool match(struct request *request, const struct route *route, const char **parameters) {
  str pattern = str_of(route->path), path = str_of(request->path), a, b;
  size_t count = 0;
  if (strcmp(route->method, request->method)) return false;
  for (;;) {
    bool more = str_split(&pattern, '/', &a), also = str_split(&path, '/', &b);
    if (!more || !also) return !more && !also;
    if (str_eq(a, STR("{}")) && b.len && count < PARAMETERS_MOST)
      parameters[count++] = arena_text(request->arena, b);
    else if (!str_eq(a, b)) return false;
  }
}

static bool check_parameters(struct request *request, const struct route *route) {
  str rest = str_of(route->required), one;
  const char *name;
  json_t *value;
  while (str_split(&rest, ',', &one))
    if (one.len && !query_of(request, arena_text(request->arena, one))) {
      answer_error(request, 400, "InvalidInput", "%.*s is required.", STR_ARG(one));
      return false;
    }
  json_object_foreach(request->query, name, value) if (!list_has(route->allowed, name)) {
    answer_error(request, 400, "InvalidInput", "%s is no parameter of this operation.", name);
    return false;
  }
  return true;
}

static void answer_route(struct request *request, const struct route *route, const char **parameters) {
  if (request->server->pairs) {
    pair_answer(request, route, parameters);
    return;
  }
  if (!token_check(request, route) || !quota_take(request, route) || !check_parameters(request, route))
    return;
  route->answer(request, parameters);
}

static void answer_scripted(struct request *request) {
  request->rate = request->fault == FAULT_429 ? "0.5" : NULL;
  answer_error(request,
               request->fault == FAULT_429   ? 429
               : request->fault == FAULT_500 ? 500
                                             : 503,
               request->fault == FAULT_429 ? "QuotaExceeded" : "InternalFailure",
               "A fault that was asked for.");
}

static enum fault find_fault(struct request *request) {
  struct server *server = request->server;
  for (size_t i = 0; i < server->fault_count; i++) {
    struct fault_rule *rule = &server->faults[i];
    bool is_it =
        rule->number ? rule->number == server->requests : !strcmp(rule->operation, request->operation);
    if (!is_it || rule->left <= 0) continue;
    rule->left--;
    return rule->kind;
  }
  return FAULT_NONE;
}

static void answer(struct request *request) {
  const char *parameters[PARAMETERS_MOST] = { NULL };
  const struct route *route = NULL;
  bool login = !strcmp(request->path, "/auth/o2/token"),
       queue = request->target && !strcmp(request->path, "/");
  bool document = !strncmp(request->path, "/document/", 10);
  for (size_t i = 0; i < route_count && !route && !login && !document && !queue; i++)
    if (match(request, &routes[i], parameters)) route = &routes[i];
  request->operation = login      ? "login"
                       : queue    ? "queue"
                       : document ? (strcmp(request->method, "PUT") ? "download" : "upload")
                       : route    ? route->operation
                                  : "unknown";
  request->fault = find_fault(request);
  if (request->fault == FAULT_REVOKED) json_object_clear(request->server->tokens);
  if (request->fault == FAULT_REVOKED && login)
    answer_json(request, 400,
                json_pack("{s:s, s:s}", "error", "invalid_grant", "error_description", "revoked"));
  else if (request->fault == FAULT_429 || request->fault == FAULT_500 || request->fault == FAULT_503)
    answer_scripted(request);
  else if (login) login_answer(request);
  else if (queue) queue_answer(request);
  else if (document) document_answer(request);
  else if (route) answer_route(request, route, parameters);
  else
    answer_error(request, 404, "NotFound", "%s %s is no operation of this server.", request->method,
                 request->path);
  if (request->fault == FAULT_SLOW) nanosleep(&(struct timespec){ .tv_sec = SLOW_SECONDS }, NULL);
}

/* --- the log --- */

static const char *hidden(struct request *request) {
  struct buf text = buf_new(LOGGED_MOST * 2);
  str rest = buf_str(&request->body), one, name;
  bool form = request->type && strstr(request->type, "x-www-form-urlencoded");
  bool json = request->type && strstr(request->type, "application/json");
  if (rest.len > LOGGED_MOST || (!form && !json)) return "";
  if (json) return arena_text(request->arena, rest);
  while (str_split(&rest, '&', &one)) {
    str whole = one;
    str_split(&one, '=', &name);
    bool secret = str_eq(name, STR("client_secret")) || str_eq(name, STR("refresh_token"));
    buf_printf(&text, "%s%.*s", text.len ? "&" : "", STR_ARG(secret ? name : whole));
    if (secret) buf_add(&text, STR("=***"));
  }
  str made = arena_str(request->arena, buf_str(&text));
  buf_free(&text);
  return made.at;
}

static void log_it(struct request *request) {
  if (!request->server->log) return;
  json_t *line =
      json_pack("{s:I, s:s, s:s, s:s, s:O, s:s, s:s, s:s, s:s, s:i, s:s, s:b}", "n",
                (json_int_t)request->server->requests, "method", request->method, "path", request->path,
                "operation", request->operation, "query", request->query, "token",
                request->token_kind ? request->token_kind : "", "agent", request->agent ? request->agent : "",
                "type", request->type ? request->type : "", "body", hidden(request), "status",
                request->status, "fault", fault_names[request->fault], "quota", request->quota);
  char *text = json_dumps(line, JSON_COMPACT);
  fprintf(request->server->log, "%s\n", text ? text : "{}");
  fflush(request->server->log);
  free(text);
  json_decref(line);
}

/* --- sending it --- */

struct cut {
  char *bytes;
  size_t len;
  bool fails;
};

static ssize_t read_cut(void *user, uint64_t at, char *to, size_t room) {
  struct cut *cut = user;
  if (at >= cut->len)
    return cut->fails ? MHD_CONTENT_READER_END_WITH_ERROR : MHD_CONTENT_READER_END_OF_STREAM;
  size_t len = cut->len - (size_t)at < room ? cut->len - (size_t)at : room;
  memcpy(to, cut->bytes + at, len);
  return (ssize_t)len;
}

static void free_cut(void *user) {
  free(((struct cut *)user)->bytes);
  free(user);
}

/* The whole body in memory, of what is damaged on its way. */
static struct cut *body_of(struct request *request) {
  struct cut *cut = calloc(1, sizeof *cut);
  if (request->file >= 0) {
    cut->bytes = malloc((size_t)request->file_len + 1);
    ssize_t got = pread(request->file, cut->bytes, (size_t)request->file_len, 0);
    cut->len = got > 0 ? (size_t)got : 0;
    close(request->file);
  } else {
    str body = request->answer ? digits_text(request->arena, request->answer, JSON_COMPACT) : request->text;
    cut->bytes = malloc(body.len + 1);
    memcpy(cut->bytes, body.at, body.len);
    cut->len = body.len;
  }
  return cut;
}

static struct MHD_Response *damaged(struct request *request) {
  struct cut *cut = body_of(request);
  uint64_t said = cut->len;
  if (request->fault == FAULT_CUT_BODY) cut->len /= 2, cut->fails = true;
  if (request->fault == FAULT_WRONG_LENGTH) said += 100, cut->fails = true;
  if (request->fault == FAULT_BAD_GZIP && cut->len > 40 && !memcmp(cut->bytes, "\x1f\x8b", 2))
    cut->bytes[cut->len / 2] ^= 0x55;
  return MHD_create_response_from_callback(said, 64 * 1024, read_cut, cut, free_cut);
}

static struct MHD_Response *whole(struct request *request) {
  if (request->file >= 0) return MHD_create_response_from_fd64(request->file_len, request->file);
  str body = request->answer ? digits_text(request->arena, request->answer, JSON_COMPACT) : request->text;
  struct MHD_Response *response =
      MHD_create_response_from_buffer(body.len, (void *)(uintptr_t)body.at, MHD_RESPMEM_MUST_COPY);
  return response;
}

static enum MHD_Result send_it(struct request *request, struct MHD_Connection *connection) {
  if (request->fault == FAULT_CUT_HEADER || request->fault == FAULT_CUT_AFTER) return MHD_NO;
  bool damages = request->fault == FAULT_CUT_BODY || request->fault == FAULT_WRONG_LENGTH ||
                 request->fault == FAULT_BAD_GZIP;
  struct MHD_Response *response = damages ? damaged(request) : whole(request);
  char id[64], date[64];
  snprintf(id, sizeof id, "fake-%ld", request->server->requests);
  time_t now = time(NULL) + request->server->skew;
  struct tm parts;
  gmtime_r(&now, &parts);
  strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &parts);
  MHD_add_response_header(response, "x-amzn-RequestId", id);
  MHD_add_response_header(response, "Date", date);
  MHD_add_response_header(response, "Content-Type",
                          request->answer_type ? request->answer_type : "application/json");
  if (request->rate) MHD_add_response_header(response, "x-amzn-RateLimit-Limit", request->rate);
  enum MHD_Result result = MHD_queue_response(connection, (unsigned)request->status, response);
  MHD_destroy_response(response);
  return result;
}

/* --- requests as they come --- */

/* A slash that came as %2F stays so: it is part of a name, and parts nothing. */
static size_t unescape(void *user, struct MHD_Connection *connection, char *text) {
  char *to = text, *from = text;
  (void)user, (void)connection;
  while (*from) {
    char one[4] = { 0 };
    size_t len = *from == '%' && from[1] && from[2] ? 3 : 1;
    memcpy(one, from, len);
    from += len;
    if (len == 3 && strcasecmp(one, "%2F")) len = MHD_http_unescape(one);
    memcpy(to, one, len);
    to += len;
  }
  *to = 0;
  return (size_t)(to - text);
}

static enum MHD_Result add_query(void *user, enum MHD_ValueKind kind, const char *name, const char *value) {
  struct request *request = user;
  (void)kind;
  json_object_set_new(request->query, name, json_string(with_slashes(request->arena, value ? value : "")));
  return MHD_YES;
}

static struct request *begin(struct server *server, struct MHD_Connection *connection, const char *path,
                             const char *method) {
  struct arena *arena = arena_new();
  struct request *request = ARENA_NEW(arena, struct request);
  *request = (struct request){ .server = server, .arena = arena, .file = -1, .query = json_object() };
  request->path = arena_text(arena, str_of(path));
  request->method = arena_text(arena, str_of(method));
  request->body = buf_new(BODY_MOST);
  MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, add_query, request);
  request->token = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "x-amz-access-token");
  request->agent = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "User-Agent");
  request->type = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Content-Type");
  request->authorization = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Authorization");
  request->target = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "X-Amz-Target");
  return request;
}

static enum MHD_Result take(void *user, struct MHD_Connection *connection, const char *path,
                            const char *method, const char *version, const char *bytes, size_t *len,
                            void **own) {
  struct server *server = user;
  struct request *request = *own;
  (void)version;
  if (!request) {
    *own = begin(server, connection, path, method);
    return MHD_YES;
  }
  if (*len) {
    buf_bytes(&request->body, bytes, *len);
    *len = 0;
    return MHD_YES;
  }
  server->requests++;
  bool is_upload = !strncmp(request->path, "/document/", 10);
  if (request->body.len && !is_upload) request->json = digits_read(buf_str(&request->body));
  request->status = 200;
  answer(request);
  log_it(request);
  return send_it(request, connection);
}

static void ended(void *user, struct MHD_Connection *connection, void **own,
                  enum MHD_RequestTerminationCode code) {
  struct request *request = *own;
  (void)user, (void)connection, (void)code;
  if (!request) return;
  json_decref(request->query);
  json_decref(request->json);
  json_decref(request->answer);
  buf_free(&request->body);
  arena_free(request->arena);
  *own = NULL;
}

/* --- options --- */

static bool add_fault(struct server *server, const char *spec) {
  str rest = str_of(spec), what, kind;
  int64_t number = 0, left = 1;
  str_split(&rest, ':', &what);
  if (!str_split(&rest, ':', &kind)) return false;
  if (rest.len && !str_to_int(rest, &left)) return false;
  struct fault_rule *rule = ARENA_PUSH(server->arena, server->faults, server->fault_count);
  *rule = (struct fault_rule){ .left = (long)left, .operation = arena_text(server->arena, what) };
  if (str_to_int(what, &number)) rule->number = (long)number;
  for (int i = 1; i < FAULTS; i++)
    if (str_eq(kind, str_of(fault_names[i]))) rule->kind = (enum fault)i;
  return rule->kind != FAULT_NONE;
}

static void read_pairs(struct server *server) {
  struct err err = { 0 };
  str text = STR_NONE, line;
  server->pair_list = json_array();
  if (!server->pairs || in_read_whole(server->pairs, BODY_MOST, server->arena, &text, &err)) return;
  while (str_split(&text, '\n', &line)) {
    json_t *pair = line.len ? digits_read(line) : NULL;
    if (pair) json_array_append_new(server->pair_list, pair);
  }
}

struct options {
  const char *port, *cert, *key, *tls, *log, *speed, *seconds, *skew;
  bool until_eof;
};

static int usage(const char *what) {
  fprintf(stderr,
          "sluice-spapi: %s\nusage: sluice-spapi --state DIR [--port N] [--cert F --key F [--tls "
          "PRIORITIES]] [--log FILE] [--fault "
          "SPEC].. [--pairs FILE] [--speed N] [--url-seconds N] [--skew SECONDS] [--until-eof]\n",
          what);
  return 2;
}

static bool take_options(int count, char **words, struct server *server, struct options *options) {
  for (int i = 1; i < count; i++) {
    const char *name = words[i];
    if (!strcmp(name, "--until-eof")) {
      options->until_eof = true;
      continue;
    }
    const char *value = i + 1 < count ? words[++i] : NULL;
    if (!value) return false;
    if (!strcmp(name, "--state")) server->state = value;
    else if (!strcmp(name, "--pairs")) server->pairs = value;
    else if (!strcmp(name, "--port")) options->port = value;
    else if (!strcmp(name, "--cert")) options->cert = value;
    else if (!strcmp(name, "--key")) options->key = value;
    else if (!strcmp(name, "--tls")) options->tls = value;
    else if (!strcmp(name, "--log")) options->log = value;
    else if (!strcmp(name, "--speed")) options->speed = value;
    else if (!strcmp(name, "--url-seconds")) options->seconds = value;
    else if (!strcmp(name, "--skew")) options->skew = value;
    else if (strcmp(name, "--fault") || !add_fault(server, value)) return false;
  }
  return server->state != NULL;
}

static const char *whole_file(struct server *server, const char *path) {
  struct err err = { 0 };
  str text = STR_NONE;
  if (!path || in_read_whole(path, 1 << 20, server->arena, &text, &err)) return NULL;
  return text.at;
}

static struct MHD_Daemon *listen_on(struct server *server, const struct options *options) {
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_port = htons((uint16_t)(options->port ? atoi(options->port) : 0)) };
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const char *cert = whole_file(server, options->cert), *key = whole_file(server, options->key);
  unsigned flags = MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL | (cert ? MHD_USE_TLS : 0);
  if (!cert)
    return MHD_start_daemon(flags, 0, NULL, NULL, take, server, MHD_OPTION_SOCK_ADDR, &address,
                            MHD_OPTION_NOTIFY_COMPLETED, ended, NULL, MHD_OPTION_UNESCAPE_CALLBACK, unescape,
                            NULL, MHD_OPTION_END);
  return MHD_start_daemon(flags, 0, NULL, NULL, take, server, MHD_OPTION_SOCK_ADDR, &address,
                          MHD_OPTION_NOTIFY_COMPLETED, ended, NULL, MHD_OPTION_UNESCAPE_CALLBACK, unescape,
                          NULL, MHD_OPTION_HTTPS_MEM_CERT, cert, MHD_OPTION_HTTPS_MEM_KEY, key,
                          MHD_OPTION_HTTPS_PRIORITIES, options->tls ? options->tls : "NORMAL",
                          MHD_OPTION_END);
}

static void wait_for_the_end(const struct options *options, sigset_t *signals) {
  char block[256];
  int number;
  if (options->until_eof)
    while (read(STDIN_FILENO, block, sizeof block) > 0) continue;
  else sigwait(signals, &number);
}

int main(int count, char **words) {
  struct server server = { .arena = arena_new(), .speed = 1, .url_seconds = 300, .ids = 0 };
  struct options options = { 0 };
  struct err err = { 0 };
  sigset_t signals;
  if (!take_options(count, words, &server, &options)) return usage("not understood");
  if (options.speed) server.speed = atol(options.speed);
  if (options.seconds) server.url_seconds = atol(options.seconds);
  if (options.skew) server.skew = atol(options.skew);
  server.tokens = json_object();
  server.buckets = json_object();
  server.hidden = json_object();
  read_pairs(&server);
  if (options.log && !(server.log = fopen(options.log, "ae"))) return usage("the log cannot be written");
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  if (!options.until_eof) sigprocmask(SIG_BLOCK, &signals, NULL);
  struct MHD_Daemon *daemon = listen_on(&server, &options);
  if (!daemon) return usage("cannot listen");
  const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT);
  server.base = arena_printf(server.arena, "http%s://127.0.0.1:%d", options.cert ? "s" : "", info->port).at;
  const char *url = file_join(server.arena, server.state, STR("url"));
  if (file_make_folders(server.state, 0700, &err) ||
      file_put(url, 0600, arena_printf(server.arena, "%s\n", server.base), &err)) {
    fprintf(stderr, "sluice-spapi: %s\n", err.text);
    return 1;
  }
  printf("%s\n", server.base);
  fflush(stdout);
  wait_for_the_end(&options, &signals);
  MHD_stop_daemon(daemon);
  file_remove(url, &err);
  return 0;
}
