/* net/limits: what we may still ask of whom: buckets and breakers in one file that our processes share.
 *
 *   var/amazon/limits.txt
 *   sluice-limits 1
 *   bucket getReports 222 10 9000000 1795657402000         rate, burst, tokens, at (net/bucket.h)
 *   breaker sellingpartnerapi-na.amazon.com 8 1795657462000 0
 *
 * Each question locks the file, reads it, answers and writes it, so feeds that run side by side take from one
 * bucket, and a night that starts after another knows what is left. It is not fsynced: after a power cut
 * buckets may be thought fuller than they are, and the other side says so (429). A line that is none is left
 * out.
 *
 *   struct limits *limits = limits_open("site/var/amazon/limits.txt");      NULL: kept in memory only
 *   enum outcome out = limits_take(limits, now, &what, &wait, &err);        OUT_OK, and wait > 0: not yet
 *   limits_close(limits);
 */
#ifndef SLUICE_NET_LIMITS_H
#define SLUICE_NET_LIMITS_H

#include "base/err.h"
#include "net/breaker.h"
#include "net/bucket.h"

struct limits;
struct limits *limits_open(const char *path);
void limits_close(struct limits *limits);

struct limits_of {
  const char *host;    /* of the breaker; NULL: none */
  const char *bucket;  /* NULL: none */
  int64_t rate, burst; /* where nothing is known of the bucket yet */
};
/* May one request go out? *wait in milliseconds. Errors are the disk's. */
enum outcome limits_take(struct limits *limits, int64_t now, const struct limits_of *what, int64_t *wait,
                         struct err *err);
/* What came of it. `rate`: of the answer's header, 0 when it had none. `good`: the host is well. */
struct limits_seen {
  bool good, exhausted; /* exhausted: 429 */
  int64_t rate;
};
enum outcome limits_note(struct limits *limits, int64_t now, const struct limits_of *what,
                         struct limits_seen seen, struct err *err);
/* For people: every bucket that is known, and every breaker. */
struct limits_visit {
  void *user;
  void (*bucket)(void *user, str name, const struct bucket *bucket);
  void (*breaker)(void *user, str host, const struct breaker *breaker);
};
enum outcome limits_walk(struct limits *limits, const struct limits_visit *visit, struct err *err);

#endif
