/* load/control: our table in SL's database: which documents were written, by which run. */
#include "load/control.h"
#include "db/query.h"

#define TABLE "sluice_control"

enum { COLUMNS = 11, RUN_TEXT = 24 };

#define COLUMN(text)                                                                                         \
  { text, sizeof(text) - 1 }

static const struct db_column columns[COLUMNS] = {
  { .name = COLUMN("Kind"), .type = DB_CHAR, .width = CONTROL_KIND_MOST },
  { .name = COLUMN("DocKey"), .type = DB_CHAR, .width = CONTROL_KEY_MOST },
  { .name = COLUMN("Digest"), .type = DB_CHAR, .width = 64 },
  { .name = COLUMN("SLNbr"), .type = DB_CHAR, .width = 15 },
  { .name = COLUMN("CpnyID"), .type = DB_CHAR, .width = 10 },
  { .name = COLUMN("Item"), .type = DB_CHAR, .width = 64 },
  { .name = COLUMN("Site"), .type = DB_CHAR, .width = 40 },
  { .name = COLUMN("RunNbr"), .type = DB_INT },
  { .name = COLUMN("WrittenAt"), .type = DB_DATETIME },
  { .name = COLUMN("SLRef"), .type = DB_CHAR, .width = 5 },
  { .name = COLUMN("EntryNbr"), .type = DB_INT },
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
  str_to_int(cells[5], &run);
  for (size_t i = 0; i < count; i++) {
    if (rows[i].key.len || !str_eq(keys[i], cells[0])) continue;
    rows[i] = (struct control_row){ .key = arena_str(arena, cells[0]),
                                    .digest = arena_str(arena, cells[1]),
                                    .number = arena_str(arena, cells[2]),
                                    .item = arena_str(arena, cells[3]),
                                    .site = arena_str(arena, cells[4]),
                                    .run = run };
  }
}

enum outcome control_read(struct db *db, str kind, const str *keys, size_t count, struct arena *arena,
                          struct control_row *rows, struct err *err) {
  struct db_query *query = NULL;
  const str *cells;
  struct db_value values[] = { db_text(kind), db_list(DB_CHAR, keys, count) };
  for (size_t i = 0; i < count; i++) rows[i] = (struct control_row){ .key = STR_NONE };
  enum outcome out = db_query_open(
      db,
      STR("SELECT DocKey, Digest, SLNbr, Item, Site, RunNbr FROM " TABLE " WHERE Kind = ? AND DocKey IN (?)"),
      values, 2, &query, err);
  while (!out && !(out = db_query_next(query, &cells, err))) take(keys, count, cells, arena, rows);
  db_query_close(query);
  return out == OUT_END ? OUT_OK : explain(db, err);
}

enum outcome control_numbers(struct db *db, const str *numbers, size_t count, bool *ours, struct err *err) {
  struct db_query *query = NULL;
  const str *cells;
  struct db_value value = db_list(DB_CHAR, numbers, count);
  for (size_t i = 0; i < count; i++) ours[i] = false;
  enum outcome out =
      db_query_open(db, STR("SELECT SLNbr FROM " TABLE " WHERE SLNbr IN (?)"), &value, 1, &query, err);
  while (!out && !(out = db_query_next(query, &cells, err)))
    for (size_t i = 0; i < count; i++)
      ours[i] = ours[i] || (numbers[i].len && str_eq(numbers[i], str_trim(cells[0])));
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
  const str absent = { NULL, 0 };
  str cells[COLUMNS] = { kind,         row->key,  row->digest, row->number,
                         row->company, row->item, row->site,   db_integer(row->run, run).text,
                         now,          row->ref,  absent };
  return db_insert_row(insert, cells, err);
}

enum outcome control_last_run(struct db *db, str site, int64_t *run, struct err *err) {
  struct arena *arena = arena_new();
  struct db_value value = db_text(site);
  str cell = STR_NONE;
  enum outcome out = db_query_row(db, STR("SELECT MAX(RunNbr) FROM " TABLE " WHERE Site = ?"), &value, 1,
                                  arena, &cell, 1, err);
  *run = 0;
  if (!out && cell.at) str_to_int(cell, run);
  arena_free(arena);
  return out == OUT_END ? OUT_OK : out ? explain(db, err) : OUT_OK;
}
