/* db/insert: many rows into one table, in prepared statements of many rows.
 *
 * The dialect says how: by rows, VALUES (?, ?), (?, ?), .., or by columns,
 * one array for each. By rows a rest goes out in statements of 512, 256, ..
 * 1 rows, each prepared once; so an insert is opened once and used for many
 * transactions.
 *
 * Cells are text: numbers as "-12.50", dates as "2026-11-03" or
 * "2026-11-03T04:05:06" (or with a blank). Every text is checked against its column before it is sent,
 * longer ones are never cut. An absent cell (.at == NULL) is SL's typed blank;
 * NULL is never written.
 *
 * A row is bad when the server refuses it or its value does not fit. The
 * failed statement is taken back, to a savepoint where the dialect needs one
 * (a failed statement of SQLite undoes itself; a transaction of PostgreSQL is
 * dead without), and its rows are sent again in halves, until each bad row
 * stands alone with the server's own message. They are told to `bad`, or the
 * first one ends the insert. Either way the transaction can then only be
 * rolled back: the caller leaves the bad ones' documents out and begins again,
 * and because all bad rows are known, it does so once.
 *
 *   db_insert_open(db, STR("SOLine"), columns, 3, &insert, &err);
 *   db_insert_bad(insert, note_row, &notes);
 *   str cells[] = { STR("000123"), STR("00001"), STR("19.95") };
 *   db_insert_row(insert, cells, &err);
 */
#ifndef SLUICE_DB_INSERT_H
#define SLUICE_DB_INSERT_H

#include "db/connect.h"

struct db_insert;
/* `columns` is copied. Identities and rowversions are not columns of an insert: OUT_BUG. */
enum outcome db_insert_open(struct db *db, str table, const struct db_column *columns, size_t count,
                            struct db_insert **insert, struct err *err);
/* Rows are counted from 1, anew in each transaction. */
void db_insert_bad(struct db_insert *insert, void (*bad)(void *self, uint64_t row, const struct err *err),
                   void *self);
/* Rows wait until a statement is full, so a failure may be about an earlier row: err->line is the row's
 * number, err->record the table, err->field the column where we know it. Rows that were told to `bad` are no
 * failure here; db_insert_flush fails with the first of them, and so does db_commit. */
enum outcome db_insert_row(struct db_insert *insert, const str *cells, struct err *err);
enum outcome db_insert_flush(struct db_insert *insert, struct err *err);
void db_insert_close(struct db_insert *insert); /* rows that wait are forgotten; before db_close */

#endif
