/* fake/spapi: a local Selling Partner API: login, reports, feeds, orders and the rest, from a folder of
 * files.
 *
 *   sluice-spapi --state var/sandbox/amazon [--port N] [--log FILE] [--fault SPEC].. [--speed N]
 *
 * It listens on 127.0.0.1 alone, writes STATE/url when it does, and ends on SIGTERM, SIGINT, or with
 * --until-eof when its standard input ends. All it knows are files in STATE, which a person may read and
 * change:
 *
 *   account.txt                 client-id, client-secret, refresh-token, seller-id, marketplaces, roles,
 *                               revoked = yes
 *   reports/TYPE/NAME           documents. createReport of TYPE takes the first that was not served; none:
 *                               CANCELLED. Settlements are listed, never made
 *   reports/TYPE/NAME.meta      charset=, gzip=yes, status=FATAL, polls=N, created=TIME
 *   orders/ID.json              an order each, as in Orders 2026-01-01
 *   listings/SKU.json           {"sku", "productType", "attributes": {..}}; odd bytes of the SKU as %XX.
 *                               getListingsItem shows it, patchListingsItem and feeds change it, and
 *                               GET_MERCHANT_LISTINGS_ALL_DATA is made of them when no document lies there
 *   fba.tsv                     GET_FBA_MYI_UNSUPPRESSED_INVENTORY_DATA, when no document lies there
 *   inventory.json, transactions.json, balances.json
 *   queue/NAME                  messages of a queue (POST /queue, AWS JSON protocol)
 *   made/ID.json                reports that were asked for; feeds/ID.json, feeds/ID.body: what was submitted
 *   results/FEEDTYPE            its processing report, and nothing is worked; else:
 *
 * A feed is worked when it is submitted. JSON_LISTINGS_FEED changes the listings; ship confirmations (XML and
 * flat), acknowledgements and payment adjustments are held against orders/, where there are any, and change
 * them; refunds are kept in adjustments/ID.json. What holds REFUSE is refused, in every kind of feed. And:
 *
 *   refuse.txt                  lines "[WARNING] NAME CODE words..": a SKU or an order's id (blanks as %20)
 *                               that is refused, or warned of, with that code and these words
 *   nameless.txt                N: of each XML or flat feed the first N messages that could be accepted are
 *                               counted as errors, named nowhere, not applied
 *   drop.txt                    N: every N-th accepted message of listings feeds is not applied, and nobody
 *                               is told; dropped-count goes on counting, dropped.txt has their SKUs
 *   late.txt                    polls before a feed is DONE; 1
 *   now.txt                     the time that shipments are held against and orders get; else the clock
 *
 * It asks for what Amazon asks for: a token that it gave (a restricted one where a report is restricted), the
 * user-agent's form, required parameters and no others; it counts calls and answers 429 when a bucket is
 * empty. Document addresses end after --url-seconds.
 *
 * Faults: --fault 7:500 (the seventh request), --fault createFeed:cut-after, --fault getReport:429:3. Kinds:
 * 429 500 503 slow cut-header cut-body cut-after wrong-length bad-gzip expired revoked.
 *
 * --log FILE has one line of JSON for each request; secrets are "***" in it.
 */
#ifndef FAKE_SPAPI_H
#define FAKE_SPAPI_H

#include "base/buf.h"
#include "base/memory.h"
#include "model/decimal.h"

#include <jansson.h>

enum fault {
  FAULT_NONE,
  FAULT_429,
  FAULT_500,
  FAULT_503,
  FAULT_SLOW,
  FAULT_CUT_HEADER,
  FAULT_CUT_BODY,
  FAULT_CUT_AFTER,
  FAULT_WRONG_LENGTH,
  FAULT_BAD_GZIP,
  FAULT_EXPIRED,
  FAULT_REVOKED,
  FAULTS
};

struct fault_rule {
  long number; /* the N-th request; 0: by operation */
  const char *operation;
  enum fault kind;
  long left;
};

struct server {
  struct arena *arena;
  const char *state, *base, *pairs;
  FILE *log;
  struct fault_rule *faults;
  size_t fault_count;
  long requests, ids;
  long speed, url_seconds, skew;
  json_t *tokens;  /* token -> {"kind": "seller" | "app" | "restricted", "path": ..} */
  json_t *buckets; /* operation -> {"tokens": millionths, "at": ms} */
  json_t *pair_list;
  long queue_seen; /* messages handed out */
  json_t *hidden;  /* queue messages that are under way: receipt -> until */
};

