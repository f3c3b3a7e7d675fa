/* load/control: our table in SL's database: which documents were written, by which run.
 *
 *   Kind            DocKey               Digest  SLNbr     Item  RunNbr  Site  WrittenAt
 *   sl.sales-order  113-0000001-0000001  9f2c..  AZ000042  K     41      8d..  2026-11-03 04:05
 *
 * A document's row is inserted in the transaction that writes the document, and never changed. So it decides
 * after a lost commit answer, and the primary key (Kind, DocKey) lets no document in twice, whoever writes.
 * What a schema marks with `control NAME` in a line gets a row of its own beside the document's: Kind
 * "sl.sales-order.order-item", DocKey "113-.../4711", SLRef the line.
 * The highest RunNbr of a site also tells a ledger that was restored from an older copy (R35).
 * schemas/sl/tables/sluice_control.table states its columns, schemas/sl/ADMIN.md explains them to SL's
 * people.
 */
#ifndef SLUICE_LOAD_CONTROL_H
#define SLUICE_LOAD_CONTROL_H

#include "base/memory.h"
#include "db/insert.h"

enum { CONTROL_KEY_MOST = 64, CONTROL_KIND_MOST = 40 };

struct control_row {
  str key, digest, number, company, item, site;
  str ref; /* of a line of the document */
  int64_t run;
};

/* Fills `rows` for the keys that are there (key.len > 0); the texts live in the arena. OUT_SPEC: no table. */
enum outcome control_read(struct db *db, str kind, const str *keys, size_t count, struct arena *arena,
                          struct control_row *rows, struct err *err);

/* Which of SL's numbers are those of documents that sluice wrote, whatever their kind. Blank: none. */
enum outcome control_numbers(struct db *db, const str *numbers, size_t count, bool *ours, struct err *err);

enum outcome control_insert_open(struct db *db, struct db_insert **insert, struct err *err);
/* Into the transaction at hand. `now`: 2026-11-03T04:05:00. */
enum outcome control_insert(struct db_insert *insert, str kind, const struct control_row *row, str now,
                            struct err *err);

/* The last run of a site that has written here; 0: none. */
enum outcome control_last_run(struct db *db, str site, int64_t *run, struct err *err);

#endif
