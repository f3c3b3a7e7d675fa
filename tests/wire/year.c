/* wire/year: nights of one or of many seller accounts in a clock of their own: calls used, refusals, time to
 * completion.
 *
 *   year ACCOUNTS NIGHTS [ORDERS]      prints a table; ends 1 when a call was refused for its rate, or a
 * night was not done
 *
 * The couriers are the real ones; the wire answers as Amazon would, at exactly the rates of its models (a
 * bucket for each account and operation that knows nothing of ours). A report is ready after two to twelve
 * minutes, an answer takes a tenth of a second. Each night an account fetches settlements (a new one each
 * fortnight), four reports that are asked for, one of them restricted, the orders changed since the last
 * night (100 a page), what lies in Amazon's warehouses, and sends two feeds. All accounts of a night go at
 * once, in one loop.
 */
#include "amazon/report_types.h"
#include "courier/pages.h"
#include "io/file.h"
#include "model/date.h"
#include "net/attempt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ACCOUNTS_MOST = 1000, NIGHT_SECONDS = 86400, LATENCY = 100, READY_LEAST = 120, READY_SPREAD = 600 };

static const char *const reports[] = { "GET_ORDER_REPORT_DATA_SHIPPING",
                                       "GET_AMAZON_FULFILLED_SHIPMENTS_DATA_GENERAL",
                                       "GET_FBA_MYI_UNSUPPRESSED_INVENTORY_DATA",
                                       "GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA" };

/* Amazon's side, for one account. */
struct amazons {
  int64_t tokens[OPERATIONS], at[OPERATIONS]; /* millionths; a bucket at exactly its rate */
  long calls[OPERATIONS], tonight[OPERATIONS], most[OPERATIONS], refused;
  long other;          /* login, downloads, uploads */
  int64_t ready[4096]; /* of a report or feed, by its number */
  long made;
};

struct event {
  int64_t when;
  struct exchange *exchange;
};

struct sim {
  struct wire wire;
  int64_t now;
  uint64_t random;
  struct amazons *accounts;
  struct event *heap;
  size_t count, room;
  long orders, night;
};

static uint32_t chance(struct sim *sim) {
  sim->random = sim->random * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(sim->random >> 33);
}

static uint32_t wire_chance(struct wire *wire) { return chance((struct sim *)(void *)wire); }
static int64_t wire_now(struct wire *wire) { return ((struct sim *)(void *)wire)->now; }

/* --- answers --- */

static int find_operation(const struct exchange *exchange, str path) {
  for (int i = 0; i < OPERATIONS; i++) {
    str pattern = str_of(operations[i].path), rest = path, a, b;
    bool same = !strcmp(operations[i].method, exchange->method);
    while (same) {
      bool more = str_split(&pattern, '/', &a), also = str_split(&rest, '/', &b);
      if (!more || !also) {
        same = more == also;
        break;
      }
      same = str_eq(a, b) || (a.len && a.at[0] == '{');
    }
    if (same) return i;
  }
  return -1;
}

static bool take(struct sim *sim, struct amazons *amazon, int operation) {
  int64_t full = operations[operation].burst * 1000000, tokens = full;
  if (amazon->at[operation])
    tokens = amazon->tokens[operation] + (sim->now - amazon->at[operation]) * operations[operation].rate / 10;
  if (tokens > full) tokens = full;
  amazon->at[operation] = sim->now;
  amazon->calls[operation]++;
  amazon->tonight[operation]++;
  amazon->tokens[operation] = tokens >= 1000000 ? tokens - 1000000 : tokens;
  return tokens >= 1000000;
}

static long last_number(str path) {
  int64_t number = 0;
  str piece;
  while (str_split(&path, '/', &piece)) str_to_int(piece, &number);
  return (long)number;
}

