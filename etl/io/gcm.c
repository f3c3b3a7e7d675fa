/* io/gcm: AES-256-GCM of one piece of bytes, by OpenSSL. */
#include "io/gcm.h"
#include "io/secret.h"
#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>

#include <openssl/evp.h>

struct gcm {
  EVP_CIPHER_CTX *aes;
};

/* It fails only where memory does, or where an OpenSSL was installed without it. */
static void or_die(bool good) {
  if (good) return;
  fputs("sluice: OpenSSL cannot do AES-256-GCM\n", stderr);
  abort();
}

static const uint8_t *bytes_of(str s) { return (const uint8_t *)s.at; }

struct gcm *gcm_new(const uint8_t key[GCM_KEY]) {
  struct gcm *gcm = mem_alloc(sizeof *gcm);
  gcm->aes = EVP_CIPHER_CTX_new();
  or_die(gcm->aes && EVP_EncryptInit_ex(gcm->aes, EVP_aes_256_gcm(), NULL, key, NULL) == 1);
  return gcm;
}

/* The key stays; the nonce's length is GCM's own, 12. */
static void start(struct gcm *gcm, const uint8_t *nonce, str aad, bool sealing) {
  int len;
  or_die(EVP_CipherInit_ex(gcm->aes, NULL, NULL, NULL, nonce, sealing) == 1);
  if (aad.len) or_die(EVP_CipherUpdate(gcm->aes, NULL, &len, bytes_of(aad), (int)aad.len) == 1);
}

static void turn(struct gcm *gcm, str from, uint8_t *to) {
  int len = 0;
  or_die(from.len <= GCM_PIECE_MOST);
  if (from.len) or_die(EVP_CipherUpdate(gcm->aes, to, &len, bytes_of(from), (int)from.len) == 1);
  or_die((size_t)len == from.len);
}

void gcm_seal(struct gcm *gcm, const uint8_t nonce[GCM_NONCE], str aad, str plain, uint8_t *sealed,
              uint8_t tag[GCM_TAG]) {
  uint8_t rest[GCM_TAG];
  int len;
  start(gcm, nonce, aad, true);
  turn(gcm, plain, sealed);
  or_die(EVP_CipherFinal_ex(gcm->aes, rest, &len) == 1 && len == 0);
  or_die(EVP_CIPHER_CTX_ctrl(gcm->aes, EVP_CTRL_AEAD_GET_TAG, GCM_TAG, tag) == 1);
}

bool gcm_open(struct gcm *gcm, const uint8_t nonce[GCM_NONCE], str aad, str sealed,
              const uint8_t tag[GCM_TAG], uint8_t *plain) {
  uint8_t rest[GCM_TAG];
  int len;
  start(gcm, nonce, aad, false);
  turn(gcm, sealed, plain);
  or_die(EVP_CIPHER_CTX_ctrl(gcm->aes, EVP_CTRL_AEAD_SET_TAG, GCM_TAG, (void *)(uintptr_t)tag) == 1);
  bool holds = EVP_CipherFinal_ex(gcm->aes, rest, &len) == 1;
  if (!holds) secret_wipe(plain, sealed.len);
  return holds;
}

void gcm_free(struct gcm *gcm) {
  if (!gcm) return;
  EVP_CIPHER_CTX_free(gcm->aes);
  mem_free(gcm);
}
