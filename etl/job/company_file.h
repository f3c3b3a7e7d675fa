/* job/company_file: the sandbox company as a file of SQLite, made through unixODBC as SL is written.
 *
 * Either the whole company stands under the name, mode 600, or nothing does: it is made beside it, in one
 * transaction, and renamed.
 */
#ifndef SLUICE_JOB_COMPANY_FILE_H
#define SLUICE_JOB_COMPANY_FILE_H

#include "transform/library.h"

/* The setting `sandbox`, else var/sandbox/company.db, below the site. */
const char *company_path(struct library *library);
/* The connection string of such a file; OUT_SPEC when its name cannot stand in one. */
enum outcome company_connection(const char *path, struct arena *arena, str *connection, struct err *err);
/* Takes the place of a company that is there. *statements: how many made it. */
enum outcome company_make_file(struct library *library, const char *path, size_t *statements,
                               struct err *err);

#endif
