/* amazon/operations: every operation of the Selling Partner API that we call, by amazon/operations.def.
 *
 *   const struct operation *operation = &operations[OP_getReports];
 */
#ifndef SLUICE_AMAZON_OPERATIONS_H
#define SLUICE_AMAZON_OPERATIONS_H

#include <stdbool.h>
#include <stdint.h>

enum operation_name {
#define OPERATION(name, method, path, rate, burst, grant, repeatable) OP_##name,
#include "amazon/operations.def"
#undef OPERATION
  OPERATIONS
};

enum grant { GRANT_SELLER, GRANT_APP };

struct operation {
  const char *name, *method, *path; /* path: with {parameters} */
  int64_t rate, burst;              /* as in net/bucket.h */
  enum grant grant;
  bool repeatable;
};

extern const struct operation operations[OPERATIONS];

#endif
