/* spool/spool: custody of files: who owns one, where it lies, what may be done with it.
 *
 * States are folders, moves are renames. Only this room renames or deletes
 * under inbox/, outbox/ and var/.
 *
 *   inbox/FEED/NAME              dropped by a person or a courier
 *   var/inbox/arriving/FEED/NAME is being written by a courier; then NAME, or NAME.sealed, in its inbox
 *   var/inbox/work/FEED/NAME     claimed by a run (spool_claim): from this rename on it is ours
 *   var/inbox/archive/DAY/ID-NAME     done with: released, skipped or adopted (spool/archive)
 *   var/inbox/sealing/FEED/NAME.sealed    a large one is being sealed while it is worked through
 *   var/inbox/hold/FEED/NAME     waits for an answer; beside it NAME.why
 *   var/inbox/reject/FEED/NAME   refused; beside it NAME.why (and what else the run wrote about it)
 *   var/outbox/build/K/...       outputs being written: removed when a run starts
 *   var/outbox/ready/K/...       proven, waits for a person's yes
 *   var/outbox/answer/FEED/...   answers that wait for the ledger's entry (spool/answer)
 *   inbox/FEED/NAME.ack, .ack.json    the answer to NAME; never a drop
 *   outbox/review/rejects/FEED/NAME   rows of it that were not accepted, to be corrected and dropped back
 *   outbox/...                   released
 *   var/state/TABLE/NAME         rows that a released item left for later runs; which of them count is the
 *                                ledger's to say (job/state.h)
 *
 * What a dead run left (crash table):
 *   a file in work
 *       given back to inbox/FEED (its name, or NAME.1 when that is taken). Its entry is written before it
 *       moves to archive, hold or reject: after a death between the two it is decided anew, to the same end
 *   a file that shows twice (a power cut kept the new name of a move, and not that the old one went)
 *       same name, same bytes where it is to go: that one is made durable, the other removed
 *   build/K
 *       removed; but not one whose run is alive (another feed's, side by side): that holds build/K.lock
 *   ready/K and build/K.lock, and no "ready" or "releasing" of K in the ledger
 *       removed: its file lies in work, and may get another K now. ready/K without the lock and without an
 *       entry stays: then the ledger is what was lost
 *   ready/K that a person refused
 *       moved back to build before it is removed, so that half of it is never ready
 *   "releasing" without "released" or "reversed" in the ledger
 *       its outputs are between ready/K and outbox/. job/release.c runs spool_release again: what is still
 *       in ready/K moves, a name in outbox/ with the same bytes counts as moved, what is in neither was
 *       fetched; then "released" is appended, with the outputs of "releasing"
 *   a file in hold or reject that the ledger does not know (an old ledger was put back)
 *       job/found.c appends its entry
 *   a file in var/inbox/arriving/FEED
 *       removed by a courier of the feed an hour later, and fetched again: it was not in the inbox yet
 *   a file in var/inbox/sealing/FEED or var/outbox/archiving/FEED
 *       removed: it is not in the archive yet (spool/archive)
 *   NAME.why, NAME.rows without NAME
 *       removed: the reason is written before its file comes, and removed after the file has left
 *   var/outbox/answer/FEED/rows
 *       removed: rejected rows that were being written
 *   var/outbox/answer/FEED/ID-STATE
 *       an answer. With its `to`, and its entry in the ledger: sent, whatever of it was sent before. Else
 *       removed: the file was given back, and is answered when it is done again (job/ack.c)
 *   .NAME.XXXXXX.part
 *       removed
 *   a folder of outbox/
 *       is open to its readers from mkdir on, whatever the umask: nothing is to be mended
 *   a torn last line of the ledger
 *       cut off and kept beside at the next opening
 *
 * Where personal data can lie (R34): columns that a schema marks `personal`, of rows or in texts about them.
 * spool/places.c has the same table for `sluice doctor`, which looks at the modes.
 *
 *   place                        folder file  until
 *   inbox/FEED/NAME              0770   0660  a run takes it; the folder is the site's to close
 *   inbox/FEED/NAME.ack, .json   -      0640  keep-acks; holds none: texts are told without it
 *   inbox/ti-log/LOG             0770   any   a person removes it: what Transaction Import said, with values
 *   var/inbox/arriving/FEED      0700   0600  it is whole, or is fetched again
 *   var/inbox/work/FEED          0700   any   its run ends
 *   var/inbox/sealing/FEED       0700   0600  its run ends
 *   var/inbox/hold/FEED          0700   0600  a person answers
 *   var/inbox/reject/FEED        0700   0600  a person removes it: NAME, NAME.rows, NAME.why
 *   var/inbox/archive            0700   0600  keep-personal-days, by its day's key
 *   var/outbox/build, ready      0700   0640  released, or a no
 *   var/outbox/answer/FEED       0700   0640  sent: rejected rows
 *   var/outbox/archiving/FEED    0700   0600  its run ends
 *   var/outbox/archive           0700   0600  keep-personal-days, by its day's key: outputs, tables
 *   outbox/review                0755   0640  a person removes it: sheets
 *   outbox/review/rejects/FEED   0750   0640  a person removes it: rejected rows
 *   outbox/sl/FEED/NAME.rows     0755   0600  keep-personal-days: documents for SL; then in imported/
 *   outbox/...                   0755   0640  fetched: outputs; proofs quote errors of at most 20 rows
 *   var/sandbox                  0700   0600  sluice sandbox --again: orders of rehearsals
 *   var/ledger, var/lock         0700   0600  holds none
 *   var/courier, var/amazon      0700   0600  holds none
 *   $TMPDIR/sluice-*             0700   any   the command ends: rehearsals, replays, spilled groups
 *
 * A dropped file is taken when its size and modification time have stood still for `settle` seconds, or at
 * once when NAME.done stands beside it (which is removed with it). Names that begin with "." or "~$",
 * Thumbs.db, *.part, *.tmp, *.done, our answers (*.ack, *.ack.json) and folders are not files (R41). A file
 * that Excel or LibreOffice holds open (~$NAME or .~lock.NAME# beside it) has not settled. Links and names
 * with control characters are unreadable; so is a folder, when the pattern is more than "*".
 *
 * Paths that are handed out live as long as the arena. Names longer than 240 bytes are cut when moved.
 */
