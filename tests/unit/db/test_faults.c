/* unit/db/test_faults: what goes wrong on any database: locks, constraints, rights, room; nothing stays
 * half-written. */
#include "database.h"

static struct db *with_rows(void) {
  struct db *db = open_database();
  drop_table(db, "stock");
  run(db, "CREATE TABLE stock (id INT NOT NULL PRIMARY KEY, qty INT NOT NULL CHECK (qty >= 0), name CHAR(5) "
          "NOT NULL)");
  run(db, "INSERT INTO stock VALUES (1, 10, 'a'), (2, 20, 'b')");
  return db;
}

/* The statement fails so, and takes what came before it in its transaction along. */
static void fails(struct db *db, const char *sql, enum outcome outcome, enum db_fault fault) {
  expect(OUT_OK, db_begin(db, &err));
  run(db, "UPDATE stock SET qty = qty + 1 WHERE id = 2");
  enum outcome got = db_execute(db, str_of(sql), NULL, 0, NULL, &err);
  if (got != outcome || db_fault(db) != fault)
    fail_msg("%s: outcome %d, fault %d: %s", sql, (int)got, (int)db_fault(db), err.text);
  expect(OUT_BUG, db_execute(db, STR("DELETE FROM stock"), NULL, 0, NULL, &err));
  expect(OUT_BUG, db_commit(db, &err));
  assert_string_equal(ask(db, "SELECT qty FROM stock WHERE id = 2"), "20");
}

static void test_statements(void **state) {
  (void)state;
  struct db *db = with_rows();
  fails(db, "INSERT INTO stock VALUES (1, 5, 'x')", OUT_REFUSED, DB_FAULT_TWICE);
  fails(db, "UPDATE stock SET qty = qty - 11", OUT_REFUSED, DB_FAULT_CONSTRAINT);
  fails(db, "INSERT INTO stock (id, qty) VALUES (3, 1)", OUT_REFUSED, DB_FAULT_CONSTRAINT);
  fails(db, "UPDATE nostock SET qty = 1", OUT_SPEC, DB_FAULT_NAME);
  fails(db, "UPDATE stock SET amount = 1", OUT_SPEC, DB_FAULT_NAME);
  fails(db, "UPDATE stock SOT qty = 1", OUT_SPEC, DB_FAULT_NAME);
  db_close(db);
}

/* Another connection holds the row (SQLite: the file) longer than the lock may take. */
static void test_locked(void **state) {
  (void)state;
  struct db *holder = with_rows(), *db = open_database();
  expect(OUT_OK, db_begin(holder, &err));
  run(holder, "UPDATE stock SET qty = 11 WHERE id = 1");
  enum outcome out = db_begin(db, &err);
  if (!out) out = db_execute(db, STR("UPDATE stock SET qty = 12 WHERE id = 1"), NULL, 0, NULL, &err);
  assert_int_equal(out, OUT_RETRY);
  assert_int_equal(db_fault(db), DB_FAULT_BUSY);
  db_rollback(db);
  expect(OUT_OK, db_commit(holder, &err));
  expect(OUT_OK, db_begin(db, &err)); /* the second time it passes */
  run(db, "UPDATE stock SET qty = qty + 1 WHERE id = 1");
  expect(OUT_OK, db_commit(db, &err));
  assert_string_equal(ask(holder, "SELECT qty FROM stock WHERE id = 1"), "12");
  db_close(db);
  db_close(holder);
}

/* The counter of an order type, as R17 has it taken: under lock, in a transaction of its own. */
static void test_counter(void **state) {
  (void)state;
  struct db *db = with_rows(), *other = open_database();
  str column = STR("qty"), key = STR("id"), cell;
  struct db_value id = db_typed(DB_INT, STR("1"));
  struct buf select = buf_new(1000), update = buf_new(1000);
  struct arena *arena = arena_new();
  dialect_select_locked(db_dialect(db), STR("stock"), &column, 1, &key, 1, &select);
  dialect_update(db_dialect(db), STR("stock"), &column, 1, &key, 1, &update);
  expect(OUT_OK, db_begin(db, &err));
  expect(OUT_OK, db_query_row(db, buf_str(&select), &id, 1, arena, &cell, 1, &err));
  /* Nobody else gets the number meanwhile. */
  enum outcome out = db_begin(other, &err);
  if (!out) out = db_query_row(other, buf_str(&select), &id, 1, arena, &cell, 1, &err);
  assert_int_equal(out, OUT_RETRY);
  db_rollback(other);
  struct db_value values[] = { db_typed(DB_INT, STR("11")), id };
  uint64_t rows;
  expect(OUT_OK, db_execute(db, buf_str(&update), values, 2, &rows, &err));
  assert_int_equal(rows, 1);
  expect(OUT_OK, db_commit(db, &err));
  expect(OUT_OK,
         db_query_row(other, STR("SELECT qty FROM stock WHERE id = ?"), &id, 1, arena, &cell, 1, &err));
  assert_true(str_eq(cell, STR("11")));
  arena_free(arena);
  buf_free(&select);
  buf_free(&update);
  db_close(other);
  db_close(db);
}

