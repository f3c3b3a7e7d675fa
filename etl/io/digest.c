/* io/digest: SHA-256 of bytes and files, by OpenSSL. */
#include "io/digest.h"
#include "io/hex.h"
#include "base/memory.h"
#include "io/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/evp.h>

enum { BLOCK = 256 * 1024, DIGEST_BYTES = (DIGEST_TEXT - 1) / 2 };

struct digest {
  EVP_MD_CTX *sha;
};

/* SHA-256 fails only where memory does, or where an OpenSSL was installed without it. */
static void or_die(bool good) {
  if (good) return;
  fputs("sluice: OpenSSL cannot compute SHA-256\n", stderr);
  abort();
}

struct digest *digest_new(void) {
  struct digest *digest = mem_alloc(sizeof *digest);
  digest->sha = EVP_MD_CTX_new();
  or_die(digest->sha && EVP_DigestInit_ex(digest->sha, EVP_sha256(), NULL) == 1);
  return digest;
}

void digest_add(struct digest *digest, str bytes) {
  if (bytes.len) or_die(EVP_DigestUpdate(digest->sha, bytes.at, bytes.len) == 1);
}

void digest_take(struct digest *digest, char hex[DIGEST_TEXT]) {
  unsigned char sum[EVP_MAX_MD_SIZE];
  or_die(EVP_DigestFinal_ex(digest->sha, sum, NULL) == 1);
  hex_write(sum, DIGEST_BYTES, hex);
  or_die(EVP_DigestInit_ex(digest->sha, NULL, NULL) == 1);
}

void digest_end(struct digest *digest, char hex[DIGEST_TEXT]) {
  digest_take(digest, hex);
  digest_free(digest);
}

void digest_free(struct digest *digest) {
  if (!digest) return;
  EVP_MD_CTX_free(digest->sha);
  mem_free(digest);
}

void digest_bytes(str bytes, char hex[DIGEST_TEXT]) {
  struct digest *digest = digest_new();
  digest_add(digest, bytes);
  digest_end(digest, hex);
}

static enum outcome open_file(const char *path, int *fd, struct err *err) {
  struct stat about;
  *fd = fd_open(path, O_RDONLY, 0);
  if (*fd < 0) return err_errno(err, "cannot open %s", path);
  if (fstat(*fd, &about)) err_errno(err, "cannot read %s", path);
  else if (S_ISDIR(about.st_mode)) err_set(err, OUT_SYSTEM, "cannot read %s: it is a folder", path);
  else return OUT_OK;
  close(*fd);
  return OUT_SYSTEM;
}

enum outcome digest_file(const char *path, char hex[DIGEST_TEXT], struct err *err) {
  int fd;
  enum outcome out = open_file(path, &fd, err);
  if (out) return out;
  (void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
  struct digest *digest = digest_new();
  char *block = mem_alloc(BLOCK);
  ssize_t len;
  while ((len = fd_read(fd, block, BLOCK)) > 0) digest_add(digest, (str){ block, (size_t)len });
  if (len < 0) out = err_errno(err, "cannot read %s", path);
  digest_end(digest, hex);
  if (out) hex[0] = '\0';
  mem_free(block);
  close(fd);
  return out;
}
