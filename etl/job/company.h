/* job/company: an SL company as SQL statements, to rehearse with; what SL's administrator runs for sluice.
 *
 * Every table of which we have the columns (schemas/sl/tables) is made with all of them, then filled with the
 * rows of schemas/sl/sandbox/TABLE.csv: setup rows, chart, customers, items, order types. A CSV names the
 * columns that matter; the others get what SL puts there, or its typed blank. every.csv holds what each row
 * gets (CpnyID, Crtd_Prog) whose table has such a column and whose CSV says nothing of it. So a site changes
 * its sandbox by a CSV of its own.
 *
 *   out = company_make(library, dialect_named(STR("tsql")), print, stdout, &err);
 *
 * Statements come without a semicolon, in an order that a script can be run in; they are valid during the
 * call. What is wrong in a list or a CSV is complained of with its place: OUT_SPEC, and the library knows.
 */
#ifndef SLUICE_JOB_COMPANY_H
#define SLUICE_JOB_COMPANY_H

#include "db/dialect.h"
#include "transform/library.h"

/* Anything but OUT_OK ends it. */
typedef enum outcome company_take(void *user, str statement, struct err *err);

enum outcome company_make(struct library *library, const struct dialect *dialect, company_take *take,
                          void *user, struct err *err);
/* Our control table, and the least rights of `login` (schemas/sl/grants.csv): all tables may be read, those
 * named there written, and of their rows the columns named there changed. OUT_SPEC: the dialect has no rights
 * (SQLite). */
enum outcome company_grants(struct library *library, const struct dialect *dialect, str login,
                            company_take *take, void *user, struct err *err);

#endif
