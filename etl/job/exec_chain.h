/* job/exec_chain: the transforms of a feed behind the first: each reads what the one before it writes.
 *
 * Nothing lies in a file between them (transform/chain.h). Every transform
 * proves its own; a file is released when all of them hold. What they did is
 * one account: messages and rejects are told by the rows of the file.
 */
#ifndef SLUICE_JOB_EXEC_CHAIN_H
#define SLUICE_JOB_EXEC_CHAIN_H

#include "job/exec.h"

struct exec_chain;
typedef void exec_make_run(void *user, struct program *program, struct run *run);
/* *sink comes as that of the last transform, and is the first one's when it returns. */
enum outcome exec_chain_new(const struct exec_request *request, exec_make_run *make, void *user,
                            struct sink *sink, struct exec_chain **chain, struct err *err);
/* After the first transform has finished: ends the others in their order, and adds their account to the
 * result's. */
enum outcome exec_chain_finish(struct exec_chain *chain, tally_row *number, const void *user,
                               struct exec_result *result, struct err *err);
void exec_chain_free(struct exec_chain *chain);

#endif
