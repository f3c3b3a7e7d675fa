/* cli/sandbox: `sluice sandbox`: an SL company to rehearse with, and what SL's administrator runs. */
#include "cli/cli.h"
#include "io/file.h"
#include "job/company.h"
#include "job/company_file.h"
#include "job/local.h"

#include <unistd.h>

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

/* What stands in a company belongs to whoever made it: orders of a rehearsal, say. */
static int make_company(struct cli *cli, struct library *library) {
  struct err err = { 0 };
  size_t statements = 0;
  const char *path = company_path(library);
  int code = cli_complaints(library);
  if (code) return code;
  if (file_exists(path) && !cli_option(cli, "--again")) {
    printf("%s is there already; sluice sandbox --again makes it anew\n", path);
    return EXIT_CLEAN;
  }
  enum outcome out = company_make_file(library, path, &statements, &err);
  code = cli_complaints(library);
  if (code || out) return code ? code : cli_fail(&err);
  printf("%s: a company of %zu statements\n", path, statements);
  return EXIT_CLEAN;
}

/* Becomes the local SP-API, until it is stopped. */
static int serve(struct cli *cli) {
  struct err err = { 0 };
  const char *const *words;
  if (local_command(cli->site, cli->arena, NULL, &words, &err)) return cli_fail(&err);
  execv(words[0], (char *const *)(uintptr_t)words);
  err_errno(&err, "cannot start %s", words[0]);
  return cli_fail(&err);
}

static int run_sandbox(struct cli *cli) {
  if (cli_option(cli, "--serve")) return serve(cli);
  struct library *library = cli_library(cli);
  const char *name = cli_option(cli, "--dialect");
  const struct dialect *dialect = dialect_named(str_of(name ? name : "sqlite"));
  if (!dialect) return cli_usage(cli, "no dialect \"%s\": sqlite, postgresql or tsql", name);
  if (cli_option(cli, "--print") || cli_option(cli, "--grants")) return print_script(cli, library, dialect);
  if (name) return cli_usage(cli, "--dialect is of a script: add --print or --grants");
  return make_company(cli, library);
}

static const struct cli_option options[] = {
  { "--again", NULL, "also when there is a company already: what is in it goes" },
  { "--serve", NULL, "runs the local SP-API (amazon-region = local) in the foreground, to be looked at" },
  { "--print", NULL, "the script that makes the company, instead of making it" },
  { "--grants", NULL, "the script of our control table and of the least rights, for SL's administrator" },
  { "--dialect", "NAME", "of the script: sqlite, postgresql or tsql" },
  { "--login", "NAME", "who gets the rights of --grants; else sluice" },
  { NULL, NULL, NULL },
};

const struct command command_sandbox = {
  "sandbox", "", "an SL company in SQLite to rehearse with; or its script", options, 0, 0, run_sandbox
};
