/* unit/db/test_postgres: a server that goes away, deadlocks, passwords and rights. Without a server there is
 * only the one that does not answer; tests/tools/databases.sh runs all of it. */
#include "database.h"
#include "proxy.h"

#include <pthread.h>

static struct db *control; /* another connection, which sees what was really written */

static struct db *with_rows(void) {
  control = open_database();
  drop_table(control, "stock");
  run(control, "CREATE TABLE stock (id INT NOT NULL PRIMARY KEY, qty INT NOT NULL)");
  run(control, "INSERT INTO stock VALUES (1, 10), (2, 20)");
  return open_database();
}

static void close_both(struct db *db) {
  db_close(db);
  db_close(control);
}

static void kill_session(struct db *db) {
  char sql[512];
  snprintf(sql, sizeof sql, "SELECT pg_terminate_backend(%s)", ask(db, "SELECT pg_backend_pid()"));
  ask(control, sql);
}

static void test_gone_in_transaction(void **state) {
  (void)state;
  struct db *db = with_rows();
  expect(OUT_OK, db_begin(db, &err));
  run(db, "UPDATE stock SET qty = 11 WHERE id = 1");
  kill_session(db);
  expect(OUT_SYSTEM, db_execute(db, STR("UPDATE stock SET qty = 21 WHERE id = 2"), NULL, 0, NULL, &err));
  assert_int_equal(db_fault(db), DB_FAULT_GONE);
  db_rollback(db);
  assert_string_equal(ask(control, "SELECT SUM(qty) FROM stock"), "30");
  expect(OUT_SYSTEM, db_execute(db, STR("UPDATE stock SET qty = 21 WHERE id = 2"), NULL, 0, NULL, &err));
  close_both(db);
}

static void test_gone_in_insert(void **state) {
  (void)state;
  struct db *db = with_rows();
  struct db_insert *insert;
  struct made_row row;
  enum outcome out = OUT_OK;
  make_lines(control);
  expect(OUT_OK, db_insert_open(db, STR("Line"), line_columns, LINE_COLUMNS, &insert, &err));
  expect(OUT_OK, db_begin(db, &err));
  for (uint64_t i = 0; i < 5000; i++) expect(OUT_OK, db_insert_row(insert, made_row(&row, i), &err));
  kill_session(db);
  for (uint64_t i = 5000; i < 10000 && !out; i++) out = db_insert_row(insert, made_row(&row, i), &err);
  assert_int_equal(out, OUT_SYSTEM);
  assert_int_equal(db_fault(db), DB_FAULT_GONE);
  assert_string_equal(err.record, "Line");
  db_rollback(db);
  assert_string_equal(ask(control, "SELECT COUNT(*) FROM Line"), "0");
  db_insert_close(insert);
  close_both(db);
}

static void test_gone_in_query(void **state) {
  (void)state;
  struct db *db = with_rows();
  struct db_query *query;
  kill_session(db);
  expect(OUT_SYSTEM, db_query_open(db, STR("SELECT qty FROM stock"), NULL, 0, &query, &err));
  assert_int_equal(db_fault(db), DB_FAULT_GONE);
  close_both(db);
}

/* The server dies at the commit, before it is done: uncertain to us, and the control row is not there. */
static void test_gone_at_commit(void **state) {
  (void)state;
  struct db *db = with_rows();
  run(control, "CREATE OR REPLACE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS "
               "$$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$");
  run(control,
      "CREATE CONSTRAINT TRIGGER dying AFTER UPDATE ON stock DEFERRABLE INITIALLY DEFERRED FOR EACH ROW "
      "EXECUTE FUNCTION die()");
  expect(OUT_OK, db_begin(db, &err));
  run(db, "UPDATE stock SET qty = 11 WHERE id = 1");
  expect(OUT_UNCERTAIN, db_commit(db, &err));
  assert_said("not known whether");
  assert_string_equal(ask(control, "SELECT qty FROM stock WHERE id = 1"), "10");
  close_both(db);
}

