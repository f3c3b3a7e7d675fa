/* courier/pages: lists that Amazon answers page by page, into the inbox as JSON files.
 *
 *   orders        searchOrders: what was changed since the last good look
 *   inventory     getInventorySummaries: what lies in Amazon's warehouses
 *   transactions  listTransactions with DEFERRED: money that Amazon holds back
 *   balances      listBalances: what it says that it holds
 *
 * Our own way with orders: from the end of the last look, and an hour before, to two minutes ago; so a night
 * that was missed is caught up, and what Amazon told late is met. The window of 60 to 30 minutes ago is the
 * other way (FEED.modified = 60-30); it, too, begins where the last look ended when that is longer ago. Only
 * when all pages stand in the inbox is the span covered; the same order twice is one (the feed's key).
 */
#ifndef SLUICE_COURIER_PAGES_H
#define SLUICE_COURIER_PAGES_H

#include "courier/courier.h"

struct page_source {
  const char *name;
  enum operation_name operation;
  const char *token;    /* the parameter that asks for the next page */
  const char *token_at; /* where the answer has it */
  /* `marketplace`: of a source that is asked for each; else all of them, by commas */
  void (*fill)(struct call *call, const struct errand *errand, str marketplace, str from, str to);
  bool spans;  /* it asks for what came in a span of time */
  bool joined; /* its pages are one file, {"pages": [..]}: they are worked through, and proved, together */
  bool each;   /* Amazon takes one marketplace at a time: the pages of the first, then of the next */
};

const struct page_source *page_source_find(str name); /* NULL: there is none */
/* What is asked for of orders (searchOrders, getOrder). */
extern const char page_included[];

#endif
