/* job/local: the local SP-API, played by a child of ours for as long as a command needs it.
 *
 * `amazon-region = local` is to Amazon what `sl-connection = sandbox` is to SL: a company to rehearse with.
 * The program sluice-spapi, which lies beside sluice, is started on a port of the loopback when the first
 * call is made, and ends when we do, for it waits for the end of a pipe that we hold. What it knows lies in
 * var/sandbox/amazon and stays. `sluice sandbox --serve` runs it in the foreground instead.
 *
 *   struct local *local;
 *   local_start(site_folder, arena, &local, &err);       local_url(local), local_keys(local)
 *   local_stop(local);
 */
#ifndef SLUICE_JOB_LOCAL_H
#define SLUICE_JOB_LOCAL_H

#include "base/err.h"
#include "base/memory.h"

struct local;
/* OUT_SYSTEM: the program is not there, or cannot listen. */
enum outcome local_start(const char *site, struct arena *arena, struct local **local, struct err *err);
const char *local_url(const struct local *local);
void local_stop(struct local *local);

/* The file with the keys that it takes, made when it is missing. */
enum outcome local_keys(const char *site, struct arena *arena, const char **path, struct err *err);
/* The command of `sluice sandbox --serve`, ending with a NULL; its state's folder is made. */
enum outcome local_command(const char *site, struct arena *arena, const char *last, const char *const **words,
                           struct err *err);

#endif
