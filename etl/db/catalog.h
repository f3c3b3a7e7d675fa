/* db/catalog: the columns of a table, as the live database has them.
 *
 * What a schema says of SL is checked against this (`sluice doctor`), and an
 * insert that fills "others blank" gets its column list here.
 *
 *   struct db_column *columns; size_t count;
 *   out = catalog_columns(db, STR("SOLine"), arena, &columns, &count, &err);
 *
 * Identity and rowversion are told where the driver tells them: SQL Server
 * ("int identity", "timestamp"), PostgreSQL (identities), SQLite (an INTEGER key).
 */
#ifndef SLUICE_DB_CATALOG_H
#define SLUICE_DB_CATALOG_H

#include "base/memory.h"
#include "db/connect.h"

/* In the table's own order. OUT_SPEC: there is no such table. */
enum outcome catalog_columns(struct db *db, str table, struct arena *arena, struct db_column **columns,
                             size_t *count, struct err *err);

#endif
