/* amazon/call: one call: its address, its token, and what its answer means. */
#include "amazon/amazon.h"
#include "amazon/token.h"
#include "io/secret.h"
#include "net/http.h"

#include <stdio.h>

enum { ANSWER_MOST = 64 * 1024 * 1024, HEADERS = 4, MESSAGE_MOST = 500 };

/* Amazon wants the language named; the whole must not be longer than 500 characters. */
const char amazon_agent[] = "sluice/1.0 (Language=C; Platform=Linux)";

struct amazon {
  struct amazon_means means;
  struct arena *arena;
  const char *host;
  struct token *tokens[2]; /* by enum grant */
};

struct own {
  struct call call; /* first */
  call_ended *ended;
  struct buf path, query, body;
  const struct credential *given;
  char *header; /* with the token: wiped */
  size_t header_room;
  const char *headers[HEADERS];
  bool renewed;
  struct attempt attempt;
};

static struct own *own_of(struct call *call) { return (struct own *)(void *)call; }

const char *amazon_host(struct arena *arena, const char *url) {
  str rest = str_of(url), piece;
  str_split(&rest, '/', &piece);
  str_split(&rest, '/', &piece);
  str_split(&rest, '/', &piece);
  rest = piece;
  str_split(&rest, '?', &piece); /* nothing of a key stands in limits.txt */
  rest = piece;
  while (str_split(&rest, '@', &piece)) continue;
  return arena_text(arena, piece);
}

struct amazon *amazon_new(const struct amazon_means *means) {
  struct amazon *amazon = mem_alloc(sizeof *amazon);
  amazon->means = *means;
  amazon->arena = arena_new();
  amazon->host = amazon_host(amazon->arena, means->endpoint);
  amazon->tokens[GRANT_SELLER] = token_new(&amazon->means, GRANT_SELLER);
  amazon->tokens[GRANT_APP] = token_new(&amazon->means, GRANT_APP);
  return amazon;
}

void amazon_free(struct amazon *amazon) {
  if (!amazon) return;
  token_free(amazon->tokens[GRANT_SELLER]);
  token_free(amazon->tokens[GRANT_APP]);
  arena_free(amazon->arena);
  mem_free(amazon);
}

const struct amazon_means *amazon_means(const struct amazon *amazon) { return &amazon->means; }

/* --- making it --- */

struct call *call_new(struct amazon *amazon, enum operation_name name, call_ended *ended, void *user) {
  struct own *own = mem_alloc(sizeof *own);
  own->call =
      (struct call){ .amazon = amazon, .operation = &operations[name], .arena = arena_new(), .user = user };
  own->ended = ended;
  own->path = buf_new(8192);
  own->query = buf_new(64 * 1024);
  own->body = buf_new(1024 * 1024);
  buf_add(&own->path, str_of(own->call.operation->path));
  return &own->call;
}

void call_path(struct call *call, const char *parameter, str value) {
  struct own *own = own_of(call);
  str mark = arena_printf(call->arena, "{%s}", parameter), path = arena_str(call->arena, buf_str(&own->path));
  buf_clear(&own->path);
  for (size_t i = 0; i < path.len; i++) {
    if (!str_starts(str_sub(path, i, path.len), mark)) {
      buf_char(&own->path, path.at[i]);
      continue;
    }
    http_escape(value, &own->path);
    i += mark.len - 1;
  }
}

void call_query(struct call *call, const char *parameter, str value) {
  struct own *own = own_of(call);
  if (!value.len) return;
  buf_printf(&own->query, "%c%s=", own->query.len ? '&' : '?', parameter);
  http_escape(value, &own->query);
}

void call_body(struct call *call, str json) { buf_add(&own_of(call)->body, json); }
void call_token(struct call *call, const struct credential *token) { own_of(call)->given = token; }
str call_path_text(const struct call *call) {
  return buf_str(&((const struct own *)(const void *)call)->path);
}

static void free_call(struct own *own) {
  if (own->header) secret_wipe(own->header, own->header_room);
  mem_free(own->header);
  exchange_free(&own->attempt.exchange);
  buf_free(&own->path);
  buf_free(&own->query);
  buf_free(&own->body);
  arena_free(own->call.arena);
  mem_free(own);
}

static void end(struct own *own, enum outcome out) {
  own->call.outcome = out;
  own->ended(&own->call);
  free_call(own);
}

/* --- what the answer means --- */

/* "createReport: InvalidInput: Invalid input (request 0a1b..)". Amazon's message may quote what we sent: for
 * a buyer's order nothing of it is told but the code. */
