/* cli/carried: couriers, for the commands that send them. */
#ifndef SLUICE_CLI_CARRIED_H
#define SLUICE_CLI_CARRIED_H

#include "cli/session.h"
#include "job/carry.h"

/* Those of the feeds that have any; what they did is added to `told`. The exit code, said when it is an
 * error. */
int carried_in(struct session *session, const struct feed **feeds, size_t count, struct carried *told);
int carried_out(struct session *session, const struct feed **feeds, size_t count, struct carried *told);
/* With the feeds that the command line names, or, when it names none, all of the site. */
int carried_feeds(struct cli *cli, struct session *session, const struct feed ***feeds, size_t *count);
/* As text or JSON, on stdout. */
void carried_print(struct cli *cli, const struct carried *told);

#endif
