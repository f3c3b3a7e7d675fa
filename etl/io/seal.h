/* io/seal: files that only the holder of a key can read, and nobody can change unnoticed.
 *
 * A sealed file is AES-256-GCM in chunks of 64 KiB, so a file of any size is
 * written and read in the same memory, and nothing of a chunk is handed out
 * before its tag held. Byte by byte ("a,b" sealed on 25 November 2026):
 *
 *      0  "sluice-seal 1\n"                        the form and its version
 *     14  "2026-11-25.1f2e3d4c             \n"     the key's id, filled up with blanks to 32, and a line end
 *     47  9c 41 .. 07                              16 random bytes: the salt
 *     63  55 e0 .. 1a                              7 random bytes: the nonce's front
 *     70  c8 19 .. f3                              16 bytes: the tag of the 70 bytes before it
 *     86  80 00 00 03                              the first chunk: 3 bytes; the top bit: it is the last one
 *     90  77 d2 0a                                 its bytes
 *     93  1b 6e .. 90                              16 bytes: its tag
 *    109                                           the end
 *
 * Every chunk has 65,536 bytes except the last one, which has 1 to 65,536, or
 * none when the file is empty. The file has a key of its own, HMAC-SHA-256
 * (day key; "sluice file key 1" and the salt), so that no two files share
 * nonces however many a day key seals. A chunk's nonce is the front, its number
 * in 4 bytes (the header has 0, the first chunk 1), and 1 for the last chunk or
 * else 0; with each tag goes what stands in the open, the 70 bytes of the
 * header and the chunk's own first 4. So a chunk that was changed, moved, taken
 * from another file, left out at the end or added there does not hold.
 *
 * The key's id is the day and the day key's fingerprint. It does not change
 * when the day key is wrapped under another master (io/keyring).
 *
 *   struct seal *seal;                                  writing; whole or not there, as in io/file
 *   seal_create("var/archive/a.sealed", 0600, key, &seal, &err);
 *   seal_write(seal, plain, &err);
 *   seal_commit(seal, &err);             or seal_abandon(seal)
 *
 *   struct sealed *in;                                  reading
 *   if (seal_open("var/archive/a.sealed", key, &in, &err)) return err.outcome;
 *   while (!(out = seal_read(in, block, sizeof block, &got, &err))) use(block, got);
 *   seal_close(in);
 */
#ifndef SLUICE_IO_SEAL_H
#define SLUICE_IO_SEAL_H

#include "base/err.h"
#include "io/secret.h"

enum { SEAL_CHUNK = 64 * 1024, SEAL_KEY_ID = 33 }; /* 32 letters and the NUL */

struct seal_key;
/* Takes the secret over. `name`: 1 to 23 letters of a-z, 0-9, "-"; the id is NAME.FINGERPRINT. */
struct seal_key *seal_key_new(struct secret *secret, str name);
const char *seal_key_id(const struct seal_key *key);
void seal_key_free(struct seal_key *key); /* after the files that were opened with it */

struct seal;
enum outcome seal_create(const char *path, unsigned mode, const struct seal_key *key, struct seal **seal,
                         struct err *err);
enum outcome seal_write(struct seal *seal, str plain, struct err *err);
enum outcome seal_commit(struct seal *seal, struct err *err); /* frees it, whatever comes of it */
void seal_abandon(struct seal *seal);

struct sealed;
/* Errors name the file. OUT_REFUSED: another key ("sealed with key 2026-11-25.1f2e3d4c, the one given is
 * .."). OUT_DATA: no sealed file, an unknown version, cut short, or a changed byte, with the place. */
enum outcome seal_open(const char *path, const struct seal_key *key, struct sealed **sealed, struct err *err);
/* As in_read: up to `room` bytes in order; *got > 0 unless the outcome is OUT_END or an error; fewer than
 * `room` only just before the end. OUT_DATA: a byte changed (chunk and place are said), cut short, or bytes
 * after the end. What was handed out before is good, yet not known to be whole until OUT_END came. What
 * fails once fails again. */
enum outcome seal_read(struct sealed *sealed, char *to, size_t room, size_t *got, struct err *err);
void seal_close(struct sealed *sealed);
/* Does it begin as a sealed file does? Not read: no. */
bool seal_is(const char *path);
/* Which key it wants, without one: as it is written there, which is not proved. */
enum outcome seal_peek(const char *path, char key_id[SEAL_KEY_ID], struct err *err);

/* The SHA-256 of what is under the seal. */
enum outcome seal_digest(const char *path, const struct seal_key *key, char hex[65], struct err *err);
/* From under one seal under another, never in the open. */
enum outcome seal_again(const char *from, const struct seal_key *old, const char *to, unsigned mode,
                        const struct seal_key *key, struct err *err);
/* One file into another, byte for byte (gzip stays gzip), replacing. `from` is left alone. Nothing stands
 * under `to` unless all of it was read. */
enum outcome seal_file(const char *from, const char *to, unsigned mode, const struct seal_key *key,
                       struct err *err);

#endif
