/* cli/check: every error of a site's config, schemas, transforms, feeds and sheets at once. */
#include "cli/cli.h"
#include "io/file.h"
#include "job/specs.h"

static const char *plural(size_t n) { return n == 1 ? "" : "s"; }

static int run_check(struct cli *cli) {
  struct library *library = cli_library(cli);
  if (!file_is_folder(cli->site)) return cli_usage(cli, "there is no folder %s", cli->site);
  struct specs_count n = specs_check(library);
  int code = cli_complaints(library);
  if (n.unasked && !cli->json)
    printf("not switched on (no \"when\" line), and so not asked for %zu setting%s: %.*s\n", n.unasked,
           plural(n.unasked), STR_ARG(n.unasked_for));
  if (code) return code;
  if (cli->json)
    printf("{\"schemas\": %zu, \"transforms\": %zu, \"feeds\": %zu, \"sheets\": %zu, \"unasked\": %zu, "
           "\"errors\": 0}\n",
           n.schemas, n.transforms, n.feeds, n.sheets, n.unasked);
  else
    printf("%zu schema%s, %zu transform%s, %zu feed%s, %zu sheet%s: no errors\n", n.schemas,
           plural(n.schemas), n.transforms, plural(n.transforms), n.feeds, plural(n.feeds), n.sheets,
           plural(n.sheets));
  return EXIT_CLEAN;
}

const struct command command_check = {
  "check", "", "config, schemas, transforms, feeds, sheets: every error at once", NULL, 0, 0, run_check
};
