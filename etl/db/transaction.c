/* db/transaction: begin, commit, roll back. */
#include "db/db_internal.h"

static SQLRETURN set_autocommit(struct db *db, SQLULEN on) {
  return SQLSetConnectAttr(db->connection, SQL_ATTR_AUTOCOMMIT, (SQLPOINTER)on, SQL_IS_UINTEGER);
}

enum outcome db_ready(struct db *db, struct err *err) {
  if (db->querying) return err_set(err, OUT_BUG, "a query is still open on this connection");
  if (db->dead)
    return err_set(err, OUT_BUG, "a statement of this transaction failed; it can only be rolled back");
  return OUT_OK;
}

void db_spoil(struct db *db, bool dead) {
  if (!db->in_transaction) return;
  db->spoiled = true;
  db->dead |= dead;
}

enum outcome db_begin(struct db *db, struct err *err) {
  if (db->in_transaction) return err_set(err, OUT_BUG, "a transaction is open already");
  enum outcome out = db_ready(db, err);
  if (out) return out;
  if (db->dialect->begin) out = statement_run(db, str_of(db->dialect->begin), err);
  else if (!SQL_SUCCEEDED(set_autocommit(db, SQL_AUTOCOMMIT_OFF)))
    out = db_failed(db, SQL_HANDLE_DBC, db->connection, STR("cannot begin a transaction"), err);
  if (out) return out;
  db->in_transaction = true;
  db->transaction++;
  db->waiting = 0;
  return OUT_OK;
}

static void leave(struct db *db) {
  if (db->in_transaction && !db->dialect->begin) set_autocommit(db, SQL_AUTOCOMMIT_ON);
  db->in_transaction = db->spoiled = db->dead = false;
  db->waiting = 0;
}

/* The server's no is certain. Anything else that went wrong may have gone wrong behind the commit. */
static enum outcome commit_failed(struct db *db, struct err *err) {
  if (diagnose_is_answer(db->fault, db->state)) return err->outcome;
  struct err cause = *err;
  return err_set(err, OUT_UNCERTAIN, "it is not known whether the transaction was written: %s", cause.text);
}

enum outcome db_commit(struct db *db, struct err *err) {
  const char *why = !db->in_transaction ? "there is no transaction to commit"
                    : db->spoiled       ? "a statement of this transaction failed; it is rolled back"
                    : db->waiting       ? "rows of an insert were not flushed; the transaction is rolled back"
                    : db->querying      ? "a query is still open; the transaction is rolled back"
                                        : NULL;
  if (why) {
    db_rollback(db);
    return err_set(err, OUT_BUG, "%s", why);
  }
  enum outcome out = OUT_OK;
  if (db->dialect->begin) out = statement_run(db, STR("COMMIT TRANSACTION"), err);
  else if (!SQL_SUCCEEDED(SQLEndTran(SQL_HANDLE_DBC, db->connection, SQL_COMMIT)))
    out = db_failed(db, SQL_HANDLE_DBC, db->connection, STR("cannot commit"), err);
  if (!out) {
    leave(db);
    return OUT_OK;
  }
  out = commit_failed(db, err);
  db_rollback(db);
  return out;
}

void db_rollback(struct db *db) {
  struct err ignored = { 0 };
  enum db_fault fault = db->fault;
  if (!db->in_transaction) return;
  if (db->dialect->begin) statement_run(db, STR("ROLLBACK TRANSACTION"), &ignored);
  else SQLEndTran(SQL_HANDLE_DBC, db->connection, SQL_ROLLBACK);
  leave(db);
  db->fault = fault;
}
