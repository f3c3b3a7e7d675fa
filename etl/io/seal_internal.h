/* io/seal_internal: the form of a sealed file, for the two that write and read it.
 *
 * The byte sample is in io/seal.h. A header is kept with room for a chunk's
 * first bytes behind it, because the two together go along with each tag.
 *
 *   struct seal_form form;
 *   seal_form_new(&form, key);                    writing: random salt and front, and the header's tag
 *   seal_form_read(&form, bytes, &err);           reading: what is written there, nothing proved
 *   seal_form_unlock(&form, key, &err);           the key is the right one and the header's tag holds
 */
#ifndef SLUICE_IO_SEAL_INTERNAL_H
#define SLUICE_IO_SEAL_INTERNAL_H

#include "io/gcm.h"
#include "io/seal.h"

enum {
  SEAL_ID_AT = 14,
  SEAL_ID_END = SEAL_ID_AT + SEAL_KEY_ID - 1,
  SEAL_SALT_AT = SEAL_ID_END + 1,
  SEAL_SALT = 16,
  SEAL_FRONT_AT = SEAL_SALT_AT + SEAL_SALT,
  SEAL_FRONT = 7,
  SEAL_OPEN_PART = SEAL_FRONT_AT + SEAL_FRONT, /* what the header's tag covers */
  SEAL_HEADER = SEAL_OPEN_PART + GCM_TAG,
  SEAL_CHUNK_HEAD = 4,
  SEAL_CHUNK_MOST = SEAL_CHUNK_HEAD + SEAL_CHUNK + GCM_TAG
};

struct seal_key {
  struct secret *secret;
  char id[SEAL_KEY_ID];
};

struct seal_form {
  char open[SEAL_OPEN_PART + SEAL_CHUNK_HEAD];
  uint8_t tag[GCM_TAG];
  struct gcm *gcm; /* under the file's own key */
  uint32_t chunk;  /* the number of the last one sealed or opened; 0: the header */
};

void seal_form_new(struct seal_form *form, const struct seal_key *key);
enum outcome seal_form_read(struct seal_form *form, str header, struct err *err);
void seal_form_id(const struct seal_form *form, char id[SEAL_KEY_ID]);
enum outcome seal_form_unlock(struct seal_form *form, const struct seal_key *key, struct err *err);
void seal_form_free(struct seal_form *form);

/* The next chunk, in place: SEAL_CHUNK_HEAD bytes for its head, its `len` bytes, GCM_TAG for its tag. */
void seal_form_seal(struct seal_form *form, uint8_t *chunk, size_t len, bool last);
bool seal_form_open(struct seal_form *form, uint8_t *chunk, size_t len, bool last);
/* False: not a head that any chunk has. */
bool seal_form_head(const uint8_t head[SEAL_CHUNK_HEAD], uint32_t number, size_t *len, bool *last);

#endif
