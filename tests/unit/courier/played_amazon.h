/* unit/courier/played_amazon: a site with its couriers, and Amazon's side of it, in a clock of their own.
 *
 * Feeds, reports and pages are answered as a test has set them up; a fault is met by the next calls of an
 * operation. Every request is kept, so that a test can look at what was asked.
 *
 *   struct played *played = played_new(PLAYED_NOW);
 *   played_fault(played, "createFeed", FAULT_LOST, 1);
 *   played_begin(played, PLAYED_NOW);           played_add(played, &errand_submit, wish);
 *   played_run(played);                         each errand: ->outcome, ->said
 *   played_end(played);
 *   played_free(played);
 */
#ifndef TESTS_PLAYED_AMAZON_H
#define TESTS_PLAYED_AMAZON_H

#include "courier/pages.h"
#include "io/file.h"
#include "io/in.h"
#include "model/date.h"
#include "net/attempt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#define PLAYED_NOW INT64_C(1794798000) /* 2026-11-16T03:00:00Z */

enum { PLAYED_MOST = 400, FAULTS_MOST = 16, FEEDS_MOST = 32, PLAYED_LATENCY = 100 };

/* LOST: it is done, and no answer comes. REFUSED: 400. GONE: 404. */
enum played_fault_kind {
  FAULT_503 = 503,
  FAULT_500 = 500,
  FAULT_REFUSED = 400,
  FAULT_GONE = 404,
  FAULT_LOST = 1
};

struct played_request {
  str name, path, query, body;
};

struct played_feed {
  str id, type, body, status; /* status: "" = DONE */
  int64_t created;
  bool hidden; /* the list does not show it yet */
};

struct played {
  struct wire wire;
  int64_t now, ahead; /* milliseconds; by how many seconds our clock is before Amazon's */
  struct exchange *under_way[PLAYED_MOST];
  size_t waiting;
  struct arena *arena;
  struct played_request requests[PLAYED_MOST];
  size_t request_count;
  struct {
    const char *operation;
    enum played_fault_kind kind;
    int left;
  } faults[FAULTS_MOST];
  size_t fault_count;
  /* feeds */
  struct played_feed feeds[FEEDS_MOST];
  size_t feed_count;
  str upload;
  long next_id;
  /* reports: what getReport says ("DONE", "CANCELLED", ..), and what there is */
  const char *report_status, *report_text;
  const char *orders; /* of searchOrders, and of every other list: the whole answer */
  /* the site */
  char site[32];
  struct spool *spool;
  struct ledger *ledger;
  struct limits *limits;
  struct loop *loop;
  struct attempts attempts;
  struct account account;
  struct amazon *amazon;
  struct courier courier;
  struct arena *night;
};

/* --- the wire --- */

static int64_t played_now(struct wire *wire) { return ((struct played *)(void *)wire)->now; }

static uint32_t played_chance(struct wire *wire) {
  (void)wire;
  return 1234567;
}

static str played_stamp(struct arena *arena, int64_t seconds) {
  char text[DATE_TEXT_MOST];
  date_format_stamp((stamp){ .seconds = seconds }, text);
  return arena_printf(arena, "%.19sZ", text);
}

static bool played_is(str path, const char *pattern) {
  str rest = str_of(pattern), a, b;
  for (;;) {
    bool more = str_split(&rest, '/', &a), also = str_split(&path, '/', &b);
    if (!more || !also) return more == also;
    if (!str_eq(a, b) && !(a.len && a.at[0] == '{')) return false;
  }
}

/* The value of "name=" in a query or a body, up to the next mark; percent signs stay. */
static str played_value(str text, const char *name, const char *ends) {
  str mark = str_of(name);
  for (size_t i = 0; i + mark.len <= text.len; i++) {
    if (!str_starts(str_sub(text, i, text.len), mark)) continue;
    size_t from = i + mark.len, to = from;
    while (to < text.len && !strchr(ends, text.at[to])) to++;
    return str_sub(text, from, to);
  }
  return STR_NONE;
}

