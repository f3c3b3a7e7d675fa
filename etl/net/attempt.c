/* net/attempt: one request, tried until it is answered, or until trying has no sense. */
#include "net/attempt.h"

enum { TRIES = 6, PAUSE_FIRST = 500, PAUSE_MOST = 30 * 1000, REFUSALS_MOST = 30 };

bool attempt_is_good(const struct attempt *attempt) {
  return !attempt->outcome && attempt->exchange.status >= 200 && attempt->exchange.status < 300;
}

static void end(struct attempt *attempt, enum outcome outcome) {
  attempt->outcome = outcome;
  attempt->ended(attempt);
}

static struct limits_of limits_for(const struct attempt *attempt) {
  return (struct limits_of){ attempt->host, attempt->bucket, attempt->rate, attempt->burst };
}

static void try_now(void *user);

static void try_at(struct attempt *attempt, int64_t wait) {
  struct loop *loop = attempt->all->loop;
  int64_t now = loop_now(loop);
  if (wait > attempt->deadline - now) {
    if (!attempt->exchange.err.outcome)
      err_set(&attempt->exchange.err, OUT_RETRY, "%s would have to wait another %lld s for its turn",
              attempt->name ? attempt->name : "the request", (long long)(wait / 1000));
    end(attempt, OUT_RETRY);
    return;
  }
  attempt->waited += wait;
  loop_at(loop, now + wait, try_now, attempt);
}

/* Full jitter. */
static int64_t pause_of(struct attempt *attempt, int failures) {
  int64_t most = PAUSE_FIRST;
  for (int i = 1; i < failures && most < PAUSE_MOST; i++) most *= 2;
  if (most > PAUSE_MOST) most = PAUSE_MOST;
  return (int64_t)(loop_chance(attempt->all->loop) % (uint32_t)most) + 1;
}

static bool is_overload(int status) {
  return status == 500 || status == 502 || status == 503 || status == 504;
}

static void note(struct attempt *attempt) {
  struct exchange *exchange = &attempt->exchange;
  struct limits_of what = limits_for(attempt);
  struct err unsaid = { 0 }; /* a limit that cannot be noted is found out by the other side's 429 */
  struct limits_seen seen = { .good = !exchange->outcome && !is_overload(exchange->status),
                              .exhausted = exchange->status == 429 };
  if (exchange->rate_limit[0] && !bucket_rate(exchange->rate_limit, &seen.rate)) seen.rate = 0;
  if (exchange->outcome == OUT_SYSTEM || exchange->outcome == OUT_DATA) seen.good = true;
  limits_note(attempt->all->limits, loop_now(attempt->all->loop), &what, seen, &unsaid);
  if (attempt->all->seen) attempt->all->seen(attempt->all->user, attempt);
}

static void again_or_end(struct attempt *attempt, enum outcome given_up) {
  int all = attempt->all->tries_most, most = attempt->tries_most ? attempt->tries_most : all ? all : TRIES;
  int failures = attempt->tries - attempt->refusals;
  if (failures < most && attempt->refusals <= REFUSALS_MOST)
    try_at(attempt, pause_of(attempt, failures ? failures : 1));
  else end(attempt, given_up);
}

static void ended(struct exchange *exchange) {
  struct attempt *attempt = exchange->user;
  note(attempt);
  enum outcome out = exchange->outcome;
  if (!out && exchange->status == 429) {
    attempt->refusals++;
    err_set(&exchange->err, OUT_RETRY, "it says that we ask too often (429)");
    again_or_end(attempt, OUT_RETRY);
  } else if (out == OUT_RETRY) again_or_end(attempt, OUT_RETRY);
  else if (out == OUT_UNCERTAIN || (!out && is_overload(exchange->status))) {
    if (!out) err_set(&exchange->err, OUT_UNCERTAIN, "it failed inside (status %d)", exchange->status);
    if (attempt->repeatable) again_or_end(attempt, OUT_RETRY);
    else end(attempt, OUT_UNCERTAIN);
  } else end(attempt, out);
}

static void try_now(void *user) {
  struct attempt *attempt = user;
  struct exchange *exchange = &attempt->exchange;
  struct limits_of what = limits_for(attempt);
  struct err err = { 0 };
  int64_t wait;
  enum outcome out = limits_take(attempt->all->limits, loop_now(attempt->all->loop), &what, &wait, &err);
  if (!out && wait) {
    try_at(attempt, wait);
    return;
  }
  exchange_clear(exchange);
  if (!out && attempt->prepare) out = attempt->prepare(attempt, &err);
  if (out) {
    exchange->err = err;
    end(attempt, out);
    return;
  }
  attempt->tries++;
  exchange->once = !attempt->repeatable;
  exchange->user = attempt;
  exchange->ended = ended;
  loop_send(attempt->all->loop, exchange);
}

void attempt_start(struct attempts *all, struct attempt *attempt) {
  attempt->all = all;
  attempt->tries = attempt->refusals = 0;
  attempt->waited = 0;
  loop_at(all->loop, loop_now(all->loop), try_now, attempt);
}
