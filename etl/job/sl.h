/* job/sl: how the site reaches SL: the settings of sluice.conf for db/connect.
 *
 *   sl-connection = DSN=sl;UID=sluice           or sandbox: the company that `sluice sandbox` made
 *   sl-password   = keys/sl.password            a file of mode 600, below the site
 *   sl-dialect    = tsql                        else by what the server says of itself
 *
 *   struct db_settings settings;
 *   if (!sl_settings(library, &settings, &err)) out = db_open(&settings, &db, &err);
 */
#ifndef SLUICE_JOB_SL_H
#define SLUICE_JOB_SL_H

#include "db/connect.h"
#include "transform/library.h"

/* OUT_END: the site states no connection. Texts live as long as the library. */
enum outcome sl_settings(struct library *library, struct db_settings *settings, struct err *err);

#endif
