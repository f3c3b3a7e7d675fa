/* db/moment: dates of cells, "2026-11-03" or "2026-11-03T04:05:06".
 *
 * SMALLDATETIME is a wall clock without a zone, from 1900-01-01 to 2079-06-06;
 * SQL Server keeps its minutes alone. What is outside of it is refused here,
 * in every dialect, so that the sandbox behaves as SL does.
 *
 *   struct moment at;
 *   if (!moment_parse(STR("2026-11-03 04:05"), &at)) ...
 */
#ifndef SLUICE_DB_MOMENT_H
#define SLUICE_DB_MOMENT_H

#include "base/str.h"

struct moment {
  int year, month, day, hour, minute, second;
};

enum { MOMENT_TEXT = 20 }; /* with the NUL */

/* A blank or a T before the time; seconds and their fraction may be missing, the fraction is dropped. */
bool moment_parse(str text, struct moment *at);
bool moment_fits(struct moment at);                                         /* into SMALLDATETIME */
void moment_format(struct moment at, char between, char text[MOMENT_TEXT]); /* 19 characters and the NUL */

#endif