static void answer(struct sim *sim, struct amazons *amazon, int operation, str path, str query,
                   struct exchange *exchange) {
  struct buf *body = &exchange->answer;
  long id = last_number(path);
  bool ready = id > 0 && amazon->ready[id % 4096] <= sim->now;
  switch (operation) {
  case OP_createReport:
  case OP_createFeed:
    amazon->ready[++amazon->made % 4096] = sim->now + 1000 * (READY_LEAST + chance(sim) % READY_SPREAD);
    buf_printf(body, "{\"%s\": \"%ld\"}", operation == OP_createFeed ? "feedId" : "reportId", amazon->made);
    break;
  case OP_getReport:
  case OP_getFeed:
    buf_printf(body,
               "{\"processingStatus\": \"%s\", \"reportDocumentId\": \"d\", \"resultFeedDocumentId\": \"d\"}",
               ready ? "DONE" : "IN_PROGRESS");
    break;
  case OP_getReports:
    if (sim->night % 14 == 0)
      buf_printf(body,
                 "{\"reports\": [{\"reportId\": \"s%ld\", \"reportDocumentId\": \"d\", \"processingStatus\": "
                 "\"DONE\"}]}",
                 sim->night);
    else buf_add(body, STR("{\"reports\": []}"));
    break;
  case OP_createRestrictedDataToken:
    buf_add(body, STR("{\"restrictedDataToken\": \"r\", \"expiresIn\": 3600}"));
    break;
  case OP_createFeedDocument:
    buf_add(body, STR("{\"feedDocumentId\": \"f\", \"url\": \"https://s3/upload\"}"));
    break;
  case OP_getReportDocument:
  case OP_getFeedDocument: buf_add(body, STR("{\"url\": \"https://s3/document\"}")); break;
  case OP_searchOrders: {
    int64_t page = 0;
    for (size_t i = 0; i + 16 < query.len; i++)
      if (str_starts(str_sub(query, i, query.len), STR("paginationToken=p")))
        str_to_int(str_sub(query, i + 17, query.len), &page);
    buf_add(body, STR("{\"orders\": [{\"orderId\": \"x\"}]"));
    if ((page + 1) * 100 < sim->orders)
      buf_printf(body, ", \"pagination\": {\"nextToken\": \"p%lld\"}", (long long)page + 1);
    buf_char(body, '}');
    break;
  }
  default: buf_add(body, STR("{\"payload\": {}}")); break;
  }
}

/* What is not the API's: logins, and documents. */
static void answer_other(struct sim *sim, struct amazons *amazon, struct exchange *exchange) {
  struct err unsaid = { 0 };
  (void)sim;
  amazon->other++;
  if (exchange->sink)
    exchange->sink(exchange->sink_user,
                   STR("Number of records processed 1\nNumber of records successful 1\n"), &unsaid);
  else buf_add(&exchange->answer, STR("{\"access_token\": \"a\", \"expires_in\": 3600}"));
}

static void push(struct sim *sim, int64_t when, struct exchange *exchange) {
  if (sim->count == sim->room) {
    sim->room = sim->room ? sim->room * 2 : 64;
    sim->heap = mem_grow(sim->heap, sim->room * sizeof *sim->heap);
  }
  size_t i = sim->count++;
  for (; i && sim->heap[(i - 1) / 2].when > when; i = (i - 1) / 2) sim->heap[i] = sim->heap[(i - 1) / 2];
  sim->heap[i] = (struct event){ when, exchange };
}

static struct exchange *pop(struct sim *sim) {
  struct exchange *first = sim->heap[0].exchange;
  struct event last = sim->heap[--sim->count];
  size_t i = 0;
  for (size_t kid; (kid = 2 * i + 1) < sim->count; i = kid) {
    if (kid + 1 < sim->count && sim->heap[kid + 1].when < sim->heap[kid].when) kid++;
    if (sim->heap[kid].when >= last.when) break;
    sim->heap[i] = sim->heap[kid];
  }
  sim->heap[i] = last;
  return first;
}

/* https://account-7/path?query, https://s3-7/document */
static void start(struct wire *wire, struct exchange *exchange) {
  struct sim *sim = (struct sim *)(void *)wire;
  str url = str_of(exchange->url), rest = str_sub(url, sizeof "https://" - 1, url.len), host;
  int64_t number = 0;
  str_split(&rest, '/', &host);
  bool api = str_starts(host, STR("account-")) && str_to_int(str_sub(host, 8, host.len), &number);
  str query = { rest.at - 1, rest.len + 1 }, path;
  str_split(&query, '?', &path);
  struct amazons *amazon = &sim->accounts[number];
  int operation = api ? find_operation(exchange, path) : -1;
  exchange->outcome = OUT_OK;
  exchange->status = 200;
  if (operation < 0) answer_other(sim, amazon, exchange);
  else if (take(sim, amazon, operation)) answer(sim, amazon, operation, path, query, exchange);
  else {
    amazon->refused++;
    exchange->status = 429;
  }
  push(sim, sim->now + LATENCY / 2 + chance(sim) % LATENCY, exchange);
}

