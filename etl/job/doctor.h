/* job/doctor: what would fail tonight, looked at now: specs, folders, modes, disk, clock, keys, SL, Amazon.
 *
 * Nothing is changed but that calls to Amazon are counted, and no lock is taken. Each check has at least one
 * line (SL and Amazon only where the site says how they are reached); a check of which several things are
 * wrong has one for each. Config comes first; its complaints are the library's.
 */
#ifndef SLUICE_JOB_DOCTOR_H
#define SLUICE_JOB_DOCTOR_H

#include "report/checkup.h"
#include "spool/spool.h"
#include "transform/library.h"

struct doctor {
  struct library *library;
  struct spool *spool;
  int64_t now;         /* by the real clock */
  const char *scratch; /* where temporary files go */
  struct checkup_line *lines;
  size_t count;
};

/* An error: something could not even be looked at. */
enum outcome doctor_look(struct doctor *doctor, struct err *err);

#endif
