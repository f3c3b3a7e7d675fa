/* cli/cli: what the commands share: their table, their options, how a run ends.
 *
 * A command is one file that ends in one `const struct command`, and one line
 * in main.c's table. main.c reads the words of the command line by the
 * command's own option table, so that usage and help cannot disagree with
 * what is read. Only this room prints.
 *
 *   static int run_check(struct cli *cli) { ... return EXIT_CLEAN; }
 *   const struct command command_check = { "check", "", "every error at once", NULL, 0, 0, run_check };
 */
#ifndef SLUICE_CLI_CLI_H
#define SLUICE_CLI_CLI_H

#include "base/err.h"
#include "base/exits.h"
#include "transform/library.h"

#include <stdio.h>

struct cli_option {
  const char *name;  /* --file */
  const char *value; /* what follows it, as shown in help: FILE; NULL: nothing */
  const char *help;
};

struct cli;
struct command {
  const char *name, *words, *help;  /* words: "FEED.. [FILE]" */
  const struct cli_option *options; /* ends with a NULL name; NULL: none of its own */
  size_t least, most;               /* words taken */
  int (*run)(struct cli *cli);
};

struct cli {
  const struct command *command;
  const char *site; /* -C SITE, else "." */
  bool json;
  const char **words;
  size_t word_count;
  const char **given; /* by the command's options: the value, "" for one without, NULL when not there */
  struct arena *arena;
};

/* The value of an option of this command; NULL when it was not given. */
const char *cli_option(const struct cli *cli, const char *name);
/* Says on stderr how the command is used; returns EXIT_USAGE. */
int cli_usage(const struct cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The folder of the specs that came with the program; NULL when there is none. */
const char *cli_share(void);
/* The library of the site, with its complaints. */
struct library *cli_library(struct cli *cli);
/* Prints the complaints on stderr; EXIT_CONFIG when there are any. */
int cli_complaints(struct library *library);
/* False: no feed of the site is called so; *near: `; did you mean "orders"?`, or "". */
bool cli_is_feed(struct library *library, str name, str *near);
int cli_fail(const struct err *err); /* prints it; the exit code of its outcome */
bool cli_colour(void);               /* stdout is a terminal and NO_COLOR is not set */
void cli_print(str text);            /* on stdout */

extern const struct command command_adopt, command_archive, command_check, command_confirm, command_doctor,
    command_explain, command_fetch, command_find, command_init, command_log, command_night, command_rejoin,
    command_replay, command_resend, command_reverse, command_review, command_run, command_sandbox,
    command_send, command_status, command_transform, command_unlock, command_watch, command_why;

#endif