static int64_t played_seconds(str text) {
  char plain[64];
  size_t len = 0;
  stamp at;
  for (size_t i = 0; i < text.len && len + 1 < sizeof plain; i++) {
    if (text.at[i] == '%') plain[len++] = ':', i += 2;
    else plain[len++] = text.at[i];
  }
  return date_parse_stamp((str){ plain, len }, DATE_DAY_FIRST, NULL, &at) ? at.seconds : 0;
}

static str played_last(str path) {
  str piece = STR_NONE;
  while (str_split(&path, '/', &piece)) continue;
  return piece;
}

static void played_create_feed(struct played *played, const struct played_request *request,
                               struct buf *body) {
  struct played_feed *feed = &played->feeds[played->feed_count++];
  *feed = (struct played_feed){ .id = arena_printf(played->arena, "%ld", ++played->next_id),
                                .type = played_value(request->body, "\"feedType\": \"", "\""),
                                .body = played->upload,
                                .created = played->now / 1000 - played->ahead };
  buf_printf(body, "{\"feedId\": \"%.*s\"}", STR_ARG(feed->id));
}

static void played_list_feeds(struct played *played, const struct played_request *request, struct buf *body) {
  int64_t since = played_seconds(played_value(request->query, "createdSince=", "&"));
  bool first = true;
  buf_add(body, STR("{\"feeds\": ["));
  for (size_t i = 0; i < played->feed_count; i++) {
    const struct played_feed *feed = &played->feeds[i];
    if (feed->hidden || feed->created < since ||
        !str_eq(feed->type, played_value(request->query, "feedTypes=", "&")))
      continue;
    buf_printf(body, "%s{\"feedId\": \"%.*s\"}", first ? "" : ", ", STR_ARG(feed->id));
    first = false;
  }
  buf_add(body, STR("]}"));
}

static int played_get_feed(struct played *played, str id, struct buf *body) {
  for (size_t i = 0; i < played->feed_count; i++) {
    const struct played_feed *feed = &played->feeds[i];
    if (!str_eq(feed->id, id)) continue;
    if (feed->status.len) buf_printf(body, "{\"processingStatus\": \"%.*s\"}", STR_ARG(feed->status));
    else buf_add(body, STR("{\"processingStatus\": \"DONE\", \"resultFeedDocumentId\": \"result\"}"));
    return 200;
  }
  buf_add(body, STR("{\"errors\": [{\"code\": \"NotFound\", \"message\": \"none\"}]}"));
  return 404;
}

static int played_answer(struct played *played, int operation, const struct played_request *request,
                         struct buf *body) {
  switch (operation) {
  case OP_createFeedDocument:
    buf_add(body, STR("{\"feedDocumentId\": \"f\", \"url\": \"https://s3/upload\"}"));
    return 201;
  case OP_createFeed: played_create_feed(played, request, body); return 202;
  case OP_getFeeds: played_list_feeds(played, request, body); return 200;
  case OP_getFeed: return played_get_feed(played, played_last(request->path), body);
  case OP_getReportDocument:
  case OP_getFeedDocument: buf_add(body, STR("{\"url\": \"https://s3/document\"}")); return 200;
  case OP_createReport: buf_printf(body, "{\"reportId\": \"%ld\"}", ++played->next_id); return 202;
  case OP_getReports: buf_add(body, STR("{\"reports\": []}")); return 200;
  case OP_getReport:
    buf_printf(body, "{\"processingStatus\": \"%s\", \"reportDocumentId\": \"d\"}",
               played->report_status ? played->report_status : "DONE");
    return 200;
  case OP_createRestrictedDataToken:
    buf_add(body, STR("{\"restrictedDataToken\": \"r\", \"expiresIn\": 3600}"));
    return 200;
  default: buf_add(body, str_of(played->orders ? played->orders : "{\"payload\": {}}")); return 200;
  }
}

