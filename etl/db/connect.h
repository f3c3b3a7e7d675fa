/* db/connect: one connection to a database by unixODBC, and its transactions.
 *
 * The whole room in one example: an order's rows and our control row, together or not at all.
 *
 *   struct db *db;
 *   struct db_settings settings = { .connection = STR("DSN=sl;UID=sluice"), .key_file =
 * STR("keys/sl.password") }; if (db_open(&settings, &db, &err)) return err.outcome; struct db_insert *lines;
 *   db_insert_open(db, STR("SOLine"), columns, count, &lines, &err);         db/insert.h
 *   out = db_begin(db, &err);
 *   if (!out) out = db_insert_row(lines, cells, &err);                       as often as there are rows
 *   if (!out) out = db_insert_flush(lines, &err);
 *   if (!out) out = db_execute(db, STR("UPDATE SOType SET LastOrdNbr = ? WHERE ..."), values, 3, &rows,
 * &err); if (!out) out = db_commit(db, &err); else db_rollback(db); if (out == OUT_RETRY) ...      a
 * deadlock, a lock: nothing was written, the same may be tried again if (out == OUT_UNCERTAIN) ...  the
 * answer to the commit was lost: connect anew, read the control row db_insert_close(lines); db_close(db);
 *
 * Outside of db_begin .. db_commit every statement stands for itself. After a
 * failed statement a transaction can only be rolled back: db_commit refuses
 * it, whatever the driver would say, so nothing is ever half-written. What
 * came of a failure is found by db/diagnose.c; db_fault tells it more closely
 * than the outcome does.
 *
 *   OUT_REFUSED    a constraint      OUT_RETRY   deadlock, lock, busy, time-out
 *   OUT_DATA       a value           OUT_SYSTEM  server gone, wrong password, disk full
 *   OUT_SPEC       no such table or column, no right to write, a wrong setting
 *   OUT_UNCERTAIN  by db_commit only
 *
 * A connection is used by one thread, and by one open query at a time (as
 * FreeTDS has it): while a query is open, everything else is OUT_BUG.
 *
 * The password never stands in a setting: it comes from a file of mode 600,
 * or by the service manager's credential of the same name, lives on the stack
 * while the connection is made, and is wiped. Driver logs are switched off and
 * the password is cut out of the driver's messages.
 */
#ifndef SLUICE_DB_CONNECT_H
#define SLUICE_DB_CONNECT_H

#include "db/diagnose.h"
#include "db/dialect.h"

struct db_settings {
  str connection;  /* "DSN=sl;UID=etl", or "DRIVER=FreeTDS;SERVER=..;DATABASE=..;UID=.."; a password in it is
                      refused */
  str key_file;    /* holds the password and a line end; "" = none is sent */
  str credentials; /* the folder of $CREDENTIALS_DIRECTORY, looked into first; "" = none */
  str setting;     /* what the connection is stated by, for messages: sl-connection; "" = not told */
  str dialect;     /* "sqlite", "postgresql", "tsql"; "" = by what the server says of itself */
  int32_t login_seconds, statement_seconds, lock_seconds; /* 0 = 15, 300, 10 */
};

struct db;
enum outcome db_open(const struct db_settings *settings, struct db **db, struct err *err);
void db_close(struct db *db); /* rolls back; NULL is fine */

const struct dialect *db_dialect(const struct db *db);
enum db_fault db_fault(const struct db *db); /* of the call that failed last */

enum outcome db_begin(struct db *db, struct err *err);
/* OUT_BUG: a statement failed before, or rows of an insert are not flushed. Whatever it returns, the
 * transaction is over; only after OUT_OK and, perhaps, OUT_UNCERTAIN is it written. */
enum outcome db_commit(struct db *db, struct err *err);
void db_rollback(struct db *db); /* what cannot be said to the server any more, it does by itself */

#endif
