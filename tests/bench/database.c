/* bench/database: order lines into a database and out, in one way; on stdout, rows a second and whether they
 * are right.
 *
 *   database WAY ROWS CONNECTION [KEY-FILE]
 *
 * WAY: sluice, one (row a statement), values (100 rows a statement), arrays (1,000 rows), capi (SQLite's
 * own); read-sluice, read-one, read-capi. Writing begins with an empty table; all rows are one transaction.
 * The time is taken here, without the start of the program and without the check. */
#include "database.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define CHAR_OF(called, many)                                                                                \
  { .name = { called, sizeof called - 1 }, .type = DB_CHAR, .width = many }
#define OF(called, what, digits)                                                                             \
  { .name = { called, sizeof called - 1 }, .type = what, .places = digits }

const struct db_column line_columns[COLUMNS] = {
  CHAR_OF("CpnyID", 10),          CHAR_OF("OrdNbr", 15),     CHAR_OF("LineRef", 5),
  CHAR_OF("InvtID", 30),          CHAR_OF("SiteID", 10),     OF("QtyOrd", DB_FLOAT, 4),
  OF("SlsPrice", DB_FLOAT, 4),    OF("TotOrd", DB_FLOAT, 2), OF("CancelDate", DB_DATETIME, 0),
  OF("Priority", DB_SMALLINT, 0), CHAR_OF("Status", 1),      CHAR_OF("Descr", 60),
};

_Noreturn void die(const char *what) {
  fprintf(stderr, "database: %s\n", what);
  exit(1);
}

static uint64_t cents_of(uint64_t row) { return (row * 7919 + 100) % 99900; }

char (*made_row(uint64_t number))[CELL] {
  static char rows[MADE][COLUMNS][CELL];
  static bool made[MADE];
  size_t i = number % MADE;
  char(*row)[CELL] = rows[i];
  if (!made[i]) {
    const char *texts[COLUMNS] = { "0060", "0000000000",          "00001", "", "AMZ", "2", "",
                                   "",     "2026-12-24 00:00:00", "3",     "O" };
    for (size_t j = 0; j < COLUMNS; j++) snprintf(row[j], CELL, "%s", texts[j] ? texts[j] : "");
    snprintf(row[3], CELL, "SKU-%06zu", i * 37 % 50000);
    snprintf(row[6], CELL, "%u.%02u", (unsigned)cents_of(i) / 200, (unsigned)cents_of(i) / 2 % 100);
    snprintf(row[7], CELL, "%u.%02u", (unsigned)cents_of(i) / 100, (unsigned)cents_of(i) % 100);
    snprintf(row[11], CELL, "A thing of some kind, number %zu", i);
    made[i] = true;
  }
  for (size_t at = 10; at-- > 0; number /= 10) row[1][at] = (char)('0' + number % 10);
  return row;
}

void sluice_write(struct db *db, uint64_t count) {
  struct db_insert *insert;
  struct err err = { 0 };
  str cells[COLUMNS];
  if (db_insert_open(db, STR("SOLine"), line_columns, COLUMNS, &insert, &err)) die(err.text);
  if (db_begin(db, &err)) die(err.text);
  for (uint64_t i = 0; i < count; i++) {
    char(*row)[CELL] = made_row(i);
    for (size_t j = 0; j < COLUMNS; j++) cells[j] = str_of(row[j]);
    if (db_insert_row(insert, cells, &err)) die(err.text);
  }
  if (db_insert_flush(insert, &err) || db_commit(db, &err)) die(err.text);
  db_insert_close(insert);
}

uint64_t sluice_read(struct db *db) {
  struct db_query *query;
  struct err err = { 0 };
  const str *cells;
  uint64_t rows = 0;
  if (db_query_open(db, STR("SELECT * FROM SOLine"), NULL, 0, &query, &err)) die(err.text);
  for (size_t j = 5; j <= 7; j++) db_query_expect(query, j, DB_FLOAT, line_columns[j].places);
  enum outcome out;
  while (!(out = db_query_next(query, &cells, &err))) rows++;
  if (out != OUT_END) die(err.text);
  db_query_close(query);
  return rows;
}

static struct db *open_db(const char *connection, const char *key_file) {
  struct db *db;
  struct err err = { 0 };
  struct db_settings settings = { .connection = str_of(connection), .key_file = str_of(key_file) };
  if (db_open(&settings, &db, &err)) die(err.text);
  return db;
}

