/* io/digest: SHA-256 of bytes and files, by OpenSSL.
 *
 *   char hex[DIGEST_TEXT];
 *   digest_file("inbox/settlement/a.txt", hex, &err);
 */
#ifndef SLUICE_IO_DIGEST_H
#define SLUICE_IO_DIGEST_H

#include "base/err.h"

enum { DIGEST_TEXT = 65 }; /* 64 hex digits in lower case and the NUL */

struct digest;
struct digest *digest_new(void);
void digest_add(struct digest *digest, str bytes);
void digest_end(struct digest *digest, char hex[DIGEST_TEXT]); /* frees it */
/* The same, and it begins anew: for many short texts, whose setting up would cost more than they do. */
void digest_take(struct digest *digest, char hex[DIGEST_TEXT]);
void digest_free(struct digest *digest);
void digest_bytes(str bytes, char hex[DIGEST_TEXT]);
enum outcome digest_file(const char *path, char hex[DIGEST_TEXT], struct err *err);

#endif
