/* job/replay: a past day, run or item once more, from the archive alone, and what comes out otherwise.
 *
 * Each archived item is rebuilt in a scratch folder by its own specs, sheets,
 * settings and clock, all of them from the archive, and every file is compared
 * with the one that was released, byte for byte. Or by the specs of a site as
 * they stand today (`with`): then the differences are what would change.
 *
 * A replay cannot act (R33): it has no spool, no ledger and no courier, and
 * writes nowhere but to scratch.
 *
 *   struct replay replay;
 *   replay_open(&replay, site, ledger, share, with);
 *   replay_run(&replay, STR("2026-11-21"), &err);      a day, a run's number, an item's id or key
 *   for (size_t i = 0; i < replay.count; i++) ... replay.items[i]
 */
#ifndef SLUICE_JOB_REPLAY_H
#define SLUICE_JOB_REPLAY_H

#include "job/batch.h"

enum replay_end {
  REPLAY_SAME,    /* byte for byte */
  REPLAY_DIFFERS, /* some file does */
  REPLAY_REFUSED, /* a proof or a rule says no under these specs */
  REPLAY_CANNOT   /* something that it needs is not in the archive, or is not what was put there */
};

struct replay_file {
  str name;
  bool there_before, there_now, same;
  str difference; /* "- line", "+ line"; empty when the same */
};

struct replay_item {
  str feed, id, key, file, day;
  enum replay_end end;
  str why; /* which input differs, or why it was refused */
  struct replay_file *files;
  size_t count;
};

struct replay {
  struct site *site;
  struct ledger *ledger;
  const char *share; /* the installed specs: for `with` */
  const char *with;  /* a site's folder; NULL: the archived specs */
  struct replay_item *items;
  size_t count;
};

/* OUT_DATA: nothing of that name was archived. What goes wrong with one item is in its `why`. */
enum outcome replay_run(struct replay *replay, str what, struct err *err);

#endif
