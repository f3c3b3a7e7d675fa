/* cli/resend: `sluice resend ITEM..`: what was released is released once more by the next run (R36). */
#include "cli/answers.h"
#include "job/resend.h"

static enum outcome resend(const struct custody *custody, str item, void *user, str *said, struct err *err) {
  (void)user;
  return resend_item(custody, item, said, err);
}

static int run_resend(struct cli *cli) { return cli_answers(cli, 0, resend, NULL); }

const struct command command_resend = {
  "resend",       "ITEM..", "what was released goes back to its inbox, to be released once more",
  answer_options, 1,        10000,
  run_resend
};
