/* bench/load: how long a rows file of orders takes into an SL company, and where the time goes.
 *
 *   load ORDERS FOLDER        the site whose specs are used is the current folder
 *
 * SQLite through unixODBC, or, when SLUICE_TEST_POSTGRES is set, the PostgreSQL of tests/tools/postgres.sh.
 * An order is SOHeader, 2 SOLine, 2 SOSched, SOEvent, ProcessQueue and our control row, 100 orders a
 * transaction. The driver's share is measured around the driver manager's calls.
 */
#include "db/query.h"
#include "io/file.h"
#include "job/company.h"
#include "load/apply.h"
#include "load/rows_read.h"

#include <dlfcn.h>
#include <sql.h>
#include <sqlext.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static uint64_t in_rows, in_commits, calls;

static uint64_t now(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return (uint64_t)at.tv_sec * 1000000000u + (uint64_t)at.tv_nsec;
}

static void *real(const char *name) {
  static void *library;
  if (!library) library = dlopen("libodbc.so.2", RTLD_NOW);
  return dlsym(library, name);
}

SQLRETURN SQL_API SQLExecute(SQLHSTMT statement) {
  static __typeof__(&SQLExecute) call;
  if (!call) *(void **)&call = real("SQLExecute");
  uint64_t from = now();
  SQLRETURN result = call(statement);
  in_rows += now() - from;
  calls++;
  return result;
}

SQLRETURN SQL_API SQLExecDirect(SQLHSTMT statement, SQLCHAR *text, SQLINTEGER len) {
  static __typeof__(&SQLExecDirect) call;
  if (!call) *(void **)&call = real("SQLExecDirect");
  uint64_t from = now();
  SQLRETURN result = call(statement, text, len);
  if (!strncmp((const char *)text, "COMMIT", 6)) in_commits += now() - from;
  else in_rows += now() - from;
  calls++;
  return result;
}

SQLRETURN SQL_API SQLEndTran(SQLSMALLINT type, SQLHANDLE handle, SQLSMALLINT how) {
  static __typeof__(&SQLEndTran) call;
  if (!call) *(void **)&call = real("SQLEndTran");
  uint64_t from = now();
  SQLRETURN result = call(type, handle, how);
  in_commits += now() - from;
  calls++;
  return result;
}

static struct err err;

static void must(enum outcome out, const char *what) {
  if (!out) return;
  fprintf(stderr, "%s: %s\n", what, err.text);
  exit(1);
}

static void add_order(struct buf *file, int number) {
  buf_printf(
      file,
      "+113-%07d-%07d\nSOHeader,\"0060\",@,\"AMZ\",\"AMZUS\",\"113-%07d-%07d\",2026-11-03,2027-11-03,\"USD\","
      "\"O\",39.9,39.9,\"Buyer %d\",\"%d Some "
      "Street\",\"Springfield\",\"IL\",\"62701\",\"US\",\"UPSGROUND\"\n",
      number, number, number, number, number, number);
  for (int line = 1; line <= 2; line++)
    buf_printf(file,
               "SOLine,\"%05d\",\"HOK-KETTLE-1.5L-BLK\",2,9.99,19.98,\"EA\",\"MAIN\",2027-11-03,\"A "
               "kettle\",\"%d-%d\"\n"
               "SOSched,\"00001\",2,\"MAIN\",2027-11-03,2026-11-03,2026-11-03\n",
               line, number, line);
  buf_printf(file, "SOEvent,\"ENT\",\"Amazon order\",2026-11-03\nProcessQueue,\"0060\",@,\"PLNSO\",150,"
                   "2026-11-03T04:05:00\n");
}

static void write_file(const char *path, int orders) {
  struct file *out;
  struct buf text = buf_new(1 << 20);
  must(file_create(path, 0600, &out, &err), path);
  buf_add(
      &text,
      STR("sluice rows 1 sl.sales-order\n"
          "=SOHeader,CpnyID,OrdNbr,SOTypeID,CustID,CustOrdNbr,OrdDate,CancelDate,CuryID,Status,CuryTotOrd,"
          "TotOrd,ShipName,ShipAddr1,ShipCity,ShipState,ShipZip,ShipCountry,ShipViaID\n"
          "=SOLine,LineRef,InvtID,QtyOrd,CurySlsPrice,CuryTotOrd,UnitDesc,SiteID,CancelDate,Descr,User1\n"
          "=SOSched,SchedRef,QtyOrd,SiteID,CancelDate,ReqDate,PromDate\n"
          "=SOEvent,EventType,Descr,EventDate\n"
          "=ProcessQueue,CpnyID,SOOrdNbr,ProcessType,ProcessPriority,ProcessAt\n"));
  for (int i = 1; i <= orders; i++) {
    add_order(&text, i);
    must(file_write(out, buf_str(&text), &err), path);
    buf_clear(&text);
  }
  must(file_write(out, STR(".\n"), &err), path);
  must(file_commit(out, &err), path);
  buf_free(&text);
}

