/* job/exec_internal: what the files of the executor share. */
#ifndef SLUICE_JOB_EXEC_INTERNAL_H
#define SLUICE_JOB_EXEC_INTERNAL_H

#include "job/exec.h"
#include "job/exec_chain.h"
#include "job/exec_trees.h"

#include <stdatomic.h>

/* What lives as long as the result: the ctx at the file's end points into all of it. */
struct exec_keep {
  struct flat *flat;
  struct run run;
  struct plan plan;
  struct rows_worker **workers;
  struct flat_chunk **chunks;
  size_t worker_count;
  struct emitter *emitter;
  bool own_emitter;
  struct exec_chain *chain; /* the transforms behind the first */
  struct exec_trees *trees; /* instead of rows: job/exec_trees.c */
  struct rows first;        /* read ahead for the plan; worker 0 begins with it */
  bool has_first;
  const struct exec_request *request;
  atomic_bool stop;
  struct date_notes dates;
};

struct reading {
  enum charset charset;
  struct notation notation;
};

/* exec_first.c: what the first block of rows settles. */
void exec_prepare(struct program *program);
bool exec_decimal_is_auto(const struct program *program);
enum outcome exec_look_ahead(struct exec_keep *keep, const struct reading *reading,
                             struct exec_result *result, struct err *err);

/* exec.c: one reading of the whole file. */
enum outcome exec_attempt(const struct exec_request *request, const struct reading *reading,
                          struct exec_result *result, struct err *err);
void exec_again(struct exec_result *result, struct err *err); /* forgets what the last one came to */
/* Read as UTF-8 on trial, and it is not. */
bool exec_is_wrong_charset(const struct exec_keep *keep);

/* exec_readings.c: the decimal mark and the order of day and month, tried and proved; the charset is settled.
 */
enum outcome exec_readings(const struct exec_request *request, struct reading *reading,
                           struct exec_result *result, struct err *err);
bool exec_says_nothing(enum outcome out); /* the disk or the machine is at fault */

#endif
