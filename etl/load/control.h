/* load/control: our table in SL's database: which documents were written, by which run.
 *
 *   kind            doc_key              digest  number   item  run  loaded
 *   sl.sales-order  113-0000001-0000001  9f2c..  AZ000042 K     41   2026-11-03 04:05
 *   sluice          site                 -                id    41   2026-11-03 04:05     the site itself
 * (R35)
 *
 * A document's row is inserted in the transaction that writes the document, and never changed. So it decides
 * after a lost commit answer, and the primary key (kind, doc_key) lets no document in twice, whoever writes.
 * schemas/sl/tables/sluice_control.table states its columns.
 */
#ifndef SLUICE_LOAD_CONTROL_H
#define SLUICE_LOAD_CONTROL_H

#include "base/memory.h"
#include "db/insert.h"

enum { CONTROL_KEY_MOST = 100, CONTROL_KIND_MOST = 40 };

struct control_row {
  str key, digest, number, item;
  int64_t run;
};

/* Fills `rows` for the keys that are there (key.len > 0); the texts live in the arena. OUT_SPEC: no table. */
enum outcome control_read(struct db *db, str kind, const str *keys, size_t count, struct arena *arena,
                          struct control_row *rows, struct err *err);

enum outcome control_insert_open(struct db *db, struct db_insert **insert, struct err *err);
/* Into the transaction at hand. `now`: YYYY-MM-DDThh:mm. */
enum outcome control_insert(struct db_insert *insert, str kind, const struct control_row *row, str now,
                            struct err *err);

/* The site's row: OUT_END when there is none yet. */
enum outcome control_site(struct db *db, struct arena *arena, str *site, int64_t *run, struct err *err);
/* Makes it, or raises its run. OUT_SPEC: another site writes into this company. */
enum outcome control_site_put(struct db *db, str site, int64_t run, str now, struct err *err);

#endif
