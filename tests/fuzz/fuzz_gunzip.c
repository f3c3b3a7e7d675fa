/* fuzz/fuzz_gunzip: any bytes are unpacked alike however they come in pieces, and as zlib unpacks them. */
#include "io/gunzip.h"
#include "base/buf.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

#include <zlib.h>

enum { PLAIN_MOST = 256 * 1024 };

static void must(bool holds) {
  if (!holds) abort();
}

static bool ours(str packed, size_t piece, size_t room, struct buf *plain) {
  struct err err = { 0 };
  struct gunzip *gunzip = gunzip_new(PLAIN_MOST, 2000);
  char *to = mem_alloc(room);
  enum outcome out;
  size_t got, whole = packed.len;
  while (!(out = gunzip_take(gunzip, to, room, &got, &err))) {
    must(got <= room);
    buf_bytes(plain, to, got);
    if (got == room) continue;
    str next = str_sub(packed, 0, piece);
    packed = str_sub(packed, next.len, packed.len);
    gunzip_feed(gunzip, next);
  }
  must(got == 0 && (out == OUT_END || (out == OUT_DATA && err.text[0])));
  must(gunzip_used(gunzip) <= whole && (out != OUT_END || gunzip_used(gunzip) == whole));
  must(!plain->full);
  mem_free(to);
  gunzip_free(gunzip);
  return out == OUT_END;
}

/* Member after member, up to the last byte. */
static bool zlibs(str packed, struct buf *plain) {
  z_stream z = { 0 };
  int result = Z_OK;
  must(buf_make_room(plain, PLAIN_MOST + 1));
  must(inflateInit2(&z, 15 + 16) == Z_OK);
  z.next_in = (unsigned char *)(uintptr_t)packed.at;
  z.avail_in = (unsigned)packed.len;
  z.next_out = (unsigned char *)plain->at;
  z.avail_out = PLAIN_MOST + 1;
  do {
    if (result == Z_STREAM_END) must(inflateReset(&z) == Z_OK);
    result = inflate(&z, Z_FINISH);
  } while (result == Z_STREAM_END && z.avail_in);
  plain->len = PLAIN_MOST + 1 - z.avail_out;
  inflateEnd(&z);
  return result == Z_STREAM_END && plain->len <= PLAIN_MOST;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const struct {
    size_t piece, room;
  } ways[] = { { 1, 65536 }, { 7, 1000 }, { 4096, 61 }, { 3, 300000 } };
  str packed = { (const char *)data, size };
  struct buf want = buf_new(2 * PLAIN_MOST), model = buf_new(2 * PLAIN_MOST);
  bool good = ours(packed, size ? size : 1, PLAIN_MOST + 1, &want);
  for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
    struct buf plain = buf_new(2 * PLAIN_MOST);
    must(ours(packed, ways[i].piece, ways[i].room, &plain) == good);
    if (good) must(str_eq(buf_str(&plain), buf_str(&want)));
    buf_free(&plain);
  }
  must(zlibs(packed, &model) == good);
  if (good) must(str_eq(buf_str(&model), buf_str(&want)));
  buf_free(&want), buf_free(&model);
  return 0;
}
