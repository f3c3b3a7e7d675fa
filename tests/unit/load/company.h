/* unit/load/company: an SL company to load into, in SQLite or in PostgreSQL, and rows files of orders. */
#ifndef SLUICE_TESTS_COMPANY_H
#define SLUICE_TESTS_COMPANY_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "db/query.h"
#include "io/file.h"
#include "job/company.h"
#include "load/apply.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct arena *arena;
static struct library *library;
static struct complaints *wrong;
static const char *folder;
static char home[512];
static struct err err;

static inline bool on_postgresql(void) { return getenv("SLUICE_TEST_POSTGRES") != NULL; }

static inline struct db_settings company_settings(void) {
  if (!on_postgresql())
    return (struct db_settings){ .connection = arena_printf(
                                     arena, "DRIVER=SQLite3;Database=%s/company.db;SyncPragma=OFF", folder),
                                 .dialect = STR("sqlite"),
                                 .lock_seconds = 2 };
  return (struct db_settings){ .connection = str_of(getenv("SLUICE_TEST_POSTGRES")),
                               .key_file = str_of(getenv("SLUICE_TEST_POSTGRES_KEY")),
                               .dialect = STR("postgresql"),
                               .lock_seconds = 5 };
}

/* A login costs PostgreSQL more than most tests: one connection is kept for the tests' own questions. */
static struct db *kept_open;
static inline struct db *company_open(void) {
  struct db_settings settings = company_settings();
  struct db *db;
  if (kept_open && !db_execute(kept_open, STR("SET search_path TO public"), NULL, 0, NULL, &err))
    return kept_open;
  db_close(kept_open);
  kept_open = NULL;
  if (db_open(&settings, &db, &err)) fail_msg("%s", err.text);
  if (on_postgresql()) kept_open = db;
  return db;
}
static inline void company_close(struct db *db) {
  if (db != kept_open) db_close(db);
}

static inline enum outcome run_statement(void *user, str statement, struct err *why) {
  return db_execute(user, statement, NULL, 0, NULL, why);
}

static inline void run(struct db *db, const char *sql) {
  if (db_execute(db, str_of(sql), NULL, 0, NULL, &err)) fail_msg("%s: %s", sql, err.text);
}

static inline void run_once(const char *sql) {
  struct db *db = company_open();
  run(db, sql);
  company_close(db);
}

/* All rows of a query, cells parted by |, rows by a line end, sorted. */
static inline const char *ask(const char *sql) {
  struct db *db = company_open();
  struct db_query *query;
  const str *cells;
  size_t columns, count = 0;
  str *rows = NULL;
  enum outcome out = db_query_open(db, str_of(sql), NULL, 0, &query, &err);
  struct buf text = buf_new(1 << 26);
  if (out) fail_msg("%s: %s", sql, err.text);
  db_query_columns(query, &columns);
  while (!(out = db_query_next(query, &cells, &err))) {
    buf_clear(&text);
    for (size_t i = 0; i < columns; i++) buf_printf(&text, "%s%.*s", i ? "|" : "", STR_ARG(cells[i]));
    *ARENA_PUSH(arena, rows, count) = arena_str(arena, buf_str(&text));
  }
  assert_int_equal(out, OUT_END);
  db_query_close(query);
  company_close(db);
  for (size_t i = 1; i < count; i++)
    for (size_t j = i; j && str_compare(rows[j], rows[j - 1]) < 0; j--) {
      str other = rows[j];
      rows[j] = rows[j - 1];
      rows[j - 1] = other;
    }
  buf_clear(&text);
  for (size_t i = 0; i < count; i++) buf_printf(&text, "%s%.*s", i ? "\n" : "", STR_ARG(rows[i]));
  const char *kept = arena_text(arena, buf_str(&text));
  buf_free(&text);
  return kept;
}

static inline const char *count_of(const char *table) {
  return ask(arena_printf(arena, "SELECT COUNT(*) FROM %s", table).at);
}

/* Ready made ones are copied (SQLite) or emptied (PostgreSQL): making one takes a second. */
static inline void company_fresh(void) {
  static char made[600];
  char command[1400];
  if (on_postgresql()) {
    struct db *db = company_open();
    if (!made[0]) {
      run(db, "DROP SCHEMA public CASCADE");
      run(db, "CREATE SCHEMA public");
      if (company_make(library, db_dialect(db), run_statement, db, &err)) fail_msg("%s", err.text);
      run(db, "CREATE TABLE kept_types AS SELECT * FROM SOType");
      strcpy(made, "made");
    }
    run(db, "DELETE FROM SOHeader; DELETE FROM SOLine; DELETE FROM SOSched; DELETE FROM SOMisc; DELETE FROM "
            "SOTax;"
            "DELETE FROM SOEvent; DELETE FROM ProcessQueue; DELETE FROM sluice_control; DELETE FROM SOType");
    run(db, "INSERT INTO SOType SELECT * FROM kept_types");
    company_close(db);
    return;
  }
  if (!made[0]) {
    struct db *db = company_open();
    if (company_make(library, db_dialect(db), run_statement, db, &err)) fail_msg("%s", err.text);
    company_close(db);
    snprintf(made, sizeof made, "%s/made.db", home);
    snprintf(command, sizeof command, "cp %s/company.db %s", folder, made);
    assert_int_equal(system(command), 0);
  } else {
    snprintf(command, sizeof command, "cp %s %s/company.db", made, folder);
    assert_int_equal(system(command), 0);
  }
}

