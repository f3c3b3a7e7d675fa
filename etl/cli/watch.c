/* cli/watch: `sluice watch`: starts feeds on Amazon's notifications; --setup subscribes to them. */
#include "cli/session.h"
#include "base/map.h"
#include "job/watch.h"

#include <signal.h>
#include <string.h>

enum { WAIT_SECONDS = 20, TROUBLE_SECONDS = 60 };

static int set_up(struct session *session, struct wire_way *way) {
  struct err err = { 0 };
  str told, arn = site_setting(&session->site, STR_NONE, "amazon-queue-arn");
  if (!arn.len) {
    err_set(&err, OUT_SPEC,
            "sluice.conf has no amazon-queue-arn: the queue's name, arn:aws:sqs:REGION:ACCOUNT:NAME");
    return cli_fail(&err);
  }
  enum outcome out = watch_setup(&session->site, way, arn, &told, &err);
  for (str rest = told, one; str_split(&rest, ';', &one);) printf("%.*s\n", STR_ARG(str_trim(one)));
  return out ? cli_fail(&err) : EXIT_CLEAN;
}

/* Until a signal comes, which is taken between two looks; with --once, one look. */
static bool stopped(int64_t seconds) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  struct timespec patience = { .tv_sec = (time_t)seconds };
  return sigtimedwait(&signals, NULL, &patience) > 0;
}

static void block_signals(void) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigprocmask(SIG_BLOCK, &signals, NULL);
}

/* `kept`: what stays from look to look. */
static int look(struct session *session, const struct watch_round *kept, int64_t wait) {
  struct err err = { 0 };
  struct watch_round round = *kept;
  arena_reset(round.arena);
  wire_forget_calls(round.way);
  enum outcome out = ledger_refresh(session->ledger, &err);
  if (!out) out = watch_look(&round, wait, &err);
  if (round.told.len) printf("%.*s\n", STR_ARG(round.told));
  if (round.messages)
    printf("%zu message%s, %zu done with\n", round.messages, round.messages == 1 ? "" : "s", round.deleted);
  fflush(stdout);
  return out ? cli_fail(&err) : round.code;
}

static int watch(struct cli *cli, struct session *session, struct wire_way *way) {
  struct err err = { 0 };
  str address = site_setting(&session->site, STR_NONE, "amazon-queue");
  if (!address.len || !way->account->aws_key[0] || !way->account->aws_secret.len) {
    err_set(&err, OUT_SPEC,
            "sluice watch needs amazon-queue in sluice.conf, and aws-key and aws-secret in the key file");
    return cli_fail(&err);
  }
  struct queue *queue = queue_new(&way->attempts, arena_text(cli->arena, address), way->account);
  struct watch_round kept = {
    .site = &session->site, .ledger = session->ledger, .way = way, .queue = queue, .arena = arena_new()
  };
  kept.feeds = map_new(session->site.arena);
  bool once = cli_option(cli, "--once") != NULL;
  int code;
  block_signals();
  do code = look(session, &kept, once ? 1 : WAIT_SECONDS);
  while (!once && code != EXIT_CONFIG && !stopped(exit_is_final(code) ? 0 : TROUBLE_SECONDS));
  arena_free(kept.arena);
  queue_free(queue);
  return code;
}

static int run_watch(struct cli *cli) {
  struct session session;
  struct wire_way *way;
  struct err err = { 0 };
  int code = session_open(cli, &session);
  if (code) return code;
  settings_check(session.library);
  code = cli_complaints(session.library);
  if (!code) code = session_guard(&session);
  if (!code && !wire_has_keys(&session.site)) {
    err_set(&err, OUT_SPEC, "sluice.conf has no amazon-credentials");
    code = cli_fail(&err);
  }
  if (!code && wire_open(&session.site, &way, &err)) code = cli_fail(&err);
  else if (!code) {
    code = cli_option(cli, "--setup") ? set_up(&session, way) : watch(cli, &session, way);
    wire_close(way);
  }
  session_close(&session);
  return code;
}

static const struct cli_option options[] = {
  { "--setup", NULL, "makes the destination and the subscriptions, or mends them, and ends" },
  { "--once", NULL, "one look at the queue" },
  { NULL, NULL, NULL },
};

const struct command command_watch = { "watch",  "", "starts feeds on Amazon's notifications", options, 0, 0,
                                       run_watch };
