/* job/batch_internal: one file on its way: what batch.c decides on and account.c writes about. */
#ifndef SLUICE_JOB_BATCH_INTERNAL_H
#define SLUICE_JOB_BATCH_INTERNAL_H

#include "job/ask.h"
#include "job/batch.h"

/* One file on its way. */
struct item {
  struct batch *batch;
  struct arena *arena;
  const struct drop *drop;
  const char *work; /* where it lies now */
  char digest[65], content[65];
  str id, k, key;
  struct outlets *outlets;
  const char *folder; /* build folder; of a rehearsal: one outside the site */
  struct exec_result result;
  struct summary_row *row;
  struct buf why;
};

/* A row of the run's summary, and what came of its file. */
struct summary_row *batch_row(struct batch *batch, str name, enum outcome outcome);
/* found.c: what lies in hold or reject and is not in the ledger gets its entry and a row. */
enum outcome batch_find_untold(struct batch *batch, struct err *err);

/* asked.c: what the file's messages ask, before it leaves work; then, at the run's end, the feed's sheet. */
enum outcome item_asks(struct item *item, enum ask_fate fate, struct err *err);
enum outcome batch_asks(struct batch *batch, struct err *err);

/* account.c: a proof beside each output, in the build folder. */
enum outcome item_proofs(struct item *item, struct err *err);
/* Why the file was refused or held, for the .why beside it; good until the next call. */
str item_why(struct item *item, str reason);

#endif
