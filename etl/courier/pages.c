/* courier/pages: lists that Amazon answers page by page, into the inbox as JSON files. */
#include "courier/pages.h"
#include "io/digest.h"
#include "spool/arrival.h"

enum { DAY = 86400, FIRST_DAYS = 2, OVERLAP = 3600, LATE = 120, PAGES_MOST = 10000, HELD_DAYS = 180 };

const char page_included[] =
    "BUYER,RECIPIENT,PROCEEDS,PROMOTION,CANCELLATION,FULFILLMENT,PACKAGES,TAX,PAYMENT";

/* --- what there is --- */

/* "fulfilledBy=AMAZON, fulfillmentStatuses=SHIPPED+UNSHIPPED" */
static void add_filter(struct call *call, str filter) {
  str one, name;
  while (str_split(&filter, ',', &one)) {
    one = str_trim(one);
    if (!str_split(&one, '=', &name)) continue;
    struct buf value = buf_new(4096);
    for (size_t i = 0; i < one.len; i++) buf_char(&value, one.at[i] == '+' ? ',' : one.at[i]);
    call_query(call, arena_text(call->arena, str_trim(name)), str_trim(buf_str(&value)));
    buf_free(&value);
  }
}

static void fill_orders(struct call *call, const struct errand *errand, str marketplace, str from, str to) {
  call_query(call, "lastUpdatedAfter", from);
  call_query(call, "lastUpdatedBefore", to);
  call_query(call, "marketplaceIds", marketplace);
  call_query(call, "includedData", str_of(page_included));
  call_query(call, "maxResultsPerPage", STR("100"));
  add_filter(call, errand->wish.filter);
}

static void fill_inventory(struct call *call, const struct errand *errand, str marketplace, str from,
                           str to) {
  (void)errand, (void)from, (void)to;
  call_query(call, "details", STR("true"));
  call_query(call, "granularityType", STR("Marketplace"));
  call_query(call, "granularityId", marketplace);
  call_query(call, "marketplaceIds", marketplace);
}

static void fill_transactions(struct call *call, const struct errand *errand, str marketplace, str from,
                              str to) {
  (void)errand;
  call_query(call, "postedAfter", from);
  call_query(call, "postedBefore", to);
  call_query(call, "marketplaceId", marketplace);
  call_query(call, "transactionStatus", STR("DEFERRED"));
}

static void fill_balances(struct call *call, const struct errand *errand, str marketplace, str from, str to) {
  (void)errand, (void)from, (void)to;
  call_query(call, "marketplaceIds", marketplace);
  call_query(call, "balanceType", STR("DEFERRED"));
}

static const struct page_source sources[] = {
  { "orders", OP_searchOrders, "paginationToken", "pagination.nextToken", fill_orders, true, false, false },
  { "inventory", OP_getInventorySummaries, "nextToken", "pagination.nextToken", fill_inventory, false, true,
    true },
  { "transactions", OP_listTransactions, "nextToken", "payload.nextToken", fill_transactions, false, true,
    true },
  { "balances", OP_listBalances, "nextToken", "nextToken", fill_balances, false, true, false },
};

const struct page_source *page_source_find(str name) {
  for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
    if (str_eq(name, str_of(sources[i].name))) return &sources[i];
  return NULL;
}

/* --- how it is fetched --- */

struct pages {
  struct errand *errand;
  const struct page_source *source;
  str from, to;
  str marketplace, others; /* that is asked, and that are asked after it */
  int count;
  struct spool_arrival *joined; /* of all pages: {"pages": [.., ..]} */
};

static void choose_span(struct pages *pages) {
  struct errand *errand = pages->errand;
  const struct errand_wish *wish = &errand->wish;
  int64_t now = errand->courier->now, to = now - (wish->until ? wish->until * 60 : LATE);
  int64_t covered = errand_seconds(memory_get(errand->memory, "covered"));
  int64_t from = now - (wish->behind ? wish->behind * 60 : FIRST_DAYS * DAY);
  if (covered && (covered < from || !wish->behind)) from = covered - (wish->behind ? 0 : OVERLAP);
  if (wish->window_days && from > now - wish->window_days * DAY) from = now - wish->window_days * DAY;
  if (!pages->source->spans) from = now - HELD_DAYS * DAY;
  if (wish->since && (wish->since_is_asked || from < wish->since)) from = wish->since;
  if (from >= to) from = to - 60;
  pages->from = errand_stamp(errand, from);
  pages->to = errand_stamp(errand, to);
}

