/* cli/session: what a command needs that works on a site's state: specs, clock, spool, ledger. */
#include "cli/session.h"
#include "io/file.h"

enum { WAIT_MOST = 7 * 86400 };

/* A setting that is no number is what `sluice check` and the run itself complain of. */
static bool read_wait(const struct cli *cli, struct session *session) {
  const char *stated = cli_option(cli, "--wait");
  str text = stated ? str_of(stated) : site_setting(&session->site, STR_NONE, "lock-wait");
  bool good = str_to_int(text, &session->wait) && session->wait >= 0 && session->wait <= WAIT_MOST;
  if (!good) session->wait = -1;
  return good || !stated;
}

int session_open(struct cli *cli, struct session *session) {
  struct err err = { 0 };
  size_t torn = 0;
  *session = (struct session){ .library = cli_library(cli) };
  if (!library_has_conf(session->library))
    return cli_usage(cli, "%s is no site: it has no sluice.conf", cli->site);
  const char *now = cli_option(cli, "--now");
  enum outcome out = site_open(session->library, str_of(now), &session->site, &err);
  int code = cli_complaints(session->library);
  if (!code && !out && !read_wait(cli, session))
    code = cli_usage(cli, "--wait %s is no number of seconds", cli_option(cli, "--wait"));
  if (code) return session_close(session), code;
  const char *var = file_join(cli->arena, cli->site, STR("var"));
  if (!out) out = spool_open(cli->site, cli->arena, &session->spool, &err);
  if (!out) out = site_open_archive(&session->site, &err);
  if (!out) out = ledger_open(var, &session->ledger, &torn, &err);
  if (out) {
    session_close(session);
    return cli_fail(&err);
  }
  if (torn)
    fprintf(stderr, "sluice: the ledger's last entry was torn (%zu bytes); it was cut off and kept beside\n",
            torn);
  if (ledger_remade(session->ledger))
    fprintf(stderr, "sluice: the ledger's checkpoint was missing or damaged; it has been made again\n");
  return EXIT_CLEAN;
}

/* The ledger is looked at after the guard, as runs side by side write them before it: else one that has just
 * ended would make ours look like an older copy. */
static enum outcome ask_guard(struct session *session, struct err *err) {
  str control = site_setting(&session->site, STR_NONE, "control");
  enum outcome out = guard_open(session->site.folder, control, session->site.arena, &session->guard, err);
  if (!out) out = ledger_refresh(session->ledger, err);
  return out ? out : guard_check(&session->guard, ledger_next_run(session->ledger) - 1, err);
}

int session_guard(struct session *session) {
  struct err err = { 0 };
  return ask_guard(session, &err) ? cli_fail(&err) : EXIT_CLEAN;
}

int session_doubt(const struct session *session) {
  struct err err = { 0 };
  return ledger_trouble(session->ledger, &err) ? cli_fail(&err) : EXIT_CLEAN;
}

static void tell_of_master(const struct site *site) {
  const char *master = site->archive ? archive_made_master(site->archive) : NULL;
  if (master)
    fprintf(
        stderr,
        "sluice: the archive's first master key was made: %.*s/master-%s.key. Keep a copy of it elsewhere: "
        "without it nothing archived can be read\n",
        STR_ARG(site_setting(site, STR_NONE, "keys")), master);
}

void session_close(struct session *session) {
  tell_of_master(&session->site);
  if (session->ledger) ledger_close(session->ledger);
  if (session->spool) spool_close(session->spool);
  site_close(&session->site);
}
