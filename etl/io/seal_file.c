/* io/seal_file: one file sealed into another, and back. */
#include "io/file.h"
#include "io/in.h"
#include "io/seal.h"

#include <errno.h>
#include <unistd.h>

enum { BLOCK = SEAL_CHUNK };

/* Hands every block of a sealed file on, and says its digest when all of it held. */
typedef enum outcome take_block(void *user, str block, struct err *err);

static void end_digest(struct digest *digest, enum outcome out, char *hex) {
  char own[DIGEST_TEXT];
  char *to = hex && !out ? hex : own;
  digest_end(digest, to);
}

static enum outcome seal_blocks(struct in *in, struct seal *seal, struct digest *digest, struct err *err) {
  char *block = mem_alloc(BLOCK);
  size_t got;
  enum outcome out;
  while (!(out = in_read(in, block, BLOCK, &got, err))) {
    digest_add(digest, (str){ block, got });
    if ((out = seal_write(seal, (str){ block, got }, err))) break;
  }
  secret_wipe(block, BLOCK);
  mem_free(block);
  return out == OUT_END ? OUT_OK : out;
}

enum outcome seal_file(const char *from, const char *to, unsigned mode, const struct seal_key *key,
                       char plain_sha256_hex[DIGEST_TEXT], struct err *err) {
  struct in *in;
  struct seal *seal;
  enum outcome out = in_open_as_is(from, &in, err);
  if (out) return out;
  if (!(out = seal_create(to, mode, key, &seal, err))) {
    struct digest *digest = digest_new();
    out = seal_blocks(in, seal, digest, err);
    if (out) seal_abandon(seal);
    else out = seal_commit(seal, err);
    end_digest(digest, out, plain_sha256_hex);
  }
  in_close(in);
  return out;
}

static enum outcome restore(const char *from, const struct seal_key *key, take_block *take, void *user,
                            char *hex, struct err *err) {
  struct sealed *sealed;
  enum outcome out = seal_open(from, key, &sealed, err);
  if (out) return out;
  struct digest *digest = digest_new();
  char *block = mem_alloc(BLOCK);
  size_t got;
  while (!(out = seal_read(sealed, block, BLOCK, &got, err))) {
    digest_add(digest, (str){ block, got });
    if ((out = take(user, (str){ block, got }, err))) break;
  }
  if (out == OUT_END) out = OUT_OK;
  end_digest(digest, out, hex);
  secret_wipe(block, BLOCK);
  mem_free(block);
  seal_close(sealed);
  return out;
}

static enum outcome to_file(void *user, str block, struct err *err) { return file_write(user, block, err); }

enum outcome seal_restore(const char *from, const char *to, unsigned mode, const struct seal_key *key,
                          char plain_sha256_hex[DIGEST_TEXT], struct err *err) {
  struct file *file;
  enum outcome out = file_create(to, mode, &file, err);
  if (out) return out;
  out = restore(from, key, to_file, file, plain_sha256_hex, err);
  if (!out) return file_commit(file, err);
  file_abandon(file);
  return out;
}

static enum outcome to_fd(void *user, str block, struct err *err) {
  const int *fd = user;
  while (block.len) {
    ssize_t len = write(*fd, block.at, block.len);
    if (len < 0 && errno == EINTR) continue;
    if (len < 0) return err_errno(err, "cannot write what was sealed");
    block = str_sub(block, (size_t)len, block.len);
  }
  return OUT_OK;
}

enum outcome seal_restore_fd(const char *from, int fd, const struct seal_key *key,
                             char plain_sha256_hex[DIGEST_TEXT], struct err *err) {
  return restore(from, key, to_fd, &fd, plain_sha256_hex, err);
}
