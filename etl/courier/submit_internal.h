/* courier/submit_internal: what the five parts of a submission share.
 *
 * submit.c takes the files one after the other, submit_send.c sends one, or finds out whether it was sent,
 * submit_patch.c says a small one SKU by SKU instead, submit_result.c waits for what comes of it,
 * submit_state.c knows how far each has come.
 */
#ifndef SLUICE_COURIER_SUBMIT_INTERNAL_H
#define SLUICE_COURIER_SUBMIT_INTERNAL_H

#include "courier/document.h"

enum { SUBMIT_MINUTE = 60 };

struct submit {
  struct errand *errand;
  str *names;
  size_t count, next;
  str name, document, url, feed_id; /* of the file at hand */
  str key;                          /* FEED/NAME, by which memory knows it */
  int64_t since;                    /* seconds: when createFeed was called */
  const char *aside;                /* the folder that the file at hand goes to: sent, or failed */
  str ended;                        /* FATAL: Amazon gave up, and has a report all the same */
  int turns, uploads;
  struct attempt upload;
  const char *headers[1];
  /* what came of all */
  size_t sent, waiting, refused, bad, asked;
  bool unclear; /* of one a person has to say whether Amazon has it */
  struct buf told;
};

/* submit.c. The next file's turn, whatever came of this one. */
void submit_done(struct submit *submit);
/* Seconds since 1970: the run's stated time, or the clock, which has gone on since then: a night states when
 * it began, and sends when its feeds are done. */
int64_t submit_now(const struct submit *submit);
/* Of the file at hand Amazon may have a feed that no line names: nothing else is sent for two hours. */
void submit_doubt(struct submit *submit);
/* Its line in the courier's memory, with the time of its createFeed; an entry in the ledger. False: the disk
 * said no, and the errand has ended. */
bool submit_remember(struct submit *submit, const char *state, str more);
bool submit_enter(struct submit *submit, const char *event, str more);
void submit_tell(struct submit *submit, str text);
/* What it sends says how listings are: one must not be overtaken by what said it before. */
bool submit_says_listings(const struct submit *submit);
/* Amazon has had it longer than a result may take (the setting answer-hours). */
bool submit_is_late(const struct submit *submit, int64_t since);
str submit_path(const struct submit *submit); /* outbox/amazon/FEED/NAME */

/* submit_send.c. Sends the file at hand. */
void submit_send(struct submit *submit);
/* A person is asked whether Amazon has it, and the next file has its turn. */
void submit_ask(struct submit *submit, const char *why);
/* Whether Amazon has it is not known: looks among its feeds (R38). */
void submit_look(struct submit *submit);

/* submit_patch.c. The file at hand, if it is one that goes so: else false, and nothing was done. */
bool submit_patches(struct submit *submit);

/* submit_result.c. What came of it, as a processing report; `event`: the ledger's. */
void submit_report(struct submit *submit, str text, const char *event);
/* Amazon has it, as this feed: waits for its result. */
void submit_is_sent(struct submit *submit, str feed_id);
void submit_poll(void *submit);

/* submit_state.c. Does it hold what is sent as the errand's type? */
bool submit_is_of_type(const struct errand *errand, const char *folder, str name);
/* Lines that memory has lost, of all feeds' files of the type, as the ledger's last entry about each says. */
enum outcome submit_restore(const struct errand *errand, struct err *err);
/* Amazon's feeds that are files of ours, by their ids, as memory or the ledger knows them. */
struct map;
enum outcome submit_claims(const struct errand *errand, struct map **claimed, struct err *err);

#endif
