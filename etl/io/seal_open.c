/* io/seal_open: reading a sealed file; each chunk is handed out after its tag held. */
#include "io/seal_internal.h"
#include "io/in.h"
#include "base/memory.h"

#include <string.h>

struct sealed {
  struct in *in;
  char *name; /* as messages say it */
  struct seal_form form;
  bool last;         /* the chunk at hand is the last one */
  size_t len, used;  /* plain bytes of the chunk at hand, and how many of them were handed out */
  uint64_t at;       /* where in the file the next chunk begins */
  struct err failed; /* what failed once fails again */
  uint8_t chunk[SEAL_CHUNK_MOST];
};

/* Less than `room` only at the end of the file. */
static enum outcome take(struct in *in, void *to, size_t room, size_t *got, struct err *err) {
  enum outcome out = in_read(in, to, room, got, err);
  return out == OUT_END ? OUT_OK : out;
}

static enum outcome read_header(const char *path, struct in **in, struct seal_form *form, struct err *err) {
  char header[SEAL_HEADER];
  size_t got;
  *form = (struct seal_form){ 0 };
  enum outcome out = in_open_as_is(path, in, err);
  if (out) return out;
  out = take(*in, header, sizeof header, &got, err);
  if (!out && (out = seal_form_read(form, (str){ header, got }, err))) err_in_file(err, str_of(path));
  if (out) {
    in_close(*in);
    *in = NULL;
  }
  return out;
}

bool seal_is(const char *path) {
  char header[SEAL_ID_AT];
  struct in *in;
  struct err unsaid = { 0 };
  size_t got = 0;
  if (in_open_as_is(path, &in, &unsaid)) return false;
  bool good = !in_read(in, header, sizeof header, &got, &unsaid) && got == sizeof header &&
              memcmp(header, "sluice-seal 1\n", sizeof header) == 0;
  in_close(in);
  return good;
}

enum outcome seal_peek(const char *path, char key_id[SEAL_KEY_ID], struct err *err) {
  struct seal_form form;
  struct in *in;
  enum outcome out = read_header(path, &in, &form, err);
  if (out) return out;
  seal_form_id(&form, key_id);
  in_close(in);
  return OUT_OK;
}

enum outcome seal_open(const char *path, const struct seal_key *key, struct sealed **sealed,
                       struct err *err) {
  *sealed = NULL;
  struct sealed *new = mem_alloc(sizeof *new);
  new->name = mem_alloc(strlen(path) + 1);
  memcpy(new->name, path, strlen(path));
  new->at = SEAL_HEADER;
  enum outcome out = read_header(path, &new->in, &new->form, err);
  if (!out && (out = seal_form_unlock(&new->form, key, err))) err_in_file(err, str_of(path));
  if (out) seal_close(new);
  else *sealed = new;
  return out;
}

static enum outcome cut_short(const struct sealed *sealed, uint64_t size, struct err *err) {
  return err_set(err, OUT_DATA, "cut short: it ends after %llu bytes, within chunk %lu",
                 (unsigned long long)size, (unsigned long)sealed->form.chunk + 1);
}

static enum outcome changed(const struct sealed *sealed, size_t size, struct err *err) {
  unsigned long long before = sealed->at;
  return err_set(err, OUT_DATA, "a byte was changed in chunk %lu (bytes %llu to %llu of the file)",
                 (unsigned long)sealed->form.chunk, before + 1, before + size);
}

static enum outcome check_end(struct sealed *sealed, struct err *err) {
  char more;
  size_t got;
  enum outcome out = take(sealed->in, &more, 1, &got, err);
  if (out || !got) return out;
  return err_set(err, OUT_DATA, "bytes after the end: what was sealed ends after %llu bytes, and more follow",
                 (unsigned long long)sealed->at);
}

static enum outcome open_chunk(struct sealed *sealed, struct err *err) {
  uint8_t *chunk = sealed->chunk;
  size_t got, len;
  if (sealed->form.chunk == UINT32_MAX) return err_set(err, OUT_DATA, "more chunks than can be numbered");
  enum outcome out = take(sealed->in, chunk, SEAL_CHUNK_HEAD, &got, err);
  if (out) return out;
  if (got < SEAL_CHUNK_HEAD) return cut_short(sealed, sealed->at + got, err);
  if (!seal_form_head(chunk, sealed->form.chunk + 1, &len, &sealed->last)) {
    sealed->form.chunk++;
    return changed(sealed, SEAL_CHUNK_HEAD, err);
  }
  out = take(sealed->in, chunk + SEAL_CHUNK_HEAD, len + GCM_TAG, &got, err);
  if (out) return out;
  if (got < len + GCM_TAG) return cut_short(sealed, sealed->at + SEAL_CHUNK_HEAD + got, err);
  size_t size = SEAL_CHUNK_HEAD + len + GCM_TAG;
  if (!seal_form_open(&sealed->form, chunk, len, sealed->last)) return changed(sealed, size, err);
  sealed->at += size;
  if (sealed->last && (out = check_end(sealed, err))) return out;
  sealed->len = len;
  sealed->used = 0;
  return OUT_OK;
}

static enum outcome next_chunk(struct sealed *sealed, struct err *err) {
  enum outcome out = open_chunk(sealed, &sealed->failed);
  if (!out) return OUT_OK;
  sealed->len = sealed->used = 0;
  secret_wipe(sealed->chunk, sizeof sealed->chunk);
  err_in_file(&sealed->failed, str_of(sealed->name));
  *err = sealed->failed;
  return out;
}

enum outcome seal_read(struct sealed *sealed, char *to, size_t room, size_t *got, struct err *err) {
  size_t done = 0;
  *got = 0;
  if (!room) return err_set(err, OUT_BUG, "no room to read %s into", sealed->name);
  if (sealed->failed.outcome) {
    *err = sealed->failed;
    return err->outcome;
  }
  while (done < room) {
    size_t len = sealed->len - sealed->used;
    if (!len && sealed->last) break;
    if (!len) {
      enum outcome out = next_chunk(sealed, err);
      if (out) return out;
      continue;
    }
    if (len > room - done) len = room - done;
    memcpy(to + done, sealed->chunk + SEAL_CHUNK_HEAD + sealed->used, len);
    sealed->used += len;
    done += len;
  }
  *got = done;
  return done ? OUT_OK : OUT_END;
}

void seal_close(struct sealed *sealed) {
  if (!sealed) return;
  in_close(sealed->in);
  seal_form_free(&sealed->form);
  secret_wipe(sealed->chunk, sizeof sealed->chunk);
  mem_free(sealed->name);
  mem_free(sealed);
}