static enum outcome refusal(struct own *own) {
  struct call *call = &own->call;
  const struct answer *first = call->answer ? answer_part(call->answer, "errors[]") : NULL;
  str code = first ? answer_text(first, "code") : STR_NONE;
  str message = first ? str_left_chars(answer_text(first, "message"), MESSAGE_MOST) : STR_NONE;
  return err_set(&call->err, OUT_REFUSED, "%s: status %d %.*s%s%.*s (request %s)", call->operation->name,
                 call->status, STR_ARG(code), message.len ? ": " : "", STR_ARG(message),
                 call->request_id[0] ? call->request_id : "without an id");
}

static bool has_expired(const struct own *own) {
  return (own->call.status == 403 || own->call.status == 401) && !own->renewed && !own->given;
}

static enum outcome judge(struct own *own, struct attempt *attempt) {
  struct call *call = &own->call;
  str body = buf_str(&attempt->exchange.answer);
  call->status = attempt->exchange.status;
  call->request_id = arena_text(call->arena, str_of(attempt->exchange.request_id));
  if (attempt->outcome)
    return err_set(&call->err, attempt->outcome, "%s: %s", call->operation->name, attempt->exchange.err.text);
  bool good = attempt_is_good(attempt);
  struct err ignored = { 0 };
  call->body = body;
  if (body.len && answer_read(call->arena, body, &call->answer, &ignored)) {
    call->answer = NULL;
    if (good)
      return err_set(&call->err, OUT_DATA, "%s: the answer is not JSON: %s", call->operation->name,
                     ignored.text);
  }
  return good ? OUT_OK : refusal(own);
}

static void ended(struct attempt *attempt);
static void got_token(void *user, const struct credential *token, const struct err *err);

static struct token *token_of(struct own *own) {
  return own->call.amazon->tokens[own->call.operation->grant];
}

static void ended(struct attempt *attempt) {
  struct own *own = attempt->user;
  enum outcome out = judge(own, attempt);
  if (out != OUT_REFUSED || !has_expired(own)) {
    end(own, out);
    return;
  }
  own->renewed = true; /* once: a role that is missing is a 403 too */
  token_forget(token_of(own));
  own->call.err = (struct err){ 0 };
  token_want(token_of(own), got_token, own);
}

/* --- starting it --- */

static void fill_headers(struct own *own, const struct credential *token, struct exchange *exchange) {
  static const char name[] = "x-amz-access-token: ";
  if (own->header) secret_wipe(own->header, own->header_room);
  mem_free(own->header);
  own->header_room = sizeof name + token->len;
  own->header = mem_alloc(own->header_room);
  snprintf(own->header, own->header_room, "%s%.*s", name, (int)token->len, token->text);
  own->headers[0] = own->header;
  own->headers[1] = "Accept: application/json";
  own->headers[2] = "Content-Type: application/json";
  exchange->headers = own->headers;
  exchange->header_count = own->body.len ? 3 : 2;
}

static void got_token(void *user, const struct credential *token, const struct err *err) {
  struct own *own = user;
  struct call *call = &own->call;
  struct amazon *amazon = call->amazon;
  struct attempts *attempts = amazon->means.attempts;
  if (!token) {
    call->err = *err;
    call->request_id = "";
    end(own, err->outcome == OUT_UNCERTAIN ? OUT_RETRY : err->outcome);
    return;
  }
  const struct operation *operation = call->operation;
  exchange_free(&own->attempt.exchange);
  own->attempt = (struct attempt){
    .exchange = { .method = operation->method, .bytes_most = ANSWER_MOST, .seconds_most = 120 },
    .name = operation->name,
    .host = amazon->host,
    .bucket = operation->name,
    .rate = operation->rate,
    .burst = operation->burst,
    .repeatable = operation->repeatable,
    .ended = ended,
    .user = own,
    .deadline = loop_now(attempts->loop) + amazon->means.patience,
  };
  own->attempt.exchange.url = arena_printf(call->arena, "%s%.*s%.*s", amazon->means.endpoint,
                                           STR_ARG(buf_str(&own->path)), STR_ARG(buf_str(&own->query)))
                                  .at;
  own->attempt.exchange.body = buf_str(&own->body);
  fill_headers(own, token, &own->attempt.exchange);
  attempt_start(attempts, &own->attempt);
}

void call_start(struct call *call) {
  struct own *own = own_of(call);
  struct err none = { 0 };
  if (own->given) got_token(own, own->given, &none);
  else token_want(token_of(own), got_token, own);
}

void call_drop(struct call *call) { free_call(own_of(call)); }
