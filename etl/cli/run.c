/* cli/run: `sluice run FEED..`: feeds over what lies in their inboxes. */
#include "cli/carried.h"
#include "cli/cli.h"
#include "cli/session.h"
#include "cli/sheets.h"
#include "job/batch.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BAR = 30 };

struct bar {
  bool shown;
  uint64_t last; /* tenths of a percent */
};

/* On a terminal only: one line, written over. */
static void draw(void *user, const char *file, struct exec_progress progress) {
  struct bar *bar = user;
  if (!progress.all) return;
  uint64_t done = progress.done < progress.all ? progress.done : progress.all,
           tenths = done * 1000 / progress.all;
  if (bar->shown && tenths == bar->last) return;
  bar->shown = true;
  bar->last = tenths;
  int filled = (int)(tenths * BAR / 1000);
  fprintf(stderr, "\r  %-32.32s [%.*s%*s] %3llu %%", file, filled, "##############################",
          BAR - filled, "", (unsigned long long)(tenths / 10));
}

static void clear_bar(const struct bar *bar) {
  if (bar->shown) fprintf(stderr, "\r%*s\r", 32 + BAR + 14, "");
}

static int run_feed(struct cli *cli, struct session *session, const struct feed *feed, struct bar *bar,
                    struct summary_row **rows, size_t *count, struct buf *asked) {
  struct err err = { 0 };
  struct batch batch = {
    .site = &session->site, .spool = session->spool, .ledger = session->ledger, .feed = feed
  };
  batch.dry_run = cli_option(cli, "--dry-run") != NULL;
  batch.full = cli_option(cli, "--full") != NULL;
  if (!batch.dry_run) batch.guard = &session->guard;
  batch.file = cli_option(cli, "--file");
  if (!batch.dry_run && !batch.file) batch.carried = carry_code(&session->site, feed);
  batch.wait = session->wait < 0 ? 0 : session->wait;
  batch.user = bar;
  batch.progress = isatty(STDERR_FILENO) ? draw : NULL;
  enum outcome out = batch_run(&batch, &err);
  clear_bar(bar);
  int code = out ? cli_fail(&err) : EXIT_CLEAN;
  for (size_t i = 0; i < batch.outcome_count; i++) code = exit_worse(code, exit_of_item(batch.outcomes[i]));
  for (size_t i = 0; i < batch.row_count; i++) *ARENA_PUSH(cli->arena, *rows, *count) = batch.rows[i];
  if (batch.sheet.len)
    buf_printf(asked, "\n%zu question%s, %zu new: outbox/review/%.*s.xlsx\n", batch.asked,
               batch.asked == 1 ? "" : "s", batch.asked_new, STR_ARG(batch.sheet));
  return code;
}

static int run_run(struct cli *cli) {
  struct session session;
  int code = session_open(cli, &session);
  if (code) return code;
  const struct place somewhere = { NULL, 1 };
  /* Before the specs are read: an answer may change a sheet, or give a held file back. */
  int reviewed = EXIT_CLEAN;
  if (!cli_option(cli, "--dry-run") && !(code = session_guard(&session)))
    reviewed = sheets_take(cli, &session, STR_NONE, false);
  if (code) {
    session_close(&session);
    return code;
  }
  struct buf asked = buf_new(1 << 20);
  struct summary_row *rows = NULL;
  size_t count = 0;
  const struct feed **feeds = ARENA_ARRAY(cli->arena, const struct feed *, cli->word_count);
  for (size_t i = 0; i < cli->word_count; i++)
    feeds[i] = feed_open(session.library, str_of(cli->words[i]), somewhere);
  settings_check(session.library);
  code = cli_complaints(session.library);
  int64_t workers;
  const char *stated = cli_option(cli, "--workers");
  if (stated && str_to_int(str_of(stated), &workers) && workers > 0) session.site.workers = (size_t)workers;
  struct bar bar = { 0 };
  bool carries = !code && !cli_option(cli, "--dry-run") && !cli_option(cli, "--file") &&
                 !cli_option(cli, "--couriers-ran");
  struct carried carried = { 0 };
  int brought = carries ? carried_in(&session, feeds, cli->word_count, &carried) : EXIT_CLEAN;
  bool ready = !code; /* one feed's trouble does not stop the others; a wrong spec stops them all */
  for (size_t i = 0; ready && i < cli->word_count; i++) {
    bar.shown = false;
    code = exit_worse(code, run_feed(cli, &session, feeds[i], &bar, &rows, &count, &asked));
    if (code == EXIT_CONFIG) break;
  }
  if (carries) code = exit_worse(code, carried_out(&session, feeds, cli->word_count, &carried));
  code = exit_worse(code, brought);
  struct buf text = buf_new((size_t)1 << 26);
  if (!cli->json) carried_text(&carried, cli->arena, &text);
  if (carried.count && !cli->json) buf_char(&text, '\n');
  if (cli->json) summary_json(rows, count, &text);
  else if (count) summary_text(rows, count, cli_colour(), &text);
  else if (!code) buf_add(&text, STR("nothing lies in the inbox\n"));
  if (!cli->json) buf_add(&text, buf_str(&asked));
  cli_print(buf_str(&text));
  buf_free(&text);
  buf_free(&asked);
  session_close(&session);
  return exit_worse(code, reviewed);
}

static const struct cli_option options[] = {
  { "--file", "FILE", "only this file of the inbox" },
  { "--full", NULL, "sends everything, not only what changed (feeds that extract from SL)" },
  { "--dry-run", NULL, "shows what would be written, and writes nothing" },
  { "--workers", "N", "threads for one file; else one for each processor" },
  { "--wait", "SECONDS", "waits so long while another run has the feed; else does not wait" },
  { "--couriers-ran", NULL, "as a night says it: its couriers have run, or will" },
  { "--now", "TIME", "the run's stated time, as 2026-11-21T02:00:00Z" },
  { NULL, NULL, NULL },
};

const struct command command_run = { "run", "FEED..", "feeds over what lies in their inboxes", options, 1,
                                     100,   run_run };