/* The server's yes is lost on its way: uncertain to us as well, and the control row is there. */
static void test_lost_answer(void **state) {
  (void)state;
  struct db *db = with_rows(), *through;
  struct db_settings with = settings();
  char connection[512];
  pid_t child;
  const char *port = strstr(with.connection.at, "PORT=") + 5;
  char *end;
  int own = proxy_start((int)strtol(port, &end, 10), &child);
  snprintf(connection, sizeof connection, "%.*s%d%s", (int)(port - with.connection.at), with.connection.at,
           own, end);
  with.connection = str_of(connection);
  expect(OUT_OK, db_open(&with, &through, &err));
  expect(OUT_OK, db_begin(through, &err));
  run(through, "UPDATE stock SET qty = 11 WHERE id = 1");
  expect(OUT_UNCERTAIN, db_commit(through, &err));
  assert_string_equal(ask(control, "SELECT qty FROM stock WHERE id = 1"), "11");
  db_close(through);
  int status;
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_int_equal(status, 0);
  close_both(db);
}

/* A constraint that is looked at by the commit: the server's no is certain. */
static void test_refused_at_commit(void **state) {
  (void)state;
  struct db *db = with_rows();
  run(control, "ALTER TABLE stock ADD CONSTRAINT once UNIQUE (qty) DEFERRABLE INITIALLY DEFERRED");
  expect(OUT_OK, db_begin(db, &err));
  run(db, "UPDATE stock SET qty = 20 WHERE id = 1");
  expect(OUT_REFUSED, db_commit(db, &err));
  assert_int_equal(db_fault(db), DB_FAULT_TWICE);
  expect(OUT_OK, db_begin(db, &err)); /* and the connection is of further use */
  run(db, "UPDATE stock SET qty = 12 WHERE id = 1");
  expect(OUT_OK, db_commit(db, &err));
  assert_string_equal(ask(control, "SELECT SUM(qty) FROM stock"), "32");
  close_both(db);
}

/* ---- deadlock ---- */

struct crossing {
  struct db *db;
  struct err err;
  enum outcome out;
};

static void *cross(void *arg) {
  struct crossing *crossing = arg;
  crossing->out = db_execute(crossing->db, STR("UPDATE stock SET qty = qty + 1 WHERE id = 2"), NULL, 0, NULL,
                             &crossing->err);
  return NULL;
}

static void test_deadlock(void **state) {
  (void)state;
  struct db *db = with_rows();
  struct crossing other = { .db = open_database() };
  pthread_t thread;
  expect(OUT_OK, db_begin(db, &err));
  expect(OUT_OK, db_begin(other.db, &err));
  run(db, "UPDATE stock SET qty = qty + 1 WHERE id = 2");
  run(other.db, "UPDATE stock SET qty = qty + 1 WHERE id = 1");
  assert_int_equal(pthread_create(&thread, NULL, cross, &other), 0);
  enum outcome out = db_execute(db, STR("UPDATE stock SET qty = qty + 1 WHERE id = 1"), NULL, 0, NULL, &err);
  if (out) db_rollback(db); /* so that the other goes on */
  pthread_join(thread, NULL);
  assert_true((out == OUT_RETRY) != (other.out == OUT_RETRY));
  assert_int_equal(db_fault(out ? db : other.db), DB_FAULT_BUSY);
  if (other.out) db_rollback(other.db);
  expect(OUT_OK, db_commit(out ? other.db : db, &err));
  assert_string_equal(ask(control, "SELECT SUM(qty) FROM stock"), "32");
  db_close(other.db);
  close_both(db);
}

static void test_statement_too_long(void **state) {
  (void)state;
  struct db *db;
  struct db_settings with = settings();
  with.statement_seconds = 1;
  expect(OUT_OK, db_open(&with, &db, &err));
  struct db_query *query;
  expect(OUT_RETRY, db_query_open(db, STR("SELECT pg_sleep(20)"), NULL, 0, &query, &err));
  db_close(db);
}

/* ---- who may ---- */

/* The connection of the suite for another user. */
static str connection_of(const char *user) {
  static char connection[512];
  const char *whole = getenv("SLUICE_TEST_POSTGRES"), *name = strstr(whole, "UID=etl");
  snprintf(connection, sizeof connection, "%.*sUID=%s%s", (int)(name - whole), whole, user,
           name + strlen("UID=etl"));
  return str_of(connection);
}

static void put_key(const char *path, const char *password) {
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  fputs(password, file);
  fclose(file);
  assert_int_equal(chmod(path, 0600), 0);
}

static void test_wrong_password(void **state) {
  (void)state;
  struct db *db;
  struct db_settings with = settings();
  put_key("wrong.key", "sesame\n");
  with.key_file = STR("wrong.key");
  expect(OUT_SYSTEM, db_open(&with, &db, &err));
  assert_null(db);
  assert_said("password authentication failed");
  if (strstr(err.text, "sesame")) fail_msg("the password is said: %s", err.text);
  with.key_file = STR_NONE;
  expect(OUT_SYSTEM, db_open(&with, &db, &err));
}

