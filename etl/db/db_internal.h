/* db/db_internal: what the files of this room know of a connection. */
#ifndef SLUICE_DB_DB_INTERNAL_H
#define SLUICE_DB_DB_INTERNAL_H

#include "db/connect.h"
#include "db/query.h"

#include <sql.h>
#include <sqlext.h>

enum { DB_KEPT = 16, DB_STATE = 6 };

/* A statement with values is kept prepared; the one that was used longest ago makes room. */
struct kept {
  struct buf sql; /* empty: free */
  SQLHSTMT statement;
  uint64_t used;
  bool busy;
};

struct db {
  SQLHENV environment;
  SQLHDBC connection;
  const struct dialect *dialect;
  int32_t statement_seconds;
  enum db_fault fault;
  char state[DB_STATE]; /* SQLSTATE of the last failure */
  bool connected;
  bool in_transaction;
  bool spoiled; /* a row or statement of the transaction failed: it cannot be committed */
  bool dead;    /* and nothing else can be done in it either */
  bool querying;
  uint64_t transaction; /* counted from 1 */
  uint64_t waiting;     /* rows of inserts that are not flushed */
  struct kept kept[DB_KEPT];
  uint64_t uses;
};

static inline bool db_went_well(SQLRETURN result) { return SQL_SUCCEEDED(result) || result == SQL_NO_DATA; }

/* Reads the driver's messages, settles db->fault and states the outcome. `doing` begins the text. */
enum outcome db_failed(struct db *db, SQLSMALLINT kind, SQLHANDLE handle, str doing, struct err *err);
/* What may not be done now: a query is open, a transaction is dead. */
enum outcome db_ready(struct db *db, struct err *err);
/* The transaction is spoiled and, unless only rows were bad and have been taken back, dead. */
void db_spoil(struct db *db, bool dead);

enum outcome statement_new(struct db *db, SQLHSTMT *statement, struct err *err);
void statement_free(SQLHSTMT statement);
/* With a NUL behind the text: psqlodbc looks for one, whatever length it is given. */
SQLRETURN statement_direct(SQLHSTMT statement, str sql);
SQLRETURN statement_prepare(SQLHSTMT statement, str sql);
enum outcome statement_run(struct db *db, str sql,
                           struct err *err); /* no values, no rows, no change of flags */
/* A prepared statement of the cache. Given back with `good` false, it is dropped. */
enum outcome statement_keep(struct db *db, str sql, struct kept **kept, struct err *err);
void statement_give_back(struct kept *kept, bool good);
void statement_forget_all(struct db *db);
/* To the last result of a statement; OUT_OK when none of them failed. `rows`: the last count, may be NULL. */
enum outcome statement_drain(struct db *db, SQLHSTMT statement, str doing, uint64_t *rows, struct err *err);

/* Bound values: their texts lie in the struct until the statement has run. */
struct bound;
struct bound *bound_new(void);
void bound_free(struct bound *bound);
/* Lists: elements from..to of the one list; see db/query.h. OUT_DATA: a text is not of its type. */
enum outcome bound_values(struct bound *bound, struct db *db, SQLHSTMT statement,
                          const struct db_value *values, size_t count, size_t from, size_t to,
                          struct err *err);

#endif
