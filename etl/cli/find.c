/* cli/find: `sluice find`: the whole story of a settlement, a file, an output, or an order. */
#include "cli/session.h"
#include "job/story.h"

void cli_history(const struct cli *cli, const struct history_entry *entries, size_t count, const char *none) {
  struct buf text = buf_new((size_t)1 << 30);
  if (cli->json) history_json(entries, count, &text);
  else if (count) history_text(entries, count, &text);
  else buf_printf(&text, "%s\n", none);
  cli_print(buf_str(&text));
  buf_free(&text);
}

static int run_find(struct cli *cli) {
  struct session session;
  struct story story;
  struct err err = { 0 };
  str wanted = str_of(cli->words[0]);
  if (!wanted.len) return cli_usage(cli, "nothing is to be found");
  int code = session_open(cli, &session);
  if (code) return code;
  struct custody custody = { &session.site, session.spool, session.ledger };
  if (story_of(&custody, wanted, &story, &err)) code = cli_fail(&err);
  else
    cli_history(cli, story.entries, story.count,
                arena_printf(cli->arena, "no entry and no archived file holds \"%.*s\"", STR_ARG(wanted)).at);
  if (story.sealed)
    fprintf(stderr, "sluice: %zu sealed file%s not searched\n", story.sealed,
            story.sealed == 1 ? " was" : "s were");
  if (!code) code = session_doubt(&session);
  session_close(&session);
  return code;
}

const struct command command_find = {
  "find",
  "ORDER|SKU|SETTLEMENT",
  "the whole story of it: by key, id, file or output; else by archived rows",
  NULL,
  1,
  1,
  run_find
};