/* fba-orders-20261121T020000Z-001.json */
static str name_of(const struct pages *pages) {
  struct errand *errand = pages->errand;
  str rest = errand->courier->time, piece, time = STR_NONE;
  while (str_split(&rest, ':', &piece))
    time = arena_printf(errand->arena, "%.*s%.*s", STR_ARG(time), STR_ARG(piece));
  return arena_printf(errand->arena, "%.*s-%.*s-%03d.json", STR_ARG(errand->wish.feed), STR_ARG(time),
                      pages->count);
}

static enum outcome begin_file(struct pages *pages, struct spool_arrival **arrival, struct err *err) {
  struct errand *errand = pages->errand;
  return spool_seal_in(errand->courier->spool, errand->wish.feed, errand->wish.folder, name_of(pages),
                       errand->wish.key, arrival, err);
}

/* A page is a file; or, joined, a part of the one file. */
static enum outcome drop(struct pages *pages, str body, struct err *err) {
  struct spool_arrival *arrival = pages->joined;
  bool first = !arrival;
  if (first && begin_file(pages, &arrival, err)) return err->outcome;
  if (pages->source->joined) {
    pages->joined = arrival;
    if (spool_arrival_write(arrival, first ? STR("{\"pages\": [\n") : STR(",\n"), err)) return err->outcome;
    return spool_arrival_write(arrival, body, err);
  }
  if (!spool_arrival_write(arrival, body, err)) return spool_arrival_commit(arrival, err);
  spool_arrival_abandon(arrival);
  return err->outcome;
}

static enum outcome end_joined(struct pages *pages, struct err *err) {
  struct spool_arrival *joined = pages->joined;
  pages->joined = NULL;
  if (!joined) return OUT_OK;
  if (!spool_arrival_write(joined, STR("\n]}\n"), err)) return spool_arrival_commit(joined, err);
  spool_arrival_abandon(joined);
  return err->outcome;
}

/* Whatever ends it before its last page: nothing of it is dropped. */
static void give_up(struct pages *pages) {
  if (pages->joined) spool_arrival_abandon(pages->joined);
  pages->joined = NULL;
}

static void ask(struct pages *pages, str token);

static void end(struct pages *pages) {
  struct errand *errand = pages->errand;
  struct err err = { 0 };
  if (end_joined(pages, &err)) {
    errand_end_err(errand, &err);
    return;
  }
  struct ledger_word words[] = { { STR("type"), errand->wish.what },
                                 { STR("from"), pages->from },
                                 { STR("to"), pages->to } };
  if (pages->source->spans &&
      errand_seconds(pages->to) > errand_seconds(memory_get(errand->memory, "covered")) &&
      errand_extends(errand, errand_seconds(pages->from)))
    memory_set(errand->memory, "covered", pages->to);
  if (!errand_keep(errand) || !errand_enter(errand, "fetched", words, 3)) return;
  if (pages->source->spans)
    errand_end(errand, OUT_OK, "%zu page%s, %.*s to %.*s", errand->files, errand->files == 1 ? "" : "s",
               STR_ARG(pages->from), STR_ARG(pages->to));
  else errand_end(errand, OUT_OK, "%zu page%s", errand->files, errand->files == 1 ? "" : "s");
}

/* A first page without a single order is no file. */
static bool is_empty(const struct pages *pages, const struct answer *answer) {
  return pages->source->operation == OP_searchOrders && !answer_part(answer, "orders[]");
}

