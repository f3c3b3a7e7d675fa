/* io/seal_form: the header of a sealed file, its nonces and its tags. */
#include "io/seal_internal.h"
#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

static const char magic[] = "sluice-seal ", version[] = "1\n", file_key_label[] = "sluice file key 1";
static const uint8_t last_flag = 0x80; /* in the first byte of a chunk's head */

enum { MAGIC = sizeof magic - 1, VERSION = sizeof version - 1, LABEL = sizeof file_key_label - 1 };
_Static_assert(MAGIC + VERSION == SEAL_ID_AT, "the magic and the version stand in front of the key's id");
_Static_assert((int)SECRET_BYTES == (int)GCM_KEY, "a secret is a key");

struct seal_key *seal_key_new(struct secret *secret, str name) {
  struct seal_key *key = mem_alloc(sizeof *key);
  char fingerprint[SECRET_FINGERPRINT];
  key->secret = secret;
  secret_fingerprint(secret, fingerprint);
  snprintf(key->id, sizeof key->id, "%.*s.%s", STR_ARG(name), fingerprint);
  return key;
}

const char *seal_key_id(const struct seal_key *key) { return key->id; }

void seal_key_free(struct seal_key *key) {
  if (!key) return;
  secret_free(key->secret);
  mem_free(key);
}

static str open_part(const struct seal_form *form) { return (str){ form->open, SEAL_OPEN_PART }; }

/* HMAC fails only where memory does. */
static void take_file_key(struct seal_form *form, const struct seal_key *key) {
  uint8_t salted[LABEL + SEAL_SALT], file_key[EVP_MAX_MD_SIZE];
  unsigned len = 0;
  memcpy(salted, file_key_label, LABEL);
  memcpy(salted + LABEL, form->open + SEAL_SALT_AT, SEAL_SALT);
  if (!HMAC(EVP_sha256(), secret_bytes(key->secret), SECRET_BYTES, salted, sizeof salted, file_key, &len) ||
      len != GCM_KEY) {
    fputs("sluice: OpenSSL cannot do HMAC-SHA-256\n", stderr);
    abort();
  }
  form->gcm = gcm_new(file_key);
  secret_wipe(file_key, sizeof file_key);
}

static void make_nonce(const struct seal_form *form, bool last, uint8_t nonce[GCM_NONCE]) {
  memcpy(nonce, form->open + SEAL_FRONT_AT, SEAL_FRONT);
  for (int i = 0; i < 4; i++) nonce[SEAL_FRONT + i] = (uint8_t)(form->chunk >> (24 - 8 * i));
  nonce[GCM_NONCE - 1] = last;
}

void seal_form_new(struct seal_form *form, const struct seal_key *key) {
  uint8_t nonce[GCM_NONCE];
  *form = (struct seal_form){ 0 };
  memset(form->open, ' ', SEAL_ID_END);
  memcpy(form->open, magic, MAGIC);
  memcpy(form->open + MAGIC, version, VERSION);
  memcpy(form->open + SEAL_ID_AT, key->id, strlen(key->id));
  form->open[SEAL_ID_END] = '\n';
  secret_fill_random(form->open + SEAL_SALT_AT, SEAL_SALT + SEAL_FRONT);
  take_file_key(form, key);
  make_nonce(form, false, nonce);
  gcm_seal(form->gcm, nonce, open_part(form), STR_NONE, NULL, form->tag);
}

static size_t digits_in(str s) {
  size_t count = 0;
  while (count < s.len && s.at[count] >= '0' && s.at[count] <= '9') count++;
  return count;
}

