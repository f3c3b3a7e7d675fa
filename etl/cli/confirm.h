/* cli/confirm: the nightly look at what SL has of the released files (R5), for `confirm` and `night`. */
#ifndef SLUICE_CLI_CONFIRM_H
#define SLUICE_CLI_CONFIRM_H

#include "cli/session.h"

/* Every file that waits: confirmed when SL has all of it, told when SL has some of it twice, or the log
 * refuses some; the rest just waits (`sluice status` names what waits too long). The site's guard has been
 * asked. The exit code: EXIT_REVIEW for what is told. */
int confirm_waiting(struct session *session);

#endif
