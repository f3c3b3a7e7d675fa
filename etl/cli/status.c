/* cli/status: `sluice status`: each feed's last good run, what is due, what went wrong, what is asked. */
#include "cli/session.h"
#include "job/unanswered.h"
#include "job/unconfirmed.h"

#include <time.h>

static void status_text(const struct standing_site *standing, struct buf *text) {
  standing_feeds_text(standing->feeds, standing->feed_count, text);
  if (standing->alarm_count) {
    buf_char(text, '\n');
    standing_alarms_text(standing->alarms, standing->alarm_count, text);
  }
  if (!standing->question_count) return;
  buf_char(text, '\n');
  standing_questions_text(standing->questions, standing->question_count, false, text);
  buf_add(text, STR("\n\"sluice review\" says how to answer\n"));
}

static bool wants_a_look(const struct standing_site *standing) {
  for (size_t i = 0; i < standing->alarm_count; i++)
    if (standing->alarms[i].is_new) return true;
  return standing->question_count > 0;
}

static int run_status(struct cli *cli) {
  struct session session;
  struct schedule schedule;
  struct standing_feed *feeds;
  int code = session_open(cli, &session);
  if (code) return code;
  struct custody custody = { &session.site, session.spool, session.ledger };
  struct err err = { 0 };
  schedule_open(session.library, &schedule);
  schedule_make(&schedule, &session.site, session.ledger);
  if (standing_feeds(&custody, &schedule, &feeds, &err)) code = cli_fail(&err);
  struct standing_site standing = { .feeds = feeds, .feed_count = schedule.count };
  struct standing_alarm *alarms;
  if (standing_alarms(&custody, &schedule, &alarms, &standing.alarm_count, &err) ||
      unconfirmed_alarms(&custody, &schedule, &alarms, &standing.alarm_count, &err) ||
      waiting_sl_alarms(&custody, &schedule, &alarms, &standing.alarm_count, &err) ||
      unanswered_alarms(&custody, &schedule, (int64_t)time(NULL), &alarms, &standing.alarm_count, &err))
    code = exit_worse(code, cli_fail(&err));
  standing.alarms = alarms;
  standing.questions = standing_questions(&custody, STR_NONE, &standing.question_count);
  struct buf text = buf_new((size_t)1 << 26);
  if (cli->json) standing_json(&standing, &text);
  else status_text(&standing, &text);
  cli_print(buf_str(&text));
  buf_free(&text);
  code = exit_worse(code, cli_complaints(session.library)); /* what is known is shown all the same */
  code = exit_worse(code, session_doubt(&session));
  session_close(&session);
  return exit_worse(code, wants_a_look(&standing) ? EXIT_REVIEW : EXIT_CLEAN);
}

static const struct cli_option options[] = {
  { "--now", "TIME", "ages are counted to this time, as 2026-11-21T02:00:00Z" },
  { NULL, NULL, NULL },
};

const struct command command_status = {
  "status", "",        "last good run of each feed, what is due, what is new, open questions", options, 0,
  0,        run_status
};
