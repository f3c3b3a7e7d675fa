/* cli/answers: one answer for each ITEM of a command line: said, or why not; the worst exit code of all. */
#include "cli/answers.h"

int cli_answers(struct cli *cli, size_t first, answer_one *answer, void *user) {
  struct session session;
  int code = session_open(cli, &session);
  if (code) return code;
  if ((code = session_guard(&session))) {
    session_close(&session);
    return code;
  }
  struct custody custody = { &session.site, session.spool, session.ledger };
  for (size_t i = first; i < cli->word_count; i++) {
    struct err err = { 0 };
    str said = STR_NONE;
    enum outcome out = answer(&custody, str_of(cli->words[i]), user, &said, &err);
    int wrong = cli_complaints(session.library);
    if (wrong) code = exit_worse(code, wrong);
    else if (out && out != OUT_END) code = exit_worse(code, cli_fail(&err));
    else printf("%.*s\n", STR_ARG(said));
    if (wrong) break; /* the same complaints would come for each */
  }
  session_close(&session);
  return code;
}

const struct cli_option answer_options[] = {
  { "--now", "TIME", "the stated time, as 2026-11-21T02:00:00Z" },
  { NULL, NULL, NULL },
};
