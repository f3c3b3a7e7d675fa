/* model/sqltable: the columns of a table of another system's database, as a .table file states them.
 *
 * A schema of `database sl` names tables; schemas/sl/tables/NAME.table says what they are made of. Column
 * lists were taken once from a live company and are checked against the site's own by `sluice doctor`. Names
 * are written as the database writes them; a .table file says each once:
 *
 *   table SOEvent
 *     key CpnyID, OrdNbr, ShipperID, EventID       the primary key, in its order
 *     unique CpnyID, OrdNbr, EventID               and index: what the database looks up by
 *     CpnyID, Crtd_User char(10)
 *     Kind char(1) default "A"                     what SL puts there, where it is not the typed blank
 *     NoteID int
 *     EventID int identity                         the database gives it: never written
 *     EventDate smalldatetime
 *     tstamp rowversion                            never written either
 *
 * Words after a type: identity, nullable, default VALUE (a text or a number).
 * A table lives in the arena it is read into, and only points into that and its source.
 */
#ifndef SLUICE_MODEL_SQLTABLE_H
#define SLUICE_MODEL_SQLTABLE_H

#include "model/value.h"
#include "spec/block.h"

enum sql_type {
  SQL_TYPE_CHAR, /* width characters, padded with blanks by the database */
  SQL_TYPE_TEXT,
  SQL_TYPE_FLOAT,
  SQL_TYPE_SMALLINT,
  SQL_TYPE_INT,
  SQL_TYPE_SMALLDATETIME, /* a minute between 1900-01-01 and 2079-06-06 */
  SQL_TYPE_ROWVERSION
};

struct sql_column {
  str name;
  struct place place;
  enum sql_type type;
  int32_t width; /* of char(n) */
  bool identity, nullable;
  str fallback; /* what SL puts there when nobody says; the typed blank when empty */
  bool is_key;
};

struct sql_index {
  bool unique;
  const struct sql_column **columns;
  size_t count;
};

struct sql_table {
  str name;
  struct place place;
  struct sql_column **columns; /* by name without case, rowversion last: SL's own order */
  size_t column_count;
  struct sql_index key;
  struct sql_index *indexes;
  size_t index_count;
};

/* Complains of what is wrong; NULL only when nothing of a table can be seen in it. */
struct sql_table *sqltable_parse(const struct source *source, struct arena *arena, struct complaints *wrong);

/* As written; NULL when there is none. SL itself minds no case, but one spelling is enough for us. */
const struct sql_column *sqltable_column(const struct sql_table *table, str name);
/* `; did you mean "ShipName"?`, or "". */
str sqltable_suggest(const struct sql_table *table, str name, struct arena *arena);

/* What SL keeps where there is nothing: " ", 0, 1900-01-01. Read back, each is absent (0 is a number). */
const char *sql_type_blank(enum sql_type type);
/* False: the database gives it. */
bool sql_column_is_written(const struct sql_column *column);
/* The column in the language: text(n), decimal, integer; TYPE_ANY for smalldatetime, which is a date or a
 * timestamp by what is put into it. */
struct type_spec sql_column_type(const struct sql_column *column);

#endif
