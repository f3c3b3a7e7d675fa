/* io/secret: a key of 256 bits that cannot be printed.
 *
 * It lives in a page of its own that no core dump holds and, where the system
 * lets us, no swap; the page is wiped before it is given back. The type is
 * opaque and there is no function from it to text except the file of mode 600
 * that keeps it, so that no message can hold it. What names it in messages is
 * its fingerprint: the first 8 digits of the SHA-256 of its bytes, which a
 * person with the key can work out without sluice:
 *
 *   xxd -r -p keys/master-1f2e3d4c.key | sha256sum
 *
 *   struct secret *master = secret_random();
 *   secret_fingerprint(master, id);
 *   secret_save(path, master, &err);
 *   secret_free(master);
 *
 * As a file it is 64 hex digits in lower case and a line end.
 */
#ifndef SLUICE_IO_SECRET_H
#define SLUICE_IO_SECRET_H

#include "base/err.h"

enum { SECRET_BYTES = 32, SECRET_FINGERPRINT = 9 }; /* 8 digits and the NUL */

struct secret;
struct secret *secret_new(void); /* to be filled by secret_bytes */
struct secret *secret_random(void);
uint8_t *secret_bytes(const struct secret *secret); /* SECRET_BYTES of them; for io/ alone */
void secret_fingerprint(const struct secret *secret, char text[SECRET_FINGERPRINT]);
void secret_free(struct secret *secret);

/* `refused`: bits of the file's mode that must not be set, 0077 or 0007. OUT_SPEC: they are, "keys/a.key can
 * be read by others than its owner (mode 640): chmod 600 keys/a.key", or it is not a key's text. */
enum outcome secret_read(const char *path, unsigned refused, struct secret **secret, struct err *err);
/* Another secret's file, as it is: up to `room` bytes, to be wiped by the caller. */
enum outcome secret_read_text(const char *path, unsigned refused, char *text, size_t room, size_t *got,
                              struct err *err);
/* Mode 600; OUT_REFUSED when the name is taken. */
enum outcome secret_save(const char *path, const struct secret *secret, struct err *err);

void secret_wipe(void *bytes, size_t len);        /* not left out by any compiler */
void secret_fill_random(void *bytes, size_t len); /* good enough for keys and nonces */

#endif
