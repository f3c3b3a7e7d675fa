/* cli/review: `sluice review`: the open questions; --yes, --no, --answer and filled sheets answer them. */
#include "cli/answers.h"
#include "cli/sheets.h"
#include "io/file.h"
#include "io/in.h"
#include "job/review.h"
#include "job/standing.h"
#include "spool/review.h"

#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct answering {
  const char *word; /* yes or no */
  str by;
};

/* Who answers at a terminal is who types, unless it is said. */
static str answerer(struct cli *cli) {
  const char *stated = cli_option(cli, "--by");
  if (stated) return str_trim(str_of(stated));
  const struct passwd *user = getpwuid(getuid());
  return user ? arena_str(cli->arena, str_of(user->pw_name))
              : arena_printf(cli->arena, "user %llu", (unsigned long long)getuid());
}

/* A question's id, or a name of the item that asks: its key, id or file. */
static enum outcome answer(const struct custody *custody, str name, void *user, str *said, struct err *err) {
  const struct answering *answering = user;
  struct item_state *item;
  size_t count;
  struct arena *arena = custody->site->arena;
  struct question *questions = questions_list(custody->ledger, STR_NONE, arena, &count);
  if (questions_find(questions, count, name))
    return review_answer(custody, name, str_of(answering->word), answering->by, said, err);
  if (items_find_open(custody->ledger, arena, name, &item, err)) return err->outcome;
  for (size_t i = 0; i < count; i++)
    if (questions[i].open && questions[i].kind == QUESTION_ITEM && str_eq(questions[i].item, item->id) &&
        str_eq(questions[i].feed, item->feed))
      return review_answer(custody, questions[i].id, str_of(answering->word), answering->by, said, err);
  return err_set(err, OUT_DATA, "%.*s asks nothing", STR_ARG(name));
}

/* ID=VALUES */
static enum outcome answer_value(const struct custody *custody, str word, void *user, str *said,
                                 struct err *err) {
  const struct answering *answering = user;
  ptrdiff_t sign = str_find(word, '=');
  if (sign < 0) return err_set(err, OUT_DATA, "an answer is written ID=VALUES, not \"%.*s\"", STR_ARG(word));
  return review_answer(custody, str_sub(word, 0, (size_t)sign), str_sub(word, (size_t)sign + 1, word.len),
                       answering->by, said, err);
}

static int list(struct cli *cli, struct session *session) {
  struct custody custody = { &session->site, session->spool, session->ledger };
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
  return count ? EXIT_REVIEW : EXIT_CLEAN;
}

/* What was dropped is taken first, so that nothing is listed that has been answered. */
static int take_and_list(struct cli *cli) {
  struct session session;
  int code = session_open(cli, &session);
  if (code) return code;
  code = sheets_take(cli, &session, STR_NONE, false);
  code = exit_worse(code, list(cli, &session));
  code = exit_worse(code, session_doubt(&session));
  session_close(&session);
  return code;
}

static bool is_sheet(const char *word) {
  str name = str_of(word);
  return (str_ends(name, STR(".csv")) || str_ends(name, STR(".xlsx"))) && file_exists(word);
}

/* As if it had been dropped: a copy goes the way of all drops, and the file stays where it is. */
static int apply_sheet(struct cli *cli, struct session *session, const char *path) {
  struct err err = { 0 };
  str bytes, dropped;
  const char *last = strrchr(path, '/'), *name = last ? last + 1 : path;
  const char *inbox = file_join(cli->arena, cli->site, STR("inbox/review"));
  struct stat here, there;
  bool lies_there = !stat(path, &here) && !stat(file_join(cli->arena, inbox, str_of(name)), &there) &&
                    here.st_dev == there.st_dev && here.st_ino == there.st_ino;
  dropped = str_of(name);
  if (!lies_there && (in_read_whole(path, REVIEW_BYTES_MOST, cli->arena, &bytes, &err) ||
                      spool_review_drop(session->spool, str_of(name), bytes, &dropped, &err)))
    return cli_fail(&err);
  return sheets_take(cli, session, dropped, true);
}

static int apply_sheets(struct cli *cli) {
  struct session session;
  int code = session_open(cli, &session);
  if (code) return code;
  for (size_t i = 0; i < cli->word_count; i++)
    code = exit_worse(code, apply_sheet(cli, &session, cli->words[i]));
  session_close(&session);
  return code;
}

static int run_review(struct cli *cli) {
  bool say_yes = cli_option(cli, "--yes") != NULL, say_no = cli_option(cli, "--no") != NULL,
       say_value = cli_option(cli, "--answer") != NULL;
  struct answering answering = { say_yes ? "yes" : "no", answerer(cli) };
  if (say_yes + say_no + say_value > 1) return cli_usage(cli, "one of --yes, --no and --answer");
  bool says = say_yes || say_no || say_value;
  if (says && !cli->word_count) return cli_usage(cli, "which item? \"sluice review\" lists them");
  if (says && !answering.by.len) return cli_usage(cli, "--by says who answers");
  if (says) return cli_answers(cli, 0, say_value ? answer_value : answer, &answering);
  if (!cli->word_count) return take_and_list(cli);
  for (size_t i = 0; i < cli->word_count; i++)
    if (!is_sheet(cli->words[i]))
      return cli_usage(cli, "%s is no sheet (.xlsx, .csv); --yes or --no to it?", cli->words[i]);
  return apply_sheets(cli);
}

static const struct cli_option options[] = {
  { "--yes", NULL, "release what is ready; take a held file again; a message has been seen" },
  { "--no", NULL, "drop what is ready; reject a held file; leave a sheet as it is" },
  { "--answer", NULL, "each word is ID=VALUES: the values of a row of a sheet, parted by ;" },
  { "--by", "NAME", "who answers; else who is logged in" },
  { "--now", "TIME", "the stated time, as 2026-11-21T02:00:00Z" },
  { NULL, NULL, NULL },
};

const struct command command_review = {
  "review", "[ID.. | FILE..]", "open questions; answers to them by id, key or filled sheet", options, 0,
  10000,    run_review
};