static void played_answer_other(struct played *played, struct exchange *exchange) {
  struct err unsaid = { 0 };
  if (exchange->body_file) {
    str text;
    assert_int_equal(in_read_whole(exchange->body_file, 1 << 20, played->arena, &text, &unsaid), OUT_OK);
    played->upload = text;
  } else if (exchange->sink) {
    const char *text = played->report_text
                           ? played->report_text
                           : "Number of records processed 1\nNumber of records successful 1\n";
    exchange->sink(exchange->sink_user, str_of(text), &unsaid);
    exchange->bytes = strlen(text);
  } else buf_add(&exchange->answer, STR("{\"access_token\": \"a\", \"expires_in\": 3600}"));
}

static enum played_fault_kind played_meets(struct played *played, str name) {
  for (size_t i = 0; i < played->fault_count; i++)
    if (played->faults[i].left && str_eq(str_of(played->faults[i].operation), name)) {
      played->faults[i].left--;
      return played->faults[i].kind;
    }
  return 0;
}

static void played_start(struct wire *wire, struct exchange *exchange) {
  struct played *played = (struct played *)(void *)wire;
  str url = str_of(exchange->url), rest = str_sub(url, sizeof "https://" - 1, url.len), host, path;
  assert_true(played->waiting < PLAYED_MOST && played->request_count < PLAYED_MOST);
  str_split(&rest, '/', &host);
  str query = { rest.at - 1, rest.len + 1 };
  str_split(&query, '?', &path);
  struct played_request *request = &played->requests[played->request_count++];
  *request =
      (struct played_request){ STR("other"), arena_str(played->arena, path), arena_str(played->arena, query),
                               arena_str(played->arena, exchange->body) };
  exchange->outcome = OUT_OK;
  exchange->status = 200;
  played->under_way[played->waiting++] = exchange;
  if (!str_eq(host, STR("amazon"))) {
    played_answer_other(played, exchange);
    return;
  }
  int operation = 0;
  while (operation < OPERATIONS && (strcmp(operations[operation].method, exchange->method) ||
                                    !played_is(path, operations[operation].path)))
    operation++;
  assert_true(operation < OPERATIONS);
  request->name = str_of(operations[operation].name);
  enum played_fault_kind fault = played_meets(played, request->name);
  if (fault > FAULT_LOST) {
    exchange->status = (int)fault;
    buf_add(&exchange->answer, STR("{\"errors\": [{\"code\": \"X\", \"message\": \"as it was told\"}]}"));
    return;
  }
  exchange->status = played_answer(played, operation, request, &exchange->answer);
  if (fault == FAULT_LOST) exchange->outcome = err_set(&exchange->err, OUT_UNCERTAIN, "no answer came");
}

static struct exchange *played_wait(struct wire *wire, int64_t until) {
  struct played *played = (struct played *)(void *)wire;
  if (!played->waiting || played->now + PLAYED_LATENCY > until) {
    played->now = until;
    return NULL;
  }
  played->now += PLAYED_LATENCY;
  struct exchange *first = played->under_way[0];
  memmove(played->under_way, played->under_way + 1, --played->waiting * sizeof first);
  return first;
}

/* --- the site --- */

static struct played *played_new(int64_t now) {
  struct played *played = mem_alloc(sizeof *played);
  struct err err = { 0 };
  size_t torn;
  played->wire = (struct wire){ played_now, played_start, played_wait, played_chance };
  played->now = now * 1000;
  played->next_id = 50000;
  played->arena = arena_new();
  played->night = arena_new();
  memcpy(played->site, "/tmp/sluice-played-XXXXXX", sizeof "/tmp/sluice-played-XXXXXX");
  assert_non_null(mkdtemp(played->site));
  assert_int_equal(spool_open(played->site, played->arena, &played->spool, &err), OUT_OK);
  assert_int_equal(
      ledger_open(file_join(played->arena, played->site, STR("var")), &played->ledger, &torn, &err), OUT_OK);
  credential_set(&played->account.secret, STR("s"));
  credential_set(&played->account.refresh, STR("r"));
  return played;
}

