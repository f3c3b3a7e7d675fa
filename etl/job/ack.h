/* job/ack: every dropped file is answered beside where it was dropped, NAME.ack and NAME.ack.json.
 *
 * An item on its way carries its answer: staged before the ledger's entry (ack_stage), sent after it
 * (ack_send, once `due`). What a run left that died in between is sent by the next one (ack_recover), as
 * spool/answer.h tells. A file that goes back to the inbox is not answered yet; neither is one that is still
 * changing.
 */
#ifndef SLUICE_JOB_ACK_H
#define SLUICE_JOB_ACK_H

#include "job/rejects.h"

struct item;
struct batch;

struct item_answer {
  const char *folder; /* where it is staged; NULL: it is not */
  bool due;           /* the ledger has said it */
  bool noted;         /* rejects are filled */
  struct rejects rejects;
  str rejects_name;  /* of their file, below outbox/review/rejects/FEED; "" = there is none */
  const char *place; /* of the original of a rejected or held file; NULL: none */
};

/* The rejected rows of a file that is rejected as a whole, for spool_reject. *rows NULL: there are none. */
enum outcome ack_rows(struct item *item, const char **rows, struct err *err);
/* Where the original will lie: to be known before it moves. */
enum outcome ack_place(struct item *item, const char *room, struct err *err);
enum outcome ack_stage(struct item *item, const char *state, str reason, struct err *err);
enum outcome ack_send(struct item *item, struct err *err);
/* A drop that cannot be taken as it is. */
enum outcome ack_not_taken(struct item *item, str reason, struct err *err);

/* When a run begins, its feed locked and its ledger read: owed answers, and old ones swept (keep-acks). */
enum outcome ack_recover(struct batch *batch, struct err *err);

#endif
