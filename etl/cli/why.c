/* cli/why: `sluice why`: an output line back to its source rows, and a source row forward. */
#include "cli/session.h"
#include "job/naming.h"
#include "job/why.h"
#include "report/trail.h"

static void fill_trail(struct arena *arena, const struct why *why, struct trail *trail) {
  struct trail_line *lines = ARENA_ARRAY(arena, struct trail_line, why->line_count + 1);
  struct trail_row *rows = ARENA_ARRAY(arena, struct trail_row, why->kept + 1);
  for (size_t i = 0; i < why->line_count; i++)
    lines[i] = (struct trail_line){ why->lines[i].output, why->lines[i].line.shown };
  for (size_t i = 0; i < why->kept; i++) rows[i] = (struct trail_row){ why->rows[i].row, why->rows[i].cells };
  trail->source = why->source;
  trail->key = why->key;
  trail->original = why->original;
  trail->state = why->state;
  trail->time = why->time;
  trail->mirror_of = why->mirror_of;
  trail->counts_records = why->counts_records;
  trail->changed = why->changed;
  trail->lines = lines;
  trail->line_count = why->line_count;
  trail->rows = rows;
  trail->shown = why->kept;
  trail->row_count = why->row_count;
  trail->has_sum = why->has_sum;
  trail->sum = why->sum;
}

/* NAME:NUMBER; false when it does not end so. */
static bool split_number(str word, str *name, uint64_t *number) {
  size_t at = word.len;
  int64_t n;
  while (at && word.at[at - 1] != ':') at--;
  if (at < 2 || !str_to_int(str_sub(word, at, word.len), &n) || n < 1) return false;
  *name = str_sub(word, 0, at - 1);
  *number = (uint64_t)n;
  return true;
}

struct question {
  str name;
  uint64_t number; /* 0: none */
};

static bool read_question(const struct cli *cli, const struct session *session, struct question *question) {
  str word = str_of(cli->words[0]);
  *question = (struct question){ word, 0 };
  if (cli->word_count == 2) {
    int64_t n;
    if (!str_to_int(str_of(cli->words[1]), &n) || n < 1) return false;
    question->number = (uint64_t)n;
  } else if (!ledger_by_output(session->ledger, naming_released(cli->arena, word)))
    split_number(word, &question->name, &question->number);
  return true;
}

static enum outcome ask(struct session *session, const struct question *question, struct why *why,
                        enum trail_kind *kind, struct err *err) {
  str name = naming_released(session->site.arena, question->name);
  bool output = ledger_by_output(session->ledger, name) != NULL;
  *kind = !output && question->number ? TRAIL_ROW : question->number ? TRAIL_LINE : TRAIL_FILE;
  if (*kind == TRAIL_ROW)
    return why_source(&session->site, session->ledger, question->name, question->number, why, err);
  return why_output(&session->site, session->ledger, name, question->number, why, err);
}

static int run_why(struct cli *cli) {
  struct session session;
  struct question question;
  int code = session_open(cli, &session);
  if (code) return code;
  if (!read_question(cli, &session, &question)) {
    session_close(&session);
    return cli_usage(cli, "\"%s\" is no number of a row", cli->words[1]);
  }
  struct why why;
  struct trail trail = { .asked = question.name };
  struct err err = { 0 };
  enum outcome out = ask(&session, &question, &why, &trail.kind, &err);
  code = cli_complaints(session.library);
  if (out && !code) code = cli_fail(&err);
  struct buf text = buf_new((size_t)1 << 28);
  if (!out && !code) {
    fill_trail(cli->arena, &why, &trail);
    if (cli->json) trail_json(&trail, &text);
    else trail_text(&trail, &text);
    cli_print(buf_str(&text));
  }
  buf_free(&text);
  if (!code) code = session_doubt(&session);
  session_close(&session);
  return code;
}

const struct command command_why = { "why",
                                     "FILE[:LINE] | FILE ROW",
                                     "an output line back to its source rows; a source row forward",
                                     NULL,
                                     1,
                                     2,
                                     run_why };
