/* codec/pieces: cuts what comes in portions of any size at places of its own.
 *
 * The XML and JSON libraries may tell an error at another place, or a little later, when a portion ends
 * elsewhere. So they are fed pieces that always end at the same bytes of the file: the walk and the error
 * do not depend on how the caller reads. Portions of whole pieces pass through uncopied.
 */
#ifndef SLUICE_CODEC_PIECES_H
#define SLUICE_CODEC_PIECES_H

#include "base/buf.h"
#include "base/err.h"

enum { PIECE_USUAL = 64 * 1024 };

/* `piece` is valid until the function returns. It is called with `last` once, maybe with no bytes. */
typedef enum outcome piece_function(void *user, str piece, bool last, struct err *err);

struct pieces {
  size_t each;
  struct buf held; /* less than one piece */
};
struct pieces pieces_new(size_t each);
void pieces_free(struct pieces *pieces);
/* Anything but OK from the function ends it and is returned. */
enum outcome pieces_feed(struct pieces *pieces, str bytes, bool last, piece_function *function, void *user,
                         struct err *err);

#endif
