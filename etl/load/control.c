/* load/control: our table in SL's database: which documents were written, by which run. */
#include "load/control.h"
#include "db/query.h"

#define TABLE "sluice_control"

enum { COLUMNS = 7, RUN_TEXT = 24 };

static const struct db_column columns[COLUMNS] = {
  { .name = { "kind", 4 }, .type = DB_CHAR, .width = CONTROL_KIND_MOST },
  { .name = { "doc_key", 7 }, .type = DB_CHAR, .width = CONTROL_KEY_MOST },
  { .name = { "digest", 6 }, .type = DB_CHAR, .width = 64 },
  { .name = { "number", 6 }, .type = DB_CHAR, .width = 15 },
  { .name = { "item", 4 }, .type = DB_CHAR, .width = 64 },
  { .name = { "run", 3 }, .type = DB_INT },
  { .name = { "loaded", 6 }, .type = DB_DATETIME },
};

/* A missing table has a cause that the server's words do not tell. */
static enum outcome explain(const struct db *db, struct err *err) {
  struct err why = *err;
  if (db_fault(db) != DB_FAULT_NAME) return err->outcome;
  return err_set(err, OUT_SPEC,
                 "sluice's own table " TABLE " is not in SL's database, or not readable: %.600s", why.text);
}

/* --- reading --- */

static void take(const str *keys, size_t count, const str *cells, struct arena *arena,
                 struct control_row *rows) {
  int64_t run = 0;
  str_to_int(cells[4], &run);
  for (size_t i = 0; i < count; i++) {
    if (rows[i].key.len || !str_eq(keys[i], cells[0])) continue;
    rows[i] = (struct control_row){ arena_str(arena, cells[0]), arena_str(arena, cells[1]),
                                    arena_str(arena, cells[2]), arena_str(arena, cells[3]), run };
  }
}

enum outcome control_read(struct db *db, str kind, const str *keys, size_t count, struct arena *arena,
                          struct control_row *rows, struct err *err) {
  struct db_query *query = NULL;
  const str *cells;
  struct db_value values[] = { db_text(kind), db_list(DB_CHAR, keys, count) };
  for (size_t i = 0; i < count; i++) rows[i] = (struct control_row){ .key = STR_NONE };
  enum outcome out = db_query_open(
      db, STR("SELECT doc_key, digest, number, item, run FROM " TABLE " WHERE kind = ? AND doc_key IN (?)"),
      values, 2, &query, err);
  while (!out && !(out = db_query_next(query, &cells, err))) take(keys, count, cells, arena, rows);
  db_query_close(query);
  return out == OUT_END ? OUT_OK : explain(db, err);
}

/* --- writing --- */

enum outcome control_insert_open(struct db *db, struct db_insert **insert, struct err *err) {
  return db_insert_open(db, STR(TABLE), columns, COLUMNS, insert, err);
}

enum outcome control_insert(struct db_insert *insert, str kind, const struct control_row *row, str now,
                            struct err *err) {
  char run[RUN_TEXT];
  str cells[COLUMNS] = { kind, row->key, row->digest, row->number, row->item, db_integer(row->run, run).text,
                         now };
  return db_insert_row(insert, cells, err);
}

/* --- the site --- */

enum outcome control_site(struct db *db, struct arena *arena, str *site, int64_t *run, struct err *err) {
  str cells[2];
  enum outcome out =
      db_query_row(db, STR("SELECT item, run FROM " TABLE " WHERE kind = 'sluice' AND doc_key = 'site'"),
                   NULL, 0, arena, cells, 2, err);
  if (out) return out == OUT_END ? OUT_END : explain(db, err);
  *site = cells[0];
  return str_to_int(cells[1], run) ? OUT_OK
                                   : err_set(err, OUT_DATA, "the site's row in " TABLE " has no run");
}

static enum outcome make_site(struct db *db, str site, int64_t run, str now, struct err *err) {
  struct db_insert *insert = NULL;
  struct control_row row = { STR("site"), STR_NONE, STR_NONE, site, run };
  if (control_insert_open(db, &insert, err)) return err->outcome;
  enum outcome out = db_begin(db, err);
  if (!out) out = control_insert(insert, STR("sluice"), &row, now, err);
  if (!out) out = db_insert_flush(insert, err);
  if (!out) out = db_commit(db, err);
  else db_rollback(db);
  db_insert_close(insert);
  return out;
}

enum outcome control_site_put(struct db *db, str site, int64_t run, str now, struct err *err) {
  struct arena *arena = arena_new();
  str there;
  int64_t last;
  char text[2][RUN_TEXT];
  enum outcome out = control_site(db, arena, &there, &last, err);
  if (out == OUT_END) {
    out = make_site(db, site, run, now, err);
    if (out == OUT_REFUSED && db_fault(db) == DB_FAULT_TWICE) /* another run was quicker */
      out = control_site(db, arena, &there, &last, err);
    else if (!out) there = site, last = run;
  }
  if (!out && !str_eq(there, site))
    out = err_set(err, OUT_SPEC,
                  "another site of sluice (%.*s) writes into this company: see sluice init --take-over",
                  STR_ARG(there));
  if (!out && last < run) {
    struct db_value values[] = { db_integer(run, text[0]), db_typed(DB_DATETIME, now),
                                 db_integer(run, text[1]) };
    out = db_execute(db,
                     STR("UPDATE " TABLE " SET run = ?, loaded = ? WHERE kind = 'sluice' AND doc_key = 'site'"
                         " AND run < ?"),
                     values, 3, NULL, err);
  }
  arena_free(arena);
  return out;
}
