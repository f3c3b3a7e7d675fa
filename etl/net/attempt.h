/* net/attempt: one request, tried until it is answered, or until trying has no sense.
 *
 * Before each try its bucket must have a token and the host's breaker must let it through; else it waits.
 * What may be tried again depends on what the request does:
 *
 *   what came              `repeatable`         otherwise
 *   no connection          again                again: nothing was heard
 *   429                    again, not counted   the same: it was refused at the door
 *   500, 502, 503, 504     again                uncertain: it may have been done
 *   a broken answer        again                uncertain
 *   everything else        ended                ended
 *
 * Between two tries lies a pause of any length up to half a second, one, two, .. thirty seconds (full
 * jitter), so that many who failed together do not come back together. `tries_most` and `deadline` bound it.
 *
 *   struct attempt attempt = { .exchange = { .method = "GET", .url = url, .bytes_most = 1 << 20 },
 *                              .host = host, .repeatable = true, .ended = got,
 *                              .deadline = loop_now(loop) + 60000 };
 *   attempt_start(&attempts, &attempt);
 *   loop_run(loop);              got(&attempt): attempt.outcome, attempt.exchange.status, .answer, .err
 */
#ifndef SLUICE_NET_ATTEMPT_H
#define SLUICE_NET_ATTEMPT_H

#include "net/limits.h"
#include "net/loop.h"

struct attempt;

/* What all requests share. */
struct attempts {
  struct loop *loop;
  struct limits *limits;
  void *user;
  int tries_most;                                          /* of all that do not say it themselves; 0: six */
  void (*seen)(void *user, const struct attempt *attempt); /* after each try; NULL: nobody listens */
};

struct attempt {
  struct exchange exchange;
  struct attempts *all; /* by attempt_start */
  const char *name;     /* of the operation, for whoever listens */
  const char *host;
  const char *bucket; /* NULL: unlimited */
  int64_t rate, burst;
  bool repeatable;
  int tries_most; /* 0: as all */
  int64_t deadline;
  /* Before each try: headers, a sink from its start. Anything but OK ends it. NULL: nothing is to be done. */
  enum outcome (*prepare)(struct attempt *attempt, struct err *err);
  void (*ended)(struct attempt *attempt);
  void *user;
  /* results */
  enum outcome
      outcome;         /* OUT_OK: answered, see exchange.status; else as in net/wire.h, OUT_RETRY: given up */
  int tries, refusals; /* refusals: 429 */
  int64_t waited;      /* milliseconds for its turn */
};

void attempt_start(struct attempts *all, struct attempt *attempt);
bool attempt_is_good(const struct attempt *attempt); /* answered, with 200 to 299 */

#endif
