/* unit/db/test_connect: how a connection is stated, which dialect it has, and where its password is not. */
#include "database.h"
#include "db/driver.h"
#include "io/file.h"

#include <dlfcn.h>

static void put(const char *path, const char *text, unsigned mode) {
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  fputs(text, file);
  fclose(file);
  assert_int_equal(chmod(path, mode), 0);
}

/* ---- passwords ---- */

static const char *password_of(const char *key_file, const char *credentials) {
  static char text[PASSWORD_MOST + 1];
  struct password password;
  memset(&err, 0, sizeof err);
  enum outcome out = password_read(str_of(key_file), str_of(credentials), &password, &err);
  snprintf(text, sizeof text, "%.*s", (int)password.len, password.text);
  if (out) {
    assert_int_equal(out, strstr(err.text, "cannot open") ? OUT_SYSTEM : OUT_SPEC);
    return "no";
  }
  password_wipe(&password);
  for (size_t i = 0; i < sizeof password; i++) assert_int_equal(((char *)&password)[i], 0);
  return text;
}

static void test_passwords(void **state) {
  (void)state;
  char text[PASSWORD_MOST + 10];
  assert_string_equal(password_of("", ""), "");
  assert_string_equal(password_of("none.key", ""), "no");
  put("a.key", "open sesame\n", 0600);
  assert_string_equal(password_of("a.key", ""), "open sesame");
  put("a.key", " blanks count \r\n", 0600);
  assert_string_equal(password_of("a.key", ""), " blanks count ");
  put("a.key", "no line end", 0400);
  assert_string_equal(password_of("a.key", ""), "no line end");
  put("b.key", "two\nlines\n", 0600);
  assert_string_equal(password_of("b.key", ""), "no");
  assert_said("one line");
  if (strstr(err.text, "two")) fail_msg("the password is said: %s", err.text);
  put("b.key", "\n", 0600);
  assert_string_equal(password_of("b.key", ""), "no");
  for (unsigned mode = 0640; mode != 0; mode = mode == 0640 ? 0604 : 0) {
    put("c.key", "open\n", mode);
    assert_string_equal(password_of("c.key", ""), "no");
    assert_said("chmod 600");
  }
  memset(text, 'x', sizeof text);
  text[PASSWORD_MOST] = '\0';
  put("d.key", text, 0600);
  assert_string_equal(password_of("d.key", ""), text);
  text[PASSWORD_MOST] = 'x', text[PASSWORD_MOST + 1] = '\0';
  put("d.key", text, 0600);
  assert_string_equal(password_of("d.key", ""), "no");
}

/* The service manager's copy of the same name goes first, and may be open to the group. */
static void test_credentials(void **state) {
  (void)state;
  assert_int_equal(mkdir("given", 0700), 0);
  put("sl.password", "own\n", 0600);
  assert_string_equal(password_of("./sl.password", "given"), "own");
  put("given/sl.password", "given\n", 0440);
  assert_string_equal(password_of("./sl.password", "given"), "given");
  assert_int_equal(chmod("given/sl.password", 0444), 0);
  assert_string_equal(password_of("./sl.password", "given"), "no");
}

static void test_cut_out(void **state) {
  (void)state;
  struct password password = { .text = "sesame", .len = 6 };
  char message[] = "login with sesame failed: sesamesesame", shorter[] = "a b";
  password_cut_out(&password, message);
  assert_string_equal(message, "login with *** failed: ******");
  password = (struct password){ .text = "a", .len = 1 };
  password_cut_out(&password, shorter);
  assert_string_equal(shorter, "* b");
  password.len = 0;
  password_cut_out(&password, message);
  assert_string_equal(message, "login with *** failed: ******");
}

/* ---- connection strings ---- */

static const char *sent(const char *connection, const char *secret) {
  static char text[1024];
  struct db_settings with = { .connection = str_of(connection), .lock_seconds = 7 };
  struct password password = { .len = strlen(secret) };
  memcpy(password.text, secret, password.len);
  struct buf buf = buf_new(DRIVER_TEXT_MOST);
  driver_connection(&with, driver_guess(with.connection), &password, &buf);
  snprintf(text, sizeof text, "%.*s", (int)buf.len, buf.at);
  buf_free(&buf);
  return text;
}

