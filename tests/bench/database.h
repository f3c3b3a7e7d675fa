/* bench/database: order lines of 12 columns, and the ways to get them into a database and out. */
#ifndef SLUICE_BENCH_DATABASE_H
#define SLUICE_BENCH_DATABASE_H

#include "db/insert.h"
#include "db/query.h"

enum { COLUMNS = 12, CELL = 64, MADE = 1000 };

extern const struct db_column line_columns[COLUMNS];

/* Row `number`, as NUL-terminated texts of CELL bytes; good until the next. Only its order number is made
 * new. */
char (*made_row(uint64_t number))[CELL];
_Noreturn void die(const char *what);

/* All of these write rows 0 .. count - 1 into SOLine in one transaction, or read them; they die when they
 * fail. */
void sluice_write(struct db *db, uint64_t count);
uint64_t sluice_read(struct db *db);

/* By ODBC alone. `per` rows a statement; arrays: as parameter arrays instead. */
void odbc_write(const char *connection, uint64_t count, size_t per, bool arrays);
uint64_t odbc_read(const char *connection);

void capi_write(const char *path, uint64_t count);
uint64_t capi_read(const char *path);

#endif
