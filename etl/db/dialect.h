/* db/dialect: where SQLite, PostgreSQL and T-SQL differ.
 *
 * SQL Server is where SL lives; SQLite is the sandbox company; PostgreSQL
 * keeps us honest. All that differs stands in this one table, as text: how
 * names are quoted, SL's types, how a row is locked, how a session begins.
 *
 * SL's own types are kept in all three, with what they mean there:
 *
 *                  tsql             postgresql          sqlite
 *   DB_CHAR        CHAR(n)          CHAR(n)             CHAR(n) COLLATE RTRIM
 *   DB_FLOAT       FLOAT(53)        DOUBLE PRECISION    FLOAT
 *   DB_SMALLINT    SMALLINT         SMALLINT            SMALLINT
 *   DB_INT         INT              INT                 INT
 *   DB_DATETIME    SMALLDATETIME    TIMESTAMP(0)        SMALLDATETIME, the text "2026-11-03 00:00:00"
 *   DB_ROWVERSION  ROWVERSION       BIGINT DEFAULT 0    INT DEFAULT 0
 *   DB_TEXT        TEXT             TEXT                TEXT
 *
 * CHAR: trailing blanks do not count in comparisons, in all three, so an empty
 * text (SL writes one blank) = '' = ' '. Capitals count in SQLite and
 * PostgreSQL, and not under SQL Server's usual collation. LIKE and || see the
 * blanks in SQL Server. Results are trimmed by db/query.c.
 *
 * FLOAT is binary in all three: db/number.h says how amounts stay exact.
 *
 * Names are always quoted, so that no word is reserved; PostgreSQL gets them
 * in small letters, as it folds those of a hand-written query.
 */
#ifndef SLUICE_DB_DIALECT_H
#define SLUICE_DB_DIALECT_H

#include "base/buf.h"

enum db_type {
  DB_CHAR,
  DB_FLOAT,
  DB_SMALLINT,
  DB_INT,
  DB_DATETIME,
  DB_ROWVERSION, /* read only */
  DB_TEXT,
  DB_OTHER /* read only: as the driver writes it */
};

struct db_column {
  str name;
  enum db_type type;
  uint32_t width; /* DB_CHAR: characters */
  int32_t places; /* DB_FLOAT: decimals; -1 = as many as there are */
  bool nullable, identity;
};

/* How many rows go out in one statement. Both ways are many times faster than a row at a time, and than
 * ODBC's parameter arrays: sqliteodbc loops over those, psqlodbc cannot say which row was wrong. */
enum db_way {
  DB_BY_ROWS,   /* VALUES (?, ?), (?, ?), ..: a mark for each cell */
  DB_BY_COLUMNS /* SELECT unnest(?::bpchar[]), ..: a mark for each column, its cells in one array */
};

struct dialect {
  const char *name;   /* "tsql" */
  const char *server; /* how SQLGetInfo's SQL_DBMS_NAME begins */
  char open, close;   /* around names */
  bool folds;         /* names are put into small letters */
  bool dates_as_text; /* DB_DATETIME is bound as text */
  bool query_timeout; /* the driver watches the clock; otherwise a session statement says it */
  const char *types[DB_OTHER];
  const char *arrays[DB_OTHER]; /* for DB_BY_COLUMNS */
  const char *identity;         /* the type of an identity column */
  const char *identities;       /* asks for a table's identity columns, where the driver does not tell them */
  const char *lock_table;       /* behind a table's name, so that its rows are locked as they are read */
  const char *lock_end;         /* the same at the end of the statement */
  const char *begin;            /* of a transaction, which COMMIT TRANSACTION ends; NULL: autocommit off */
  const char *session[12];      /* after the login; %L and %S: the lock's and a statement's milliseconds */
  const char *savepoint, *release, *back; /* around rows; NULL: a failed statement undoes itself */
  const char *keep;                       /* before an INSERT of rows, so that the driver keeps it prepared */
  enum db_way way;
  size_t parameters, rows; /* at most, in one statement */
};

extern const struct dialect *const dialects[];     /* NULL at the end */
const struct dialect *dialect_named(str name);     /* NULL: there is none */
const struct dialect *dialect_of_server(str dbms); /* "Microsoft SQL Server"; NULL: none that we know */

void dialect_name(const struct dialect *dialect, str name,
                  struct buf *sql); /* quoted; dbo.SOLine by its parts */
void dialect_type(const struct dialect *dialect, const struct db_column *column, struct buf *sql);
/* SL's typed blank: ' ', 0, 1900-01-01, as a cell of an insert. */
str dialect_blank(enum db_type type);
/* How many rows of so many columns one INSERT takes. */
size_t dialect_rows(const struct dialect *dialect, size_t columns);

/* The statements that we make ourselves; everything else is written in specs. Marks are "?". */
void dialect_insert(const struct dialect *dialect, str table, const struct db_column *columns, size_t count,
                    size_t rows, struct buf *sql);
/* SELECT columns FROM table WHERE each key = ?, the row locked until the transaction ends. A counter is taken
 * by it in a transaction of its own: db_begin, db_query_row of this, db_execute of dialect_update, db_commit
 * (R17). */
void dialect_select_locked(const struct dialect *dialect, str table, const str *columns, size_t count,
                           const str *keys, size_t key_count, struct buf *sql);
void dialect_update(const struct dialect *dialect, str table, const str *columns, size_t count,
                    const str *keys, size_t key_count, struct buf *sql);
void dialect_delete(const struct dialect *dialect, str table, const str *keys, size_t key_count,
                    struct buf *sql);
/* CREATE TABLE with every column NOT NULL unless it is nullable. SQLite numbers rows only by a key of one
 * column: beside an identity column, which is the key there, the stated key becomes UNIQUE. */
void dialect_create(const struct dialect *dialect, str table, const struct db_column *columns, size_t count,
                    const str *keys, size_t key_count, struct buf *sql);
void dialect_create_index(const struct dialect *dialect, str index, str table, const str *columns,
                          size_t count, bool unique, struct buf *sql);

#endif
