/* db/statement: statements of a connection, and what the driver says when one fails. */
#include "db/db_internal.h"

#include <stdio.h>
#include <string.h>

enum { MESSAGE = 1024, RECORDS_MOST = 20 };

/* The first message that says something; a driver may put "statement has been terminated" before the cause.
 */
enum outcome db_failed(struct db *db, SQLSMALLINT kind, SQLHANDLE handle, str doing, struct err *err) {
  const char *dialect = db->dialect ? db->dialect->name : NULL;
  char message[MESSAGE], state[DB_STATE];
  SQLINTEGER native;
  SQLSMALLINT len;
  db->fault = DB_FAULT_NONE;
  for (SQLSMALLINT i = 1; i <= RECORDS_MOST; i++) {
    if (!SQL_SUCCEEDED(SQLGetDiagRec(kind, handle, i, (SQLCHAR *)state, &native, (SQLCHAR *)message,
                                     sizeof message, &len)))
      break;
    str whole, text = diagnose_words(message, &whole);
    enum db_fault fault = diagnose(dialect, state, native, whole);
    if (db->fault != DB_FAULT_NONE && (db->fault != DB_FAULT_OTHER || fault == DB_FAULT_OTHER)) continue;
    db->fault = fault;
    memcpy(db->state, state, sizeof state);
    err_set(err, diagnose_outcome(fault), "%.*s%s%.*s (%s, %ld)", STR_ARG(doing), doing.len ? ": " : "",
            STR_ARG(text), state, (long)native);
  }
  if (db->fault != DB_FAULT_NONE) return err->outcome;
  db->fault = DB_FAULT_OTHER;
  db->state[0] = '\0';
  return err_set(err, OUT_SYSTEM, "%.*s: the driver does not say why", STR_ARG(doing));
}

enum outcome statement_new(struct db *db, SQLHSTMT *statement, struct err *err) {
  if (!SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_STMT, db->connection, statement))) {
    *statement = NULL;
    return db_failed(db, SQL_HANDLE_DBC, db->connection, STR_NONE, err);
  }
  if (db->dialect->query_timeout)
    SQLSetStmtAttr(*statement, SQL_ATTR_QUERY_TIMEOUT, (SQLPOINTER)(intptr_t)db->statement_seconds, 0);
  return OUT_OK;
}

static SQLRETURN with_text(SQLRETURN (*call)(SQLHSTMT, SQLCHAR *, SQLINTEGER), SQLHSTMT statement, str sql) {
  char *text = mem_alloc(sql.len + 1);
  memcpy(text, sql.at, sql.len);
  SQLRETURN result = call(statement, (SQLCHAR *)text, SQL_NTS);
  mem_free(text);
  return result;
}

SQLRETURN statement_direct(SQLHSTMT statement, str sql) { return with_text(SQLExecDirect, statement, sql); }
SQLRETURN statement_prepare(SQLHSTMT statement, str sql) { return with_text(SQLPrepare, statement, sql); }

void statement_free(SQLHSTMT statement) {
  if (statement) SQLFreeHandle(SQL_HANDLE_STMT, statement);
}

enum outcome statement_drain(struct db *db, SQLHSTMT statement, str doing, uint64_t *rows, struct err *err) {
  SQLRETURN result;
  do {
    SQLLEN count = -1;
    SQLRowCount(statement, &count);
    if (rows && count >= 0) *rows = (uint64_t)count;
    result = SQLMoreResults(statement);
  } while (SQL_SUCCEEDED(result));
  return result == SQL_NO_DATA ? OUT_OK : db_failed(db, SQL_HANDLE_STMT, statement, doing, err);
}

enum outcome statement_run(struct db *db, str sql, struct err *err) {
  SQLHSTMT statement;
  enum outcome out = statement_new(db, &statement, err);
  if (out) return out;
  if (!db_went_well(statement_direct(statement, sql)))
    out = db_failed(db, SQL_HANDLE_STMT, statement, STR_NONE, err);
  else out = statement_drain(db, statement, STR_NONE, NULL, err);
  statement_free(statement);
  return out;
}

static void forget(struct kept *kept) {
  statement_free(kept->statement);
  buf_free(&kept->sql);
  *kept = (struct kept){ .statement = NULL };
}

void statement_forget_all(struct db *db) {
  for (size_t i = 0; i < DB_KEPT; i++) forget(&db->kept[i]);
}

static struct kept *find_kept(struct db *db, str sql) {
  struct kept *oldest = NULL;
  for (size_t i = 0; i < DB_KEPT; i++) {
    struct kept *kept = &db->kept[i];
    if (kept->busy) continue;
    if (kept->statement && str_eq(buf_str(&kept->sql), sql)) return kept;
    if (!oldest || kept->used < oldest->used) oldest = kept;
  }
  forget(oldest); /* one query is open at most, so not all are busy */
  return oldest;
}

enum outcome statement_keep(struct db *db, str sql, struct kept **found, struct err *err) {
  struct kept *kept = find_kept(db, sql);
  enum outcome out = OUT_OK;
  *found = kept;
  kept->used = ++db->uses;
  kept->busy = true;
  if (kept->statement) return OUT_OK;
  kept->sql = buf_new(sql.len);
  buf_add(&kept->sql, sql);
  out = statement_new(db, &kept->statement, err);
  if (!out && !SQL_SUCCEEDED(statement_prepare(kept->statement, sql)))
    out = db_failed(db, SQL_HANDLE_STMT, kept->statement, STR_NONE, err);
  if (out) statement_give_back(kept, false);
  return out;
}

void statement_give_back(struct kept *kept, bool good) {
  kept->busy = false;
  if (!good) {
    forget(kept);
    return;
  }
  SQLFreeStmt(kept->statement, SQL_CLOSE);
  SQLFreeStmt(kept->statement, SQL_UNBIND);
  SQLFreeStmt(kept->statement, SQL_RESET_PARAMS);
}
