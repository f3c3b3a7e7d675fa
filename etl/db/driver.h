/* db/driver: what each ODBC driver must be told in its connection string.
 *
 *   sqliteodbc   Timeout: else it waits 100 seconds for a lock
 *   psqlodbc     Protocol=7.4-0: no savepoint around each statement (db/insert.c has its own); no logs
 *   FreeTDS      ClientCharset and TDS_Version: else it guesses by the locale, and asks for an old protocol
 *
 * A keyword that the site states itself is left alone. A password in the
 * string is refused: it stands in a key file.
 */
#ifndef SLUICE_DB_DRIVER_H
#define SLUICE_DB_DRIVER_H

#include "base/buf.h"
#include "db/connect.h"
#include "db/password.h"

enum { DRIVER_TEXT_MOST = 8192 };

enum outcome driver_check(str connection, struct err *err);
/* Of the string what a message may tell: DRIVER=FreeTDS;SERVER=sl;DATABASE=app; never the user's name. */
void driver_source(str connection, struct buf *text);
/* By the driver's name in the string; NULL: not told (a DSN). */
const struct dialect *driver_guess(str connection);
/* The string that is sent. The caller wipes the buffer, which never moves. */
void driver_connection(const struct db_settings *settings, const struct dialect *dialect,
                       const struct password *password, struct buf *text);

#endif
