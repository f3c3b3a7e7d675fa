/* job/batch_internal: one file on its way: what item.c takes, fate.c decides on and ends.c ends. */
#ifndef SLUICE_JOB_BATCH_INTERNAL_H
#define SLUICE_JOB_BATCH_INTERNAL_H

#include "job/ack.h"
#include "job/ask.h"
#include "job/batch.h"

/* One file on its way. */
struct item {
  struct batch *batch;
  struct arena *arena;
  const struct drop *drop;
  const char *work;      /* where it lies now */
  struct drop told;      /* `drop` as people know it */
  struct seal_key *seal; /* a courier sealed it; NULL: it lies in the open */
  char digest[65], content[65];
  str id, k, key;
  struct outlets *outlets;
  const char *folder; /* build folder; of a rehearsal: one outside the site */
  struct exec_result result;
  struct summary_row *row;
  struct buf why;
  struct item_answer answer;
  struct spool_mark mark;  /* how it looked when it was claimed */
  struct sealing *sealing; /* of its original, by a child; NULL: none */
};

/* A row of the run's summary, and what came of its file. */
struct summary_row *batch_row(struct batch *batch, str name, enum outcome outcome);
void batch_tell(struct batch *batch, const struct summary_row *row, enum outcome outcome); /* a copy */
void batch_tell_more(struct batch *batch);
/* found.c: what lies in hold or reject and is not in the ledger gets its entry and a row. */
enum outcome batch_find_untold(struct batch *batch, struct err *err);

/* asked.c: what the file's messages ask, before it leaves work; then, at the run's end, the feed's sheet. */
enum outcome item_asks(struct item *item, enum ask_fate fate, struct err *err);
enum outcome batch_asks(struct batch *batch, uint64_t run, struct err *err);

/* item.c: one dropped file, whose row and outcome are told. An error is the machine's: the run stops. */
enum outcome item_take(struct batch *batch, const struct drop *drop, struct err *err);
/* Its digest, id and K; then its transform, into item->folder: the build folder or, in a rehearsal
 * or a replay (batch->dry_run), one outside the site, which the caller removes. */
enum outcome item_identify(struct item *item, struct err *err);
enum outcome item_run(struct item *item, struct err *err);

/* fate.c: what shall become of a file whose transform ended well, and why, as the ledger knows its key. */
enum fate { FATE_RELEASE, FATE_SKIP, FATE_HOLD, FATE_DIFFERS };
enum fate item_fate(const struct item *item, str *reason);
/* The same bytes came before, and are booked: nothing needs to be read. */
bool item_is_known(const struct item *item, str *reason);
bool item_key_is_settled(const struct item *item);

/* ends.c: each writes the ledger's entry, moves the file, and fills its row. What they return is what came of
 * the file; an error leaves it in work. */
enum outcome item_skip(struct item *item, str reason, struct err *err);
enum outcome item_reject(struct item *item, enum outcome because, str reason, struct err *err);
/* `difference`: more lines for the .why beside it. */
enum outcome item_hold(struct item *item, str reason, str difference, struct err *err);
enum outcome item_hold_differing(struct item *item, str reason, struct err *err); /* from what was released */
/* Something else stands under a name of ours in outbox/ (*err says what): nothing was moved, a person must
 * look. */
enum outcome item_hold_occupied(struct item *item, struct err *err);
enum outcome item_release(struct item *item, struct err *err); /* OUT_REFUSED: occupied, nothing is done */
/* No entry: the machine, not the file, is at fault (*first); it waits for the next run. */
enum outcome item_give_back(struct item *item, enum outcome because, const struct err *first,
                            struct err *err);

/* kept.c: what the archive is told of an item, before its outputs leave item->folder. */
enum outcome item_keep(const struct item *item, str day, struct err *err);
str item_series(const struct item *item); /* of keys: the feed's own when it has personal columns */

/* account.c: a proof beside each output, in the build folder. */
enum outcome item_proofs(struct item *item, struct err *err);
/* Why the file was refused or held, for the .why beside it; good until the next call. */
str item_why(struct item *item, str reason);

/* told.c: the item's row of the summary, with a note for each thing that was met in the file. */
void item_note(struct item *item, str text);
void item_tell(struct item *item, const char *result, str more, const char *place); /* NULL: none */
void item_fill_row(struct item *item);
/* Done, but somebody should look. */
bool item_wants_a_look(const struct item *item);
/* A proof about each record failed for some: those are held, the others go on. */
bool item_held_by_proof(const struct item *item);
/* How an item ends whose outputs go out: OUT_REFUSED after such a proof, OUT_END when somebody should look.
 */
enum outcome item_done(const struct item *item);
/* Why it was refused: in the item's arena. */
str item_failing_proof(const struct item *item);
str item_file_message(const struct item *item, enum rule_kind kind, str otherwise);
str item_error_text(const struct item *item, const struct err *err);

/* batch_state.c: the tables of the run; what an item's file of rows for later runs is called at first; the
 * names under which all of it is released; its words for the ledger, three for each table. */
enum { ITEM_STATES_MOST = 8 };
enum outcome batch_read_states(struct batch *batch, struct err *err);
str item_state_name(const struct item *item);
enum outcome item_names(struct item *item, struct err *err); /* also those of its outputs */
size_t item_state_words(const struct item *item, struct ledger_word *words);

#endif
