/* io/gunzip: gzip bytes in, plain bytes out.
 *
 * It knows no files. The caller lends packed bytes, which must stay where they are until the next
 * gunzip_feed; plain bytes are written straight into the caller's room. Members that follow one another
 * are one stream (RFC 1952, 2.2). Every checksum and length is verified; anything else behind a member is
 * damage. What fails once fails again on every later call.
 *
 *   struct gunzip *gunzip = gunzip_new(bytes_most, ratio_most);
 *   while (!(out = gunzip_take(gunzip, room, sizeof room, &got, &err))) {
 *     use(room, got);
 *     if (got < sizeof room) gunzip_feed(gunzip, next_block());        an empty block: no more follow
 *   }
 *   gunzip_free(gunzip);
 */
#ifndef SLUICE_IO_GUNZIP_H
#define SLUICE_IO_GUNZIP_H

#include "base/err.h"

/* Not looked at below this many plain bytes: a small file may well be one long run of blanks. */
enum { GUNZIP_RATIO_FROM = 64 * 1024 * 1024 };

struct gunzip;
/* More than bytes_most plain bytes, or more than ratio_most times the packed ones, is OUT_DATA. */
struct gunzip *gunzip_new(uint64_t bytes_most, uint32_t ratio_most);
/* To be called only when gunzip_take left room, for it has used up the block before. */
void gunzip_feed(struct gunzip *gunzip, str packed);
/* OUT_OK: *got bytes; fewer than `room` (also none) when it wants to be fed. OUT_END: nothing more, after
 * an empty block only. OUT_DATA: cut, damaged or over a limit; *got is 0 then. */
enum outcome gunzip_take(struct gunzip *gunzip, char *to, size_t room, size_t *got, struct err *err);
uint64_t gunzip_used(const struct gunzip *gunzip); /* packed bytes */
void gunzip_free(struct gunzip *gunzip);

#endif
