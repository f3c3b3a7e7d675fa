/* cli/session: what a command needs that works on a site's state: specs, clock, spool, ledger. */
#ifndef SLUICE_CLI_SESSION_H
#define SLUICE_CLI_SESSION_H

#include "cli/cli.h"
#include "job/batch.h"
#include "report/history.h"

struct session {
  struct library *library;
  struct site site;
  struct spool *spool;
  struct ledger *ledger;
  int64_t wait;       /* --wait, else the setting lock-wait; -1: neither was stated */
  struct guard guard; /* after session_guard */
};

/* EXIT_CLEAN, or the exit code after it has been said. --now and --wait are looked at. */
int session_open(struct cli *cli, struct session *session);
/* May the site act, or is it a copy, or rolled back? Said when not; EXIT_CONFIG then. */
int session_guard(struct session *session);
/* Says what of the ledger could not be read, if anything; the exit code. */
int session_doubt(const struct session *session);
void session_close(struct session *session);

/* Entries as a table, or with --json; `none` when there are none. */
void cli_history(const struct cli *cli, const struct history_entry *entries, size_t count, const char *none);

#endif
