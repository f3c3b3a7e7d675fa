/* db/connect: one connection to a database by unixODBC, and its transactions. */
#include "db/db_internal.h"
#include "db/driver.h"
#include "io/secret.h"

#include <stdio.h>

enum { LOGIN_SECONDS = 15, STATEMENT_SECONDS = 300, LOCK_SECONDS = 10, SERVER_NAME = 128 };

const struct dialect *db_dialect(const struct db *db) { return db->dialect; }
enum db_fault db_fault(const struct db *db) { return db->fault; }

static enum outcome make_handles(struct db *db, int32_t login_seconds, struct err *err) {
  if (!SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &db->environment)))
    return err_set(err, OUT_SYSTEM, "unixODBC cannot be used");
  SQLSetEnvAttr(db->environment, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)SQL_OV_ODBC3, 0);
  if (!SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_DBC, db->environment, &db->connection)))
    return db_failed(db, SQL_HANDLE_ENV, db->environment, STR("the database"), err);
  SQLSetConnectAttr(db->connection, SQL_ATTR_LOGIN_TIMEOUT, (SQLPOINTER)(intptr_t)login_seconds, 0);
  /* A trace of the driver manager would hold the password. */
  SQLSetConnectAttr(db->connection, SQL_ATTR_TRACE, (SQLPOINTER)SQL_OPT_TRACE_OFF, 0);
  return OUT_OK;
}

/* "sl-connection: cannot connect to the database (DSN=sl)" */
static void name_source(const struct db_settings *settings, struct buf *text) {
  buf_printf(text, "%.*s%scannot connect to the database (", STR_ARG(settings->setting),
             settings->setting.len ? ": " : "");
  driver_source(settings->connection, text);
  buf_char(text, ')');
}

static enum outcome log_in(struct db *db, const struct db_settings *settings, const struct dialect *dialect,
                           const struct password *password, struct err *err) {
  struct buf text = buf_new(DRIVER_TEXT_MOST);
  driver_connection(settings, dialect, password, &text);
  buf_char(&text, '\0');
  SQLRETURN result =
      SQLDriverConnect(db->connection, NULL, (SQLCHAR *)text.at, SQL_NTS, NULL, 0, NULL, SQL_DRIVER_NOPROMPT);
  secret_wipe(text.at, text.len);
  buf_free(&text);
  db->connected = SQL_SUCCEEDED(result);
  if (db->connected) return OUT_OK;
  db->dialect = dialect;
  struct buf doing = buf_new(DRIVER_TEXT_MOST);
  name_source(settings, &doing);
  db_failed(db, SQL_HANDLE_DBC, db->connection, buf_str(&doing), err);
  buf_free(&doing);
  password_cut_out(password, err->text);
  return err->outcome;
}

static enum outcome ask_dialect(struct db *db, const struct dialect **dialect, struct err *err) {
  char server[SERVER_NAME] = "";
  SQLSMALLINT len;
  SQLGetInfo(db->connection, SQL_DBMS_NAME, server, sizeof server, &len);
  *dialect = dialect_of_server(str_of(server));
  if (*dialect) return OUT_OK;
  return err_set(err, OUT_SPEC,
                 "the server calls itself \"%s\"; state its dialect: sqlite, postgresql or tsql", server);
}

/* By what is stated, by the driver's name, or by the server's; the last is connected to again, because its
 * driver may have to be told something. */
static enum outcome find_and_connect(struct db *db, const struct db_settings *settings,
                                     const struct password *password, struct err *err) {
  const struct dialect *dialect = dialect_named(settings->dialect);
  if (settings->dialect.len && !dialect)
    return err_set(err, OUT_SPEC, "no dialect \"%.*s\": sqlite, postgresql or tsql",
                   STR_ARG(settings->dialect));
  if (!dialect) dialect = driver_guess(settings->connection);
  bool told = dialect != NULL;
  enum outcome out = log_in(db, settings, dialect, password, err);
  if (!out && !told) {
    out = ask_dialect(db, &dialect, err);
    SQLDisconnect(db->connection);
    db->connected = false;
    if (!out) out = log_in(db, settings, dialect, password, err);
  }
  db->dialect = dialect;
  return out;
}

static enum outcome begin_session(struct db *db, const struct db_settings *settings, struct err *err) {
  enum outcome out = OUT_OK;
  struct buf sql = buf_new(1024);
  for (const char *const *at = db->dialect->session; *at && !out; at++) {
    buf_clear(&sql);
    for (const char *c = *at; *c; c++) {
      if (*c != '%') buf_char(&sql, *c);
      else
        buf_printf(&sql, "%d000", (int)(*++c == 'L' ? settings->lock_seconds : settings->statement_seconds));
    }
    out = statement_run(db, buf_str(&sql), err);
  }
  buf_free(&sql);
  return out;
}

static int32_t seconds_of(int32_t stated, int32_t usual) { return stated > 0 ? stated : usual; }

enum outcome db_open(const struct db_settings *given, struct db **db, struct err *err) {
  struct db_settings settings = *given;
  struct password password = { .len = 0 };
  settings.login_seconds = seconds_of(given->login_seconds, LOGIN_SECONDS);
  settings.statement_seconds = seconds_of(given->statement_seconds, STATEMENT_SECONDS);
  settings.lock_seconds = seconds_of(given->lock_seconds, LOCK_SECONDS);
  struct db *new = mem_alloc(sizeof *new);
  new->statement_seconds = settings.statement_seconds;
  *db = NULL;
  enum outcome out = driver_check(settings.connection, err);
  if (!out) out = password_read(settings.key_file, settings.credentials, &password, err);
  if (!out) out = make_handles(new, settings.login_seconds, err);
  if (!out) out = find_and_connect(new, &settings, &password, err);
  password_wipe(&password);
  if (!out) out = begin_session(new, &settings, err);
  if (out) db_close(new);
  else *db = new;
  return out;
}

void db_close(struct db *db) {
  if (!db) return;
  db_rollback(db);
  statement_forget_all(db);
  if (db->connected) SQLDisconnect(db->connection);
  if (db->connection) SQLFreeHandle(SQL_HANDLE_DBC, db->connection);
  if (db->environment) SQLFreeHandle(SQL_HANDLE_ENV, db->environment);
  mem_free(db);
}
