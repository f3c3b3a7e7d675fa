/* cli/session: what a command needs that works on a site's state: specs, clock, spool, ledger. */
#include "cli/session.h"
#include "io/file.h"

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
