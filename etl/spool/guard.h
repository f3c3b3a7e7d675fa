/* spool/guard: who this site is, and that its ledger is not an older or a copied one (R35).
 *
 *   var/ledger/site.txt       site 9f3c0a5e11d24b70 host books run 412 path /srv/books
 *   CONTROL/9f3c0a5e11d24b70  the same line, in a second place of the site's choosing (setting control)
 *
 * The id is random and made at the first run. A site whose host or absolute path is another than the one
 * written there is a copy: it only rehearses, until somebody says that it is the real one now. A ledger that
 * ends before the run that CONTROL knows of was restored from an older copy: SL may hold what it has
 * forgotten. The number is written to CONTROL after the run's last entry, so that a crash in between leaves
 * CONTROL behind the ledger, never before it. Without `control` ("") only a copy is noticed.
 *
 * A file that cannot be understood is OUT_SPEC: nothing is decided on a guess.
 */
#ifndef SLUICE_SPOOL_GUARD_H
#define SLUICE_SPOOL_GUARD_H

#include "base/err.h"
#include "base/memory.h"

struct guard {
  struct arena *arena;
  const char *path, *lock, *control; /* control: its file; NULL: none */
  str id, host, place;               /* as they are here and now */
  str told_host, told_place;         /* as they were written: by site.txt, or by CONTROL where that differs */
  uint64_t run;                      /* that CONTROL knows of; 0: none */
  bool new;                          /* there was no site.txt */
};

/* Reads both. OUT_SYSTEM: CONTROL cannot be reached. */
enum outcome guard_open(const char *site, str control, struct arena *arena, struct guard *guard,
                        struct err *err);
bool guard_is_copy(const struct guard *guard);
/* May this site act, its ledger ending at `run`? OUT_SPEC, and what to do. Makes site.txt at the first run.
 */
enum outcome guard_check(struct guard *guard, uint64_t run, struct err *err);
/* The run is over: CONTROL learns of it. Never takes a number back. */
enum outcome guard_note(struct guard *guard, uint64_t run, struct err *err);
/* This place is the real one from now on. */
enum outcome guard_take_over(struct guard *guard, uint64_t run, struct err *err);

#endif