static struct exchange *wait_for(struct wire *wire, int64_t until) {
  struct sim *sim = (struct sim *)(void *)wire;
  if (!sim->count || sim->heap[0].when > until) {
    sim->now = until;
    return NULL;
  }
  if (sim->heap[0].when > sim->now) sim->now = sim->heap[0].when;
  return pop(sim);
}

/* --- a night of one account --- */

struct seller {
  struct arena *arena, *night;
  const char *site;
  struct spool *spool;
  struct limits *limits;
  struct attempts attempts;
  struct account account;
  struct amazon *amazon;
  struct courier courier;
};

static void add(struct seller *seller, const struct errand_kind *kind, const char *feed, const char *what,
                const char *pages) {
  struct errand_wish wish = { .feed = str_of(feed), .what = str_of(what) };
  struct err err = { 0 };
  wish.folder =
      arena_printf(seller->night, "%s/%s", kind == &errand_submit ? "outbox/amazon" : "inbox", feed);
  if (pages) wish.pages = page_source_find(str_of(pages));
  if (!courier_add(&seller->courier, kind, &wish, &err)) {
    fprintf(stderr, "year: %s\n", err.text);
    exit(1);
  }
}

static void put_feed(struct seller *seller, const char *feed, const char *type) {
  struct err err = { 0 };
  const char *folder =
      file_join(seller->night, seller->site, arena_printf(seller->night, "outbox/amazon/%s", feed));
  const char *path = file_join(seller->night, folder, arena_printf(seller->night, "n.%s.txt", type));
  if (file_make_folders(folder, 0700, &err) || file_put(path, 0600, STR("a\tb\n"), &err))
    fprintf(stderr, "year: %s\n", err.text);
}

static str stamp_text(struct arena *arena, int64_t seconds) {
  char text[DATE_TEXT_MOST];
  date_format_stamp((stamp){ .seconds = seconds }, text);
  return arena_printf(arena, "%.19sZ", text);
}

static void begin_night(struct sim *sim, struct seller *seller, bool out) {
  arena_reset(seller->night);
  seller->courier = (struct courier){ .amazon = seller->amazon,
                                      .attempts = &seller->attempts,
                                      .spool = seller->spool,
                                      .arena = seller->night,
                                      .site = seller->site,
                                      .marketplaces = STR("ATVPDKIKX0DER"),
                                      .now = sim->now / 1000,
                                      .pace = 1000,
                                      .deadline = sim->now + 4 * 3600 * 1000 };
  spool_lend(seller->spool, seller->night);
  seller->courier.time = stamp_text(seller->night, sim->now / 1000);
  if (out) {
    put_feed(seller, "shipments", "POST_ORDER_FULFILLMENT_DATA");
    put_feed(seller, "stock", "JSON_LISTINGS_FEED");
    add(seller, &errand_submit, "shipments", "POST_ORDER_FULFILLMENT_DATA", NULL);
    add(seller, &errand_submit, "stock", "JSON_LISTINGS_FEED", NULL);
  } else {
    for (size_t i = 0; i < sizeof reports / sizeof *reports; i++)
      add(seller, &errand_report, "reports", reports[i], NULL);
    add(seller, &errand_listed, "settlement", "GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2", NULL);
    add(seller, &errand_pages, "orders", "orders", "orders");
    add(seller, &errand_pages, "inventory", "inventory", "inventory");
  }
  courier_start(&seller->courier);
}

static size_t end_night(struct seller *seller) {
  size_t bad = 0;
  for (size_t i = 0; i < seller->courier.count; i++) {
    const struct errand *errand = seller->courier.errands[i];
    if (!errand->ended || errand->outcome) {
      bad++;
      fprintf(stderr, "year: %.*s %.*s: %.*s\n", STR_ARG(errand->wish.feed), STR_ARG(errand->wish.what),
              STR_ARG(errand->said));
    }
  }
  courier_free(&seller->courier);
  return bad;
}

static void make_seller(struct sim *sim, struct seller *seller, struct loop *loop, const char *root,
                        long number) {
  struct err err = { 0 };
  seller->arena = arena_new();
  seller->night = arena_new();
  seller->site = arena_printf(seller->arena, "%s/%ld", root, number).at;
  if (file_make_folders(seller->site, 0700, &err) ||
      spool_open(seller->site, seller->arena, &seller->spool, &err))
    exit(1);
  seller->limits = limits_open(NULL);
  seller->attempts = (struct attempts){ .loop = loop, .limits = seller->limits };
  credential_set(&seller->account.secret, STR("s"));
  credential_set(&seller->account.refresh, STR("r"));
  const struct amazon_means means = { &seller->attempts, &seller->account,
                                      arena_printf(seller->arena, "https://account-%ld", number).at,
                                      "https://login/token", 4 * 3600 * 1000 };
  seller->amazon = amazon_new(&means);
  (void)sim;
}

