/* cli/check: every error of a site's config, schemas, transforms, feeds and sheets at once. */
#include "cli/cli.h"
#include "io/file.h"
#include "job/schedule.h"
#include "job/settings.h"

static const struct place somewhere = { NULL, 1 };

typedef void open_named(struct library *library, str name);
static void open_schema(struct library *library, str name) { library_schema(library, name, somewhere); }
static void open_transform(struct library *library, str name) { library_transform(library, name, somewhere); }

/* Opens everything of one kind; what is wrong is complained of. */
static size_t check_all(struct library *library, const char *folder, const char *ending, open_named *open) {
  str *names;
  size_t count;
  library_names(library, folder, ending, &names, &count);
  for (size_t i = 0; i < count; i++) open(library, names[i]);
  return count;
}

/* Sheets that no transform reads are read too: a sheet that cannot be read is wrong now, not when it is used.
 */
static size_t check_sheets(struct library *library) {
  str *names;
  size_t count;
  library_names(library, "transforms/lookups", ".csv", &names, &count);
  for (size_t i = 0; i < count; i++) {
    str file = arena_printf(library_arena(library), "%.*s.csv", STR_ARG(names[i]));
    library_sheet(library, file, somewhere);
  }
  return count;
}

static int run_check(struct cli *cli) {
  struct library *library = cli_library(cli);
  if (!file_is_folder(cli->site)) return cli_usage(cli, "there is no folder %s", cli->site);
  struct schedule schedule;
  size_t schemas = check_all(library, "schemas", ".schema", open_schema),
         transforms = check_all(library, "transforms", ".transform", open_transform),
         sheets = check_sheets(library);
  schedule_open(library, &schedule);
  settings_check(library);
  /* Where a file could not be read, what it would have asked for is not known. */
  if (!complaints_count(library_wrong(library))) library_check_conf(library);
  int code = cli_complaints(library);
  if (code) return code;
  if (cli->json)
    printf("{\"schemas\": %zu, \"transforms\": %zu, \"feeds\": %zu, \"sheets\": %zu, \"errors\": 0}\n",
           schemas, transforms, schedule.count, sheets);
  else
    printf("%zu schema%s, %zu transform%s, %zu feed%s, %zu sheet%s: no errors\n", schemas,
           schemas == 1 ? "" : "s", transforms, transforms == 1 ? "" : "s", schedule.count,
           schedule.count == 1 ? "" : "s", sheets, sheets == 1 ? "" : "s");
  return EXIT_CLEAN;
}

const struct command command_check = {
  "check", "", "config, schemas, transforms, feeds, sheets: every error at once", NULL, 0, 0, run_check
};
