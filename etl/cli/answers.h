/* cli/answers: one answer for each ITEM of a command line: said, or why not; the worst exit code of all. */
#ifndef SLUICE_CLI_ANSWERS_H
#define SLUICE_CLI_ANSWERS_H

#include "cli/session.h"
#include "job/answer.h"

typedef enum outcome answer_one(const struct custody *custody, str item, void *user, str *said,
                                struct err *err);

/* Opens the site, answers every word from `first` on, closes it. One that cannot be done does not stop the
 * rest. */
int cli_answers(struct cli *cli, size_t first, answer_one *answer, void *user);

extern const struct cli_option answer_options[]; /* --now alone */

#endif
