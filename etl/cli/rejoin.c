/* cli/rejoin: `sluice rejoin`: a ledger restored from an older copy goes on, after what it forgot was listed
 * (R35). */
#include "cli/session.h"
#include "job/rejoin.h"
#include "job/sl_run.h"

static void list(const char *what, const str *places, size_t count) {
  if (count) printf("%s\n", what);
  for (size_t i = 0; i < count; i++) printf("  %.*s\n", STR_ARG(places[i]));
}

static void show(const struct forgotten *forgotten) {
  list("outputs that stand here and are not in the ledger; SL may have them:", forgotten->outputs,
       forgotten->output_count);
  list("archived originals that are not in the ledger:", forgotten->originals, forgotten->original_count);
  if (!forgotten->output_count && !forgotten->original_count)
    printf("nothing stands in outbox/ or in the archive that is not in the ledger\n");
}

static enum outcome go_on(const struct custody *custody, struct guard *guard,
                          const struct forgotten *forgotten, struct err *err) {
  if (rejoin_append(custody, forgotten, guard->run, err)) return err->outcome;
  return guard_note(guard, guard->run, err);
}

/* The higher of what the control folder and SL know of. OUT_END: the site has neither. */
static enum outcome ask_elsewhere(struct session *session, const char **who, struct err *err) {
  struct guard *guard = &session->guard;
  uint64_t run;
  *who = "its control";
  enum outcome out = sl_last_run(&session->site, guard->id, &run, err);
  if (out == OUT_END && guard->control) return OUT_OK;
  if (!out && run > guard->run) {
    *who = "SL";
    guard->run = run;
  }
  return out;
}

static int rejoin(struct cli *cli, struct session *session, struct err *err) {
  struct custody custody = { &session->site, session->spool, session->ledger };
  struct forgotten forgotten;
  struct guard *guard = &session->guard;
  uint64_t run = ledger_next_run(session->ledger) - 1;
  str control = site_setting(&session->site, STR_NONE, "control");
  if (guard_open(session->site.folder, control, session->site.arena, guard, err)) return cli_fail(err);
  if (guard_is_copy(guard)) return guard_check(guard, run, err) ? cli_fail(err) : EXIT_CLEAN;
  const char *who;
  enum outcome out = ask_elsewhere(session, &who, err);
  if (out == OUT_END)
    return cli_usage(cli,
                     "sluice.conf has no setting control and no sl-connection: no other place knows of runs");
  if (out) return cli_fail(err);
  if (run >= guard->run) {
    printf("the ledger is not older than its control: run %llu\n", (unsigned long long)run);
    return EXIT_CLEAN;
  }
  if (rejoin_look(&custody, &forgotten, err)) return cli_fail(err);
  show(&forgotten);
  if (!cli_option(cli, "--yes")) {
    printf("\nthe ledger ends with run %llu, %s with run %llu. Adopt what SL has booked (sluice adopt "
           "FEED KEY), then: sluice rejoin --yes\n",
           (unsigned long long)run, who, (unsigned long long)guard->run);
    return EXIT_REVIEW;
  }
  if (go_on(&custody, guard, &forgotten, err)) return cli_fail(err);
  printf("the ledger goes on after run %llu\n", (unsigned long long)guard->run);
  return EXIT_CLEAN;
}

static int run_rejoin(struct cli *cli) {
  struct session session;
  struct err err = { 0 };
  int code = session_open(cli, &session);
  if (code) return code;
  code = rejoin(cli, &session, &err);
  session_close(&session);
  return code;
}

static const struct cli_option options[] = {
  { "--yes", NULL, "go on from the higher number" },
  { "--now", "TIME", "the stated time, as 2026-11-21T02:00:00Z" },
  { NULL, NULL, NULL },
};

const struct command command_rejoin = {
  "rejoin", "",        "a ledger restored from an older copy: what it forgot, and how it goes on", options, 0,
  0,        run_rejoin
};
