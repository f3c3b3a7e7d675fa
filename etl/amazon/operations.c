/* amazon/operations: every operation of the Selling Partner API that we call, by amazon/operations.def. */
#include "amazon/operations.h"

const struct operation operations[OPERATIONS] = {
#define OPERATION(name, method, path, rate, burst, grant, repeatable)                                        \
  [OP_##name] = { #name, method, path, rate, burst, GRANT_##grant, repeatable },
#include "amazon/operations.def"
#undef OPERATION
};
