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
  if (code) return code;
  if (!out && !read_wait(cli, session)) {
    session_close(session);
    return cli_usage(cli, "--wait %s is no number of seconds", cli_option(cli, "--wait"));
  }
  const char *var = file_join(cli->arena, cli->site, STR("var"));
  if (!out) out = spool_open(cli->site, cli->arena, &session->spool, &err);
  if (!out) out = ledger_open(var, &session->ledger, &torn, &err);
  if (out) return cli_fail(&err);
  if (torn)
    fprintf(stderr, "sluice: the ledger's last entry was torn (%zu bytes); it was cut off and kept beside\n",
            torn);
  if (ledger_remade(session->ledger))
    fprintf(stderr, "sluice: the ledger's checkpoint was missing or damaged; it has been made again\n");
  return EXIT_CLEAN;
}

int session_doubt(const struct session *session) {
  struct err err = { 0 };
  return ledger_trouble(session->ledger, &err) ? cli_fail(&err) : EXIT_CLEAN;
}

void session_close(struct session *session) {
  if (session->ledger) ledger_close(session->ledger);
  if (session->spool) spool_close(session->spool);
  site_close(&session->site);
}
