/* job/exec: one transform over one file: reads, works through, proves, writes.
 *
 * What a file does not say is tried, and proved: its character set (UTF-8,
 * else the site's fallback), its decimal mark and which of day and month comes
 * first. A reading that fails is dropped and the file is read again from the
 * start; when two readings of the amounts live to the end and give different
 * sums, and both prove, the file is refused (R8).
 *
 * Rows are worked through by `workers` threads (job/threads.c); everything after that by one.
 * Outputs go to the sink that begin() makes, which is called again for each
 * reading; what was written before it is to be thrown away.
 */
#ifndef SLUICE_JOB_EXEC_H
#define SLUICE_JOB_EXEC_H

#include "extract/flat.h"
#include "transform/emit.h"
#include "transform/library.h"
#include "transform/rows.h"

enum { THREADS_MOST = 64 };

struct states; /* job/state.h */

struct exec_progress {
  uint64_t done, all; /* bytes; all = 0 when not known */
};

struct exec_request {
  struct program *program;
  struct program *const *then; /* those that read what it writes, one after the other */
  size_t then_count;
  const char *path;
  const struct seal_key *key; /* of a sealed file; NULL: it lies in the open */
  str source_file;            /* as people know it */
  const struct zone *zone;
  const struct calendar *calendar;
  int32_t today;
  stamp now;
  bool full, plain; /* full: or the file's name says so (job/snapshot.h) */
  enum charset fallback;
  size_t workers, chunk_size; /* 0: one, the default */
  size_t memory_most;         /* of the groups of all workers; 0: 64 MiB */
  void *user;
  enum outcome (*begin)(void *user, struct sink *sink, struct err *err);
  emit_watch *watch;       /* of the last transform; NULL: none */
  emit_watch *watch_first; /* `why`: of the first of several, for groups that it sums; NULL: none. Block NULL:
                              it has ended */
  void (*progress)(void *user, struct exec_progress progress); /* NULL: none; called by one thread */
  const struct states *states;                                 /* NULL: no state table holds anything */
  rows_hit *hit; /* `why`: told of every row and its groups; NULL: none */
};

struct exec_result {
  enum charset charset;
  struct notation notation;
  str currency; /* by which amounts were read; "" = none */
  struct tally *tally;
  const str *new_columns;
  size_t new_column_count;
  uint64_t bytes;
  size_t spilled; /* bytes of groups written to temporary files */
  struct arena *arena;
  struct ctx *ctx; /* at the file's end: for keys and names; lives as long as the result */
  struct exec_keep *keep;
};

/* OUT_OK: everything holds. OUT_REFUSED: a proof failed. OUT_DATA: the file cannot be used. The result is
 * filled as far as it got, whatever the outcome; free it always. */
enum outcome exec_file(const struct exec_request *request, struct exec_result *result, struct err *err);
uint64_t exec_row_number(const struct exec_result *result, uint64_t place); /* from 1 below the header line */
void exec_result_free(struct exec_result *result);

/* job/threads.c: the only threads of the program. */
typedef enum outcome thread_work(void *user, size_t worker, struct err *err);
enum outcome threads_run(size_t workers, thread_work *work, void *user, struct err *err);

#endif