static void got(struct call *call) {
  struct pages *pages = call->user;
  struct errand *errand = pages->errand;
  struct err err = { 0 };
  if (call->outcome || !call->answer) {
    give_up(pages);
    if (call->outcome == OUT_REFUSED && call->status == 403)
      errand_end(errand, OUT_REFUSED, "the application lacks a role: %s", call->err.text);
    else if (call->outcome) errand_end_call(errand, call);
    else errand_end(errand, OUT_RETRY, "%s: an empty answer", call->operation->name);
    return;
  }
  pages->count++;
  if (!is_empty(pages, call->answer)) {
    if (drop(pages, call->body, &err)) {
      give_up(pages);
      errand_end_err(errand, &err);
      return;
    }
    errand->files++;
    errand->bytes += call->body.len;
  }
  str token = arena_str(errand->arena, answer_text(call->answer, pages->source->token_at));
  if (token.len && pages->count < PAGES_MOST) ask(pages, token);
  else if (pages->source->each && str_split(&pages->others, ',', &pages->marketplace)) ask(pages, STR_NONE);
  else end(pages);
}

static void ask(struct pages *pages, str token) {
  struct errand *errand = pages->errand;
  struct call *call = call_new(errand->courier->amazon, pages->source->operation, got, pages);
  pages->source->fill(call, errand, pages->marketplace, pages->from, pages->to);
  call_query(call, pages->source->token, token);
  call_start(call);
}

static void start(struct errand *errand) {
  struct pages *pages = ARENA_NEW(errand->arena, struct pages);
  pages->errand = errand;
  pages->source = errand->wish.pages;
  pages->marketplace = pages->others = errand->courier->marketplaces;
  if (pages->source->each) str_split(&pages->others, ',', &pages->marketplace);
  choose_span(pages);
  ask(pages, STR_NONE);
}

const struct errand_kind errand_pages = { "pages", start };

/* --- one order, by its id --- */

/* {"order": {..}} becomes a list of one, {"orders": [{..}]}, letter by letter: the feed reads both alike. */
static bool as_list(str body, struct buf *list) {
  ptrdiff_t from = -1, to = -1;
  size_t opened = 0;
  for (size_t i = 0; i < body.len && from < 0; i++)
    if (body.at[i] == '{' && ++opened == 2) from = (ptrdiff_t)i;
  for (size_t i = body.len, closed = 0; i > 0 && to < 0; i--)
    if (body.at[i - 1] == '}' && ++closed == 2) to = (ptrdiff_t)i;
  if (from < 0 || to <= from) return false;
  buf_add(list, STR("{\"orders\": ["));
  buf_add(list, str_sub(body, (size_t)from, (size_t)to));
  buf_add(list, STR("]}"));
  return true;
}

static enum outcome drop_order(struct pages *pages, str list, struct err *err) {
  struct spool_arrival *arrival;
  if (begin_file(pages, &arrival, err)) return err->outcome;
  if (!spool_arrival_write(arrival, list, err)) return spool_arrival_commit(arrival, err);
  spool_arrival_abandon(arrival);
  return err->outcome;
}

static void got_order(struct call *call) {
  struct pages *pages = call->user;
  struct errand *errand = pages->errand;
  struct err err = { 0 };
  struct buf list = buf_new((size_t)64 << 20);
  if (call->outcome) errand_end_call(errand, call);
  else if (!call->answer || !answer_part(call->answer, "order.orderId") || !as_list(call->body, &list))
    errand_end(errand, OUT_RETRY, "getOrder: the answer holds no order");
  else if (drop_order(pages, buf_str(&list), &err)) errand_end_err(errand, &err);
  else {
    errand->files++;
    errand->bytes += list.len;
    errand_end(errand, OUT_OK, "order %.*s", STR_ARG(errand->wish.filter));
  }
  buf_free(&list);
}

static void start_order(struct errand *errand) {
  struct pages *pages = ARENA_NEW(errand->arena, struct pages);
  pages->errand = errand;
  struct call *call = call_new(errand->courier->amazon, OP_getOrder, got_order, pages);
  call_path(call, "orderId", errand->wish.filter);
  call_query(call, "includedData", str_of(page_included));
  call_start(call);
}

const struct errand_kind errand_order = { "order", start_order };
