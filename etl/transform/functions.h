/* transform/functions: the one table of functions: name, types, help and code.
 *
 * The checker takes arity and types from it, the evaluator dispatches through
 * it, `sluice explain functions` and the manual are printed from it. Types are
 * written as letters, one for each value taken:
 *   t text  n decimal or integer  i integer  d date  D date or timestamp
 *   p period  b boolean  x any; a star after the last: one or more of them.
 * The result: the same letters, N decimal, or 1: the type of the first value.
 */
#ifndef SLUICE_TRANSFORM_FUNCTIONS_H
#define SLUICE_TRANSFORM_FUNCTIONS_H

#include "model/value.h"

struct ctx;
typedef value function_code(struct ctx *ctx, const value *given, size_t count);

enum function_kind { FUNCTION_PLAIN, FUNCTION_AGGREGATE, FUNCTION_PLACE, FUNCTION_RUN };

struct function {
  const char *name, *takes, *gives, *help;
  enum function_kind kind;
  function_code *code; /* NULL: the evaluator knows it by its op */
  bool over_absent;    /* is called though a value is absent */
};

extern const struct function functions[];
extern const size_t function_count;
const struct function *function_by_name(str name);
size_t function_least(const struct function *function); /* values taken, at the least and the most */
size_t function_most(const struct function *function);

#endif
