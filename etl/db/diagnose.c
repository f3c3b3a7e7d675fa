/* db/diagnose: what a driver's message means. */
#include "db/diagnose.h"

#include <string.h>

/* The first line that fits decides. */
struct line {
  const char *dialect; /* NULL: any */
  int32_t native;      /* ANY: any */
  const char *state;   /* how SQLSTATE begins; "" = any */
  enum db_fault fault;
};
enum { ANY = INT32_MIN };

/* SQLite: the result code (sqlite.org/rescode.html); SQLSTATE is always HY000. PostgreSQL: SQLSTATE (its
 * appendix A); native codes say nothing. SQL Server: the number of sys.messages. FreeTDS: 20000 and up are
 * its own, and a connection that broke is 0. */
static const struct line lines[] = {
  { "sqlite", 19, "", DB_FAULT_CONSTRAINT }, /* CONSTRAINT; by_message finds duplicates */
  { "sqlite", 5, "", DB_FAULT_BUSY },        /* BUSY */
  { "sqlite", 6, "", DB_FAULT_BUSY },        /* LOCKED */
  { "sqlite", 17, "", DB_FAULT_BUSY },       /* SCHEMA: changed meanwhile */
  { "sqlite", 8, "", DB_FAULT_DENIED },      /* READONLY */
  { "sqlite", 3, "", DB_FAULT_DENIED },      /* PERM */
  { "sqlite", 23, "", DB_FAULT_DENIED },     /* AUTH */
  { "sqlite", 13, "", DB_FAULT_FULL },       /* FULL */
  { "sqlite", 18, "", DB_FAULT_VALUE },      /* TOOBIG */
  { "sqlite", 20, "", DB_FAULT_VALUE },      /* MISMATCH */
  { "sqlite", 25, "", DB_FAULT_NAME },       /* RANGE: more values than marks */
  { "sqlite", 1, "", DB_FAULT_NAME },        /* ERROR: no such table, column; syntax */

  { "postgresql", ANY, "23505", DB_FAULT_TWICE },
  { "postgresql", ANY, "23", DB_FAULT_CONSTRAINT },
  { "postgresql", ANY, "22", DB_FAULT_VALUE },
  { "postgresql", ANY, "40", DB_FAULT_BUSY },    /* deadlock, serialization */
  { "postgresql", ANY, "55P03", DB_FAULT_BUSY }, /* lock_timeout */
  { "postgresql", ANY, "57014", DB_FAULT_BUSY }, /* statement_timeout */
  { "postgresql", ANY, "53300", DB_FAULT_BUSY }, /* too many connections */
  { "postgresql", ANY, "53", DB_FAULT_FULL },
  { "postgresql", ANY, "57P", DB_FAULT_GONE }, /* shut down, or starting up */
  { "postgresql", ANY, "28", DB_FAULT_LOGIN },
  { "postgresql", ANY, "3D000", DB_FAULT_LOGIN },
  { "postgresql", ANY, "42501", DB_FAULT_DENIED },
  { "postgresql", ANY, "25006", DB_FAULT_DENIED }, /* read-only transaction */
  { "postgresql", ANY, "42", DB_FAULT_NAME },

  { "tsql", 2627, "", DB_FAULT_TWICE },
  { "tsql", 2601, "", DB_FAULT_TWICE },
  { "tsql", 547, "", DB_FAULT_CONSTRAINT },
  { "tsql", 515, "", DB_FAULT_CONSTRAINT }, /* NULL */
  { "tsql", 550, "", DB_FAULT_CONSTRAINT }, /* view with check option */
  { "tsql", 8152, "", DB_FAULT_VALUE },     /* would be cut */
  { "tsql", 2628, "", DB_FAULT_VALUE },     /* the same, with the column's name */
  { "tsql", 220, "", DB_FAULT_VALUE },      /* overflow */
  { "tsql", 232, "", DB_FAULT_VALUE },
  { "tsql", 8115, "", DB_FAULT_VALUE },
  { "tsql", 8114, "", DB_FAULT_VALUE }, /* not of the type */
  { "tsql", 245, "", DB_FAULT_VALUE },
  { "tsql", 241, "", DB_FAULT_VALUE }, /* no date */
  { "tsql", 242, "", DB_FAULT_VALUE }, /* out of SMALLDATETIME's range */
  { "tsql", 295, "", DB_FAULT_VALUE },
  { "tsql", 296, "", DB_FAULT_VALUE },
  { "tsql", 1205, "", DB_FAULT_BUSY }, /* deadlock */
  { "tsql", 1222, "", DB_FAULT_BUSY }, /* LOCK_TIMEOUT */
  { "tsql", 1204, "", DB_FAULT_BUSY }, /* no locks left */
  { "tsql", 3960, "", DB_FAULT_BUSY }, /* snapshot conflict */
  { "tsql", 701, "", DB_FAULT_BUSY },  /* no memory */
  { "tsql", 208, "", DB_FAULT_NAME },
  { "tsql", 207, "", DB_FAULT_NAME },
  { "tsql", 213, "", DB_FAULT_NAME }, /* number of columns */
  { "tsql", 102, "", DB_FAULT_NAME }, /* syntax */
  { "tsql", 156, "", DB_FAULT_NAME },
  { "tsql", 2812, "", DB_FAULT_NAME }, /* no such procedure */
  { "tsql", 229, "", DB_FAULT_DENIED },
  { "tsql", 230, "", DB_FAULT_DENIED },
  { "tsql", 262, "", DB_FAULT_DENIED },
  { "tsql", 916, "", DB_FAULT_DENIED },
  { "tsql", 3906, "", DB_FAULT_DENIED }, /* read-only database */
  { "tsql", 18456, "", DB_FAULT_LOGIN },
  { "tsql", 18452, "", DB_FAULT_LOGIN },
  { "tsql", 18487, "", DB_FAULT_LOGIN }, /* password expired */
  { "tsql", 4060, "", DB_FAULT_LOGIN },  /* no such database */
  { "tsql", 4064, "", DB_FAULT_LOGIN },
  { "tsql", 1105, "", DB_FAULT_FULL },
  { "tsql", 9002, "", DB_FAULT_FULL },   /* log */
  { "tsql", 20003, "", DB_FAULT_BUSY },  /* FreeTDS: time-out; what the server did is not known */
  { "tsql", 20004, "", DB_FAULT_GONE },  /* read failed */
  { "tsql", 20006, "", DB_FAULT_GONE },  /* write failed */
  { "tsql", 20009, "", DB_FAULT_GONE },  /* cannot connect */
  { "tsql", 20017, "", DB_FAULT_GONE },  /* unexpected end */
  { "tsql", 20047, "", DB_FAULT_GONE },  /* dead */
  { "tsql", 0, "HY000", DB_FAULT_GONE }, /* "Unknown error" */
  { "tsql", 0, "01000", DB_FAULT_GONE },

  { NULL, ANY, "08", DB_FAULT_GONE },
  { NULL, ANY, "28", DB_FAULT_LOGIN },
  { NULL, ANY, "HYT", DB_FAULT_BUSY },
  { NULL, ANY, "23", DB_FAULT_CONSTRAINT },
  { NULL, ANY, "22", DB_FAULT_VALUE },
  { NULL, ANY, "40001", DB_FAULT_BUSY },
  { NULL, ANY, "42", DB_FAULT_NAME },
  { NULL, ANY, "IM", DB_FAULT_NAME }, /* the driver manager: no such DSN or driver */
};

