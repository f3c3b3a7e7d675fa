/* cli/review: `sluice review`: the open questions; --yes and --no answer them. It never asks by itself. */
#include "cli/answers.h"
#include "job/standing.h"

static enum outcome yes(const struct custody *custody, str item, void *user, str *said, struct err *err) {
  (void)user;
  return answer_yes(custody, item, said, err);
}

static enum outcome no(const struct custody *custody, str item, void *user, str *said, struct err *err) {
  (void)user;
  return answer_no(custody, item, said, err);
}

static int list(struct cli *cli) {
  struct session session;
  int code = session_open(cli, &session);
  if (code) return code;
  struct custody custody = { &session.site, session.spool, session.ledger };
  size_t count;
  struct standing_question *questions = standing_questions(&custody, STR_NONE, &count);
  struct buf text = buf_new((size_t)1 << 26);
  if (cli->json) {
    standing_questions_json(questions, count, &text);
    buf_char(&text, '\n');
  } else if (count) standing_questions_text(questions, count, true, &text);
  else buf_add(&text, STR("nothing waits for an answer\n"));
  cli_print(buf_str(&text));
  buf_free(&text);
  code = session_doubt(&session);
  session_close(&session);
  return cli_worse(code, count ? EXIT_REVIEW : EXIT_CLEAN);
}

static int run_review(struct cli *cli) {
  bool say_yes = cli_option(cli, "--yes") != NULL, say_no = cli_option(cli, "--no") != NULL;
  if (say_yes && say_no) return cli_usage(cli, "either --yes or --no");
  if ((say_yes || say_no) && !cli->word_count)
    return cli_usage(cli, "which item? \"sluice review\" lists them");
  if (!say_yes && !say_no && cli->word_count) return cli_usage(cli, "--yes or --no to %s?", cli->words[0]);
  if (!say_yes && !say_no) return list(cli);
  return cli_answers(cli, 0, say_yes ? yes : no, NULL);
}

static const struct cli_option options[] = {
  { "--yes", NULL, "release what is ready; take a held file again" },
  { "--no", NULL, "drop what is ready; reject a held file" },
  { "--now", "TIME", "the stated time, as 2026-11-21T02:00:00Z" },
  { NULL, NULL, NULL },
};

const struct command command_review = {
  "review", "[ITEM..]", "open questions, and answers to them by key or id", options, 0, 10000, run_review
};
