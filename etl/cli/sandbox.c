/* cli/sandbox: `sluice sandbox`: an SL company to rehearse with, and what SL's administrator runs. */
#include "cli/cli.h"
#include "job/company.h"

enum { SCRIPT_MOST = 64 << 20 };

static enum outcome add_statement(void *user, str statement, struct err *err) {
  struct buf *script = user;
  buf_add(script, statement);
  buf_add(script, STR(";\n"));
  return script->full ? err_set(err, OUT_SPEC, "a script of more than %d bytes", SCRIPT_MOST) : OUT_OK;
}

static bool is_tsql(const struct dialect *dialect) { return str_eq(str_of(dialect->name), STR("tsql")); }

/* All or nothing, so that a script which fails half-way leaves no half of a company. */
static void begin_script(const struct dialect *dialect, const char *what, struct buf *script) {
  buf_printf(script, "-- %s; written by \"sluice sandbox\".\n", what);
  buf_add(script, is_tsql(dialect) ? STR("SET XACT_ABORT ON;\nBEGIN TRANSACTION;\n") : STR("BEGIN;\n"));
}

static int print_script(struct cli *cli, struct library *library, const struct dialect *dialect) {
  struct err err = { 0 };
  struct buf script = buf_new(SCRIPT_MOST);
  const char *login = cli_option(cli, "--login");
  enum outcome out;
  if (cli_option(cli, "--grants")) {
    begin_script(dialect, "sluice's control table and rights, for SL's administrator", &script);
    out = company_grants(library, dialect, str_of(login ? login : "sluice"), add_statement, &script, &err);
  } else {
    begin_script(dialect, "A company to rehearse with: for an empty database, never for one in use", &script);
    out = company_make(library, dialect, add_statement, &script, &err);
  }
  buf_add(&script, is_tsql(dialect) ? STR("COMMIT TRANSACTION;\n") : STR("COMMIT;\n"));
  int code = cli_complaints(library);
  if (!code && out) code = cli_fail(&err);
  if (!code) cli_print(buf_str(&script));
  buf_free(&script);
  return code;
}

static int run_sandbox(struct cli *cli) {
  struct library *library = cli_library(cli);
  const char *name = cli_option(cli, "--dialect");
  const struct dialect *dialect = dialect_named(str_of(name ? name : "sqlite"));
  if (!dialect) return cli_usage(cli, "no dialect \"%s\": sqlite, postgresql or tsql", name);
  return print_script(cli, library, dialect);
}

static const struct cli_option options[] = {
  { "--print", NULL, "the script that makes the company, instead of making it" },
  { "--grants", NULL, "the script of our control table and of the least rights, for SL's administrator" },
  { "--dialect", "NAME", "of the script: sqlite, postgresql or tsql" },
  { "--login", "NAME", "who gets the rights of --grants; else sluice" },
  { NULL, NULL, NULL },
};

const struct command command_sandbox = {
  "sandbox", "", "an SL company in SQLite to rehearse with; or its script", options, 0, 0, run_sandbox
};
