/* bench/database_rivals: what a program does without sluice: ODBC by itself in three ways, and SQLite's C
 * interface. */
#include "database.h"

#include <sql.h>
#include <sqlext.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

struct odbc {
  SQLHENV environment;
  SQLHDBC connection;
  SQLHSTMT statement;
};

static void check(SQLRETURN result, struct odbc *odbc, const char *what) {
  char text[512] = "", state[6];
  SQLINTEGER native;
  SQLSMALLINT len;
  if (SQL_SUCCEEDED(result)) return;
  SQLGetDiagRec(SQL_HANDLE_STMT, odbc->statement, 1, (SQLCHAR *)state, &native, (SQLCHAR *)text, sizeof text,
                &len);
  fprintf(stderr, "%s: %s\n", what, text);
  exit(1);
}

static void odbc_open(struct odbc *odbc, const char *connection) {
  SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &odbc->environment);
  SQLSetEnvAttr(odbc->environment, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)SQL_OV_ODBC3, 0);
  SQLAllocHandle(SQL_HANDLE_DBC, odbc->environment, &odbc->connection);
  if (!SQL_SUCCEEDED(
          SQLDriverConnect(odbc->connection, NULL, (SQLCHAR *)connection, SQL_NTS, NULL, 0, NULL, 0)))
    die("cannot connect");
  SQLAllocHandle(SQL_HANDLE_STMT, odbc->connection, &odbc->statement);
  SQLSetConnectAttr(odbc->connection, SQL_ATTR_AUTOCOMMIT, (SQLPOINTER)SQL_AUTOCOMMIT_OFF, 0);
}

static void odbc_close(struct odbc *odbc) {
  SQLFreeHandle(SQL_HANDLE_STMT, odbc->statement);
  SQLEndTran(SQL_HANDLE_DBC, odbc->connection, SQL_COMMIT);
  SQLDisconnect(odbc->connection);
  SQLFreeHandle(SQL_HANDLE_DBC, odbc->connection);
  SQLFreeHandle(SQL_HANDLE_ENV, odbc->environment);
}

static void prepare(struct odbc *odbc, size_t rows) {
  char *sql = malloc(64 + rows * 40), *at = sql + sprintf(sql, "INSERT INTO SOLine VALUES ");
  for (size_t i = 0; i < rows; i++) at += sprintf(at, "%s(?,?,?,?,?,?,?,?,?,?,?,?)", i ? "," : "");
  check(SQLPrepare(odbc->statement, (SQLCHAR *)sql, SQL_NTS), odbc, "prepare");
  free(sql);
}

void odbc_write(const char *connection, uint64_t count, size_t per, bool arrays) {
  struct odbc odbc;
  size_t marks = arrays ? 1 : per, stride = arrays ? CELL : COLUMNS * CELL;
  char *cells = calloc(per, COLUMNS * CELL);
  SQLUSMALLINT *status = calloc(per, sizeof *status), number = 1;
  odbc_open(&odbc, connection);
  prepare(&odbc, marks);
  if (arrays) {
    SQLSetStmtAttr(odbc.statement, SQL_ATTR_PARAMSET_SIZE, (SQLPOINTER)(intptr_t)per, 0);
    SQLSetStmtAttr(odbc.statement, SQL_ATTR_PARAM_STATUS_PTR, status, 0);
  }
  /* Arrays lie column by column, rows row by row. */
  size_t column = arrays ? per * CELL : CELL;
  for (size_t i = 0; i < marks; i++)
    for (size_t j = 0; j < COLUMNS; j++)
      check(SQLBindParameter(odbc.statement, number++, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, CELL - 1, 0,
                             cells + i * stride + j * column, CELL, NULL),
            &odbc, "bind");
  for (uint64_t done = 0; done < count; done += per) {
    for (size_t i = 0; i < per; i++) {
      char(*row)[CELL] = made_row(done + i);
      for (size_t j = 0; j < COLUMNS; j++) memcpy(cells + i * stride + j * column, row[j], CELL);
    }
    check(SQLExecute(odbc.statement), &odbc, "execute");
    while (arrays && SQL_SUCCEEDED(SQLMoreResults(odbc.statement))) continue;
  }
  odbc_close(&odbc);
  free(cells);
  free(status);
}

/* A row and a cell at a time, as most programs do it. */
uint64_t odbc_read(const char *connection) {
  struct odbc odbc;
  char cell[256];
  SQLLEN len;
  uint64_t rows = 0;
  odbc_open(&odbc, connection);
  check(SQLExecDirect(odbc.statement, (SQLCHAR *)"SELECT * FROM SOLine", SQL_NTS), &odbc, "select");
  for (; SQL_SUCCEEDED(SQLFetch(odbc.statement)); rows++)
    for (SQLUSMALLINT i = 1; i <= COLUMNS; i++)
      check(SQLGetData(odbc.statement, i, SQL_C_CHAR, cell, sizeof cell, &len), &odbc, "get");
  odbc_close(&odbc);
  return rows;
}

static void run(sqlite3 *db, const char *sql) {
  if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK) die(sqlite3_errmsg(db));
}

void capi_write(const char *path, uint64_t count) {
  sqlite3 *db;
  sqlite3_stmt *insert;
  if (sqlite3_open(path, &db)) die("cannot open");
  run(db, "BEGIN");
  if (sqlite3_prepare_v2(db, "INSERT INTO SOLine VALUES (?,?,?,?,?,?,?,?,?,?,?,?)", -1, &insert, NULL))
    die("prepare");
  for (uint64_t i = 0; i < count; i++) {
    char(*row)[CELL] = made_row(i);
    for (int j = 0; j < COLUMNS; j++) sqlite3_bind_text(insert, j + 1, row[j], -1, SQLITE_STATIC);
    if (sqlite3_step(insert) != SQLITE_DONE) die(sqlite3_errmsg(db));
    sqlite3_reset(insert);
  }
  sqlite3_finalize(insert);
  run(db, "COMMIT");
  sqlite3_close(db);
}

uint64_t capi_read(const char *path) {
  sqlite3 *db;
  sqlite3_stmt *select;
  uint64_t rows = 0, bytes = 0;
  if (sqlite3_open(path, &db)) die("cannot open");
  if (sqlite3_prepare_v2(db, "SELECT * FROM SOLine", -1, &select, NULL)) die("prepare");
  for (; sqlite3_step(select) == SQLITE_ROW; rows++)
    for (int j = 0; j < COLUMNS; j++) {
      if (sqlite3_column_text(select, j)) bytes += (uint64_t)sqlite3_column_bytes(select, j);
    }
  sqlite3_finalize(select);
  sqlite3_close(db);
  return bytes ? rows : 0;
}
