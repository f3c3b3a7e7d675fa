/* base/exits: how a run ends, as a number that a scheduler reads.
 *
 * A run of many files, and a night of many feeds, ends with the worst of them,
 * in the order 78, 3, 65, 69, 75, 1, 0 (R39).
 *
 *   code = exit_worse(code, exit_of_item(batch.outcomes[i]));
 */
#ifndef SLUICE_BASE_EXITS_H
#define SLUICE_BASE_EXITS_H

#include "base/err.h"

enum {
  EXIT_CLEAN = 0,
  EXIT_REVIEW = 1, /* done, but something was rejected or needs review */
  EXIT_USAGE = 2,
  EXIT_PROOF = 3, /* a proof failed: nothing of that file, or not of that record, was released */
  EXIT_DATA = 65,
  EXIT_UNAVAILABLE = 69,
  EXIT_AGAIN = 75, /* try again later: another run holds the lock */
  EXIT_CONFIG = 78
};

int exit_of(enum outcome outcome);
int exit_of_item(enum outcome outcome); /* of one file of a run: OUT_END says that somebody should look */
int exit_worse(int a, int b);
bool exit_is_final(int code);       /* 0, 1, 3 or 65: a second try of the same would end so too */
bool exit_is_good(int code);        /* 0 or 1: it did what it was for */
const char *exit_meaning(int code); /* "a proof failed" */

#endif
