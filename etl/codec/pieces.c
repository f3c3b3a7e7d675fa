/* codec/pieces: cuts what comes in portions of any size at places of its own. */
#include "codec/pieces.h"

struct pieces pieces_new(size_t each) {
  return (struct pieces){ each, buf_new(each) };
}

void pieces_free(struct pieces *pieces) { buf_free(&pieces->held); }

enum outcome pieces_feed(struct pieces *pieces, str bytes, bool last, piece_function *function, void *user,
                         struct err *err) {
  struct buf *held = &pieces->held;
  enum outcome out = OUT_OK;
  while (held->len + bytes.len >= pieces->each) {
    str piece = str_sub(bytes, 0, pieces->each - held->len);
    bytes = str_sub(bytes, piece.len, bytes.len);
    if (held->len) {
      buf_add(held, piece);
      piece = buf_str(held);
    }
    out = function(user, piece, false, err);
    buf_clear(held);
    if (out) return out;
  }
  buf_add(held, bytes);
  return last ? function(user, buf_str(held), true, err) : OUT_OK;
}
