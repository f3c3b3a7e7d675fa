/* cli/check: every error of a site's config, schemas, transforms, feeds and sheets at once. */
#include "cli/cli.h"
#include "io/file.h"
#include "job/schedule.h"
#include "job/settings.h"
#include "job/specs.h"

static int run_check(struct cli *cli) {
  struct library *library = cli_library(cli);
  if (!file_is_folder(cli->site)) return cli_usage(cli, "there is no folder %s", cli->site);
  struct specs_count count = specs_open(library);
  struct schedule schedule;
  schedule_open(library, &schedule);
  settings_check(library);
  /* Where a file could not be read, what it would have asked for is not known. */
  if (!complaints_count(library_wrong(library))) library_check_conf(library);
  int code = cli_complaints(library);
  if (code) return code;
  if (cli->json)
    printf("{\"schemas\": %zu, \"transforms\": %zu, \"feeds\": %zu, \"sheets\": %zu, \"errors\": 0}\n",
           count.schemas, count.transforms, count.feeds, count.sheets);
  else
    printf("%zu schema%s, %zu transform%s, %zu feed%s, %zu sheet%s: no errors\n", count.schemas,
           count.schemas == 1 ? "" : "s", count.transforms, count.transforms == 1 ? "" : "s", count.feeds,
           count.feeds == 1 ? "" : "s", count.sheets, count.sheets == 1 ? "" : "s");
  return EXIT_CLEAN;
}

const struct command command_check = {
  "check", "", "config, schemas, transforms, feeds, sheets: every error at once", NULL, 0, 0, run_check
};
