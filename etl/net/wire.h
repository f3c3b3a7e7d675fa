/* net/wire: the other end of a request: something that takes exchanges and ends them later.
 *
 * One exchange is one request and what came of it. Whoever starts it owns it
 * and all that it points at until it has ended. There are two wires: net/http,
 * which is the network, and the one of the tests, which plays years of nights in
 * a clock of its own. So nothing above this file knows whether time is real.
 *
 *   struct exchange ping = { .method = "GET", .url = "https://api.example.com/ping", .bytes_most = 4096 };
 *   wire->start(wire, &ping);
 *   struct exchange *ended = wire->wait(wire, wire->now(wire) + 5000);        NULL: nothing ended by then
 *   if (ended->outcome == OUT_OK) printf("%d", ended->status);
 *   exchange_free(&ping);
 *
 * What came of it:
 *   OUT_OK         a whole answer, whatever its status says
 *   OUT_RETRY      nothing of the request reached the other side (no name, no connection)
 *   OUT_UNCERTAIN  it may have: the connection broke, or took too long, before a whole answer
 *   OUT_REFUSED    whom we reached is not whom we asked for: its certificate does not hold
 *   OUT_DATA       the answer is more than bytes_most; OUT_SYSTEM: the disk said no, to the sink
 *   OUT_SPEC       no such kind of address
 */
#ifndef SLUICE_NET_WIRE_H
#define SLUICE_NET_WIRE_H

#include "base/buf.h"
#include "base/err.h"

enum { WIRE_HEADER_MOST = 256 };

/* A piece of the body of an answer of status 200 to 299; anything but OUT_OK ends the exchange with it. */
typedef enum outcome wire_sink(void *user, str bytes, struct err *err);

struct exchange {
  /* the request */
  const char *method, *url;
  const char *const *headers; /* "name: value"; NULL: none */
  size_t header_count;
  str body;              /* sent when body_file is NULL */
  const char *body_file; /* its bytes, streamed */
  wire_sink *sink;       /* NULL: the answer is collected in `answer` */
  void *sink_user;
  uint64_t bytes_most;  /* of the answer */
  bool once;            /* never sent a second time by the wire itself, as over a connection that had died */
  int64_t seconds_most; /* for all of it; 0: as long as bytes keep coming */
  str sign;             /* AWS Signature V4 as curl's option has it ("aws:amz:us-east-1:sqs"); "" = none */
  str sign_key;         /* "ID:SECRET" */
  /* for whoever started it */
  void (*ended)(struct exchange *exchange);
  void *user;
  /* the answer */
  enum outcome outcome;
  int status; /* 0: there was none */
  struct buf answer;
  uint64_t bytes;
  int64_t began, milliseconds;
  char request_id[WIRE_HEADER_MOST], rate_limit[32], content_type[WIRE_HEADER_MOST], encoding[32], date[64];
  struct err err;
  void *own; /* the wire's */
};

struct wire {
  int64_t (*now)(struct wire *wire); /* milliseconds since 1970 */
  void (*start)(struct wire *wire, struct exchange *exchange);
  /* One that has ended, or NULL when none had by then. Nothing started: NULL, at `until` (which must not be
   * for ever then). */
  struct exchange *(*wait)(struct wire *wire, int64_t until);
  uint32_t (*chance)(struct wire *wire); /* any number, for the spread of retries */
};

/* Empties the answer, so that the exchange can be started again. */
void exchange_clear(struct exchange *exchange);
void exchange_free(struct exchange *exchange);

#endif