/* --- the account --- */

static int by_size(const void *a, const void *b) {
  int64_t one = *(const int64_t *)a, other = *(const int64_t *)b;
  return one < other ? -1 : one > other;
}

static void report(const struct sim *sim, long accounts, long nights, int64_t *took) {
  printf("%-30s %12s %14s %12s %12s\n", "operation", "calls/night", "busiest night", "burst",
         "of a day's quota");
  for (int i = 0; i < OPERATIONS; i++) {
    long calls = 0, most = 0;
    for (long a = 0; a < accounts; a++) {
      calls += sim->accounts[a].calls[i];
      if (sim->accounts[a].most[i] > most) most = sim->accounts[a].most[i];
    }
    long long day = operations[i].rate * 864 / 100; /* in a day */
    if (calls)
      printf("%-30s %12.2f %14ld %12lld %11.2f%%\n", operations[i].name,
             (double)calls / (double)(accounts * nights), most, (long long)operations[i].burst,
             100.0 * (double)most / (double)(day ? day : 1));
  }
  qsort(took, (size_t)nights, sizeof *took, by_size);
  printf("a night of %ld account%s, in and out: median %lld min, longest %lld min\n", accounts,
         accounts == 1 ? "" : "s", (long long)took[nights / 2] / 60000, (long long)took[nights - 1] / 60000);
}

int main(int count, char **words) {
  long accounts = count > 1 ? atol(words[1]) : 1, nights = count > 2 ? atol(words[2]) : 365, refused = 0;
  struct sim sim = { .wire = { wire_now, start, wait_for, wire_chance },
                     .now = INT64_C(1767225600000),
                     .random = 42 };
  struct err err = { 0 };
  const char *root;
  size_t bad = 0;
  sim.orders = count > 3 ? atol(words[3]) : 500;
  if (accounts < 1 || accounts > ACCOUNTS_MOST || nights < 1) return 2;
  struct arena *arena = arena_new();
  if (file_make_scratch(arena, &root, &err)) return 1;
  sim.accounts = mem_alloc(sizeof *sim.accounts * (size_t)accounts);
  struct seller *sellers = mem_alloc(sizeof *sellers * (size_t)accounts);
  int64_t *took = mem_alloc(sizeof *took * (size_t)nights);
  struct loop *loop = loop_new(&sim.wire);
  for (long a = 0; a < accounts; a++) make_seller(&sim, &sellers[a], loop, root, a);
  for (sim.night = 0; sim.night < nights; sim.night++) {
    int64_t began = sim.now;
    for (long a = 0; a < accounts; a++) memset(sim.accounts[a].tonight, 0, sizeof sim.accounts[a].tonight);
    for (int out = 0; out < 2; out++) {
      for (long a = 0; a < accounts; a++) begin_night(&sim, &sellers[a], out);
      loop_run(loop);
      for (long a = 0; a < accounts; a++) bad += end_night(&sellers[a]);
    }
    took[sim.night] = sim.now - began;
    for (long a = 0; a < accounts; a++) {
      for (int i = 0; i < OPERATIONS; i++)
        if (sim.accounts[a].tonight[i] > sim.accounts[a].most[i])
          sim.accounts[a].most[i] = sim.accounts[a].tonight[i];
      file_remove_folder(file_join(sellers[a].night, sellers[a].site, STR("inbox")), &err);
    }
    sim.now = began + (int64_t)NIGHT_SECONDS * 1000;
  }
  report(&sim, accounts, nights, took);
  for (long a = 0; a < accounts; a++) refused += sim.accounts[a].refused;
  printf("year: %ld account%s, %ld nights, %ld orders a night: %ld refused for their rate, %zu errands not "
         "done\n",
         accounts, accounts == 1 ? "" : "s", nights, sim.orders, refused, bad);
  for (long a = 0; a < accounts; a++) {
    amazon_free(sellers[a].amazon);
    limits_close(sellers[a].limits);
    spool_close(sellers[a].spool);
    arena_free(sellers[a].night);
    arena_free(sellers[a].arena);
  }
  file_remove_folder(root, &err);
  loop_free(loop);
  mem_free(sim.heap);
  mem_free(sim.accounts);
  mem_free(sellers);
  mem_free(took);
  arena_free(arena);
  return refused || bad ? 1 : 0;
}
