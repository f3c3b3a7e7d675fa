/* spool/ledger: what happened, appended to a file that people can read.
 *
 *   var/ledger/ledger.txt
 *   2026-11-21T02:10:04Z released settlement id=3f9a.. key=11840 K=77c1.. total=743.25 ... ~8c1d22f0
 *
 * One line an entry: time (UTC), event, feed, then NAME=VALUE words (values
 * percent-encoded where they hold a blank, %, = or a control character), and at the end "~" and the first 8
 * hex digits of SHA-256 over the end word of the line before and this line up to the "~": a chain, so that a
 * line that was changed, taken out or put in is found. An entry counts when its line is whole, its sum is
 * right and it was fsynced; ledger_append returns only then. A last line without its end is a torn write: it
 * is cut off at open (kept beside as ledger.torn-N) and said; a wrong sum anywhere else is OUT_DATA with the
 * line's number.
 *
 * Processes side by side append one at a time (var/ledger/lock); ledger_append first reads what the others
 * have written since. Entries and their texts live until ledger_close. An empty feed is written "-".
 *
 * The ledger is read whole at open (one pass) into maps by id, by feed and key, and by output name. The
 * latest entry of an item says its state.
 *
 * By id and by key, what settles is never hidden by what does not: after released, ready, adopted or reversed
 * only another of these is known (and releasing, by id), however often a copy, or another file with the key,
 * is held, rejected, returned or refused since; but a no to the ready item itself makes its key free.
 *
 * events        state of the item afterwards
 *   taken       in work
 *   releasing   its outputs are on their way to outbox/: written before the first of them moves, with all
 *               that the "released" after it says; a run that finds it last finishes the release.
 *               (with words mirrors= it is a reversal, and "reversed" follows)
 *   released    its outputs stand in outbox/
 *   ready       built and proven, waits for a person's yes (release = hold)
 *   held        waits for an answer or a changed sheet
 *   rejected    kept in var/inbox/reject with its reason
 *   skipped     same content as a released one, or before start-date
 *   adopted     was booked by other means: never released
 *   reversed    a mirror journal was released
 *   refused     a person said no to a ready or a held one
 *   returned    a held file went back to its inbox: the next run decides anew
 *   confirmed   a person said that SL has imported the output (word name=); the item's state stays
 *   run-start, run-end (words: run=N exit=N ...)
 */
#ifndef SLUICE_SPOOL_LEDGER_H
#define SLUICE_SPOOL_LEDGER_H

#include "base/err.h"
#include "base/memory.h"

/* An item names each of its outputs in its entry: at most 4096 (job/outlet). */
enum { LEDGER_WORDS_MOST = 8200, LEDGER_LINE_MOST = 4 * 1024 * 1024 };

struct ledger_word {
  str name, value;
};

struct ledger_entry {
  uint64_t line; /* 1-based */
  str time, event, feed;
  const struct ledger_word *words;
  size_t word_count;
};

struct ledger;
/* Creates var/ledger/ when it is not there. *torn is how many bytes were cut. OUT_DATA, with the file and the
 * line: a sum is wrong, or a line is no entry. */
enum outcome ledger_open(const char *var, struct ledger **ledger, size_t *torn, struct err *err);
void ledger_close(struct ledger *ledger);
/* `time` as text, UTC. Words with empty values are left out. OUT_BUG, and nothing written: a word without a
 * name, too many words, a line over LEDGER_LINE_MOST. */
enum outcome ledger_append(struct ledger *ledger, str time, str event, str feed,
                           const struct ledger_word *words, size_t count, struct err *err);

/* Reads what others have written since: to be called once a feed's lock is held, before its items are judged.
 */
enum outcome ledger_refresh(struct ledger *ledger, struct err *err);

size_t ledger_count(const struct ledger *ledger);
const struct ledger_entry *ledger_at(const struct ledger *ledger, size_t index); /* oldest first */
str ledger_word(const struct ledger_entry *entry, const char *name);             /* "" when absent */
/* The latest entry that counts about an item: by its id (word id=), by its key (word key=) within a feed, by
 * one of its outputs (words output=, several). NULL when there is none. */
const struct ledger_entry *ledger_by_id(const struct ledger *ledger, str id);
const struct ledger_entry *ledger_by_key(const struct ledger *ledger, str feed, str key);
const struct ledger_entry *ledger_by_output(const struct ledger *ledger, str output);
uint64_t ledger_next_run(const struct ledger *ledger); /* one more than the largest run= */

#endif
