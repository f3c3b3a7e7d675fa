/* job/feed: one interchange as its .feed file states it: where from, which transform, where to, when.
 *
 *   feed settlement
 *     extract   amazon report GET_V2_..., or files "*" in "inbox/settlement"
 *     key       header.settlement-id
 *     transform settlement-to-journal
 *     load      sl.journal to "outbox/sl/settlement/journal-{header.settlement-id}{part}.txt" per batch
 *     when      nightly
 *
 * Everything it names is looked up and checked when it is opened. Its texts
 * are compiled into the programs they stand in, so open a feed before a run
 * of its transforms is planned. A feed lives in the library's arena; one that was complained of
 * must not be run.
 */
#ifndef SLUICE_JOB_FEED_H
#define SLUICE_JOB_FEED_H

#include "transform/library.h"

enum feed_place_kind {
  PLACE_REPORT, /* amazon report TYPE */
  PLACE_SUBMIT, /* amazon feed TYPE */
  PLACE_PAGES,  /* amazon orders | inventory | transactions | balances ["FILTER"] */
  PLACE_HTTPS,  /* https "ADDRESS" */
  PLACE_FOLDER, /* folder "PATH", not of the site */
  PLACE_FILES,  /* files "pattern" in "folder" */
  PLACE_ODBC,   /* sl odbc [SCHEMA] */
  PLACE_NAME    /* a file name */
};

struct feed_place {
  enum feed_place_kind kind;
  struct place place;
  str what;   /* report or feed type, pattern, schema ("" when not stated), file name as written */
  str folder; /* of PLACE_FILES; of PLACE_PAGES what is asked for besides, "fulfilledBy=AMAZON" */
};

/* Where its files come to lie, whoever brings them. */
struct feed_inbox {
  str folder, pattern;
};

struct feed_supply {
  str lookup;
  struct place place;
  struct feed_place from;
  int64_t hours; /* not older than; 0 = not stated */
  bool or_none;  /* without it the feed runs all the same: nothing is found */
};

struct feed_load {
  str name; /* of the schema */
  struct place place;
  struct schema *schema;
  const struct schema *written; /* the one that the transform writes: `schema`, or the one it is like */
  struct feed_place to;
  struct ast *text; /* of PLACE_NAME */
  str per;          /* "" : one file for all */
  struct place per_place;
  struct block **blocks; /* those that write the `per` record, and the file name in each of them */
  struct node **texts;   /* without `per`: one, at the file, and no blocks */
  size_t text_count;
  str at_most_record;
  int64_t at_most_records, at_most_megabytes; /* 0 = no limit */
};

enum feed_when { WHEN_ASKED, WHEN_NIGHTLY, WHEN_EVERY };

struct feed {
  str name;
  struct place place;
  struct feed_place *extracts; /* tried in this order */
  size_t extract_count;
  struct feed_inbox *inboxes; /* of `files`, and of what is read from SL (job/snapshot) */
  size_t inbox_count;
  int64_t window_days;
  struct feed_supply *supplies;
  size_t supply_count;
  struct ast *key_ast;
  struct node *key;        /* NULL: none */
  struct program *key_in;  /* the last transform: it reads what the others make of the source */
  struct level *key_level; /* the key is computed for each record of it; NULL: once for the file */
  struct ast *dated_ast;
  struct node *dated;        /* the day of what the file holds, for start-date; NULL: not stated */
  struct program **programs; /* each feeds the next */
  size_t program_count;
  struct feed_load *loads;
  size_t load_count;
  str answer; /* the feed that reads the other side's result documents: they come into its inbox; "": none */
  bool full_weekly;
  enum feed_when when;
  int64_t every_minutes;
  str *after; /* feeds that it runs after in a night, and where they are named */
  struct place *after_places;
  size_t after_count;
};

/* NULL after a complaint that leaves nothing to look at. Quiet about a missing file as library_feed is. */
struct feed *feed_open(struct library *library, str name, struct place place);
/* Does anything that it reads or writes have a field marked `personal`? */
bool feed_is_personal(const struct feed *feed);
bool feed_sends(const struct feed *feed); /* does anything of it go to Amazon? */
/* Does it compare what SL says with what Amazon was told, and send what differs? Then the same snapshot may
 * have something to say that it had not before, once Amazon refused a message; and rows of an old one say
 * nothing. */
bool feed_is_compared(const struct feed *feed);
/* Does it read Amazon's answers? Their names say what is answered: the same bytes under another name are
 * another answer. */
bool feed_reads_answers(const struct feed *feed);
void feed_format(const struct feed *feed, struct buf *text); /* for explain; only a feed without complaints */
/* Does a courier bring it? */
bool feed_place_is_carried(const struct feed_place *place);
/* Where couriers put what they bring: the folder of its `files`, else inbox/FEED. */
str feed_inbox_folder(const struct feed *feed, struct arena *arena);
/* inbox/supply/TYPE: of a report that a courier brings, to be looked up in;
 * inbox/supply/https-9f86d081884c7d65 of a file from elsewhere. */
str feed_supply_folder(const struct feed_supply *supply, struct arena *arena);
/* "amazon report GET_...", as written. */
void feed_place_format(const struct feed_place *place, struct buf *text);
/* The same for accounts and logs: an address without what may be a key in it, https
 * "https://a.example/x.csv". */
void feed_place_tell(const struct feed_place *place, struct buf *text);

#endif
