/* io/gcm: AES-256-GCM of one piece of bytes, by OpenSSL.
 *
 * What is sealed is secret, and it and `aad` (bytes that go along in the open)
 * cannot be changed unnoticed. A nonce must never be used twice under one key:
 * callers take it at random or count.
 *
 *   struct gcm *gcm = gcm_new(key);
 *   gcm_seal(gcm, nonce, aad, plain, sealed, tag);         sealed: as long as plain; may be the same bytes
 *   if (!gcm_open(gcm, nonce, aad, sealed, tag, plain)) ...    changed, or another key
 *   gcm_free(gcm);
 */
#ifndef SLUICE_IO_GCM_H
#define SLUICE_IO_GCM_H

#include "base/str.h"

enum { GCM_KEY = 32, GCM_NONCE = 12, GCM_TAG = 16, GCM_PIECE_MOST = 1 << 30 };

struct gcm;
struct gcm *gcm_new(const uint8_t key[GCM_KEY]); /* keeps the key until it is freed, which wipes it */
void gcm_seal(struct gcm *gcm, const uint8_t nonce[GCM_NONCE], str aad, str plain, uint8_t *sealed,
              uint8_t tag[GCM_TAG]);
/* False when the tag does not hold; `plain` is wiped then. */
bool gcm_open(struct gcm *gcm, const uint8_t nonce[GCM_NONCE], str aad, str sealed,
              const uint8_t tag[GCM_TAG], uint8_t *plain);
void gcm_free(struct gcm *gcm);

#endif
