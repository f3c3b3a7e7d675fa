/* cli/explain: a transform's plan, a schema's records, a feed's lines, or the table of functions. */
#include "cli/cli.h"
#include "job/feed.h"
#include "report/explain.h"

static bool is_named(struct library *library, const char *folder, const char *ending, str name) {
  str *names;
  size_t count;
  library_names(library, folder, ending, &names, &count);
  for (size_t i = 0; i < count; i++)
    if (str_eq(names[i], name)) return true;
  return false;
}

static int print_if_clean(struct library *library, struct buf *text) {
  int code = cli_complaints(library);
  if (!code) cli_print(buf_str(text));
  return code;
}

static int explain_named_transform(struct library *library, str name, struct buf *text) {
  struct program *program = library_transform(library, name, (struct place){ NULL, 1 });
  if (program && !complaints_count(library_wrong(library))) explain_transform(program, text);
  return print_if_clean(library, text);
}

static int explain_named_schema(struct library *library, str name, struct buf *text) {
  struct schema *schema = library_schema(library, name, (struct place){ NULL, 1 });
  if (schema && !complaints_count(library_wrong(library))) explain_schema(schema, text);
  return print_if_clean(library, text);
}

static int explain_named_feed(struct library *library, str name, struct buf *text) {
  struct feed *feed = feed_open(library, name, (struct place){ NULL, 1 });
  if (feed && !complaints_count(library_wrong(library))) feed_format(feed, text);
  return print_if_clean(library, text);
}

static int unknown(struct cli *cli, struct library *library, str name) {
  static const char *const kinds[][2] = { { "transforms", ".transform" },
                                          { "schemas", ".schema" },
                                          { "feeds", ".feed" } };
  str *all = NULL;
  size_t count = 0;
  for (size_t i = 0; i < 3; i++) {
    str *names;
    size_t found;
    library_names(library, kinds[i][0], kinds[i][1], &names, &found);
    for (size_t j = 0; j < found; j++) *ARENA_PUSH(cli->arena, all, count) = names[j];
  }
  fprintf(stderr, "sluice: no transform, schema or feed \"%.*s\"%.*s\n", STR_ARG(name),
          STR_ARG(suggest(cli->arena, name, all, count)));
  return EXIT_USAGE;
}

static int run_explain(struct cli *cli) {
  str name = str_of(cli->words[0]);
  if (cli->json) return cli_usage(cli, "explain prints text only");
  struct buf text = buf_new(8 << 20);
  int code = EXIT_CLEAN;
  if (str_eq(name, STR("functions"))) {
    explain_functions(&text);
    cli_print(buf_str(&text));
    buf_free(&text);
    return code;
  }
  struct library *library = cli_library(cli);
  library_ask_later(library);
  /* A transform and a feed, or a schema, may share a name: all of them are meant. */
  bool transform = is_named(library, "transforms", ".transform", name),
       schema = is_named(library, "schemas", ".schema", name),
       feed = is_named(library, "feeds", ".feed", name);
  if (!transform && !schema && !feed) code = unknown(cli, library, name);
  if (transform) code = explain_named_transform(library, name, &text);
  buf_clear(&text);
  if (!code && schema) code = explain_named_schema(library, name, &text);
  buf_clear(&text);
  if (!code && feed) code = explain_named_feed(library, name, &text);
  buf_free(&text);
  return code;
}

const struct command command_explain = {
  "explain",  "NAME", "the plan of a transform, the records of a schema, the lines of a feed; or: functions",
  NULL,       1,      1,
  run_explain
};
