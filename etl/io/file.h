/* io/file: files that are either whole or not there, and the folders they lie in.
 *
 * Writing: to a temporary name in the target's own folder (".NAME.XXXXXX.part"), fsync, rename, fsync of the
 * folder. Until file_commit returns OUT_OK nothing stands under the name; after it the file survives a
 * power cut. A dead writer leaves only the temporary name, which file_sweep removes.
 *
 *   struct file *out;
 *   file_create("outbox/sl/settlement/journal-1.txt", 0600, &out, &err);
 *   file_write(out, text, &err);
 *   file_commit(out, &err);             or file_abandon(out)
 */
#ifndef SLUICE_IO_FILE_H
#define SLUICE_IO_FILE_H

#include "base/err.h"
#include "base/memory.h"

struct file;
enum outcome file_create(const char *path, unsigned mode, struct file **file, struct err *err);
enum outcome file_write(struct file *file, str bytes, struct err *err); /* buffered, 256 KiB */
/* Writes over the first bytes, when what follows them is known; at most as many as were written. */
enum outcome file_write_first(struct file *file, str bytes, struct err *err);
uint64_t file_written(const struct file *file);
enum outcome file_commit(struct file *file, struct err *err); /* frees it, whatever comes of it */
/* The same without replacing: OUT_REFUSED when the name is taken. */
enum outcome file_commit_new(struct file *file, struct err *err);
void file_abandon(struct file *file);
enum outcome file_put(const char *path, unsigned mode, str bytes,
                      struct err *err); /* create, write, commit */
/* Appends one piece and fsyncs it (the ledger's way of writing); creates the file with `mode`. */
enum outcome file_append(const char *path, unsigned mode, str bytes, struct err *err);

enum outcome file_make_folders(const char *path, unsigned mode, struct err *err); /* like mkdir -p, fsynced */
/* A rename, both folders fsynced. It never replaces: OUT_REFUSED. OUT_RETRY: `from` is not there. */
enum outcome file_move(const char *from, const char *to, struct err *err);
enum outcome file_remove(const char *path, struct err *err);
/* A folder with all that is in it; links are not followed. One that is not there is no error. */
enum outcome file_remove_folder(const char *path, struct err *err);
/* Cuts a file down to its first `size` bytes and fsyncs it: a torn end goes. */
enum outcome file_cut(const char *path, uint64_t size, struct err *err);
enum outcome file_sync(const char *path,
                       struct err *err); /* what somebody else wrote, before we answer for it */
enum outcome file_sync_folder(const char *path, struct err *err);
/* Waits for an exclusive lock (flock) on a file that is made when it is missing; the kernel frees it with the
 * process. */
enum outcome file_lock(const char *path, int *fd, struct err *err);
void file_unlock(int fd);
void file_sweep(const char *folder); /* temporary files that a dead writer left */
bool file_exists(const char *path);
bool file_is_folder(const char *path);
bool file_same(const char *a, const char *b); /* two names of one file */

/* The names in a folder, sorted by byte; "." and ".." left out. */
enum outcome file_list(const char *folder, struct arena *arena, str **names, size_t *count, struct err *err);
/* A new folder below TMPDIR or /tmp, mode 700, for what is thrown away afterwards (file_remove_folder). */
enum outcome file_make_scratch(struct arena *arena, const char **folder, struct err *err);
const char *file_join(struct arena *arena, const char *folder, str name);

#endif
