/* job/batch: one feed over what lies in its inbox: claim, run, prove, release, archive.
 *
 * For each file: take it from the inbox (from then on it is ours); if its
 * bytes were released before, archive it and say so; run the feed's transform
 * into a build folder; if a proof fails or a rule refuses it, keep it under var/inbox/reject
 * with its reason and release nothing; if its key (the settlement-id) was seen with other content,
 * hold it with the difference; else release its outputs, each with a proof
 * beside it, or let them wait for a yes (release = hold). One file's fate
 * never touches another's.
 *
 * The instant at which we answer for a file is the rename into var/inbox/work. Its outputs move to outbox/
 * between two entries of the ledger, "releasing" and "released". A run that dies before the first leaves the
 * file in work: the next run gives it back and does it again. From the first on the release is finished, not
 * done again, whatever spec has changed: the next run of the feed moves what is left, appends "released", and
 * archives the file as known. A file that is skipped, held or rejected has its entry before it moves: a run
 * that dies in between leaves it in work too. One in hold or reject that the ledger does not know (an old
 * copy of the ledger was put back) gets its entry by the next run.
 */
#ifndef SLUICE_JOB_BATCH_H
#define SLUICE_JOB_BATCH_H

#include "job/feed.h"
#include "job/outlet.h"
#include "job/site.h"
#include "job/state.h"
#include "report/summary.h"
#include "spool/guard.h"
#include "spool/ledger.h"
#include "spool/spool.h"

struct batch {
  struct site *site;
  struct spool *spool;
  struct ledger *ledger;
  struct guard *guard; /* learns of the run's number; NULL: none does */
  const struct feed *feed;
  bool dry_run;
  bool full;        /* asked for: everything is to be sent, not only what changed (job/snapshot.h) */
  const char *file; /* only this one of the inbox; NULL: all */
  str inbox;        /* the folder that is being gone through */
  str *answered;    /* ids of what dead runs had released: answered as this run began */
  size_t answered_count;
  int64_t wait; /* seconds to wait for the feed's lock */
  void *user;
  void (*progress)(void *user, const char *file, struct exec_progress progress); /* NULL: none */
  int carried;             /* the exit code of its couriers: what did not come keeps it due */
  struct overlap *overlap; /* of batch_run: what it has released (job/overlap.h); NULL: nobody asks */
  struct states *states;   /* of batch_run: the tables as they stood when it started */
  /* results */
  uint64_t run; /* its number */
  struct summary_row *rows;
  size_t more; /* files that have no row: there were many, and nothing is to be said of them */
  size_t row_count;
  enum outcome *outcomes; /* of each row: OUT_OK, OUT_END (done, but look at it), OUT_REFUSED, OUT_DATA ... */
  size_t outcome_count;
  str sheet;               /* the review sheet of this run: outbox/review/SHEET.xlsx; "" = none */
  size_t asked, asked_new; /* open questions of the feed, and those that no sheet had before */
};

/* An error that stops the feed as a whole; errors of files are in the rows. */
enum outcome batch_run(struct batch *batch, struct err *err);

/* job/identity.c, shared with why, replay and review: by what an item is known. */
str batch_id(struct arena *arena, str feed, const char *digest);
str batch_item_id(const struct batch *batch, struct arena *arena, const char *digest, str name);
/* The spec files, sheets and settings that a feed depends on, in the order of reading. */
size_t batch_specs(const struct site *site, const struct feed *feed, struct arena *arena,
                   struct library_file **specs);
/* K: the item, those files, and our own version of the formats. */
str batch_k(const struct site *site, const struct feed *feed, struct arena *arena, str id);
str batch_time(const struct site *site, struct arena *arena); /* the run's stated time, for the ledger */
str batch_day(const struct site *site, struct arena *arena);

/* job/release.c. ready/K to outbox/, `words` (k and its outputs too) being those of both entries. OUT_REFUSED
 * and OUT_END, with nothing moved or said, as spool_may_release says; OUT_SYSTEM: begun, the next run
 * finishes it. */
enum outcome batch_release(struct site *site, struct spool *spool, struct ledger *ledger, str feed, str k,
                           const struct ledger_word *words, size_t count, struct err *err);
/* What the entry after "releasing" says: "reversed" when its outputs mirror others, else "released". */
const char *batch_end_of(const struct ledger_word *words, size_t count);
/* The "releasing" of an item that no entry followed; NULL: there is none. */
const struct ledger_entry *batch_begun(struct ledger *ledger, str id);
enum outcome batch_finish(struct site *site, struct spool *spool, struct ledger *ledger,
                          const struct ledger_entry *begun, struct err *err);
/* All of a feed whose lock is held. */
enum outcome batch_finish_all(struct site *site, struct spool *spool, struct ledger *ledger, str feed,
                              const struct ledger_entry ***finished, size_t *count, struct err *err);

/* job/original.c: the archived original of a ledger's entry as a file that can be read: where it lies, or,
 * when it is sealed, opened into `scratch`. *shown: its place as people know it. Its SHA-256 is proved. */
enum outcome batch_original(const struct site *site, struct ledger *ledger, const struct ledger_entry *entry,
                            const char *scratch, const char **path, str *shown, struct err *err);

/* job/content.c: SHA-256 of the file's text as UTF-8 without BOM and carriage returns: "the same content"
 * (R36). A file that says its charset itself (XML) is taken as it is but for the carriage returns. */
enum outcome content_digest(const char *path, const struct seal_key *key, enum charset charset,
                            bool says_charset, const char *raw_digest, char hex[65], struct err *err);
/* job/compare.c: lines that only one of two released texts has, as "- old" and "+ new". */
enum outcome compare_outputs(const char *old_path, const char *new_path, struct buf *text, struct err *err);
/* job/compare_rows.c: the same of rows files, whose names end .rows: documents, rows and columns that differ.
 */
enum outcome compare_rows(const char *old_path, const char *new_path, struct buf *text, struct err *err);

#endif
