/* io/seal: files that only the holder of a key can read, and nobody can change unnoticed: writing. */
#include "io/seal_internal.h"
#include "io/file.h"

#include <string.h>

/* A full chunk is kept until more comes, because the last one is marked. */
struct seal {
  struct file *file;
  struct seal_form form;
  size_t used; /* plain bytes in the chunk */
  uint8_t chunk[SEAL_CHUNK_MOST];
};

static void free_seal(struct seal *seal) {
  seal_form_free(&seal->form);
  secret_wipe(seal->chunk, sizeof seal->chunk);
  mem_free(seal);
}

enum outcome seal_create(const char *path, unsigned mode, const struct seal_key *key, struct seal **seal,
                         struct err *err) {
  struct file *file;
  *seal = NULL;
  enum outcome out = file_create(path, mode, &file, err);
  if (out) return out;
  struct seal *new = mem_alloc(sizeof *new);
  new->file = file;
  seal_form_new(&new->form, key);
  *seal = new;
  out = file_write(file, (str){ new->form.open, SEAL_OPEN_PART }, err);
  if (!out) out = file_write(file, (str){ (char *)new->form.tag, GCM_TAG }, err);
  if (out) {
    seal_abandon(new);
    *seal = NULL;
  }
  return out;
}

static enum outcome write_chunk(struct seal *seal, bool last, struct err *err) {
  /* 256 TiB; the numbers of chunks must not begin again. */
  if (seal->form.chunk == UINT32_MAX) return err_set(err, OUT_DATA, "too many bytes for one sealed file");
  size_t len = seal->used;
  seal->used = 0;
  seal_form_seal(&seal->form, seal->chunk, len, last);
  return file_write(seal->file, (str){ (char *)seal->chunk, SEAL_CHUNK_HEAD + len + GCM_TAG }, err);
}

enum outcome seal_write(struct seal *seal, str plain, struct err *err) {
  while (plain.len) {
    if (seal->used == SEAL_CHUNK) {
      enum outcome out = write_chunk(seal, false, err);
      if (out) return out;
    }
    str piece = str_sub(plain, 0, SEAL_CHUNK - seal->used);
    memcpy(seal->chunk + SEAL_CHUNK_HEAD + seal->used, piece.at, piece.len);
    seal->used += piece.len;
    plain = str_sub(plain, piece.len, plain.len);
  }
  return OUT_OK;
}

enum outcome seal_commit(struct seal *seal, struct err *err) {
  enum outcome out = write_chunk(seal, true, err);
  if (out) file_abandon(seal->file);
  else out = file_commit(seal->file, err);
  free_seal(seal);
  return out;
}

void seal_abandon(struct seal *seal) {
  if (!seal) return;
  file_abandon(seal->file);
  free_seal(seal);
}