#ifndef SLUICE_SPOOL_SPOOL_H
#define SLUICE_SPOOL_SPOOL_H

#include "base/err.h"
#include "base/memory.h"

struct ledger;
struct spool;
enum outcome spool_open(const char *site, struct arena *arena, struct spool **spool, struct err *err);
void spool_close(struct spool *spool);
/* Paths live in `arena` from now on; the one before is returned, to be given back: of an inbox of many files,
 * what one file needed goes with it. */
struct arena *spool_lend(struct spool *spool, struct arena *arena);

/* One lock for each feed (flock on var/lock/FEED, holder's pid and start time inside). OUT_RETRY names the
 * holder. Kept until spool_close; a lock left by a process of another host is OUT_RETRY until spool_unlock
 * (R37). */
enum outcome spool_lock(struct spool *spool, str feed, struct err *err);
/* Waits its turn for so many seconds before it is OUT_RETRY. */
enum outcome spool_lock_wait(struct spool *spool, str feed, int64_t seconds, struct err *err);
/* The night has a lock of its own, under a name that no feed can have. */
#define SPOOL_NIGHT STR(".night")
/* A person says that the holder on another host is dead. *holder: "process 77 on books since ...", "" when
 * there was none. OUT_RETRY when it lives: the lock is held. */
enum outcome spool_unlock(struct spool *spool, str feed, str *holder, struct err *err);
/* The crash table above, for one feed whose lock is held. *given_back counts files. */
enum outcome spool_recover(struct spool *spool, str feed, size_t *given_back, struct err *err);
/* Folders in ready of which the ledger does not know, or no longer. */
enum outcome spool_recover_ready(struct spool *spool, struct ledger *ledger, struct err *err);

