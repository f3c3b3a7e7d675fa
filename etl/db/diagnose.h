/* db/diagnose: what a driver's message means.
 *
 * SQLSTATE alone does not tell: a duplicate key is HY000 with native code 19
 * in SQLite, 23505 in PostgreSQL, 23000 with 2627 or 2601 in SQL Server; a
 * lost server is HY000 with 0 in FreeTDS. So there is a table by dialect,
 * native code and SQLSTATE; its first fitting line decides.
 */
#ifndef SLUICE_DB_DIAGNOSE_H
#define SLUICE_DB_DIAGNOSE_H

#include "base/err.h"

enum db_fault {
  DB_FAULT_NONE,
  DB_FAULT_TWICE,      /* the key is there already: OUT_REFUSED */
  DB_FAULT_CONSTRAINT, /* another constraint: OUT_REFUSED */
  DB_FAULT_VALUE,      /* too long, out of range, not of the type: OUT_DATA */
  DB_FAULT_NAME,       /* no such table, column or procedure, or no SQL: OUT_SPEC */
  DB_FAULT_DENIED,     /* no right to do it, a read-only database: OUT_SPEC */
  DB_FAULT_LOGIN,      /* wrong user or password, no such database: OUT_SYSTEM */
  DB_FAULT_BUSY,       /* deadlock, lock, time-out; nothing was written: OUT_RETRY */
  DB_FAULT_GONE,       /* the server does not answer: OUT_SYSTEM, and at a commit OUT_UNCERTAIN */
  DB_FAULT_FULL,       /* no room left: OUT_SYSTEM */
  DB_FAULT_OTHER       /* anything else: OUT_SYSTEM */
};

/* Of a driver's message what may be told: its first line without the drivers' names in brackets, for behind
 * it stand the row's values (PostgreSQL's DETAIL, SQL Server's "Truncated value"), which may be personal.
 * *whole: all of it, to be diagnosed and not told. Both point into the message, whose line ends become
 * blanks. */
str diagnose_words(char *message, str *whole);
/* `dialect`: its name; NULL while it is not known. */
enum db_fault diagnose(const char *dialect, const char *sqlstate, int32_t native, str message);
enum outcome diagnose_outcome(enum db_fault fault);
/* At a commit: did the server itself say no, so that it is certain that nothing was written? */
bool diagnose_is_answer(enum db_fault fault, const char *sqlstate);
/* Is it about the rows of the statement, so that fewer rows may pass? */
bool diagnose_is_of_rows(enum db_fault fault);

#endif
