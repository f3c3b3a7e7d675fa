/* cli/confirm: `sluice confirm FILE..`: SL has imported a released file; it moves to imported/ (R5).
 *
 * With a connection SL is asked first, document by document, and the file moves only
 * when all of it is there once. What is not is told, by the log when there is
 * one, and the command ends 1. Without a connection a person's word is taken,
 * but not against the log.
 */
#include "cli/answers.h"
#include "job/imported.h"

enum { TOLD_MOST = 50 };

struct asking {
  const char *log;
  bool unseen;
  bool open; /* a file was not confirmed */
};

static str tell(const struct imported *imported, str file, struct arena *arena) {
  str said = arena_printf(arena, "%.*s is not confirmed: %zu of %zu documents are in SL", STR_ARG(file),
                          imported->whole, imported->count);
  if (!imported->asked)
    said = arena_printf(arena, "%.*s is not confirmed: the log refuses some of it", STR_ARG(file));
  for (size_t i = 0, told = 0; i < imported->count && told <= TOLD_MOST; i++) {
    if (imported->documents[i].state == IMPORTED_WHOLE) continue;
    if (!imported->asked && imported->documents[i].state == IMPORTED_UNKNOWN) continue;
    str one = told++ < TOLD_MOST ? imported_text(&imported->documents[i], arena) : STR("...");
    said = arena_printf(arena, "%.*s\n  %.*s", STR_ARG(said), STR_ARG(one));
  }
  if (imported->strange)
    said = arena_printf(
        arena, "%.*s\n  the log refuses %llu lines that are not in it: is it the log of another file?",
        STR_ARG(said), (unsigned long long)imported->strange);
  return said;
}

static bool is_refused(const struct imported *imported) {
  for (size_t i = 0; i < imported->count; i++)
    if (imported->documents[i].state == IMPORTED_REFUSED) return true;
  return imported->strange > 0;
}

static enum outcome confirm(const struct custody *custody, str file, void *user, str *said, struct err *err) {
  struct asking *asking = user;
  struct imported imported = { 0 };
  if (!asking->unseen && imported_look(custody, file, asking->log, &imported, err)) return err->outcome;
  bool all = imported.asked ? imported.whole == imported.count : !is_refused(&imported);
  if (asking->unseen || !imported.readable || all) return answer_confirm(custody, file, said, err);
  *said = tell(&imported, file, custody->site->arena);
  asking->open = true;
  return OUT_OK;
}

static int run_confirm(struct cli *cli) {
  struct asking asking = { .log = cli_option(cli, "--log"), .unseen = cli_option(cli, "--unseen") != NULL };
  if (asking.log && cli->word_count > 1) return cli_usage(cli, "--log is the log of one FILE");
  if (asking.log && asking.unseen) return cli_usage(cli, "--unseen looks at no log");
  int code = cli_answers(cli, 0, confirm, &asking);
  return asking.open ? exit_worse(code, EXIT_REVIEW) : code;
}

static const struct cli_option options[] = {
  { "--log", "LOG", "what Transaction Import said of FILE: says why a document is not in SL" },
  { "--unseen", NULL, "take my word: SL is not asked" },
  { "--now", "TIME", "the stated time, as 2026-11-21T02:00:00Z" },
  { NULL, NULL, NULL },
};

const struct command command_confirm = { "confirm",  "FILE..", "SL has imported it: it moves to imported/",
                                         options,    1,        10000,
                                         run_confirm };
