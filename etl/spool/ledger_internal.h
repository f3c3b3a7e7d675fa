/* spool/ledger_internal: what the files of the ledger share.
 *
 * ledger.c opens, reads and appends; ledger_fold.c makes segments and checkpoints; ledger_ask.c answers.
 */
#ifndef SLUICE_SPOOL_LEDGER_INTERNAL_H
#define SLUICE_SPOOL_LEDGER_INTERNAL_H

#include "spool/ledger.h"
#include "spool/ledger_files.h"
#include "spool/ledger_state.h"
#include "spool/recent.h"

struct ledger {
  struct arena *arena;
  const char *folder, *lock, *checkpoint_path;
  int lock_fd; /* -1: not locked by us */
  struct files files;
  struct covered read;           /* how far it is read, whole lines; what its last line's sum is */
  struct checkpoint *checkpoint; /* NULL: nothing is covered */
  struct recent recent;          /* what stands behind the checkpoint */
  struct state state;
  struct arena *lent; /* entries that were handed out */
  struct map *lent_by_place;
  struct err trouble;
  bool remade, counting; /* counting: a damaged page is left to who asked for the counts */
};

/* Each within the other is one lock. */
enum outcome ledger_lock(struct ledger *ledger, struct err *err);
void ledger_unlock(struct ledger *ledger);
/* Everything that stands there, under the lock. *torn: bytes of a last line without its end. */
enum outcome ledger_read(struct ledger *ledger, size_t *torn, struct err *err);
/* Where the scan of what the checkpoint does not cover begins. */
struct covered ledger_covered(const struct ledger *ledger);

/* ledger_fold.c: takes the checkpoint that is there; forgets what was known before. OUT_OK without one. */
enum outcome ledger_take_checkpoint(struct ledger *ledger, struct err *err);
/* Of all that is read; then it is taken. */
enum outcome ledger_write_checkpoint(struct ledger *ledger, struct err *err);
/* Without the checkpoint, which is damaged: all is read, and a new one is written. */
enum outcome ledger_remake(struct ledger *ledger, struct err *err);

/* ledger_ask.c: postings of a word's value, oldest first; `before` the place. */
enum outcome ledger_postings(struct ledger *ledger, const char *word, str value, struct postings *found,
                             struct err *err);
enum outcome ledger_state_at(struct ledger *ledger, struct state_item item, uint64_t before, str *state,
                             struct err *err);
void ledger_new_lent(struct ledger *ledger);

#endif