static void empty_table(struct db *db) {
  struct err err = { 0 };
  struct buf sql = buf_new(4096);
  dialect_create(db_dialect(db), STR("SOLine"), line_columns, COLUMNS, NULL, 0, &sql);
  if (db_execute(db, STR("DROP TABLE IF EXISTS SOLine"), NULL, 0, NULL, &err) ||
      db_execute(db, buf_str(&sql), NULL, 0, NULL, &err))
    die(err.text);
  buf_free(&sql);
}

/* As many rows as there should be, and to the cent. */
static bool is_right(struct db *db, uint64_t count) {
  struct arena *arena = arena_new();
  struct err err = { 0 };
  uint64_t cents = 0;
  str cells[2];
  char wanted[2][32];
  if (db_query_row(db, STR("SELECT COUNT(*), CAST(SUM(ROUND(TotOrd * 100)) AS BIGINT) FROM SOLine"), NULL, 0,
                   arena, cells, 2, &err))
    die(err.text);
  for (uint64_t i = 0; i < count; i++) cents += cents_of(i % MADE);
  snprintf(wanted[0], sizeof wanted[0], "%llu", (unsigned long long)count);
  snprintf(wanted[1], sizeof wanted[1], "%llu", (unsigned long long)cents);
  bool right = str_eq(cells[0], str_of(wanted[0])) && str_eq(cells[1], str_of(wanted[1]));
  arena_free(arena);
  return right;
}

/* The connection as a program without sluice has it: with the password in it, and the driver's own ways. */
static const char *plain_connection(const char *connection, const char *key_file) {
  static char text[1024];
  char password[256] = "";
  FILE *file = *key_file ? fopen(key_file, "r") : NULL;
  if (file && fgets(password, sizeof password, file)) password[strcspn(password, "\n")] = '\0';
  if (file) fclose(file);
  snprintf(text, sizeof text, "%s%s%s%s", connection, *password ? ";PWD={" : "", password,
           *password ? "}" : "");
  return text;
}

/* Behind "Database=". */
static const char *path_of(const char *connection) {
  const char *path = strstr(connection, "Database=");
  return path ? path + strlen("Database=") : "";
}

static bool run_way(const char *way, uint64_t count, const char *connection, const char *key_file,
                    struct db *db) {
  const char *plain = plain_connection(connection, key_file), *path = path_of(connection);
  uint64_t read = count;
  if (strcmp(way, "sluice") == 0) sluice_write(db, count);
  else if (strcmp(way, "one") == 0) odbc_write(plain, count, 1, false);
  else if (strcmp(way, "values") == 0) odbc_write(plain, count, 100, false);
  else if (strcmp(way, "arrays") == 0) odbc_write(plain, count, MADE, true);
  else if (strcmp(way, "capi") == 0) capi_write(path, count);
  else if (strcmp(way, "read-sluice") == 0) read = sluice_read(db);
  else if (strcmp(way, "read-one") == 0) read = odbc_read(plain);
  else if (strcmp(way, "read-capi") == 0) read = capi_read(path);
  else die("no such way");
  return read == count;
}

static uint64_t now(clockid_t clock) {
  struct timespec at;
  clock_gettime(clock, &at);
  return (uint64_t)at.tv_sec * 1000000 + (uint64_t)at.tv_nsec / 1000;
}

int main(int argc, char **argv) {
  if (argc < 4) die("usage: database WAY ROWS CONNECTION [KEY-FILE]");
  const char *way = argv[1], *connection = argv[3], *key_file = argc > 4 ? argv[4] : "";
  uint64_t count = strtoull(argv[2], NULL, 10);
  struct db *db = open_db(connection, key_file);
  if (strncmp(way, "read", 4) != 0) empty_table(db);
  for (uint64_t i = 0; i < MADE; i++) made_row(i);
  uint64_t wall = now(CLOCK_MONOTONIC), cpu = now(CLOCK_PROCESS_CPUTIME_ID);
  bool right = run_way(way, count, connection, key_file, db);
  wall = now(CLOCK_MONOTONIC) - wall, cpu = now(CLOCK_PROCESS_CPUTIME_ID) - cpu;
  right = right && is_right(db, count);
  db_close(db);
  printf("%llu %llu %s\n", (unsigned long long)(count * 1000000 / (wall + 1)),
         (unsigned long long)(count * 1000000 / (cpu + 1)), right ? "yes" : "no");
  return right ? 0 : 1;
}
