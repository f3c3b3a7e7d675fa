/* cli/log: `sluice log`: what happened, as the ledger has it. */
#include "cli/session.h"
#include "job/story.h"

struct wanted {
  struct arena *arena;
  str feed; /* "" = of all */
  struct story_begun begun;
  uint64_t skip; /* so many of them are not kept */
  uint64_t met;
  struct history_entry *entries;
  size_t count;
};

static bool take(void *user, const struct ledger_entry *entry) {
  struct wanted *wanted = user;
  if ((wanted->feed.len && !str_eq(entry->feed, wanted->feed)) || !story_is_shown(&wanted->begun, entry))
    return true;
  if (wanted->met++ >= wanted->skip) story_add(wanted->arena, entry, &wanted->entries, &wanted->count);
  return true;
}

/* The latest few of many: they are counted first, so that no more than these are kept. */
static enum outcome gather(struct session *session, struct wanted *wanted, uint64_t most, struct err *err) {
  wanted->begun = story_begun(session->ledger);
  wanted->skip = most == UINT64_MAX ? 0 : UINT64_MAX;
  enum outcome out = ledger_walk(session->ledger, take, wanted, err);
  if (out || most == UINT64_MAX) return out;
  wanted->skip = wanted->met > most ? wanted->met - most : 0;
  wanted->met = 0;
  return ledger_walk(session->ledger, take, wanted, err);
}

static int run_log(struct cli *cli) {
  struct session session;
  struct err err = { 0 };
  const char *last = cli_option(cli, "--last"), *feed = cli_option(cli, "--feed");
  int64_t most = 0;
  if (last && (!str_to_int(str_of(last), &most) || most < 1))
    return cli_usage(cli, "--last %s is no number of entries", last);
  int code = session_open(cli, &session);
  if (code) return code;
  struct wanted wanted = { .arena = cli->arena, .feed = str_of(feed) };
  if (gather(&session, &wanted, last ? (uint64_t)most : UINT64_MAX, &err)) code = cli_fail(&err);
  else
    cli_history(cli, wanted.entries, wanted.count,
                feed ? arena_printf(cli->arena, "nothing has happened in feed %s", feed).at
                     : "nothing has happened yet");
  if (!code) code = session_doubt(&session);
  session_close(&session);
  return code;
}

static const struct cli_option log_options[] = {
  { "--feed", "FEED", "only of this feed" },
  { "--last", "N", "only the latest N" },
  { NULL, NULL, NULL },
};

const struct command command_log = { "log", "", "what happened, oldest first", log_options, 0, 0, run_log };