struct drop {
  str name;
  const char *path;
  uint64_t size;
  int64_t since;   /* it came to lie here, or was last changed: seconds since 1970, by the file system */
  bool settled;    /* may be taken */
  bool unreadable; /* a folder in its place, no permission: cannot be taken; said once */
};
bool spool_name_is(str pattern, str name); /* * any run of characters, ? any one */
str spool_open_name(str name); /* without ".sealed": how a file that a courier sealed is known to people */
/* Files in `folder` (of the site: "inbox/FEED") that match `pattern` (* and ?), sorted by name; NAME.1, given
 * back, matches as NAME does. A folder that is not there has none. Those come that stand there when it is
 * opened, each as it is found when its turn comes: of an inbox of many files no list is held. */
struct drops;
enum outcome spool_drops_open(struct spool *spool, str feed, str folder, str pattern, int64_t settle,
                              struct drops **drops, struct err *err);
/* `now` in seconds since 1970. A drop's texts live until the next call. OUT_END: that was the last one. */
enum outcome spool_drops_next(struct drops *drops, int64_t now, struct drop *drop, struct err *err);
void spool_drops_close(struct drops *drops);
/* All of them at once, where there are few. */
enum outcome spool_drops(struct spool *spool, str feed, str folder, str pattern, int64_t now, int64_t settle,
                         struct drop **all, size_t *count, struct err *err);
/* *path gets where it lies now (var/inbox/work/FEED/NAME). OUT_RETRY when somebody else took it. */
enum outcome spool_claim(struct spool *spool, str feed, const struct drop *drop, const char **path,
                         struct err *err);

/* How a file in work looked when it was claimed: bytes that come later are noticed by it. */
struct spool_mark {
  uint64_t size;
  int64_t seconds, nanoseconds; /* of its last change */
};
enum outcome spool_mark(const char *path, struct spool_mark *mark, struct err *err);
bool spool_changed(const char *path, const struct spool_mark *mark);

/* From work to where it stays, if not in the archive (spool/archive). `why` is written beside it as NAME.why
 * (reject, hold); *path gets the new place. A taken name gets .1, .2 ... */
enum outcome spool_reject(struct spool *spool, str feed, const char *work, str why, const char **path,
                          struct err *err);
/* With a file of its rejected rows (of spool_answer_scratch; NULL: none), which is kept beside it as
 * NAME.rows.
 */
enum outcome spool_reject_rows(struct spool *spool, str feed, const char *work, str why, const char *rows,
                               const char **path, struct err *err);
/* Where spool_reject or spool_hold will put it; room: var/inbox/reject or var/inbox/hold. Nothing is moved.
 */
enum outcome spool_kept_place(struct spool *spool, const char *room, str feed, const char *work,
                              const char **path, struct err *err);
enum outcome spool_hold(struct spool *spool, str feed, const char *work, str why, const char **path,
                        struct err *err);
/* A copy of a file of ours into the feed's inbox, whole or not there; a taken name gets .1, .2 ... */
enum outcome spool_drop_in(struct spool *spool, str feed, const char *from, str name, const char **path,
                           struct err *err);
/* The same of a text, mode 600, with NAME.done beside it: the next look at the inbox takes it. */
enum outcome spool_write_in(struct spool *spool, str feed, str text, str name, struct err *err);
enum outcome spool_give_back(struct spool *spool, str feed, const char *work, struct err *err);
/* From hold back to its inbox, or to reject, when a person has answered: in one move, its reason removed
 * after it. OUT_RETRY when somebody else took it. */
