/* cli/confirm: `sluice confirm [FILE..]`: SL has imported a released file; it moves to imported/ (R5).
 *
 * Without a FILE every one that waits is looked for in SL, as the night does.
 * With a connection SL is asked first, document by document, and the file moves only
 * when all of it is there once. What is not is told, by the log when there is
 * one, and the command ends 1. Without a connection a person's word is taken,
 * but not against the log.
 */
#include "cli/confirm.h"
#include "cli/answers.h"
#include "job/imported.h"
#include "job/sl_read.h"
#include "job/unconfirmed.h"

enum { TOLD_MOST = 50, NAMES_MOST = 200 };

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

/* --- all that wait --- */

static str doubled(const struct imported *imported, struct arena *arena) {
  str names = STR_NONE;
  for (size_t i = 0; i < imported->count; i++)
    if (imported->documents[i].state == IMPORTED_TWICE)
      names = arena_printf(arena, "%.*s%s%.*s", STR_ARG(names), names.len ? ", " : "",
                           STR_ARG(imported->documents[i].document->keys[0]));
  return str_left_chars(names, NAMES_MOST);
}

static bool is_partly(const struct imported *imported) {
  for (size_t i = 0; i < imported->count; i++)
    if (imported->documents[i].state == IMPORTED_PARTLY) return true;
  return false;
}

static enum outcome confirm_one(const struct custody *custody, const struct unconfirmed *file, int *code,
                                struct err *err) {
  struct arena *arena = custody->site->arena;
  struct imported imported;
  str said = STR_NONE;
  if (imported_look(custody, file->name, file->log, &imported, err)) return err->outcome;
  if (imported.asked && imported.whole == imported.count && imported.count) {
    enum outcome out = answer_confirm(custody, file->name, &said, err);
    if (!out) printf("%.*s\n", STR_ARG(said));
    return out == OUT_END ? OUT_OK : out;
  }
  str twice = doubled(&imported, arena);
  if (twice.len && unconfirmed_doubled(custody, file, twice, err)) return err->outcome;
  if (!twice.len && !is_refused(&imported) && !is_partly(&imported) && !imported.whole) return OUT_OK;
  said = tell(&imported, file->name, arena);
  printf("%.*s\n", STR_ARG(said));
  *code = exit_worse(*code, EXIT_REVIEW);
  return OUT_OK;
}

/* A file that cannot be looked at does not stop the rest. */
static int confirm_feed(const struct custody *custody, const struct feed *feed) {
  struct unconfirmed *files = NULL;
  size_t count = 0;
  struct err err = { 0 };
  int code = EXIT_CLEAN;
  if (unconfirmed_files(custody, feed, &files, &count, &err)) return cli_fail(&err);
  for (size_t i = 0; i < count; i++) {
    err = (struct err){ 0 };
    if (!files[i].log && !sl_is_there(custody->site)) continue;
    if (!confirm_one(custody, &files[i], &code, &err)) continue;
    code = exit_worse(code, cli_fail(&err));
    if (err.outcome != OUT_DATA || !files[i].log || !sl_is_there(custody->site)) continue;
    files[i].log = NULL; /* a log that cannot be read tells nothing; what SL has counts all the same */
    if (confirm_one(custody, &files[i], &code, &err)) code = exit_worse(code, cli_fail(&err));
  }
  return code;
}

int confirm_waiting(struct session *session) {
  struct custody custody = { &session->site, session->spool, session->ledger };
  const struct place somewhere = { NULL, 1 };
  struct err err = { 0 };
  str *names;
  size_t count;
  int code = EXIT_CLEAN;
  if (ledger_refresh(session->ledger, &err)) return cli_fail(&err);
  library_names(session->library, "feeds", ".feed", &names, &count);
  for (size_t i = 0; i < count; i++) {
    const struct feed *feed = feed_open(session->library, names[i], somewhere);
    if (feed) code = exit_worse(code, confirm_feed(&custody, feed));
  }
  return code;
}

static int run_all(struct cli *cli) {
  struct session session;
  int code = session_open(cli, &session);
  if (code) return code;
  code = session_guard(&session);
  if (!code) code = confirm_waiting(&session);
  if (!code) code = cli_complaints(session.library);
  session_close(&session);
  return code;
}

static int run_confirm(struct cli *cli) {
  struct asking asking = { .log = cli_option(cli, "--log"), .unseen = cli_option(cli, "--unseen") != NULL };
  if (asking.log && cli->word_count != 1) return cli_usage(cli, "--log is the log of one FILE");
  if (asking.log && asking.unseen) return cli_usage(cli, "--unseen looks at no log");
  if (!cli->word_count && asking.unseen) return cli_usage(cli, "--unseen is said of a FILE");
  if (!cli->word_count) return run_all(cli);
  int code = cli_answers(cli, 0, confirm, &asking);
  return asking.open ? exit_worse(code, EXIT_REVIEW) : code;
}

static const struct cli_option options[] = {
  { "--log", "LOG", "what Transaction Import said of FILE: says why a document is not in SL" },
  { "--unseen", NULL, "take my word: SL is not asked" },
  { "--now", "TIME", "the stated time, as 2026-11-21T02:00:00Z" },
  { NULL, NULL, NULL },
};

const struct command command_confirm = {
  "confirm",
  "[FILE..]",
  "SL has imported it: it moves to imported/; without FILE: all that wait, as SL has them",
  options,
  0,
  10000,
  run_confirm
};
