/* spool/answer: what is owed for a dropped file: NAME.ack and NAME.ack.json beside it, and its rejected rows.
 *
 * An answer must not stand before the ledger says the same, and must not be lost when the run dies right
 * after. So it is written whole, before the ledger's entry, to
 *
 *   var/outbox/answer/FEED/ID-STATE/ack, ack.json, rejects, to
 *
 * and moved out after it: to INBOX/NAME.ack, INBOX/NAME.ack.json and outbox/review/rejects/FEED/NAME. The
 * file `to` says where; it is written last, so a folder without it was not finished. A run that finds a
 * folder there sends it or drops it (job/ack.c knows which: by the ledger). Sent again after a crash in
 * between, it ends the same way.
 *
 *   spool_answer_begin(spool, feed, id, "released", &folder, &err);    write ack and ack.json in there
 *   spool_answer_seal(spool, folder, &to, &err);
 *   ledger_append(...)
 *   spool_answer_send(spool, feed, folder, &err);
 */
#ifndef SLUICE_SPOOL_ANSWER_H
#define SLUICE_SPOOL_ANSWER_H

#include "spool/spool.h"

struct spool_answer {
  str inbox, name; /* the folder of the drop, as spool_drops takes it, and its name */
  str rejects;     /* the name among the rejects; "" = there are none */
};

/* A fresh folder; one of an earlier try is emptied. */
enum outcome spool_answer_begin(struct spool *spool, str feed, str id, str state, const char **folder,
                                struct err *err);
enum outcome spool_answer_seal(struct spool *spool, const char *folder, const struct spool_answer *answer,
                               struct err *err);
/* Replaces an older answer to a file of the same name. */
enum outcome spool_answer_send(struct spool *spool, str feed, const char *folder, struct err *err);
enum outcome spool_answer_drop(struct spool *spool, const char *folder, struct err *err);

struct spool_owed {
  str id, state;
  const char *folder;
};
/* What dead runs left, sorted. */
enum outcome spool_answers_owed(struct spool *spool, str feed, struct spool_owed **owed, size_t *count,
                                struct err *err);

/* NAME, or NAME.1 ... : one that outbox/review/rejects/FEED does not have, unless with the bytes of `rows`,
 * which are then there already. */
str spool_rejects_name(struct spool *spool, str feed, str name, const char *rows);
/* A place for one file that is not finished; emptied by spool_recover. Nothing stands there. */
enum outcome spool_answer_scratch(struct spool *spool, str feed, const char **path, struct err *err);

bool spool_may_answer(str name); /* names with control characters are not answered */
bool spool_is_answer(str name);  /* *.ack, *.ack.json: no drop */
/* Answers in `inbox` that have stood there since `before` (seconds since 1970, by the file system) or longer
 * are removed. */
enum outcome spool_answer_sweep(struct spool *spool, str inbox, int64_t before, struct err *err);

#endif