enum outcome spool_return(struct spool *spool, str feed, const char *held, struct err *err);
enum outcome spool_refuse(struct spool *spool, str feed, const char *held, str why, const char **path,
                          struct err *err);

/* Building: a fresh folder var/outbox/build/K; files are written there under their final relative names. */
enum outcome spool_build(struct spool *spool, str k, const char **folder, struct err *err);
enum outcome spool_build_drop(struct spool *spool, str k, struct err *err);
/* build/K -> ready/K in one rename. A ready/K of a run that died is replaced: the same K is the same bytes. K
 * stays locked until spool_build_drop, which is called when the ledger has its entry. */
enum outcome spool_ready(struct spool *spool, str k, struct err *err);
/* Every file of ready/K to its place in the site (ready/K/outbox/sl/x -> outbox/sl/x), in sorted order, each
 * by rename with both folders fsynced; then ready/K is removed. A name already there with other bytes:
 * OUT_REFUSED, nothing moved. *released: the relative names of what was still in ready/K. OUT_END: there is
 * no ready/K. */
enum outcome spool_release(struct spool *spool, str k, str **released, size_t *count, struct err *err);
/* Would spool_release move all, as things stand? The same outcomes; nothing is moved. */
enum outcome spool_may_release(struct spool *spool, str k, struct err *err);
/* The same for what lies in any folder: a rehearsal's. */
enum outcome spool_may_place(struct spool *spool, const char *folder, struct err *err);
bool spool_in_ready(struct spool *spool, str k, str name);                  /* not moved yet */
enum outcome spool_ready_drop(struct spool *spool, str k, struct err *err); /* a person said no */

/* State tables. Files of a table come by spool_release, and later into merged ones; a table that is not there
 * has none. */
enum outcome spool_state_list(struct spool *spool, str table, str **names, size_t *count, struct err *err);
const char *spool_state_path(struct spool *spool, str table, str name);
/* Whoever merges or removes holds the table's lock, and sweeps what a dead one left. OUT_RETRY: another does.
 */
enum outcome spool_state_lock(struct spool *spool, str table, int *lock, struct err *err);
void spool_state_unlock(int lock);
enum outcome spool_state_put(struct spool *spool, str table, str name, str bytes, struct err *err);
/* What counts elsewhere, or no more: in any order, and durable when all of it is gone. */
enum outcome spool_state_remove(struct spool *spool, str table, const str *names, size_t count,
                                struct err *err);

/* Where a held file lies, found by its name and SHA-256 (it may have got a number); NULL: it is gone. */
const char *spool_held(struct spool *spool, str feed, str name, str sha256);
/* Names of the files in reject, without their reasons; sorted. */
enum outcome spool_rejected(struct spool *spool, str feed, str **names, size_t *count, struct err *err);
/* Where a released file lies: under its name, or in imported/, sent/ or failed/ beside it; NULL: nowhere. */
const char *spool_released(struct spool *spool, str name);
/* SL has imported it: outbox/sl/FEED/X and its proofs go to outbox/sl/FEED/imported/. *path: where it is now.
 * OUT_END: it lay there already. OUT_DATA: it is in neither place. */
enum outcome spool_confirm(struct spool *spool, str name, const char **path, struct err *err);
/* The same to any folder beside it: sent/ and failed/ for what a courier carried away. */
enum outcome spool_put_aside(struct spool *spool, str name, const char *folder, const char **path,
                             struct err *err);
/* What the other side said of it, as NAME.result in that folder: before the file is put aside, for then
 * nobody asks for it again. */
enum outcome spool_put_result(struct spool *spool, str name, const char *folder, str text, struct err *err);
/* The documents that a feed wrote to SL on a day are forgotten: rows files and their proofs in
 * outbox/sl/FEED/imported/. *count: files. What still waits for SL stays. */
enum outcome spool_forget_rows(struct spool *spool, str feed, str day, size_t *count, struct err *err);

#endif
