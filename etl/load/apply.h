/* load/apply: a rows file into a database, each of its documents once.
 *
 * A rows file (load/rows_read.h) is an output like any other: built, proved and released before anybody looks
 * at a database. This loads it. It may be killed at any instant, or lose its server, and be called again with
 * the same file: what stands in the control table (load/control.h) is not written again, what does not stand
 * there is not in SL either, because a document's rows and its control row are written in one transaction.
 *
 *   struct apply_settings settings = { .db = { .connection = STR("DSN=sl;UID=sluice"), .key_file = ... },
 *     .schema = schema, .item = K, .run = 41, .now = STR("2026-11-03T04:05"), .user = STR("SLUICE") };
 *   struct apply_result result;
 *   out = apply_file(&settings, "outbox/sl/orders/orders-41.rows", arena, &result, &err);
 *   for (size_t i = 0; i < result.count; i++) ... result.documents[i].key, .state, .number, .reason
 *
 * A document's way: its control row is looked for (known: nothing is done); SL is asked whether
 * somebody else entered it (adopted: only the control row is written); its number is taken from SL's own
 * counter (load/counter.h); its rows are completed by SL's typed blanks, stamps and the keys of the rows
 * around them; its amounts are checked against SL's precision (load/places.h). Many documents go in one
 * transaction, table by table, the queue row that shows them to SL last. One that SL refuses is named and
 * left out, and the others are written; so is one of which a `change` hits no row, because somebody changed
 * it meanwhile.
 *
 *   OUT_OK         every document is written, known or refused: read the counts
 *   OUT_DATA       no rows file, or a damaged one: nothing was written
 *   OUT_SPEC       not this schema; a table or column that the site lacks, no right to write, no counter
 *   OUT_RETRY      locks, or a server that went away, more often than is tried: call again later
 *   OUT_SYSTEM     no login, disk full
 *   OUT_UNCERTAIN  the answer to a commit was lost and the control table cannot be read: call again later
 *
 * Whatever it returns, the result says what came of each document so far; the rest is APPLY_OPEN.
 */
#ifndef SLUICE_LOAD_APPLY_H
#define SLUICE_LOAD_APPLY_H

#include "base/memory.h"
#include "db/connect.h"
#include "model/schema.h"

struct apply_settings {
  struct db_settings db;
  const struct schema *schema; /* the one that the file names, with its tables (schema_take_columns) */
  str site;                    /* the ledger's site id: into the control rows */
  str item;                    /* K of the item: into the control rows */
  uint64_t run;                /* the run's number: into the control rows */
  str now;      /* the run's stated time on SL's clock, 2026-11-03T04:05: into Crtd_DateTime, LUpd_DateTime */
  str user;     /* Crtd_User, LUpd_User: 10 characters at most */
  size_t group; /* documents in one transaction; 0 = 100 */
  uint32_t tries; /* of one group, and of connecting; 0 = 8 */
  uint32_t pause; /* milliseconds, the longest first pause of a retry; 0 = 100; doubles up to 10 s */
};

enum apply_state {
  APPLY_OPEN,        /* not come to */
  APPLY_WRITTEN,     /* by this call */
  APPLY_KNOWN,       /* written before, with this content; or twice in this file */
  APPLY_KNOWN_OTHER, /* written before, with other content: it stays as it was */
  APPLY_ADOPTED,     /* somebody's: found in SL as `number`; from now on it is known */
  APPLY_REFUSED      /* see `reason` */
};

struct apply_document {
  str key;
  uint64_t line; /* of the rows file */
  enum apply_state state;
  str number;   /* SL's: given now, or when it was written; "" = none was asked for */
  str reason;   /* of a refusal: "SOLine.Descr: ..."; in SL's words where SL spoke */
  bool stale;   /* refused because a row is no more as the document says it was: it will never be written */
  bool settled; /* the commit's answer was lost, and the control table told */
};

struct apply_result {
  struct apply_document *documents; /* as in the file; all in the caller's arena */
  size_t count;
  uint64_t written, known, known_other, adopted, refused, settled;
  uint64_t stale;             /* of those refused */
  uint64_t retries, connects; /* groups begun again; logins */
};

enum outcome apply_file(const struct apply_settings *settings, const char *path, struct arena *arena,
                        struct apply_result *result, struct err *err);

/* --- a dry run: what apply_file would do, without writing --- */

enum diff_state {
  DIFF_NEW,
  DIFF_SAME,       /* written by sluice with this content, or somebody's with the same values */
  DIFF_CHANGED,    /* written by sluice with other content: stays so. Of a `change`: SL's row would change */
  DIFF_CONFLICTING /* in SL by somebody else with other values; of a `change`: SL's row is not what it should
                      be */
};

struct diff_document {
  str key;
  uint64_t line;
  enum diff_state state;
  str number; /* SL's, where it has one */
  str what;   /* "ShipVia: UPS in SL, FEDEX here; ..." */
};

struct diff_result {
  struct diff_document *documents;
  size_t count;
  uint64_t fresh, same, changed, conflicting;
};

enum outcome apply_diff(const struct apply_settings *settings, const char *path, struct arena *arena,
                        struct diff_result *result, struct err *err);

#endif
