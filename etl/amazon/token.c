/* amazon/token: the login token: asked for once for all who wait for it, and kept in memory only. */
#include "amazon/token.h"
#include "io/secret.h"
#include "net/http.h"

enum { BODY_MOST = 4 * CREDENTIAL_MOST, ANSWER_MOST = 64 * 1024, EARLY = 120, PATIENCE = 5 * 60 * 1000 };

struct waiter {
  token_ready *ready;
  void *user;
};

struct token {
  const struct amazon_means *means;
  enum grant grant;
  struct arena *arena; /* of one question */
  struct credential text;
  int64_t expires; /* milliseconds since 1970 */
  bool asking;
  struct waiter *waiters;
  size_t count, room;
  struct buf body;
  struct attempt attempt;
};

struct token *token_new(const struct amazon_means *means, enum grant grant) {
  struct token *token = mem_alloc(sizeof *token);
  token->means = means;
  token->grant = grant;
  token->arena = arena_new();
  token->body = buf_new(BODY_MOST);
  return token;
}

static void wipe_body(struct token *token) {
  if (token->body.at) secret_wipe(token->body.at, token->body.room);
  buf_clear(&token->body);
}

static void wipe_answer(struct attempt *attempt) {
  struct buf *answer = &attempt->exchange.answer;
  if (answer->at) secret_wipe(answer->at, answer->room);
  exchange_free(&attempt->exchange);
}

void token_free(struct token *token) {
  if (!token) return;
  credential_wipe(&token->text);
  wipe_body(token);
  buf_free(&token->body);
  arena_free(token->arena);
  mem_free(token->waiters);
  mem_free(token);
}

void token_forget(struct token *token) { credential_wipe(&token->text); }

/* --- the question --- */

static void field(struct buf *body, const char *name, str value) {
  buf_printf(body, "%s%s=", body->len ? "&" : "", name);
  http_escape(value, body);
}

static void fill_body(struct token *token) {
  const struct account *account = token->means->account;
  struct buf *body = &token->body;
  if (token->grant == GRANT_APP) {
    field(body, "grant_type", STR("client_credentials"));
    field(body, "scope", STR("sellingpartnerapi::notifications"));
  } else {
    field(body, "grant_type", STR("refresh_token"));
    field(body, "refresh_token", (str){ account->refresh.text, account->refresh.len });
  }
  field(body, "client_id", str_of(account->client));
  field(body, "client_secret", (str){ account->secret.text, account->secret.len });
}

/* --- the answer: nothing of it is told but Amazon's own error code --- */

static enum outcome refused(str code, int status, struct err *err) {
  if (str_eq(code, STR("invalid_grant")))
    return err_set(err, OUT_SPEC,
                   "Amazon does not take the refresh token (invalid_grant): it was revoked, or is another "
                   "application's. Authorise the application again in Seller Central");
  if (str_eq(code, STR("invalid_client")) || str_eq(code, STR("unauthorized_client")))
    return err_set(
        err, OUT_SPEC,
        "Amazon does not take the client id and secret (%.*s): the secret ends %d days after it was "
        "made",
        STR_ARG(code), ACCOUNT_SECRET_DAYS);
  return err_set(err, OUT_REFUSED, "the login was refused: status %d %.*s", status, STR_ARG(code));
}

static enum outcome read_answer(struct token *token, const struct attempt *attempt, struct err *err) {
  struct answer *answer = NULL;
  int64_t seconds = 0, now = loop_now(token->means->attempts->loop);
  int status = attempt->exchange.status;
  if (attempt->outcome) return err_set(err, attempt->outcome, "the login: %s", attempt->exchange.err.text);
  if (answer_read(token->arena, buf_str(&attempt->exchange.answer), &answer, err))
    return err_set(err, OUT_DATA, "the login's answer (status %d) is not JSON", status);
  if (status != 200) return refused(answer_text(answer, "error"), status, err);
  str text = answer_text(answer, "access_token");
  bool good = credential_set(&token->text, text) && str_to_int(answer_text(answer, "expires_in"), &seconds);
  secret_wipe((char *)(uintptr_t)text.at, text.len);
  if (!good) return err_set(err, OUT_DATA, "the login's answer has no access_token and expires_in");
  token->expires = now + (seconds > EARLY ? seconds - EARLY : 0) * 1000;
  return OUT_OK;
}

static void ended(struct attempt *attempt) {
  struct token *token = attempt->user;
  struct err err = { 0 };
  wipe_body(token);
  enum outcome out = read_answer(token, attempt, &err);
  wipe_answer(attempt);
  arena_reset(token->arena);
  token->asking = false;
  struct waiter *waiters = token->waiters;
  size_t count = token->count;
  token->waiters = NULL;
  token->count = token->room = 0;
  for (size_t i = 0; i < count; i++) waiters[i].ready(waiters[i].user, out ? NULL : &token->text, &err);
  mem_free(waiters);
}

static void ask(struct token *token) {
  static const char *const headers[] = { "Content-Type: application/x-www-form-urlencoded;charset=UTF-8",
                                         "Accept: application/json" };
  struct attempts *attempts = token->means->attempts;
  fill_body(token);
  token->asking = true;
  token->attempt = (struct attempt){
    .exchange = { .method = "POST",
                  .url = token->means->login,
                  .headers = headers,
                  .header_count = 2,
                  .body = buf_str(&token->body),
                  .bytes_most = ANSWER_MOST,
                  .seconds_most = 60 },
    .name = "login",
    .host = amazon_host(token->arena, token->means->login),
    .repeatable = true,
    .deadline = loop_now(attempts->loop) + PATIENCE,
    .ended = ended,
    .user = token,
  };
  attempt_start(attempts, &token->attempt);
}

void token_want(struct token *token, token_ready *ready, void *user) {
  struct err none = { 0 };
  if (token->text.len && loop_now(token->means->attempts->loop) < token->expires) {
    ready(user, &token->text, &none);
    return;
  }
  if (token->count == token->room) {
    token->room = token->room ? token->room * 2 : 8;
    token->waiters = mem_grow(token->waiters, token->room * sizeof *token->waiters);
  }
  token->waiters[token->count++] = (struct waiter){ ready, user };
  if (!token->asking) ask(token);
}