static void played_free(struct played *played) {
  struct err err = { 0 };
  ledger_close(played->ledger);
  spool_close(played->spool);
  file_remove_folder(played->site, &err);
  arena_free(played->night);
  arena_free(played->arena);
  mem_free(played);
}

/* A run whose stated time it is; the wire's clock goes on by itself. */
static void played_begin(struct played *played, int64_t now) {
  arena_reset(played->night);
  played->request_count = 0;
  if (played->now < now * 1000) played->now = now * 1000;
  played->limits = limits_open(NULL);
  played->loop = loop_new(&played->wire);
  played->attempts = (struct attempts){ .loop = played->loop, .limits = played->limits };
  const struct amazon_means means = { &played->attempts, &played->account, "https://amazon",
                                      "https://login/token", 600000 };
  played->amazon = amazon_new(&means);
  played->courier = (struct courier){ .amazon = played->amazon,
                                      .attempts = &played->attempts,
                                      .spool = played->spool,
                                      .ledger = played->ledger,
                                      .arena = played->night,
                                      .site = played->site,
                                      .marketplaces = STR("ATVPDKIKX0DER"),
                                      .time = played_stamp(played->night, now),
                                      .now = now,
                                      .pace = 1000,
                                      .deadline = played->now + 20 * 60 * 1000 };
}

static inline struct errand *played_add(struct played *played, const struct errand_kind *kind,
                                        struct errand_wish wish) {
  struct err err = { 0 };
  struct errand *errand = courier_add(&played->courier, kind, &wish, &err);
  if (!errand) fail_msg("%s", err.text);
  return errand;
}

static inline void played_run(struct played *played) {
  struct err err = { 0 };
  courier_run(&played->courier);
  for (size_t i = 0; i < played->courier.count; i++) {
    assert_true(played->courier.errands[i]->ended);
    assert_int_equal(memory_keep(played->courier.errands[i]->memory, &err), OUT_OK);
  }
}

static void played_end(struct played *played) {
  courier_free(&played->courier);
  amazon_free(played->amazon);
  loop_free(played->loop);
  limits_close(played->limits);
}

static inline void played_fault(struct played *played, const char *operation, enum played_fault_kind kind,
                                int times) {
  assert_true(played->fault_count < FAULTS_MOST);
  played->faults[played->fault_count].operation = operation;
  played->faults[played->fault_count].kind = kind;
  played->faults[played->fault_count++].left = times;
}

static inline void played_put(struct played *played, const char *name, const char *text) {
  struct err err = { 0 };
  const char *path = file_join(played->arena, played->site, str_of(name));
  const char *folder = arena_text(played->arena, (str){ path, (size_t)(strrchr(path, '/') - path) });
  assert_int_equal(file_make_folders(folder, 0755, &err), OUT_OK);
  assert_int_equal(file_put(path, 0640, str_of(text), &err), OUT_OK);
}

static inline bool played_has(struct played *played, const char *name) {
  return file_exists(file_join(played->arena, played->site, str_of(name)));
}

/* The n-th request of an operation in this run; NULL: there were fewer. */
static inline const struct played_request *played_asked(const struct played *played, const char *name,
                                                        size_t n) {
  for (size_t i = 0; i < played->request_count; i++)
    if (str_eq(played->requests[i].name, str_of(name)) && !n--) return &played->requests[i];
  return NULL;
}

static inline bool played_says(str text, const char *what) {
  str mark = str_of(what);
  for (size_t i = 0; i + mark.len <= text.len; i++)
    if (str_starts(str_sub(text, i, text.len), mark)) return true;
  return false;
}

#endif
