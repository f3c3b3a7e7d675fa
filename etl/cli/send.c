/* cli/send: `sluice send [FEED..]`: what stands released in outbox/amazon to Amazon, and its results back. */
#include "cli/carried.h"

/* --again NAME, --claim NAME=FEEDID */
static int decide(struct cli *cli, struct session *session, const struct feed **feeds, size_t count) {
  struct err err = { 0 };
  const char *again = cli_option(cli, "--again"), *claim = cli_option(cli, "--claim");
  struct carry all = { .site = &session->site, .spool = session->spool, .ledger = session->ledger };
  all.feeds = feeds;
  all.count = count;
  str rest = str_of(claim), name = str_of(again);
  if (claim && (!str_split(&rest, '=', &name) || !rest.len))
    return cli_usage(cli, "--claim takes NAME=FEEDID, as Amazon shows it");
  if (!again && !claim) return EXIT_CLEAN;
  return carry_decide(&all, name, claim ? rest : STR_NONE, &err) ? cli_fail(&err) : EXIT_CLEAN;
}

static int run_send(struct cli *cli) {
  struct session session;
  struct carried told = { 0 };
  const struct feed **feeds;
  size_t count = 0;
  int code = session_open(cli, &session);
  if (code) return code;
  settings_check(session.library);
  code = carried_feeds(cli, &session, &feeds, &count);
  if (!code) code = session_guard(&session);
  if (!code) code = decide(cli, &session, feeds, count);
  if (!code) {
    code = carried_out(&session, feeds, count, &told);
    carried_print(cli, &told);
  }
  session_close(&session);
  return code;
}

static const struct cli_option options[] = {
  { "--again", "NAME", "a file of which it is not known whether Amazon has it: send it again" },
  { "--claim", "NAME=ID", "it is Amazon's feed ID" },
  { "--now", "TIME", "the run's stated time, as 2026-11-21T02:00:00Z" },
  { NULL, NULL, NULL },
};

const struct command command_send = { "send",  "[FEED..]", "released feeds to Amazon, and their results back",
                                      options, 0,          100,
                                      run_send };
