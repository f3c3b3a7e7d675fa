/* spool/spool_internal: what the files of the spool share.
 *
 * Three kinds of lock, all by flock(2), which the kernel frees with their process: one for each feed
 * (var/lock/FEED), one for each build folder (var/outbox/build/K.lock), so that the recovery of one feed
 * leaves alone what a run of another feed is building, and one for each state table (var/lock/state.TABLE),
 * which several feeds may put in order.
 */
#ifndef SLUICE_SPOOL_SPOOL_INTERNAL_H
#define SLUICE_SPOOL_SPOOL_INTERNAL_H

#include "io/file.h"
#include "spool/spool.h"

enum { SPOOL_NAME_MOST = 240 }; /* bytes; leaves room for ".why" and ".1" within a name of 255 */

struct held {
  str name;    /* a feed or a K */
  int fd;      /* -1: let go */
  int64_t pid; /* who locked it: a forked child must not unlock what is its parent's */
};

struct spool {
  struct arena *arena; /* of paths that are handed out */
  struct arena *own;   /* of locks, which outlive them */
  const char *site;
  struct held *feeds, *builds;
  size_t feed_count, build_count;
};

/* SITE/FOLDER/NAME/INNER; an empty name or inner is left out. */
const char *spool_path(struct spool *spool, const char *folder, str name, str inner);
/* Can it be a file's name here: not empty, no "/", no control character, not "." or "..". */
bool spool_good_name(str name);
/* OUT_BUG, saying what `what` is. */
enum outcome spool_need_name(str name, const char *what, struct err *err);
str spool_name_of(const char *path);
str spool_fitting(str name, size_t most);     /* at most so many bytes, cut between characters */
void spool_own_host(char *host, size_t room); /* blanks in it become "-" */
enum outcome spool_same_bytes(const char *a, const char *b, bool *same, struct err *err);
/* `to` has the bytes of `from` already: a run that died moved them, or a power cut undid half of the move,
 * and the file shows twice. It is made durable there, and `from` goes. */
enum outcome spool_moved(const char *from, const char *to, struct err *err);
/* From one folder into another, which is made; a taken name gets .1, .2 ... *path: where it lies now. */
enum outcome spool_move_in(struct spool *spool, const char *from, const char *folder, unsigned mode, str name,
                           const char **path, struct err *err);
/* A folder that other users may enter, whatever the umask: those who fetch files are others than those who
 * run sluice. One that stands is left as it is. */
enum outcome spool_open_folder(const char *path, struct err *err);

/* False, with errno, when it is not ours: EWOULDBLOCK, another process has it. */
/* Locks a build for this process. wait = false: OUT_RETRY when another run holds it. */
enum outcome spool_build_lock(struct spool *spool, str k, bool wait, struct err *err);
enum outcome spool_build_unlock(struct spool *spool, str k, struct err *err); /* removes its lock file */
bool spool_build_is_ours(const struct spool *spool, str k);

#endif
