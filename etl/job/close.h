/* job/close: the groups of all workers, joined and closed side by side.
 *
 * The rows are through; each worker has groups of its own. One fold's groups are
 * parted by their hash, the same way in each worker, so any thread can take a part:
 * it joins what the workers have of it, asks for each group whether its block is
 * written at all (of millions of orders, few have a residual), and drops the rest.
 */
#ifndef SLUICE_JOB_CLOSE_H
#define SLUICE_JOB_CLOSE_H

#include "transform/fold.h"
#include "transform/eval.h"

struct close_request {
  const struct run *run;
  struct fold **
      *folds; /* by worker, by group->index: the first gets the groups of all; the others lose theirs */
  size_t worker_count;
};

/* *spilled: bytes of groups that were in temporary files. OUT_DATA: a sum overflowed. OUT_SYSTEM. */
enum outcome close_groups(const struct close_request *request, size_t *spilled, struct err *err);

#endif
