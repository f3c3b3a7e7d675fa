/* spool/checkpoint: where in the ledger things are told, so that a start need not read all of it.
 *
 *   var/ledger/checkpoint
 *
 *   page 0   sluice ledger checkpoint 2          4,096 bytes, filled up with line ends
 *            covers 8388734 19026 ~8c1d22f0      bytes and lines of the ledger, and the last of them's sum
 *            postings 57078 state 213
 *            behind 5a2f..                       SHA-256 of the fences and the state
 *            sum 77c1..                          SHA-256 of the lines above
 *   pages    255 postings of 16 bytes, sorted, then 16 hex digits of SHA-256 over sum word, page number, page
 *   fences   the first 8 bytes of each page
 *   state    text; the ledger's own
 *
 * A posting says that a word (id, key, output ..) of some value stands in some entry: 6 bytes hash of word
 * and value, 5 bytes line, 5 bytes place. Equal hashes of other values are told apart by the entry itself.
 *
 * It can be made again from the ledger at any time, so that one that is damaged, of another version or of
 * another kind of machine is only thrown away. It is written beside and renamed: it is whole or not there.
 * Opening reads page 0, fences and state; a page is read, and its sum checked, when it is asked.
 */
#ifndef SLUICE_SPOOL_CHECKPOINT_H
#define SLUICE_SPOOL_CHECKPOINT_H

#include "spool/ledger_line.h"

struct posting {
  uint64_t high, low;
};
uint64_t posting_hash(const char *word, str value); /* 48 bits */
struct posting posting_make(uint64_t hash, uint64_t line, uint64_t place);
uint64_t posting_line(struct posting posting);
uint64_t posting_place(struct posting posting);
void posting_sort(struct posting *items, size_t count); /* by hash, then line */
/* Postings found; in their own arena-held list. */
struct postings {
  struct arena *arena;
  struct posting *items;
  size_t count;
};

/* How far it covers the ledger. */
struct covered {
  uint64_t bytes, lines;
  struct line_sum sum;
};

struct checkpoint;
/* NULL and OUT_OK: there is none. OUT_DATA: it is damaged, and why. */
enum outcome checkpoint_open(const char *path, struct checkpoint **checkpoint, struct err *err);
void checkpoint_close(struct checkpoint *checkpoint);
struct covered checkpoint_covers(const struct checkpoint *checkpoint);
str checkpoint_state(const struct checkpoint *checkpoint);
/* Adds what it has under a hash, oldest first. OUT_DATA: a page is damaged. */
enum outcome checkpoint_find(const struct checkpoint *checkpoint, uint64_t hash, struct postings *found,
                             struct err *err);
/* The next one: what `before` (or NULL) has and `more`, sorted. In place of what is there. */
enum outcome checkpoint_write(const char *path, const struct checkpoint *before, const struct posting *more,
                              size_t count, struct covered covers, str state, struct err *err);

#endif
