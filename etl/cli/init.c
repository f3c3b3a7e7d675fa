/* cli/init: `sluice init DIR`: a new site; `sluice init --take-over`: a copy is the real site now. */
#include "cli/session.h"
#include "io/file.h"
#include "io/in.h"
#include "job/rejoin.h"

enum { SHEET_MOST = 64 << 20 };

/* --- a new site --- */

static enum outcome copy(struct cli *cli, const char *from, const char *to, struct err *err) {
  str text;
  if (file_exists(to)) return OUT_OK;
  if (in_read_whole(from, SHEET_MOST, cli->arena, &text, err)) return err->outcome;
  return file_put(to, 0644, text, err);
}

static const char *below(struct cli *cli, const char *folder, const char *name) {
  return file_join(cli->arena, folder, str_of(name));
}

/* Accounts, labels, periods: the sheets are the site's own from the start. */
static enum outcome copy_sheets(struct cli *cli, const char *share, const char *site, struct err *err) {
  str *names;
  size_t count;
  const char *from = below(cli, share, "transforms/lookups"), *to = below(cli, site, "transforms/lookups");
  if (!file_is_folder(from)) return OUT_OK;
  if (file_make_folders(to, 0755, err) || file_list(from, cli->arena, &names, &count, err))
    return err->outcome;
  for (size_t i = 0; i < count; i++)
    if (str_ends(names[i], STR(".csv")) &&
        copy(cli, file_join(cli->arena, from, names[i]), file_join(cli->arena, to, names[i]), err))
      return err->outcome;
  return OUT_OK;
}

static enum outcome make_inboxes(struct cli *cli, const char *share, const char *site, struct err *err) {
  static const char ending[] = ".feed";
  str *names;
  size_t count;
  const char *feeds = below(cli, share, "feeds");
  if (file_list(feeds, cli->arena, &names, &count, err)) return err->outcome;
  for (size_t i = 0; i < count; i++) {
    if (!str_ends(names[i], str_of(ending))) continue;
    str inbox =
        arena_printf(cli->arena, "inbox/%.*s", (int)(names[i].len - (sizeof ending - 1)), names[i].at);
    if (file_make_folders(file_join(cli->arena, site, inbox), 0750, err)) return err->outcome;
  }
  return OUT_OK;
}

/* No answer is given for anybody: what is missing is asked for by `sluice check`. */
#define EMPTY_CONF                                                                                           \
  "# \"sluice check\" names every setting that is missing here for the feeds that are switched on (those "   \
  "with a\n"                                                                                                 \
  "# \"when\" line), and says what its choices mean.\n"                                                      \
  "\n"                                                                                                       \
  "keys = keys\n"

/* sluice.conf comes last: before it the folder is no site, and init can be run again. */
static enum outcome make_site(struct cli *cli, const char *share, const char *site, struct err *err) {
  if (file_make_folders(below(cli, site, "outbox"), 0750, err) || make_inboxes(cli, share, site, err) ||
      copy_sheets(cli, share, site, err))
    return err->outcome;
  return file_put(below(cli, site, "sluice.conf"), 0644, STR(EMPTY_CONF), err);
}

static int new_site(struct cli *cli, const char *site) {
  struct err err = { 0 };
  const char *share = cli_share();
  if (file_exists(below(cli, site, "sluice.conf"))) return cli_usage(cli, "%s is a site already", site);
  if (!share || !file_exists(below(cli, share, "sluice.conf")))
    return cli_usage(cli, "the specs that come with the program are not installed; SLUICE_SHARE names them");
  if (make_site(cli, share, site, &err)) return cli_fail(&err);
  printf("%s is a site now. Answer the settings in %s, then: sluice -C %s check\n", site,
         below(cli, site, "sluice.conf"), site);
  return EXIT_CLEAN;
}

/* --- taking over --- */

/* The ledger first: a run that dies behind it finds a copy still, and is asked again. */
static int take_over(struct cli *cli, struct session *session) {
  struct custody custody = { &session->site, session->spool, session->ledger };
  struct guard *guard = &session->guard;
  struct err err = { 0 };
  str control = site_setting(&session->site, STR_NONE, "control");
  if (guard_open(session->site.folder, control, cli->arena, guard, &err)) return cli_fail(&err);
  if (!guard_is_copy(guard)) {
    printf("this is the real site already: %.*s on %.*s\n", STR_ARG(guard->place), STR_ARG(guard->host));
    return EXIT_CLEAN;
  }
  str place = guard->told_place, host = guard->told_host;
  if (rejoin_taken_over(&custody, guard, &err) ||
      guard_take_over(guard, ledger_next_run(session->ledger) - 1, &err))
    return cli_fail(&err);
  printf("this is the real site now; the one at %.*s on %.*s must not run any more\n", STR_ARG(place),
         STR_ARG(host));
  return EXIT_CLEAN;
}

static int run_init(struct cli *cli) {
  struct session session;
  const char *site = cli->word_count ? cli->words[0] : cli->site;
  if (!cli_option(cli, "--take-over")) {
    if (!cli->word_count) return cli_usage(cli, "which folder shall be a site?");
    return new_site(cli, site);
  }
  cli->site = site;
  int code = session_open(cli, &session);
  if (code) return code;
  code = take_over(cli, &session);
  session_close(&session);
  return code;
}

static const struct cli_option options[] = {
  { "--take-over", NULL, "this copy of a site is the real one from now on" },
  { "--now", "TIME", "the stated time, as 2026-11-21T02:00:00Z" },
  { NULL, NULL, NULL },
};

const struct command command_init = {
  "init", "[DIR]", "a new site: folders, sheets and settings to be answered", options, 0, 1, run_init
};
