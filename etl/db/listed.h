/* db/listed: the columns of a .table file (model/sqltable.h), for the statements of this room; and whether a
 * live database has them.
 *
 *   size_t count;
 *   struct db_column *columns = listed_columns(table, true, arena, &count);
 *   db_insert_open(db, table->name, columns, count, &insert, &err);
 */
#ifndef SLUICE_DB_LISTED_H
#define SLUICE_DB_LISTED_H

#include "base/memory.h"
#include "db/dialect.h"
#include "model/sqltable.h"

/* In the list's order. `written`: without identities and row versions, as an INSERT names them. */
struct db_column *listed_columns(const struct sql_table *table, bool written, struct arena *arena,
                                 size_t *count);
/* What would go wrong with these live columns (db/catalog.h): a column that is missing, narrower, or of
 * another type; a column that the list lacks, which an INSERT then leaves out. One text each; names are
 * compared without case. */
size_t listed_differ(const struct sql_table *table, const struct db_column *live, size_t count,
                     struct arena *arena, str **texts);

#endif
