/* cli/status: `sluice status`: each feed's last good run, what waits, and what is asked. */
#include "cli/session.h"
#include "job/standing.h"

static int run_status(struct cli *cli) {
  struct session session;
  int code = session_open(cli, &session);
  if (code) return code;
  struct custody custody = { &session.site, session.spool, session.ledger };
  struct standing_feed *feeds;
  size_t feed_count, count;
  struct err err = { 0 };
  if (standing_feeds(&custody, &feeds, &feed_count, &err)) code = cli_fail(&err);
  struct standing_question *questions = standing_questions(&custody, STR_NONE, &count);
  struct buf text = buf_new((size_t)1 << 26);
  if (cli->json) standing_json(feeds, feed_count, questions, count, &text);
  else {
    standing_feeds_text(feeds, feed_count, &text);
    if (count) {
      buf_char(&text, '\n');
      standing_questions_text(questions, count, false, &text);
      buf_add(&text, STR("\n\"sluice review\" says how to answer\n"));
    }
  }
  cli_print(buf_str(&text));
  buf_free(&text);
  code = cli_worse(code, cli_complaints(session.library)); /* what is known is shown all the same */
  code = cli_worse(code, session_doubt(&session));
  session_close(&session);
  return cli_worse(code, count ? EXIT_REVIEW : EXIT_CLEAN);
}

static const struct cli_option options[] = {
  { "--now", "TIME", "ages are counted to this time, as 2026-11-21T02:00:00Z" },
  { NULL, NULL, NULL },
};

const struct command command_status = {
  "status", "", "last good run of each feed, what waits, open questions", options, 0, 0, run_status
};
