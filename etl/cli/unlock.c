/* cli/unlock: `sluice unlock FEED..`: a person says that a holder on another host is dead (R37). */
#include "cli/session.h"

static bool is_feed(struct library *library, str name, str *near) {
  str *names;
  size_t count;
  library_names(library, "feeds", ".feed", &names, &count);
  for (size_t i = 0; i < count; i++)
    if (str_eq(names[i], name)) return true;
  *near = suggest(library_arena(library), name, names, count);
  return false;
}

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
  if (night) code = unlock(&session, SPOOL_NIGHT, "the night");
  for (size_t i = 0; i < cli->word_count; i++) {
    str name = str_of(cli->words[i]), near = STR_NONE;
    if (is_feed(session.library, name, &near)) {
      const char *shown = arena_printf(cli->arena, "feed %s", cli->words[i]).at;
      code = exit_worse(code, unlock(&session, name, shown));
    } else {
      fprintf(stderr, "sluice: no feed \"%s\"%.*s\n", cli->words[i], STR_ARG(near));
      code = exit_worse(code, EXIT_CONFIG);
    }
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
