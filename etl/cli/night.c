/* cli/night: `sluice night`: every feed that is due, in order; one failing feed does not stop the rest. */
#include "cli/confirm.h"
#include "cli/sheets.h"
#include "job/night.h"

enum { WAIT_IN_A_NIGHT = 600 };

static str night_day(const struct session *session, const struct schedule *schedule) {
  char text[DATE_TEXT_MOST];
  size_t len = date_format(schedule->day, STR("YYYY-MM-DD"), text);
  return arena_str(session->site.arena, (str){ text, len });
}

/* Those that --only names run though they are not due. */
static int pick(struct cli *cli, const struct session *session, struct schedule *schedule, bool *picked) {
  const char *only = cli_option(cli, "--only");
  str rest = str_of(only), name, near;
  for (size_t i = 0; i < schedule->count; i++) picked[i] = !only && schedule->feeds[i].due;
  while (only && str_split(&rest, ',', &name)) {
    name = str_trim(name);
    if (!cli_is_feed(session->library, name, &near))
      return cli_usage(cli, "no feed \"%.*s\"%.*s", STR_ARG(name), STR_ARG(near));
    size_t at = (size_t)(schedule_find(schedule, name) - schedule->feeds);
    struct schedule_feed *one = &schedule->feeds[at];
    picked[at] = true;
    if (one->due) continue;
    one->why = one->next == INT64_MAX ? STR("asked for")
                                      : arena_printf(cli->arena, "asked for; not due before %.*s",
                                                     STR_ARG(site_clock(&session->site, one->next)));
  }
  return EXIT_CLEAN;
}

/* The account on stdout, its messages on stderr, one after the other also where both are one. */
static void tell(void *user, const struct night_row *row) {
  struct buf text = buf_new((size_t)1 << 27);
  const struct cli *cli = user;
  if (!cli->json) {
    night_row_text(row, &text);
    cli_print(buf_str(&text));
    fflush(stdout);
  }
  fwrite(row->messages.at, 1, row->messages.len, stderr);
  if (!cli->json) cli_print(STR("\n"));
  buf_free(&text);
}

static int worst_of(const struct night *night) {
  int code = EXIT_CLEAN;
  for (size_t i = 0; i < night->count; i++) code = exit_worse(code, night->rows[i].code);
  return code;
}

static void report(const struct cli *cli, const struct session *session, const struct night *night,
                   int code) {
  struct buf text = buf_new((size_t)1 << 28);
  const struct schedule_feed *next = schedule_next(night->schedule);
  str day = night_day(session, night->schedule), name = STR_NONE, time = STR_NONE;
  if (next && !night->count) name = next->name, time = site_clock(&session->site, next->next);
  if (cli->json) night_json(night->rows, night->count, day, code, name, time, &text);
  else if (night->count) night_end_text(night->rows, night->count, day, night->dry_run, &text);
  else if (next) buf_printf(&text, "nothing is due; next: %.*s at %.*s\n", STR_ARG(name), STR_ARG(time));
  else buf_add(&text, STR("nothing is due\n"));
  cli_print(buf_str(&text));
  buf_free(&text);
}

/* What is wrong with one feed is said, and ends badly, when that feed is run; a circle has no run to say it.
 */
static int say_circles(const struct schedule *schedule, const bool *picked, struct library *library) {
  for (size_t i = 0; i < schedule->count; i++)
    if (picked[i] && schedule->feeds[i].in_circle) return cli_complaints(library);
  return EXIT_CLEAN;
}

static int run_feeds(struct cli *cli, struct session *session) {
  struct schedule schedule;
  struct err err = { 0 };
  schedule_open(session->library, &schedule);
  schedule_make(&schedule, &session->site, session->ledger);
  bool *picked = ARENA_ARRAY(cli->arena, bool, schedule.count + 1);
  int code = pick(cli, session, &schedule, picked);
  if (code) return code;
  struct night night = { .site = &session->site, .schedule = &schedule, .picked = picked, .user = cli };
  night.json = cli->json;
  night.dry_run = cli_option(cli, "--dry-run") != NULL;
  night.wait = session->wait < 0 ? WAIT_IN_A_NIGHT : session->wait;
  night.most = night_feeds(&session->site);
  night.ended = tell;
  code = say_circles(&schedule, picked, session->library);
  if (night_run(&night, &err)) return cli_fail(&err);
  code = exit_worse(code, worst_of(&night));
  report(cli, session, &night, code);
  return code;
}

/* One night at a time. What the ledger holds is read again under the lock (session_guard does): the night
 * before may just have ended. The guard is asked here, so that a new site gets its one id before feeds run
 * side by side. */
static int enter(struct session *session) {
  struct err err = { 0 };
  return spool_lock(session->spool, SPOOL_NIGHT, &err) ? cli_fail(&err) : session_guard(session);
}

/* What SL has of the files of earlier nights (R5). Its account is text, not JSON; a night that could not
 * begin asks nothing. */
static bool may_confirm(const struct cli *cli, int code) {
  return !cli_option(cli, "--dry-run") && !cli->json && code != EXIT_AGAIN && code != EXIT_CONFIG &&
         code != EXIT_USAGE;
}

/* A rehearsal holds no lock. */
static int run_night(struct cli *cli) {
  struct session session;
  int code = session_open(cli, &session);
  if (code) return code;
  settings_check(session.library);
  code = cli_complaints(session.library);
  bool rehearsal = cli_option(cli, "--dry-run") != NULL;
  if (!code && !rehearsal) code = enter(&session);
  /* Also when no feed is due: whoever answered in the evening finds it done in the morning. */
  int reviewed = code || rehearsal ? EXIT_CLEAN : sheets_take(cli, &session, STR_NONE, false);
  if (!code) code = run_feeds(cli, &session);
  int confirmed = may_confirm(cli, code) ? confirm_waiting(&session) : EXIT_CLEAN;
  session_close(&session);
  return exit_worse(exit_worse(code, reviewed), confirmed);
}

static const struct cli_option options[] = {
  { "--only", "FEED,..", "these feeds, due or not, and no others" },
  { "--dry-run", NULL, "shows what would be written, and writes nothing" },
  { "--wait", "SECONDS", "waits so long while another run has a feed; else 600" },
  { "--now", "TIME", "the night's stated time, as 2026-11-21T02:00:00Z" },
  { NULL, NULL, NULL },
};

const struct command command_night = { "night", "",       "every feed that is due, in order", options, 0,
                                       0,       run_night };
