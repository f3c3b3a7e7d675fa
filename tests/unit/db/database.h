/* unit/db/database: the database that a suite runs on, SQLite in a folder of its own or the PostgreSQL that
 * tests/tools/databases.sh started. All through ODBC. */
#ifndef SLUICE_TESTS_DATABASE_H
#define SLUICE_TESTS_DATABASE_H

#include "db/catalog.h"
#include "db/insert.h"
#include "db/query.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static char folder[64];
static struct err err;

static inline bool on_postgresql(void) { return getenv("SLUICE_TEST_POSTGRES") != NULL; }

static inline struct db_settings settings(void) {
  if (!on_postgresql())
    return (struct db_settings){ .connection = STR("DRIVER=SQLite3;Database=test.db"), .lock_seconds = 1 };
  return (struct db_settings){ .connection = str_of(getenv("SLUICE_TEST_POSTGRES")),
                               .key_file = str_of(getenv("SLUICE_TEST_POSTGRES_KEY")),
                               .lock_seconds = 2 };
}

/* An outcome that was not expected, with its text. */
#define expect(wanted, call)                                                                                 \
  do {                                                                                                       \
    enum outcome came_of_it = (call);                                                                        \
    if (came_of_it != (wanted))                                                                              \
      fail_msg("%s: outcome %d, not %d: %s", #call, (int)came_of_it, (int)(wanted), err.text);               \
  } while (0)

static inline void assert_said(const char *part) {
  if (!strstr(err.text, part)) fail_msg("\"%s\" is not said in \"%s\"", part, err.text);
}

static inline struct db *open_database(void) {
  struct db *db;
  struct db_settings with = settings();
  expect(OUT_OK, db_open(&with, &db, &err));
  return db;
}

static inline void run(struct db *db, const char *sql) {
  expect(OUT_OK, db_execute(db, str_of(sql), NULL, 0, NULL, &err));
}

/* The one cell that a query gives. */
static inline const char *ask(struct db *db, const char *sql) {
  static char text[256];
  struct arena *arena = arena_new();
  str cell;
  expect(OUT_OK, db_query_row(db, str_of(sql), NULL, 0, arena, &cell, 1, &err));
  snprintf(text, sizeof text, "%.*s", STR_ARG(cell));
  arena_free(arena);
  return text;
}

/* Every type, and words that are reserved somewhere. */
static const struct db_column line_columns[] = {
  { .name = { "OrdNbr", 6 }, .type = DB_CHAR, .width = 15 },
  { .name = { "LineRef", 7 }, .type = DB_CHAR, .width = 5 },
  { .name = { "Order", 5 }, .type = DB_SMALLINT },
  { .name = { "QtyOrd", 6 }, .type = DB_FLOAT, .places = 4 },
  { .name = { "TotOrd", 6 }, .type = DB_FLOAT, .places = 2 },
  { .name = { "User", 4 }, .type = DB_INT },
  { .name = { "CancelDate", 10 }, .type = DB_DATETIME },
  { .name = { "Descr", 5 }, .type = DB_CHAR, .width = 30 },
};
enum { LINE_COLUMNS = 8 };

static inline void drop_table(struct db *db, const char *table) {
  char sql[128];
  snprintf(sql, sizeof sql, "DROP TABLE IF EXISTS %s", table);
  run(db, sql);
}

static inline void make_lines(struct db *db) {
  str keys[] = { STR("OrdNbr"), STR("LineRef") };
  struct buf sql = buf_new(4096);
  drop_table(db, "Line");
  dialect_create(db_dialect(db), STR("Line"), line_columns, LINE_COLUMNS, keys, 2, &sql);
  buf_char(&sql, '\0');
  run(db, sql.at);
  buf_free(&sql);
}

/* A row by its number. */
struct made_row {
  char order[16], text[32];
  str cells[LINE_COLUMNS];
};

static inline const str *made_row(struct made_row *row, uint64_t number) {
  snprintf(row->order, sizeof row->order, "%06llu", (unsigned long long)number);
  snprintf(row->text, sizeof row->text, "%llu.%02llu", (unsigned long long)number % 977,
           (unsigned long long)number % 100);
  str cells[] = { str_of(row->order), STR("00001"), STR("7"),          STR("1.5"),
                  str_of(row->text),  STR("-12"),   STR("2026-11-03"), STR("A thing") };
  memcpy(row->cells, cells, sizeof cells);
  return row->cells;
}

static inline int enter(void **state) {
  (void)state;
  memset(&err, 0, sizeof err);
  strcpy(folder, "/tmp/sluice-test-db-XXXXXX");
  return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static inline int leave(void **state) {
  (void)state;
  char command[128];
  snprintf(command, sizeof command, "rm -rf %s", folder);
  return chdir("/") == 0 && system(command) == 0 ? 0 : -1;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)

#endif
