/* io/seal_file: one file sealed into another. */
#include "base/memory.h"
#include "io/in.h"
#include "io/seal.h"

enum { BLOCK = SEAL_CHUNK };

static enum outcome seal_blocks(struct in *in, struct seal *seal, struct err *err) {
  char *block = mem_alloc(BLOCK);
  size_t got;
  enum outcome out;
  while (!(out = in_read(in, block, BLOCK, &got, err)))
    if ((out = seal_write(seal, (str){ block, got }, err))) break;
  secret_wipe(block, BLOCK);
  mem_free(block);
  return out == OUT_END ? OUT_OK : out;
}

enum outcome seal_file(const char *from, const char *to, unsigned mode, const struct seal_key *key,
                       struct err *err) {
  struct in *in;
  struct seal *seal;
  enum outcome out = in_open_as_is(from, &in, err);
  if (out) return out;
  if (!(out = seal_create(to, mode, key, &seal, err))) {
    out = seal_blocks(in, seal, err);
    if (out) seal_abandon(seal);
    else out = seal_commit(seal, err);
  }
  in_close(in);
  return out;
}
