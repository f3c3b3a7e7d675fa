/* job/batch_internal: one file on its way: what batch.c decides on and account.c writes about. */
#ifndef SLUICE_JOB_BATCH_INTERNAL_H
#define SLUICE_JOB_BATCH_INTERNAL_H

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
  const char *folder; /* build folder */
  struct exec_result result;
  struct summary_row *row;
  struct buf why;
};

/* account.c: a proof beside each output, in the build folder. */
enum outcome item_proofs(struct item *item, struct err *err);
/* Why the file was refused or held, for the .why beside it; good until the next call. */
str item_why(struct item *item, str reason);

#endif
