/* io/secret: a key of 256 bits that cannot be printed. */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS, madvise */
#include "io/secret.h"
#include "io/digest.h"
#include "io/fd.h"
#include "io/file.h"
#include "io/hex.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/crypto.h>
#include <openssl/rand.h>

enum { TEXT = 2 * SECRET_BYTES, MODE_BITS = 0777 };

struct secret {
  uint8_t *bytes; /* the front of a page of its own */
  size_t page;
};

/* No random numbers, or no page: as with memory, there is nothing that a caller could do better. */
static void or_die(bool good, const char *what) {
  if (good) return;
  fprintf(stderr, "sluice: %s\n", what);
  abort();
}

void secret_wipe(void *bytes, size_t len) { OPENSSL_cleanse(bytes, len); }

void secret_fill_random(void *bytes, size_t len) {
  or_die(RAND_priv_bytes(bytes, (int)len) == 1, "OpenSSL has no random numbers");
}

struct secret *secret_new(void) {
  struct secret *secret = mem_alloc(sizeof *secret);
  secret->page = (size_t)sysconf(_SC_PAGESIZE);
  void *page = mmap(NULL, secret->page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  or_die(page != MAP_FAILED, "out of memory");
  /* Both are best effort: a container may allow neither. */
  (void)mlock(page, secret->page);
  (void)madvise(page, secret->page, MADV_DONTDUMP);
  secret->bytes = page;
  return secret;
}

struct secret *secret_random(void) {
  struct secret *secret = secret_new();
  secret_fill_random(secret->bytes, SECRET_BYTES);
  return secret;
}

uint8_t *secret_bytes(const struct secret *secret) { return secret->bytes; }

void secret_fingerprint(const struct secret *secret, char text[SECRET_FINGERPRINT]) {
  char hex[DIGEST_TEXT];
  digest_bytes((str){ (const char *)secret->bytes, SECRET_BYTES }, hex);
  memcpy(text, hex, SECRET_FINGERPRINT - 1);
  text[SECRET_FINGERPRINT - 1] = '\0';
}

void secret_free(struct secret *secret) {
  if (!secret) return;
  secret_wipe(secret->bytes, SECRET_BYTES);
  munmap(secret->bytes, secret->page);
  mem_free(secret);
}

static enum outcome check_mode(int fd, const char *path, unsigned refused, struct err *err) {
  struct stat about;
  if (fstat(fd, &about)) return err_errno(err, "cannot read %s", path);
  if (!S_ISREG(about.st_mode)) return err_set(err, OUT_SPEC, "%s is not a file", path);
  unsigned mode = about.st_mode & MODE_BITS;
  if (!(mode & refused)) return OUT_OK;
  return err_set(err, OUT_SPEC, "%s is open to others than its owner (mode %03o): chmod 600 %s", path, mode,
                 path);
}

/* Not by io/in, which does not wipe what it read. */
enum outcome secret_read_text(const char *path, unsigned refused, char *text, size_t room, size_t *got,
                              struct err *err) {
  *got = 0;
  int fd = fd_open(path, O_RDONLY | O_NONBLOCK, 0);
  if (fd < 0) return err_errno(err, "cannot open %s", path);
  enum outcome out = check_mode(fd, path, refused, err);
  while (!out && *got < room) {
    ssize_t len = fd_read(fd, text + *got, room - *got);
    if (len < 0) out = err_errno(err, "cannot read %s", path);
    if (len <= 0) break;
    *got += (size_t)len;
  }
  close(fd);
  return out;
}

enum outcome secret_read(const char *path, unsigned refused, struct secret **secret, struct err *err) {
  char text[TEXT + 2];
  size_t got;
  *secret = NULL;
  enum outcome out = secret_read_text(path, refused, text, sizeof text, &got, err);
  if (!out) {
    struct secret *new = secret_new();
    bool good = got >= TEXT && got <= TEXT + 1 && (got == TEXT || text[TEXT] == '\n') &&
                hex_read((str){ text, TEXT }, new->bytes, SECRET_BYTES);
    if (good) *secret = new;
    else {
      secret_free(new);
      out = err_set(err, OUT_SPEC, "%s is not a key: 64 hex digits in lower case and a line end", path);
    }
  }
  secret_wipe(text, sizeof text);
  return out;
}

enum outcome secret_save(const char *path, const struct secret *secret, struct err *err) {
  struct file *file;
  enum outcome out = file_create(path, 0600, &file, err);
  if (out) return out;
  char text[TEXT + 1];
  hex_write(secret->bytes, SECRET_BYTES, text);
  text[TEXT] = '\n';
  out = file_write(file, (str){ text, sizeof text }, err);
  secret_wipe(text, sizeof text);
  if (!out) return file_commit_new(file, err);
  file_abandon(file);
  return out;
}
