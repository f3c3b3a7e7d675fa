/* extract/turns: whole rows of a stream that can only be read from front to back, for several workers.
 *
 * Inflating is slower than working through, so one worker keeps reading ahead
 * into a few blocks while the others take what is ready; whoever finds nothing
 * ready and nobody reading, reads. With one worker it is plain reading.
 *
 *   turns_new(in, chunk_size, rest, at_end)       `rest`: bytes already read behind the header
 *   turns_take(turns, &block, &index, &err)       block.bytes[ROWS_SLACK ..] holds block.len bytes of whole
 * rows
 */
#ifndef SLUICE_EXTRACT_TURNS_H
#define SLUICE_EXTRACT_TURNS_H

#include "io/in.h"
#include "model/stream.h"

enum { TURNS_ROW_MOST = 4 * 1024 * 1024 };

struct turns_block {
  char *bytes; /* with ROWS_SLACK before and behind; its owner's */
  size_t room, len;
};

struct turns;
struct turns *turns_new(struct in *in, size_t chunk_size, str rest, bool at_end);
/* Exchanges the caller's block for one with rows. OUT_END after the last. Any thread. */
enum outcome turns_take(struct turns *turns, struct turns_block *block, size_t *index, struct err *err);
uint64_t turns_position(struct turns *turns); /* of the file as it lies there */
void turns_free(struct turns *turns);

#endif
