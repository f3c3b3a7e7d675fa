/* cli/sheets: filled review sheets are taken before anything else is done, and what came of them is said. */
#ifndef SLUICE_CLI_SHEETS_H
#define SLUICE_CLI_SHEETS_H

#include "cli/session.h"

/* What lies in inbox/review (`only`: that one, at once; "" = all). With `whole` each answer is printed, else
 * a line for each sheet on stderr. The exit code: 1 when something of a sheet was refused. A spool of its own
 * is used, so that no lock is kept. */
int sheets_take(struct cli *cli, struct session *session, str only, bool whole);

#endif
