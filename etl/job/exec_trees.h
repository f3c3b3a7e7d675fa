/* job/exec_trees: one transform over a file of records with records below them.
 *
 * One thread reads, the other works: what is read waits in a short queue of
 * batches, so memory does not grow with the file. Everything else (begin, sink,
 * outcomes, result) is as job/exec.h says.
 */
#ifndef SLUICE_JOB_EXEC_TREES_H
#define SLUICE_JOB_EXEC_TREES_H

#include "job/exec.h"

struct exec_trees;
bool exec_is_trees(const struct program *program);
/* Up to the records' end: what their emitter has to finish is the caller's to call. `run` and the result
 * outlive *trees, which is set whatever comes of it. */
enum outcome exec_trees(const struct exec_request *request, const struct run *run, const struct sink *sink,
                        struct exec_result *result, struct exec_trees **trees, struct err *err);
/* Rows that were read as UTF-8 on trial, and are not. */
bool exec_trees_is_not_utf8(const struct exec_trees *trees);
struct emitter *exec_trees_emitter(struct exec_trees *trees);
void exec_trees_free(struct exec_trees *trees);

#endif
