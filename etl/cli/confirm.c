/* cli/confirm: `sluice confirm FILE..`: SL has imported a released file; it moves to imported/ (R5). */
#include "cli/answers.h"

static enum outcome confirm(const struct custody *custody, str file, void *user, str *said, struct err *err) {
  (void)user;
  return answer_confirm(custody, file, said, err);
}

static int run_confirm(struct cli *cli) { return cli_answers(cli, 0, confirm, NULL); }

const struct command command_confirm = {
  "confirm", "FILE..", "SL has imported it: it moves to imported/", answer_options, 1, 10000, run_confirm
};
