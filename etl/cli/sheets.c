/* cli/sheets: filled review sheets are taken before anything else is done, and what came of them is said. */
#include "cli/sheets.h"
#include "base/exits.h"
#include "job/review.h"

static void say(const struct review_taken *taken, bool whole) {
  str first = taken->ack, line = STR_NONE;
  str_split(&first, '\n', &line);
  if (whole) cli_print(taken->ack);
  else if (line.len)
    fprintf(stderr, "sluice: review sheet %.*s (inbox/review/%.*s.ack)\n", STR_ARG(line),
            STR_ARG(taken->name));
}

int sheets_take(struct cli *cli, struct session *session, str only, bool whole) {
  struct err err = { 0 };
  struct custody custody = { .site = &session->site, .ledger = session->ledger };
  struct review_taken *taken;
  size_t count;
  int may = session_guard(session); /* a copy of a site must not answer, and so release */
  if (may) return may;
  if (spool_open(cli->site, cli->arena, &custody.spool, &err)) return cli_fail(&err);
  enum outcome out = review_take(&custody, only, &taken, &count, &err);
  spool_close(custody.spool);
  int code = out ? cli_fail(&err) : EXIT_CLEAN;
  for (size_t i = 0; i < count; i++) {
    say(&taken[i], whole);
    /* To a run a refused sheet is something to look at, not a failure of its own. */
    code =
        exit_worse(code, whole || taken[i].outcome == OUT_OK ? exit_of_item(taken[i].outcome) : EXIT_REVIEW);
  }
  return code;
}