static bool says(str message, const char *words) {
  str sought = str_of(words);
  for (size_t i = 0; i + sought.len <= message.len; i++)
    if (str_eq_fold((str){ message.at + i, sought.len }, sought)) return true;
  return false;
}

/* What only the text tells. sqliteodbc hands over result codes without their extended part, psqlodbc calls a
 * server that went away HY000 when it has no code from it, and unixODBC a missing driver 01000. */
static enum db_fault by_message(const char *dialect, enum db_fault found, str message) {
  bool sqlite = strcmp(dialect, "sqlite") == 0, postgresql = strcmp(dialect, "postgresql") == 0;
  if (says(message, "Can't open lib")) return DB_FAULT_NAME;
  if (sqlite && found == DB_FAULT_CONSTRAINT && says(message, "UNIQUE constraint")) return DB_FAULT_TWICE;
  if (postgresql && found == DB_FAULT_GONE && says(message, "password authentication")) return DB_FAULT_LOGIN;
  if (postgresql && found == DB_FAULT_OTHER &&
      (says(message, "server closed the connection") || says(message, "terminating connection") ||
       says(message, "could not receive data") || says(message, "no connection to the server")))
    return DB_FAULT_GONE;
  return found;
}

/* psqlodbc: "ERROR: ..;\nError while executing the query". */
static str first_line(str text) {
  size_t end = 0;
  while (end < text.len && text.at[end] != '\n' && text.at[end] != '\r') end++;
  str line = str_trim(str_sub(text, 0, end));
  if (end < text.len && str_ends(line, STR(";"))) line.len--;
  return line;
}