static void test_connection_strings(void **state) {
  (void)state;
  assert_string_equal(sent("DSN=sl", ""), "DSN=sl");
  assert_string_equal(sent("DSN=sl;UID=etl", "a}b;"), "DSN=sl;UID=etl;PWD={a}}b;}");
  assert_string_equal(sent("Driver={SQLite3};Database=x", ""), "Driver={SQLite3};Database=x;Timeout=7000");
  assert_string_equal(sent("DRIVER=SQLite3;timeout = 5", ""), "DRIVER=SQLite3;timeout = 5");
  assert_string_equal(sent("DRIVER=libtdsodbc.so;SERVER=a;TDS_Version=7.3", "x"),
                      "DRIVER=libtdsodbc.so;SERVER=a;TDS_Version=7.3;ClientCharset=UTF-8;APP=sluice;PWD={x}");
  assert_string_equal(sent("DRIVER=PostgreSQL Unicode", ""),
                      "DRIVER=PostgreSQL Unicode;Protocol=7.4-0;Debug=0;CommLog=0");
  assert_string_equal(sent("DATABASE={a;DRIVER=FreeTDS}}x};DRIVER=other", ""),
                      "DATABASE={a;DRIVER=FreeTDS}}x};DRIVER=other");
}

static void test_bad_settings(void **state) {
  (void)state;
  static const struct {
    const char *connection, *dialect, *said;
  } bad[] = {
    { "", "", "not stated" },
    { "  ", "", "not stated" },
    { "DSN=sl;PWD=sesame", "", "a password stands in" },
    { "DSN=sl; Password ={sesame}", "", "a password stands in" },
    { "UID=a;pwd=", "", "a password stands in" },
    { "DRIVER=SQLite3;Database=x.db", "oracle", "no dialect \"oracle\"" },
    { "UID=a;DSN=no-such-source", "",
      "sl-connection: cannot connect to the database (DSN=no-such-source): " },
    { "driver=No Such Driver;SERVER=a;App=b", "",
      "cannot connect to the database (DRIVER=No Such Driver;SERVER=a): " },
    { ";;=;{", "", "cannot connect to the database" },
  };
  for (size_t i = 0; i < COUNT(bad); i++) {
    struct db_settings with = { .connection = str_of(bad[i].connection),
                                .setting = STR("sl-connection"),
                                .dialect = str_of(bad[i].dialect) };
    struct db *db;
    memset(&err, 0, sizeof err);
    expect(OUT_SPEC, db_open(&with, &db, &err));
    assert_null(db);
    assert_said(bad[i].said);
    if (strstr(err.text, "sesame")) fail_msg("the password is said: %s", err.text);
  }
}

/* ---- by the driver manager's own files ---- */

static void test_by_source_name(void **state) {
  (void)state;
  struct db *db;
  struct db_settings with = { .connection = STR("DSN=sandbox"), .lock_seconds = 1 };
  char path[128];
  put("odbc.ini", "[sandbox]\nDriver = SQLite3\nDatabase = source.db\n", 0644);
  snprintf(path, sizeof path, "%s/odbc.ini", folder);
  setenv("ODBCINI", path, 1);
  expect(OUT_OK, db_open(&with, &db, &err));
  assert_string_equal(db_dialect(db)->name, "sqlite");
  run(db, "CREATE TABLE a (b INT)");
  db_close(db);
  unsetenv("ODBCINI");
  assert_true(file_exists("source.db"));
}

static void test_dialects(void **state) {
  (void)state;
  struct db *db = open_database();
  assert_string_equal(db_dialect(db)->name, on_postgresql() ? "postgresql" : "sqlite");
  db_close(db);
  assert_string_equal(dialect_of_server(STR("Microsoft SQL Server"))->name, "tsql");
  assert_null(dialect_of_server(STR("Oracle")));
  assert_null(dialect_named(STR("")));
}

/* Drivers are unloaded when they are left, and with them unixODBC's cache of odbc.ini, which then counts as
 * leaked. */
static void keep_loaded(const char *library) { assert_non_null(dlopen(library, RTLD_NOW)); }

int main(void) {
  keep_loaded("libodbcinst.so.2");
  const struct CMUnitTest tests[] = {
    TEST(test_dialects),           TEST(test_passwords),    TEST(test_credentials),    TEST(test_cut_out),
    TEST(test_connection_strings), TEST(test_bad_settings), TEST(test_by_source_name),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
