/* io/seal_file: one file sealed into another, or from under one seal under another. */
#include "base/memory.h"
#include "io/digest.h"
#include "io/in.h"
#include "io/seal.h"

enum { BLOCK = SEAL_CHUNK };

/* To a seal, or to a digest. */
static enum outcome read_sealed(const char *path, const struct seal_key *key, struct seal *to,
                                struct digest *digest, struct err *err) {
  struct sealed *sealed;
  size_t got = 0;
  enum outcome out = seal_open(path, key, &sealed, err);
  if (out) return out;
  char *block = mem_alloc(BLOCK);
  while (!(out = seal_read(sealed, block, BLOCK, &got, err))) {
    if (digest) digest_add(digest, (str){ block, got });
    if (to && (out = seal_write(to, (str){ block, got }, err))) break;
  }
  secret_wipe(block, BLOCK);
  mem_free(block);
  seal_close(sealed);
  return out == OUT_END ? OUT_OK : out;
}

enum outcome seal_digest(const char *path, const struct seal_key *key, char hex[DIGEST_TEXT],
                         struct err *err) {
  struct digest *digest = digest_new();
  enum outcome out = read_sealed(path, key, NULL, digest, err);
  digest_end(digest, hex);
  if (out) hex[0] = '\0';
  return out;
}

enum outcome seal_again(const char *from, const struct seal_key *old, const char *to, unsigned mode,
                        const struct seal_key *key, struct err *err) {
  struct seal *seal;
  if (seal_create(to, mode, key, &seal, err)) return err->outcome;
  enum outcome out = read_sealed(from, old, seal, NULL, err);
  if (!out) return seal_commit(seal, err);
  seal_abandon(seal);
  return out;
}

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
