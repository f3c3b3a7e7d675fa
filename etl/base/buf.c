/* base/buf: bytes that grow up to a stated maximum. */
#include "base/buf.h"
#include "base/memory.h"

#include <stdio.h>

struct buf buf_new(size_t most) {
  return (struct buf){ .most = most };
}

void buf_free(struct buf *buf) {
  mem_free(buf->at);
  *buf = (struct buf){ .most = buf->most };
}

bool buf_make_room(struct buf *buf, size_t more) {
  if (buf->full || more > buf->most - buf->len) {
    buf->full = true;
    buf->room = buf->len; /* so that what would still fit comes here too, and is dropped */
    return false;
  }
  size_t room = buf->room ? buf->room : 64;
  while (room - buf->len < more) room *= 2;
  if (room > buf->most) room = buf->most;
  buf->at = mem_grow(buf->at, room);
  buf->room = room;
  return true;
}

void buf_vprintf(struct buf *buf, const char *format, va_list args) {
  va_list again;
  va_copy(again, args);
  int len = vsnprintf(NULL, 0, format, args);
  if (buf->room - buf->len > (size_t)len || buf_make_room(buf, (size_t)len + 1)) {
    vsnprintf(buf->at + buf->len, (size_t)len + 1, format, again);
    buf->len += (size_t)len;
  }
  va_end(again);
}

void buf_printf(struct buf *buf, const char *format, ...) {
  va_list args;
  va_start(args, format);
  buf_vprintf(buf, format, args);
  va_end(args);
}
