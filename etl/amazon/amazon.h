/* amazon/amazon: one seller's Selling Partner API: calls with a token, at the rate that Amazon allows.
 *
 * A call is made, filled, started; it ends in its callback, and is gone when the callback returns. Calls wait
 * for their turn and are tried again by net/attempt; here they get their token, and their error its meaning.
 * A token is asked for when the first call needs it, renewed two minutes before it ends, and once more when
 * Amazon says that it has expired.
 *
 *   const struct amazon_means means = { &attempts, account, region->endpoint, region_login, 600000 };
 *   struct amazon *amazon = amazon_new(&means);
 *   struct call *call = call_new(amazon, OP_getReports, took_list, feed);
 *   call_query(call, "reportTypes", STR("GET_FLAT_FILE_ORDERS_DATA"));
 *   call_start(call);
 *   loop_run(loop);              took_list(call): call->outcome, call->answer, call->err
 *
 * What comes of a call:
 *   OUT_OK         call->answer (NULL when the body was empty), call->status
 *   OUT_REFUSED    Amazon says no: "createReport: InvalidInput: .. (request 0a1b)"; call->status
 *   OUT_SPEC       our keys do not hold: the refresh token is revoked, the secret has expired
 *   OUT_RETRY      not done: too many calls, no connection, patience ended
 *   OUT_UNCERTAIN  it may have been done (never of an operation that is repeatable)
 *   OUT_DATA       the answer is not JSON
 */
#ifndef SLUICE_AMAZON_AMAZON_H
#define SLUICE_AMAZON_AMAZON_H

#include "amazon/account.h"
#include "amazon/answer.h"
#include "amazon/operations.h"
#include "net/attempt.h"

struct amazon;
struct call;

struct amazon_means {
  struct attempts *attempts;
  const struct account *account;
  const char *endpoint, *login; /* addresses, without a slash at the end */
  int64_t patience;             /* milliseconds that a call may take with all its waits and tries */
};

struct amazon *amazon_new(const struct amazon_means *means); /* copies `means`; its parts live longer */
void amazon_free(struct amazon *amazon);
const struct amazon_means *amazon_means(const struct amazon *amazon);
/* "https://a.example.com/x" -> "a.example.com", in the arena: what a breaker is called by. */
const char *amazon_host(struct arena *arena, const char *url);

typedef void call_ended(struct call *call);

struct call {
  struct amazon *amazon;
  const struct operation *operation;
  struct arena *arena; /* the call's own */
  void *user;
  /* results */
  enum outcome outcome;
  int status;
  struct answer *answer;
  str body; /* the answer as it came */
  struct err err;
  const char *request_id; /* "" when there was none */
};

struct call *call_new(struct amazon *amazon, enum operation_name name, call_ended *ended, void *user);
void call_path(struct call *call, const char *parameter, str value);  /* {parameter} of the path */
void call_query(struct call *call, const char *parameter, str value); /* left out when the value is empty */
void call_body(struct call *call, str json);                          /* copied */
void call_token(struct call *call, const struct credential *token);   /* instead of the seller's */
/* The path with its parameters in it, as a restricted token wants it. */
str call_path_text(const struct call *call);
void call_start(struct call *call);
void call_drop(struct call *call); /* one that was not started */

/* Headers for a request that is none of the API's, so that no two ways of telling our name exist. */
extern const char amazon_agent[];

#endif
