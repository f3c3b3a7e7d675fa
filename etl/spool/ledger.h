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
 * have written since. An empty feed is written "-".
 *
 * A start does not read all of it. When ledger.txt has grown beyond a stated size it is folded: it becomes
 * the next segment, ledger-0001.txt, 0002 .., and var/ledger/checkpoint (checkpoint.h) says where in the
 * segments what is told. Open reads the checkpoint's first page and the lines behind it; entries are read
 * from their place when they are asked for, and each one's sum is checked then. So a change behind the
 * checkpoint is found at open, and one before it when the entry is read, and by every walk (sluice log),
 * which reads all from the first byte. A line taken out or put in moves the place that the checkpoint is
 * bound to: that, a ledger shorter than its checkpoint, and a missing segment are found at open.
 *
 * Crash table (all of it under the lock):
 *   a fold begun, nothing renamed         a *.part, removed at open
 *   ledger.txt renamed, no new ledger.txt the next append makes it; the checkpoint ends before the segment:
 *                                         what follows it is read at open, and covered by the next fold
 *   checkpoint written                    done
 *   no checkpoint, or a damaged one       made again from the segments, and said once (ledger_remade)
 * What others fold while we have the ledger open is noticed by the segment's name; places stay the same.
 *
 * By id and by key, what settles is never hidden by what does not: after released, ready, adopted, reversed
 * or resend only another of these is known (and releasing, by id), however often a copy, or another file with
 * the key, is held, rejected, returned or refused since; but a no to the ready item itself makes its key
 * free.
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
 *   resend      a person asked to release it once more: the item's state stays until that is done
 *   refused     a person said no to a ready or a held one
 *   returned    a held file went back to its inbox: the next run decides anew
 *   confirmed   a person said that SL has imported the output (word name=); the item's state stays
 *   run-start   a run of a feed began (words: run=N, started= by the real clock, only= one file that was
 *               asked for); while no run-end or run-died of the feed follows, it goes on, or it died
 *   run-end     (words: the same, ended=, exit=N, files=N; again=yes: a file waits for a second try)
 *   run-died    said by the next run of the feed, which holds its lock: the run that had begun is over
 *   purged      a day of the archive was kept long enough (words day=, items=, files=, bytes=)
 *   rejoined    a ledger that had been rolled back goes on from the run that the other side knew of
 *   taken-over  a copy of a site is the real one from here on
 */
#ifndef SLUICE_SPOOL_LEDGER_H
#define SLUICE_SPOOL_LEDGER_H

#include "base/err.h"
#include "base/memory.h"

enum { LEDGER_LINE_MOST = 16 * 1024 * 1024 }; /* an item of 100,000 outputs fits */

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
 * line: a sum is wrong, a line is no entry, or the ledger is not the one that the checkpoint was made of. */
enum outcome ledger_open(const char *var, struct ledger **ledger, size_t *torn, struct err *err);
void ledger_close(struct ledger *ledger);
/* The checkpoint was missing or damaged, and has been made again. */
bool ledger_remade(const struct ledger *ledger);
/* `time` as text, UTC. Words with empty values are left out. OUT_BUG, and nothing written: a word without a
 * name, a line over LEDGER_LINE_MOST. OUT_SYSTEM, and nothing written: an answer of this ledger could not be
 * read, so that it must not be acted on. */
enum outcome ledger_append(struct ledger *ledger, str time, str event, str feed,
                           const struct ledger_word *words, size_t count, struct err *err);
/* Appends "run-start" with a number of its own, though runs begin side by side: run= is the largest so far
 * and one more. */
enum outcome ledger_start_run(struct ledger *ledger, str time, str feed, const struct ledger_word *words,
                              size_t count, uint64_t *run, struct err *err);
/* Reads what others have written since: to be called once a feed's lock is held, before its items are judged.
 */
enum outcome ledger_refresh(struct ledger *ledger, struct err *err);
/* Folds when more than `most` bytes stand behind the checkpoint. */
enum outcome ledger_fold(struct ledger *ledger, uint64_t most, struct err *err);

/* Entries that these hand out live until ledger_rest or ledger_close. What cannot be read answers NULL or
 * nothing, ledger_trouble says so, and the ledger takes no entry any more. */
void ledger_rest(struct ledger *ledger);
enum outcome ledger_trouble(const struct ledger *ledger, struct err *err); /* OUT_OK: all was read */

str ledger_word(const struct ledger_entry *entry, const char *name); /* "" when absent */
/* The latest entry that counts about an item: by its id (word id=), by its key (word key=) within a feed, by
 * one of its outputs (words output=, several). NULL when there is none. */
const struct ledger_entry *ledger_by_id(struct ledger *ledger, str id);
const struct ledger_entry *ledger_by_key(struct ledger *ledger, str feed, str key);
const struct ledger_entry *ledger_by_output(struct ledger *ledger, str output);
uint64_t ledger_next_run(const struct ledger *ledger); /* one more than the largest run= */

/* Every entry with a word of that value, oldest first. `name` is id, of, key, of-key, file, output, name or
 * mirrors; "releasing" is found by its id alone. */
struct ledger_found {
  const struct ledger_entry **entries;
  size_t count;
};
struct ledger_found ledger_having(struct ledger *ledger, const char *name, str value);
/* All of an item, oldest first: by id (words id= and of=), or, without one, by feed and key. */
struct ledger_found ledger_of_item(struct ledger *ledger, str feed, str id, str key);
/* The latest entry of each item of a feed ("" = of all) that is ready or held, or of each begun release;
 * oldest first. */
struct ledger_found ledger_open_items(struct ledger *ledger, str feed);
struct ledger_found ledger_begun(struct ledger *ledger, str feed);
/* What is told of a feed's runs; times are those of entries, "" = there was none. */
struct ledger_runs {
  str good;    /* latest that ended 0 or 1; when there is none, the latest good end of a file */
  bool by_run; /* it is a run's */
  str whole;   /* latest over the whole inbox that a second try would not help: it ended 0, 1, 3 or 65 */
  str last;    /* latest that ended, */
  int code;    /* and how */
  str open;    /* the latest of all, when it has not ended, */
  uint64_t open_run; /* and its number; else 0 */
};
struct ledger_runs ledger_runs(const struct ledger *ledger, str feed);

/* How many items of each feed are in each state. */
struct ledger_tally {
  str feed, state;
  uint64_t items;
};
enum outcome ledger_tallies(struct ledger *ledger, struct arena *arena, struct ledger_tally ***tallies,
                            size_t *count, struct err *err);

/* Every entry, oldest first, each sum checked; an entry lives during the call. false: enough. */
typedef bool ledger_visit(void *user, const struct ledger_entry *entry);
enum outcome ledger_walk(struct ledger *ledger, ledger_visit *visit, void *user, struct err *err);

/* What an entry says of its item: is it about its state; is it booked by then, or waits for nothing but a yes
 * (released, ready, adopted, reversed); is it a copy of one in `state`, which changes nothing; the item's id,
 * though the entry speaks only `of` it. */
bool ledger_is_about_item(str event);
bool ledger_is_settled(str event);
bool ledger_is_copy(str state, str event);
str ledger_item_id(const struct ledger_entry *entry);

#endif