str diagnose_words(char *message, str *whole) {
  str text = str_trim(str_of(message));
  while (text.len && text.at[0] == '[' && str_find(text, ']') > 0)
    text = str_trim(str_sub(text, (size_t)str_find(text, ']') + 1, text.len));
  str words = first_line(text);
  for (size_t i = 0; i < words.len; i++)
    if (str_starts(str_sub(words, i, words.len), STR("Truncated value")))
      words = str_trim(str_sub(words, 0, i));
  for (char *c = message; *c; c++)
    if (*c == '\n' || *c == '\r' || *c == '\t') *c = ' ';
  *whole = text;
  return words;
}

enum db_fault diagnose(const char *dialect, const char *sqlstate, int32_t native, str message) {
  enum db_fault found = DB_FAULT_OTHER;
  for (size_t i = 0; i < sizeof lines / sizeof *lines && found == DB_FAULT_OTHER; i++) {
    const struct line *line = &lines[i];
    if (line->dialect && (!dialect || strcmp(line->dialect, dialect) != 0)) continue;
    if (line->native != ANY && line->native != native) continue;
    if (strncmp(sqlstate, line->state, strlen(line->state)) == 0) found = line->fault;
  }
  return by_message(dialect ? dialect : "", found, message);
}

enum outcome diagnose_outcome(enum db_fault fault) {
  switch (fault) {
  case DB_FAULT_NONE: return OUT_OK;
  case DB_FAULT_TWICE:
  case DB_FAULT_CONSTRAINT: return OUT_REFUSED;
  case DB_FAULT_VALUE: return OUT_DATA;
  case DB_FAULT_NAME:
  case DB_FAULT_DENIED: return OUT_SPEC;
  case DB_FAULT_BUSY: return OUT_RETRY;
  case DB_FAULT_LOGIN:
  case DB_FAULT_GONE:
  case DB_FAULT_FULL:
  case DB_FAULT_OTHER: break;
  }
  return OUT_SYSTEM;
}

bool diagnose_is_answer(enum db_fault fault, const char *sqlstate) {
  switch (fault) {
  case DB_FAULT_GONE:
  case DB_FAULT_LOGIN:
  case DB_FAULT_OTHER: return false;
  case DB_FAULT_BUSY: return strncmp(sqlstate, "HYT", 3) != 0; /* our own clock, not the server's word */
  default: return true;
  }
}

bool diagnose_is_of_rows(enum db_fault fault) {
  return fault == DB_FAULT_TWICE || fault == DB_FAULT_CONSTRAINT || fault == DB_FAULT_VALUE;
}
