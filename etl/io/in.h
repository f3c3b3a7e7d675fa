/* io/in: the bytes of one file, plain, gzip or sealed, from the front to the back.
 *
 * gzip is recognised by its magic (1f 8b), never by name; several members in
 * one file are one stream. Expansion has a limit, so a small file cannot fill
 * the disk or run for ever. A plain regular file can also be read in pieces at
 * any place, by several threads at once (in_read_at).
 *
 * A sealed file (io/seal) is opened with the key that the limits bring along; what is under the seal may be
 * gzip again. Without the key it is OUT_DATA.
 *
 *   struct in *in;
 *   if (in_open("inbox/settlement/a.txt", in_default_limits, &in, &err)) return err.outcome;
 *   while (!(out = in_read(in, block, sizeof block, &got, &err))) use(block, got);
 *   in_close(in);                       out: OUT_END, or an error with the file named
 */
#ifndef SLUICE_IO_IN_H
#define SLUICE_IO_IN_H

#include "base/err.h"

struct seal_key;
struct in_limits {
  uint64_t bytes_most;        /* after expansion */
  uint32_t ratio_most;        /* expanded / packed, looked at from 64 MiB of expanded bytes on */
  const struct seal_key *key; /* for a sealed file; NULL: none is expected */
};
extern const struct in_limits in_default_limits; /* 64 GiB, 1,000 */

struct in;
/* "-" is standard input. Errors (OUT_SYSTEM: not there, no permission, a directory; OUT_DATA: an empty
 * file is not an error here) name the file. */
enum outcome in_open(const char *path, struct in_limits limits, struct in **in, struct err *err);
/* The same without a look at what they are: gzip stays packed. */
enum outcome in_open_as_is(const char *path, struct in **in, struct err *err);
/* Fills up to `room` bytes; *got > 0 unless the outcome is OUT_END (the end) or an error: OUT_DATA for a gzip
 * stream that is cut ("gzip data ends in the middle: the file was not copied whole"), damaged (checksum or
 * codes) or over a limit. Short reads of pipes are joined: *got < room only just before the end. */
enum outcome in_read(struct in *in, char *to, size_t room, size_t *got, struct err *err);
bool in_is_gzip(const struct in *in);
bool in_can_read_at(const struct in *in);    /* a plain regular file, not sealed */
bool in_can_read_again(const struct in *in); /* a regular file, gzip or not: no pipe */
uint64_t in_size(const struct in *in);       /* of the file as it lies there; 0 when not known */
uint64_t in_position(const struct in *in);   /* packed bytes read so far, for progress */
/* Reads at a place, any thread; *got < room only at the end of the file. */
enum outcome in_read_at(struct in *in, uint64_t place, char *to, size_t room, size_t *got, struct err *err);
/* The whole of a small file (specs, sheets) into the arena; larger than `most` is OUT_DATA. */
struct arena;
enum outcome in_read_whole(const char *path, size_t most, struct arena *arena, str *bytes, struct err *err);
void in_close(struct in *in);

#endif
