/* job/state: the state tables of a run, as they stood when it started.
 *
 * A transform writes a row of a `format state` schema like any output. In a feed the rows of one item go to
 * var/state/TABLE/DAY-K.csv, and are released with its other outputs; schema state.settlement is the table
 * settlement. What counts, and in which order, is the ledger's to say (job/state_history.h): an item that is
 * held, refused or reversed has no rows. Of rows with equal keys the one released last counts.
 *
 *   struct states_of of = { .site = site, .spool = spool, .ledger = ledger, .programs = feed->programs, ...
 * }; states_open(&of, &states, &err);      after the feed is locked and what dead runs had begun is finished
 *   request.states = states;              for every file of the run
 *   states_free(states);
 *
 * A run that may write also puts its tables in order (job/state_tidy.c): rows released more than `keep N
 * days` ago go, and many small files become one merged-N.csv. The old ones are removed after it stands, so
 * that after a crash between the two a row may lie there twice; as rows are known by the file that they were
 * released in, it still counts once. A reader takes no lock: when a file goes while it reads, it begins anew.
 *
 * What cannot be read is OUT_DATA, with the file and the line, before any file is claimed. A field that the
 * schema gained is absent in older rows, one that it lost is not looked at; other key fields are an error.
 */
#ifndef SLUICE_JOB_STATE_H
#define SLUICE_JOB_STATE_H

#include "job/feed.h"
#include "job/site.h"
#include "spool/ledger.h"
#include "spool/spool.h"

enum { STATE_FILES_MOST = 64 }; /* more than these are merged */

struct states_of {
  const struct site *site;
  struct spool *spool; /* NULL: there is no site to read from; every table is empty */
  bool asks_sl; /* without spool, a plain filter: SL's tables are read all the same where the site has SL */
  struct ledger *ledger; /* with spool */
  struct program *const *programs;
  size_t program_count;
  str feed;                           /* "": none */
  const struct feed_supply *supplies; /* where reports that are looked up in lie (job/state_supply.c) */
  size_t supply_count;
  bool sl_is_kept; /* SL's tables and reports are not read: states_load puts those of then in */
  bool may_write;  /* the feed's lock is held, and this is no rehearsal */
  uint64_t before; /* a line of the ledger: as the tables stood then; 0: as they stand now */
};

struct states;
/* *states is set whatever comes of it. */
enum outcome states_open(const struct states_of *of, struct states **states, struct err *err);
void states_free(struct states *states);
/* By lookup index, for struct run; NULL where the lookup asks no state. */
const struct past *states_past(const struct states *states, const struct lookup *lookup);

/* For archive and replay: the rows of one table as this run read them, in one file of the same form; and a
 * table as such a file has it, instead of as the site does. `schema`: its name, as state.settlement.
 * OUT_BUG: no transform of the run names it. */
size_t states_read(const struct states *states, struct arena *arena, str **schemas); /* that are looked up */
enum outcome states_text(const struct states *states, str schema, struct buf *text, struct err *err);
enum outcome states_load(struct states *states, str schema, const char *path, struct err *err);

/* What such a table is called in the archive: var/state/settlement.csv, var/sl/sl.read.item.csv,
 * var/sl/amazon.all-orders.row.csv. */
str states_member(str schema, struct arena *arena);

/* For the release of an item: the name for what it wrote, var/state/settlement/2026-11-20-77c1.csv, or with
 * the first free number from 2 when the ledger knows that name (the item was reversed). */
str states_file(const struct states *states, str name, struct arena *arena);
str states_folder(const struct schema *schema);                   /* "settlement" of state.settlement */
str states_key(const struct schema *schema, struct arena *arena); /* "currency,end", for the ledger */

#endif