/* Every character that means something in a connection string. */
static void test_odd_passwords(void **state) {
  (void)state;
  static const char *const passwords[] = { "p;w=d", "{a}",   "a}b",         "}}",     "{",
                                           "a b",   "\"'\\", "pwd=x;uid=y", "a%20+b", "}" };
  struct db *db = with_rows();
  for (size_t i = 0; i < COUNT(passwords); i++) {
    char sql[256];
    struct db *odd;
    struct db_settings with = settings();
    snprintf(sql, sizeof sql,
             "DO $do$ BEGIN DROP ROLE IF EXISTS odd; CREATE ROLE odd LOGIN PASSWORD $pw$%s$pw$; END $do$",
             passwords[i]);
    run(db, sql);
    put_key("odd.key", passwords[i]);
    with.connection = connection_of("odd");
    with.key_file = STR("odd.key");
    if (db_open(&with, &odd, &err)) fail_msg("with %s: %s", passwords[i], err.text);
    assert_string_equal(ask(odd, "SELECT current_user"), "odd");
    db_close(odd);
  }
  close_both(db);
}

static void test_reader(void **state) {
  (void)state;
  struct db *db = with_rows(), *reader;
  struct db_settings with = settings();
  run(db, "DO $$ BEGIN IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'reader') THEN DROP OWNED BY "
          "reader; DROP ROLE "
          "reader; END IF; CREATE ROLE reader LOGIN PASSWORD 'r'; GRANT SELECT ON stock TO reader; END $$");
  put_key("reader.key", "r\n");
  with.connection = connection_of("reader");
  with.key_file = STR("reader.key");
  expect(OUT_OK, db_open(&with, &reader, &err));
  assert_string_equal(ask(reader, "SELECT SUM(qty) FROM stock"), "30");
  expect(OUT_SPEC, db_execute(reader, STR("UPDATE stock SET qty = 0"), NULL, 0, NULL, &err));
  assert_int_equal(db_fault(reader), DB_FAULT_DENIED);
  run(reader, "SET default_transaction_read_only = on");
  expect(OUT_SPEC, db_execute(reader, STR("CREATE TABLE mine (a INT)"), NULL, 0, NULL, &err));
  assert_int_equal(db_fault(reader), DB_FAULT_DENIED);
  db_close(reader);
  close_both(db);
}

static void test_nobody_answers(void **state) {
  (void)state;
  struct db *db;
  pid_t child;
  char connection[256];
  /* A port that was just given back. */
  int port = proxy_start(1, &child), status;
  kill(child, SIGKILL);
  waitpid(child, &status, 0);
  snprintf(connection, sizeof connection,
           "DRIVER=PostgreSQL Unicode;SERVER=127.0.0.1;PORT=%d;DATABASE=x;UID=x", port);
  struct db_settings with = { .connection = str_of(connection) };
  expect(OUT_SYSTEM, db_open(&with, &db, &err));
  assert_said("cannot connect to the database");
}

/* The server tells the whole row, which may be a person's: only what is wrong with it is said. */
static void test_rows_are_not_told(void **state) {
  (void)state;
  struct db *db = with_rows();
  run(db, "ALTER TABLE stock ADD name TEXT, ADD CONSTRAINT has_some CHECK (qty > 0)");
  expect(OUT_REFUSED,
         db_execute(db, STR("INSERT INTO stock VALUES (3, 0, 'A. Buyer')"), NULL, 0, NULL, &err));
  assert_said("constraint \"has_some\"");
  if (strstr(err.text, "Buyer") || strstr(err.text, "DETAIL")) fail_msg("%s", err.text);
  close_both(db);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    TEST(test_nobody_answers),     TEST(test_gone_in_transaction),
    TEST(test_gone_in_insert),     TEST(test_gone_in_query),
    TEST(test_gone_at_commit),     TEST(test_lost_answer),
    TEST(test_refused_at_commit),  TEST(test_deadlock),
    TEST(test_statement_too_long), TEST(test_wrong_password),
    TEST(test_odd_passwords),      TEST(test_reader),
    TEST(test_rows_are_not_told),
  };
  const struct CMUnitTest without[] = { TEST(test_nobody_answers) };
  return on_postgresql() ? cmocka_run_group_tests(tests, NULL, NULL)
                         : cmocka_run_group_tests(without, NULL, NULL);
}