struct request {
  struct server *server;
  struct arena *arena;
  const char *method, *path;
  json_t *query; /* name -> text */
  const char *token, *agent, *type, *authorization, *target;
  struct buf body;
  json_t *json;                 /* of the body; NULL */
  const char *operation, *rate; /* rate: the header's text */
  /* the answer */
  int status;
  json_t *answer; /* or */
  str text;       /* or */
  int file;       /* a descriptor, -1: none */
  uint64_t file_len;
  const char *answer_type, *token_kind;
  bool quota;
  enum fault fault;
};

/* --- state.c: files --- */
const char *state_path(struct request *request, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
json_t *state_read(struct request *request, const char *path); /* NULL: not there */
void state_write(struct request *request, const char *path, json_t *json);
str state_text(struct request *request, const char *path); /* "" when it is not there */
const char *state_account(struct request *request, const char *name, const char *fallback);
bool state_has_role(struct request *request, const char *role);
/* Names of a folder, sorted, without .meta. */
size_t state_list(struct request *request, const char *folder, str **names);
const char *state_meta(struct request *request, const char *document, const char *name, const char *fallback);
long state_next_id(struct request *request);
const char *state_now(struct request *request); /* 2026-11-21T02:00:00Z, by the real clock */

/* --- digits.c: JSON whose numbers keep their digits; all files, bodies and answers go through it --- */
json_t *digits_read(str text); /* NULL: no JSON */
str digits_text(struct arena *arena, const json_t *json, size_t flags);
bool digits_number(const json_t *json, dec *number);               /* false: no number */
const char *digits_shown(struct arena *arena, const json_t *json); /* a number or a text; else "" */

/* --- answers --- */
void answer_json(struct request *request, int status, json_t *json); /* takes it over */
void answer_error(struct request *request, int status, const char *code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
const char *query_of(struct request *request, const char *name); /* NULL: not there */
const char *with_slashes(struct arena *arena, const char *text); /* of a path's piece: %2F is a slash */
bool list_has(const char *list, const char *item);               /* by commas */

/* --- handlers, by path; each sets the operation first --- */
struct route {
  const char *operation, *method, *path; /* path: with {name} */
  long rate, burst;                      /* in ten thousand seconds */
  const char *required, *allowed;        /* query parameters, by commas */
  bool app;                              /* wants a token of the application alone */
  void (*answer)(struct request *request, const char *const *parameters);
};
extern const struct route routes[];
extern const size_t route_count;

bool quota_take(struct request *request, const struct route *route);
void login_answer(struct request *request);
bool token_check(struct request *request, const struct route *route);
void document_answer(struct request *request);
void queue_answer(struct request *request);
const char *document_url(struct request *request, const char *id);
const char *made_document(struct request *request, const char *type, const char *id); /* NULL: not made */
bool pair_answer(struct request *request, const struct route *route, const char *const *given);

void answer_create_report(struct request *request, const char *const *p);
void answer_get_reports(struct request *request, const char *const *p);
void answer_get_report(struct request *request, const char *const *p);
void answer_get_report_document(struct request *request, const char *const *p);
void answer_create_schedule(struct request *request, const char *const *p);
void answer_get_schedules(struct request *request, const char *const *p);
void answer_cancel_schedule(struct request *request, const char *const *p);
void answer_create_feed_document(struct request *request, const char *const *p);
void answer_create_feed(struct request *request, const char *const *p);
void answer_get_feeds(struct request *request, const char *const *p);
void answer_get_feed(struct request *request, const char *const *p);
void answer_get_feed_document(struct request *request, const char *const *p);
void answer_search_orders(struct request *request, const char *const *p);
void answer_get_order(struct request *request, const char *const *p);
void answer_restricted_token(struct request *request, const char *const *p);
void answer_inventory(struct request *request, const char *const *p);
void answer_get_listing(struct request *request, const char *const *p);
void answer_put_listing(struct request *request, const char *const *p);
void answer_patch_listing(struct request *request, const char *const *p);
void answer_transactions(struct request *request, const char *const *p);
void answer_balances(struct request *request, const char *const *p);
void answer_participations(struct request *request, const char *const *p);
void answer_get_subscription(struct request *request, const char *const *p);
void answer_create_subscription(struct request *request, const char *const *p);
void answer_delete_subscription(struct request *request, const char *const *p);
void answer_get_destinations(struct request *request, const char *const *p);
void answer_create_destination(struct request *request, const char *const *p);

#endif
