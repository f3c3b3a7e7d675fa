/* spool/ledger_files: the files that the ledger's bytes lie in, read as one long text.
 *
 *   var/ledger/ledger-0001.txt, ledger-0002.txt ..   segments: closed, never written again
 *   var/ledger/ledger.txt                            the tail: entries are appended to it
 *
 * A place is a byte of that text, counted from the first byte of the first segment; it stays the same when
 * the tail becomes a segment. The sums of the lines run through all files.
 */
#ifndef SLUICE_SPOOL_LEDGER_FILES_H
#define SLUICE_SPOOL_LEDGER_FILES_H

#include "spool/ledger_line.h"

struct files {
  struct arena *arena;
  const char *folder;
  uint64_t *starts; /* of each segment; behind them, where the tail starts */
  size_t segments;
  bool looked;
  int fd; /* of the file used last; -1: none */
  size_t open;
};

struct files files_new(struct arena *arena, const char *folder);
void files_close(struct files *files);
/* Of a segment, from 0, or of the tail when `number` is the number of segments. */
const char *files_path(const struct files *files, size_t number);
/* Notices what became segments since; to be called under the lock. OUT_DATA: one is missing between others.
 */
enum outcome files_look(struct files *files, struct err *err);
/* The place behind the last byte. */
enum outcome files_end(struct files *files, uint64_t *end, struct err *err);
uint64_t files_tail(const struct files *files); /* where the tail starts */
/* *got < room only at the end. */
enum outcome files_read(struct files *files, uint64_t place, char *to, size_t room, size_t *got,
                        struct err *err);
/* OUT_DATA with the file and the line in it. */
enum outcome files_wrong(struct files *files, uint64_t place, const char *why, struct err *err);

/* Lines in order, each with its sum checked. Begun at a place that follows a line's end. */
struct scan {
  struct files *files;
  struct digest *digest;
  uint64_t place, line; /* of the next line; `line` counts from 1 */
  uint64_t end;         /* nothing behind it is read */
  struct line_sum sum;  /* of the line before */
  char *block;
  size_t room, from, len;
};
struct scan scan_new(struct files *files, uint64_t place, uint64_t line, struct line_sum before,
                     uint64_t end);
/* *body lives until the next call. OUT_END: no whole line is left; scan.place is where the rest starts. */
enum outcome scan_next(struct scan *scan, str *body, struct err *err);
void scan_free(struct scan *scan);

#endif
