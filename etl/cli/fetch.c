/* cli/fetch: `sluice fetch [FEED..]`: reports, orders and files from elsewhere, into the inboxes only. */
#include "cli/carried.h"

#include <string.h>

/* A day of the books, or a stamp. */
static bool read_since(const struct session *session, const char *text, int64_t *since) {
  int32_t day;
  stamp at;
  if (date_parse(str_of(text), STR("YYYY-MM-DD"), &day)) {
    *since = zone_instant(session->site.zone, (int64_t)day * 86400);
    return true;
  }
  bool good = date_parse_stamp(str_of(text), DATE_DAY_FIRST, NULL, &at);
  *since = at.seconds;
  return good;
}

static int run_carry(struct cli *cli, struct session *session, const struct feed **feeds, size_t count) {
  struct err err = { 0 };
  const char *since = cli_option(cli, "--since"), *order = cli_option(cli, "--order");
  struct carry all = { .site = &session->site, .spool = session->spool, .ledger = session->ledger };
  all.feeds = ARENA_ARRAY(cli->arena, const struct feed *, count + 1);
  if (since && !read_since(session, since, &all.since))
    return cli_usage(cli, "--since takes a day, as 2026-11-01, or a time: \"%s\"", since);
  all.order = str_of(order);
  if (order && count != 1) return cli_usage(cli, "--order is for one feed, of orders by searchOrders");
  for (size_t i = 0; i < count; i++)
    if (carry_is_asked(&session->site, feeds[i], false)) all.feeds[all.count++] = feeds[i];
  if (order && (!all.count || all.feeds[0]->extracts[0].kind != PLACE_PAGES))
    return cli_usage(cli, "--order is for a feed that extracts amazon orders");
  if (all.count && carry_in(&all, &err)) return cli_fail(&err);
  carried_print(cli, &all.told);
  return all.code;
}

static int run_fetch(struct cli *cli) {
  struct session session;
  const struct feed **feeds;
  size_t count = 0;
  int code = session_open(cli, &session);
  if (code) return code;
  settings_check(session.library);
  code = carried_feeds(cli, &session, &feeds, &count);
  if (!code) code = session_guard(&session);
  if (!code) code = run_carry(cli, &session, feeds, count);
  session_close(&session);
  return code;
}

static const struct cli_option options[] = {
  { "--since", "DAY", "all since that day or time, whatever was fetched before" },
  { "--order", "ID", "this order alone, of a feed that extracts amazon orders" },
  { "--now", "TIME", "the run's stated time, as 2026-11-21T02:00:00Z" },
  { NULL, NULL, NULL },
};

const struct command command_fetch = {
  "fetch", "[FEED..]", "reports and orders from Amazon into the inboxes", options, 0, 100, run_fetch
};
