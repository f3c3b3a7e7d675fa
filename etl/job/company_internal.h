/* job/company_internal: what the parts of job/company share. */
#ifndef SLUICE_JOB_COMPANY_INTERNAL_H
#define SLUICE_JOB_COMPANY_INTERNAL_H

#include "job/company.h"

enum { STATEMENT_MOST = 8 << 20 };

struct company {
  struct library *library;
  const struct dialect *dialect;
  company_take *take;
  void *user;
  struct buf sql; /* of the statement being made */
};

/* Hands out the statement in `sql` and empties it. */
enum outcome company_statement(struct company *company, struct err *err);
/* CREATE TABLE, then its indexes. */
enum outcome company_create(struct company *company, const struct sql_table *table, struct err *err);
/* The rows of schemas/sl/sandbox/NAME.csv; without complaint none when they are wrong. */
enum outcome company_fill(struct company *company, str name, struct err *err);
/* OUT_SPEC when something was complained of. */
enum outcome company_checked(const struct company *company, struct err *err);

#endif