static inline int group_start(void **state) {
  (void)state;
  const char *made;
  arena = arena_new();
  wrong = complaints_new(arena);
  library = library_open(".", NULL, arena, wrong);
  if (file_make_scratch(arena, &made, &err)) return -1;
  snprintf(home, sizeof home, "%s", made);
  return 0;
}

static inline int group_stop(void **state) {
  (void)state;
  file_remove_folder(home, &err);
  db_close(kept_open);
  kept_open = NULL;
  arena_free(arena);
  return 0;
}

static inline int enter(void **state) {
  (void)state;
  err = (struct err){ 0 };
  if (file_make_scratch(arena, &folder, &err)) return -1;
  company_fresh();
  return 0;
}

static inline int leave(void **state) {
  (void)state;
  return file_remove_folder(folder, &err) ? -1 : 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)

/* --- rows files --- */

static inline const struct schema *schema_named(const char *name) {
  const struct schema *schema = library_schema(library, str_of(name), (struct place){ NULL, 1 });
  if (!schema || complaints_count(wrong)) {
    struct buf said = buf_new(1 << 16);
    complaints_format(wrong, &said);
    fail_msg("%.*s", (int)said.len, said.at);
  }
  return schema;
}

/* A schema that is not shipped: its text. */
static inline const struct sql_table *find_table(void *user, str name, struct place place) {
  (void)place;
  return library_table(user, STR("sl"), name, (struct place){ NULL, 1 });
}
static inline const struct schema *schema_of(const char *text) {
  struct source *source = ARENA_NEW(arena, struct source);
  *source = (struct source){ "x.schema", str_of(text) };
  struct schema *schema = schema_parse(source, arena, wrong);
  if (schema) schema_take_columns(schema, find_table, library, wrong, arena);
  if (!schema || complaints_count(wrong)) {
    struct buf said = buf_new(1 << 16);
    complaints_format(wrong, &said);
    fail_msg("%.*s", (int)said.len, said.at);
  }
  return schema;
}

#define ORDER_HEAD                                                                                           \
  "sluice rows 1 sl.sales-order\n"                                                                           \
  "=SOHeader,CpnyID,OrdNbr,SOTypeID,CustID,CustOrdNbr,OrdDate,CancelDate,CuryID,Status,CuryTotOrd,TotOrd,"   \
  "ShipName,AdminHold\n"                                                                                     \
  "=SOLine,LineRef,InvtID,QtyOrd,CurySlsPrice,CuryTotOrd,UnitDesc,SiteID,CancelDate\n"                       \
  "=SOSched,SchedRef,QtyOrd,SiteID,CancelDate\n"                                                             \
  "=SOEvent,EventType,Descr,EventDate\n"                                                                     \
  "=ProcessQueue,CpnyID,SOOrdNbr,ProcessType,ProcessPriority,ProcessAt\n"

static inline void add_order(struct buf *file, int number, const char *type, const char *name) {
  buf_printf(file, "+113-%07d\n", number);
  buf_printf(
      file,
      "SOHeader,\"0060\",@,\"%s\",\"AMZUS\",\"113-%07d\",2026-11-03,2027-11-03,\"USD\",\"O\",39.90,39.90,"
      "\"%s\",\n",
      type, number, name);
  buf_printf(file, "SOLine,\"00001\",\"MUG-BLUE\",2,10,20,\"EA\",\"MAIN\",2027-11-03\n"
                   "SOSched,\"00001\",2,\"MAIN\",2027-11-03\n"
                   "SOLine,\"00002\",\"MUG-RED\",1,19.9,19.9,\"EA\",\"MAIN\",2027-11-03\n"
                   "SOSched,\"00001\",1,\"MAIN\",2027-11-03\n"
                   "SOEvent,\"ENT\",\"Amazon order\",2026-11-03\n"
                   "ProcessQueue,\"0060\",@,\"PLNSO\",150,2026-11-03T04:05:00\n");
}

static inline const char *put_file(struct buf *file, const char *name) {
  const char *path = file_join(arena, folder, str_of(name));
  if (file_put(path, 0600, buf_str(file), &err)) fail_msg("%s", err.text);
  buf_free(file);
  return path;
}

/* Orders from..to-1, all of one type. */
static inline const char *orders_file(const char *name, int from, int to) {
  struct buf file = buf_new(1 << 26);
  buf_add(&file, str_of(ORDER_HEAD));
  for (int i = from; i < to; i++) add_order(&file, i, "AMZ", "A. Buyer");
  buf_add(&file, STR(".\n"));
  return put_file(&file, name);
}

static inline struct apply_settings apply_by_default(void) {
  return (struct apply_settings){ .db = company_settings(),
                                  .schema = schema_named("sl.sales-order"),
                                  .site = STR("a-site"),
                                  .item = STR("k1"),
                                  .run = 7,
                                  .now = STR("2026-11-03T04:05"),
                                  .user = STR("ETL"),
                                  .group =
                                      20, /* large statements take sqliteodbc minutes under a sanitizer */
                                  .pause = 5 };
}

static inline enum outcome apply(const struct apply_settings *settings, const char *path,
                                 struct apply_result *result) {
  err = (struct err){ 0 };
  return apply_file(settings, path, arena, result, &err);
}

#define expect(wanted, call)                                                                                 \
  do {                                                                                                       \
    enum outcome got = (call);                                                                               \
    if (got != (wanted)) fail_msg("%s: outcome %d, not %d: %s", #call, (int)got, (int)(wanted), err.text);   \
  } while (0)

#endif
