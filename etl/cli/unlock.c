/* cli/unlock: `sluice unlock FEED..`: a person says that a holder on another host is dead (R37). */
#include "cli/session.h"

static int unlock(struct session *session, str name, const char *shown) {
  struct err err = { 0 };
  str holder;
  if (spool_unlock(session->spool, name, &holder, &err)) return cli_fail(&err);
  if (holder.len) printf("%s is free; it was held by %.*s\n", shown, STR_ARG(holder));
  else printf("%s was not locked\n", shown);
  return EXIT_CLEAN;
}

static int run_unlock(struct cli *cli) {
  struct session session;
  bool night = cli_option(cli, "--night") != NULL;
  if (!night && !cli->word_count) return cli_usage(cli, "nothing is to be unlocked");
  int code = session_open(cli, &session);
  if (code) return code;
  for (size_t i = 0; i < cli->word_count && !code; i++) {
    str near;
    if (!cli_is_feed(session.library, str_of(cli->words[i]), &near))
      code = cli_usage(cli, "no feed \"%s\"%.*s", cli->words[i], STR_ARG(near));
  }
  bool good = !code;
  if (night && good) code = unlock(&session, SPOOL_NIGHT, "the night");
  for (size_t i = 0; i < cli->word_count && good; i++) {
    const char *shown = arena_printf(cli->arena, "feed %s", cli->words[i]).at;
    code = exit_worse(code, unlock(&session, str_of(cli->words[i]), shown));
  }
  session_close(&session);
  return code;
}

static const struct cli_option options[] = {
  { "--night", NULL, "the lock of the night itself" },
  { NULL, NULL, NULL },
};

const struct command command_unlock = { "unlock",  "[FEED..]", "the lock of a run that died on another host",
                                        options,   0,          10000,
                                        run_unlock };
