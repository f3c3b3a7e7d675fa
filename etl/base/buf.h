/* base/buf: bytes that grow up to a stated maximum.
 *
 * Every buffer has a maximum, given when it is made; bytes from outside can
 * make it no larger. Growing past it sets `full`, drops the bytes that do not
 * fit and makes every later append a no-op, so callers check once, at the end.
 *
 *   struct buf line = buf_new(64 * 1024);
 *   buf_add(&line, name); buf_char(&line, ',');
 *   if (line.full) return err_set(err, OUT_DATA, "line longer than 64 KiB");
 *   buf_free(&line);
 */
#ifndef SLUICE_BASE_BUF_H
#define SLUICE_BASE_BUF_H

#include "base/str.h"

#include <stdarg.h>
#include <string.h>

struct buf {
  char *at;
  size_t len, room, most;
  bool full;
};

struct buf buf_new(size_t most);
void buf_free(struct buf *buf);
bool buf_make_room(struct buf *buf, size_t more); /* false, and full, past the maximum */
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *buf, const char *format, va_list args);

static inline void buf_bytes(struct buf *buf, const void *bytes, size_t len) {
  if (buf->room - buf->len < len && !buf_make_room(buf, len)) return;
  if (len) memcpy(buf->at + buf->len, bytes, len);
  buf->len += len;
}
static inline void buf_add(struct buf *buf, str s) { buf_bytes(buf, s.at, s.len); }
static inline void buf_char(struct buf *buf, char c) { buf_bytes(buf, &c, 1); }
static inline void buf_clear(struct buf *buf) { buf->len = 0, buf->full = false; }
static inline str buf_str(const struct buf *buf) { return (str){ buf->at ? buf->at : "", buf->len }; }

#endif