static void test_transactions(void **state) {
  (void)state;
  struct db *db = with_rows();
  expect(OUT_BUG, db_commit(db, &err));
  db_rollback(db);
  expect(OUT_OK, db_begin(db, &err));
  expect(OUT_BUG, db_begin(db, &err));
  run(db, "DELETE FROM stock");
  db_close(db); /* rolls back */
  db = open_database();
  assert_string_equal(ask(db, "SELECT COUNT(*) FROM stock"), "2");
  run(db, "DELETE FROM stock WHERE id = 1"); /* outside of a transaction a statement stands for itself */
  db_close(db);
  db = open_database();
  assert_string_equal(ask(db, "SELECT COUNT(*) FROM stock"), "1");
  db_close(db);
}

/* ---- SQLite alone ---- */

static void test_commit_locked(void **state) {
  (void)state;
  struct db *db = with_rows(), *reader = open_database();
  run(reader, "BEGIN");
  assert_string_equal(ask(reader, "SELECT COUNT(*) FROM stock"), "2");
  expect(OUT_OK, db_begin(db, &err));
  run(db, "DELETE FROM stock");
  expect(OUT_RETRY, db_commit(db, &err)); /* the reader's lock stands in the way */
  run(reader, "COMMIT");
  assert_string_equal(ask(reader, "SELECT COUNT(*) FROM stock"), "2");
  expect(OUT_OK, db_begin(db, &err));
  run(db, "DELETE FROM stock");
  expect(OUT_OK, db_commit(db, &err));
  db_close(reader);
  db_close(db);
}

static void test_read_only(void **state) {
  (void)state;
  struct db *db = with_rows();
  run(db, "PRAGMA query_only = 1");
  expect(OUT_SPEC, db_execute(db, STR("DELETE FROM stock"), NULL, 0, NULL, &err));
  assert_int_equal(db_fault(db), DB_FAULT_DENIED);
  db_close(db);
}

/* SQLite takes a transaction back by itself when the disk is full; nothing after it may be written alone. */
static void test_full(void **state) {
  (void)state;
  struct db *db = open_database();
  struct db_insert *insert;
  struct made_row row;
  enum outcome out = OUT_OK;
  uint64_t rows = 0;
  make_lines(db);
  run(db, "PRAGMA max_page_count = 20");
  expect(OUT_OK, db_insert_open(db, STR("Line"), line_columns, LINE_COLUMNS, &insert, &err));
  expect(OUT_OK, db_begin(db, &err));
  while (!out && rows < 100000) out = db_insert_row(insert, made_row(&row, rows++), &err);
  assert_int_equal(out, OUT_SYSTEM);
  assert_int_equal(db_fault(db), DB_FAULT_FULL);
  expect(OUT_BUG, db_insert_row(insert, made_row(&row, rows), &err));
  expect(OUT_BUG, db_commit(db, &err));
  assert_string_equal(ask(db, "SELECT COUNT(*) FROM Line"), "0");
  db_insert_close(insert);
  db_close(db);
}

static void test_no_database(void **state) {
  (void)state;
  struct db *db;
  struct db_settings with = { .connection = STR("DRIVER=SQLite3;Database=no/such/folder/x.db") };
  enum outcome out = db_open(&with, &db, &err); /* sqliteodbc opens late */
  if (!out) out = db_execute(db, STR("CREATE TABLE a (b INT)"), NULL, 0, NULL, &err);
  assert_int_equal(out, OUT_SYSTEM);
  FILE *file = fopen("text.db", "w");
  assert_non_null(file);
  for (int i = 0; i < 1000; i++) fputs("this is no database\n", file);
  fclose(file);
  with.connection = STR("DRIVER=SQLite3;Database=text.db");
  out = db_open(&with, &db, &err);
  if (!out) out = db_execute(db, STR("CREATE TABLE a (b INT)"), NULL, 0, NULL, &err);
  assert_int_equal(out, OUT_SYSTEM);
  db_close(db);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    TEST(test_statements),    TEST(test_locked),    TEST(test_counter), TEST(test_transactions),
    TEST(test_commit_locked), TEST(test_read_only), TEST(test_full),    TEST(test_no_database),
  };
  const struct CMUnitTest anywhere[] = { TEST(test_statements), TEST(test_locked), TEST(test_counter),
                                         TEST(test_transactions) };
  return on_postgresql() ? cmocka_run_group_tests(anywhere, NULL, NULL)
                         : cmocka_run_group_tests(tests, NULL, NULL);
}