/* The file alone, read once. */
static uint64_t read_file(const char *path) {
  struct rows_reader *reader;
  struct rows_document document;
  struct arena *arena = arena_new();
  uint64_t from = now();
  enum outcome out = rows_open(path, &reader, &err);
  while (!out && !(out = rows_next(reader, arena, &document, &err))) arena_reset(arena);
  must(out == OUT_END ? OUT_OK : out, path);
  rows_close(reader);
  arena_free(arena);
  return now() - from;
}

static enum outcome run_statement(void *user, str statement, struct err *why) {
  return db_execute(user, statement, NULL, 0, NULL, why);
}

static void make_company(struct library *library, const struct db_settings *settings) {
  struct db *db;
  must(db_open(settings, &db, &err), "connect");
  if (getenv("SLUICE_TEST_POSTGRES")) {
    must(run_statement(db, STR("DROP SCHEMA public CASCADE"), &err), "drop");
    must(run_statement(db, STR("CREATE SCHEMA public"), &err), "create");
  }
  must(company_make(library, db_dialect(db), run_statement, db, &err), "company");
  db_close(db);
}

static void show(const char *what, uint64_t nanoseconds, int orders) {
  printf("  %-28s %7.2f s %9.1f us/order\n", what, (double)nanoseconds / 1e9,
         (double)nanoseconds / 1e3 / orders);
}

int main(int argc, char **argv) {
  if (argc != 3) return fprintf(stderr, "load ORDERS FOLDER\n"), 2;
  int orders = atoi(argv[1]);
  struct arena *arena = arena_new();
  struct complaints *wrong = complaints_new(arena);
  struct library *library = library_open(".", NULL, arena, wrong);
  const char *path = file_join(arena, argv[2], STR("orders.rows")),
             *postgres = getenv("SLUICE_TEST_POSTGRES");
  struct apply_settings settings = { .schema = library_schema(library, STR("sl.sales-order"),
                                                              (struct place){ NULL, 1 }),
                                     .run = 1,
                                     .item = STR("bench"),
                                     .site = STR("bench"),
                                     .now = STR("2026-11-03T04:05"),
                                     .user = STR("SLUICE") };
  struct apply_result result;
  settings.db.connection =
      postgres
          ? str_of(postgres)
          : arena_printf(arena, "DRIVER=SQLite3;Database=%s/company.db;JournalMode=WAL;SyncPragma=NORMAL",
                         argv[2]);
  if (postgres) settings.db.key_file = str_of(getenv("SLUICE_TEST_POSTGRES_KEY"));
  if (!settings.schema) return fprintf(stderr, "no schema\n"), 1;
  make_company(library, &settings.db);
  write_file(path, orders);
  uint64_t reading = read_file(path);
  in_rows = in_commits = calls = 0;
  uint64_t from = now();
  must(apply_file(&settings, path, arena, &result, &err), "load");
  uint64_t all = now() - from;
  if ((int)result.written != orders) return fprintf(stderr, "%d written\n", (int)result.written), 1;
  printf("load %d orders into %s: %.0f orders/s, %.0f rows/s, %llu calls\n", orders,
         postgres ? "postgresql" : "sqlite", orders / ((double)all / 1e9), orders * 8.0 / ((double)all / 1e9),
         (unsigned long long)calls);
  show("all", all, orders);
  show("reading the file, twice", 2 * reading, orders);
  show("driver and database: rows", in_rows, orders);
  show("driver and database: commits", in_commits, orders);
  show("completing, checking, digests", all - 2 * reading - in_rows - in_commits, orders);
  from = now();
  must(apply_file(&settings, path, arena, &result, &err), "again");
  printf("the same file again: %.2f s, %llu known\n", (double)(now() - from) / 1e9,
         (unsigned long long)result.known);
  arena_free(arena);
  return 0;
}