enum outcome seal_form_read(struct seal_form *form, str header, struct err *err) {
  *form = (struct seal_form){ 0 };
  size_t common = header.len < MAGIC ? header.len : MAGIC;
  if (!header.len || memcmp(header.at, magic, common) != 0)
    return err_set(err, OUT_DATA, "not a sealed file: it does not begin with \"sluice-seal\"");
  if (header.len >= SEAL_ID_AT && memcmp(header.at + MAGIC, version, VERSION) != 0) {
    str said = str_sub(header, MAGIC, SEAL_ID_AT);
    said.len = digits_in(said);
    return err_set(err, OUT_DATA, "sealed in an unknown version %.*s: this program knows version 1",
                   STR_ARG(said));
  }
  if (header.len < SEAL_HEADER)
    return err_set(err, OUT_DATA, "cut short: it ends within its header, after %zu bytes", header.len);
  memcpy(form->open, header.at, SEAL_OPEN_PART);
  memcpy(form->tag, header.at + SEAL_OPEN_PART, GCM_TAG);
  str id = str_trim(str_sub(header, SEAL_ID_AT, SEAL_ID_END));
  bool good = id.len && header.at[SEAL_ID_END] == '\n' && id.at == header.at + SEAL_ID_AT;
  for (size_t i = 0; i < id.len; i++) good = good && id.at[i] > ' ' && id.at[i] < 0x7f;
  return good ? OUT_OK : err_set(err, OUT_DATA, "changed: its header has no key id");
}

void seal_form_id(const struct seal_form *form, char id[SEAL_KEY_ID]) {
  size_t len = SEAL_KEY_ID - 1;
  while (len && form->open[SEAL_ID_AT + len - 1] == ' ') len--;
  memcpy(id, form->open + SEAL_ID_AT, len);
  id[len] = '\0';
}

enum outcome seal_form_unlock(struct seal_form *form, const struct seal_key *key, struct err *err) {
  char id[SEAL_KEY_ID];
  uint8_t nonce[GCM_NONCE], nothing[1];
  seal_form_id(form, id);
  if (strcmp(id, key->id) != 0)
    return err_set(err, OUT_REFUSED, "sealed with key %s, the one given is %s", id, key->id);
  take_file_key(form, key);
  make_nonce(form, false, nonce);
  if (gcm_open(form->gcm, nonce, open_part(form), STR_NONE, form->tag, nothing)) return OUT_OK;
  return err_set(err, OUT_DATA, "a byte was changed in its header (the first %d bytes)", SEAL_HEADER);
}

void seal_form_free(struct seal_form *form) { gcm_free(form->gcm); }

/* What goes along in the open with a chunk's tag. */
static str begin_chunk(struct seal_form *form, const uint8_t *head, bool last, uint8_t nonce[GCM_NONCE]) {
  form->chunk++;
  make_nonce(form, last, nonce);
  memcpy(form->open + SEAL_OPEN_PART, head, SEAL_CHUNK_HEAD);
  return (str){ form->open, sizeof form->open };
}

void seal_form_seal(struct seal_form *form, uint8_t *chunk, size_t len, bool last) {
  uint8_t nonce[GCM_NONCE], *bytes = chunk + SEAL_CHUNK_HEAD;
  for (int i = 0; i < SEAL_CHUNK_HEAD; i++) chunk[i] = (uint8_t)(len >> (24 - 8 * i));
  if (last) chunk[0] |= last_flag;
  str aad = begin_chunk(form, chunk, last, nonce);
  gcm_seal(form->gcm, nonce, aad, (str){ (char *)bytes, len }, bytes, bytes + len);
}

bool seal_form_open(struct seal_form *form, uint8_t *chunk, size_t len, bool last) {
  uint8_t nonce[GCM_NONCE], *bytes = chunk + SEAL_CHUNK_HEAD;
  str aad = begin_chunk(form, chunk, last, nonce);
  return gcm_open(form->gcm, nonce, aad, (str){ (char *)bytes, len }, bytes + len, bytes);
}

bool seal_form_head(const uint8_t head[SEAL_CHUNK_HEAD], uint32_t number, size_t *len, bool *last) {
  *last = head[0] & last_flag;
  *len = (size_t)(head[0] & ~last_flag) << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
  if (*len > SEAL_CHUNK || (!*last && *len != SEAL_CHUNK)) return false;
  return *len || number == 1;
}
