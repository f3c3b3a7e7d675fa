/* transform/tally: what a run did: rows, messages, proofs.
 *
 * Every streamed record ends in exactly one of the counts. Messages with equal
 * text stand once, with how often and the row they were first met on. Workers
 * have a tally each; they are added up in the order of rows.
 */
#ifndef SLUICE_TRANSFORM_TALLY_H
#define SLUICE_TRANSFORM_TALLY_H

#include "model/tree.h"
#include "transform/program.h"

enum { TALLY_TEXTS_MOST = 10000, TALLY_REJECTS_MOST = 100000 };

/* What a rule said of one record, or of the file. */
struct said {
  const struct rule *rule; /* NULL: the engine itself says it */
  str text, about, suggest;
  str keys; /* of the row that answers (rule->answer): its key cells, parted by MESSAGE_PART */
  str shown, shown_suggest; /* without what is personal; "" when nothing is (rule->secret_count) */
};
enum { MESSAGE_PART = 0x1f };

struct message {
  enum rule_kind kind;
  bool file;
  const struct rule *rule;
  str text, about, suggest, keys, shown, shown_suggest;
  uint64_t count, first_row;
  bool numbered; /* first_row is the number of a row, not a place */
};

struct reject {
  uint64_t row;
  str text;         /* why */
  str shown;        /* a rule's words without what is personal; "": the engine itself says it */
  str cells;        /* the record as it came, without its line end */
  uint32_t rows;    /* of the file, from `row` on, that it is made of; 0: one */
  uint64_t *others; /* rows of the file that it is made of besides */
  size_t other_count;
  bool held, numbered;
};

struct proof_result {
  const struct proof *proof;
  str which;       /* label of the record it is about; "" = the file */
  str left, right; /* both sides of a comparison; else left is yes or no */
  bool holds;
  bool each; /* about every streamed record: those that it does not hold for are held, the others go on */
  uint64_t records, failed; /* each: asked of, not held for */
};

struct tally {
  struct arena *arena;
  struct map *texts;
  struct message **messages;
  size_t message_count;
  struct reject *rejects;
  size_t reject_count;
  struct proof_result *proofs;
  size_t proof_count;
  uint64_t rows, header, folded, mapped, skipped, rejected, held;
  uint64_t written; /* output records */
  uint64_t kept;    /* of them rows of states: for later runs, not for people */
  uint64_t dropped; /* output records kept back by a rule or a proof */
  bool file_rejected, file_held, proofs_hold;
  bool sorted;                /* the messages */
  struct tally_stage *stages; /* of the transforms behind the first */
  size_t stage_count;
};

/* What a transform did with the records that the one before it wrote. */
struct tally_stage {
  str name;
  uint64_t records, written, folded, skipped, rejected, held;
};

struct tally *tally_new(void);
void tally_free(struct tally *tally);
/* Texts are copied. Equal ones that ask for different rows of a sheet stay apart. */
/* As everyone may read it. */
str said_shown(const struct said *said);
void tally_message(struct tally *tally, enum rule_kind kind, bool file, struct said said, uint64_t times,
                   uint64_t row);
void tally_reject(struct tally *tally, uint64_t row, struct said why, str cells, bool held);
/* The same of a record that is made of several rows. */
void tally_reject_rec(struct tally *tally, const struct rec *rec, struct said why, bool held);
/* The account of a transform that read what this one wrote: its messages, rejects and proofs are the file's
 * too. */
void tally_then(struct tally *tally, const struct tally *next, str name);
/* Source records and, behind the first transform, records made of them that were rejected, are held, or left
 * quietly. */
uint64_t tally_rejected(const struct tally *tally);
uint64_t tally_held(const struct tally *tally);
uint64_t tally_skipped(const struct tally *tally);
void tally_add(struct tally *tally, const struct tally *other);
/* Rows come as places (chunk and row in it); this turns them into row numbers and sorts by them. A place that
 * is not known (TREE_NO_ROW) becomes 0. What has its number keeps it: call it again for what came since. */
typedef uint64_t tally_row(const void *user, uint64_t place);
void tally_number(struct tally *tally, tally_row *row, const void *user);

#endif
