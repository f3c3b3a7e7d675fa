/* fuzz/fuzz_seal: any bytes are refused or read; what is sealed comes back; what is changed is found.
 *
 * The first byte says how the rest is taken:
 *   0  as a whole file
 *   1  as the chunks behind a good header
 *   2  as the lengths of chunks whose tags hold: only the form's own lengths are read
 *   3  as plain bytes; the first four say what is done to the file they are sealed into
 */
#include "base/buf.h"
#include "io/file.h"
#include "io/seal_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is fuzzed is not the disk. Stands in for libc's own. */
int fsync(int fd);
int fsync(int fd) { return fd < 0 ? -1 : 0; }

enum { FILE_MOST = 1 << 20, CHUNKS_MOST = 6 };

static char folder[64], path[96];
static struct seal_key *key;

static void must(bool holds) {
  if (!holds) abort();
}

static void leave(void) {
  unlink(path);
  rmdir(folder);
  seal_key_free(key);
}

static void enter(void) {
  if (key) return;
  strcpy(folder, "/tmp/sluice-fuzz-seal-XXXXXX");
  must(mkdtemp(folder) != NULL);
  snprintf(path, sizeof path, "%s/a", folder);
  struct secret *secret = secret_new();
  for (int i = 0; i < SECRET_BYTES; i++) secret_bytes(secret)[i] = (uint8_t)i;
  key = seal_key_new(secret, STR("2026-11-25"));
  atexit(leave);
}

/* The file's plain bytes, by pieces of `room`. */
static enum outcome read_all(size_t room, struct buf *plain) {
  struct err err = { 0 };
  struct sealed *sealed;
  char block[8192], id[SEAL_KEY_ID];
  size_t got;
  enum outcome peeked = seal_peek(path, id, &err), out = seal_open(path, key, &sealed, &err);
  must(peeked == OUT_OK || (peeked == OUT_DATA && out == OUT_DATA && err.text[0]));
  if (out) {
    must(!sealed && err.text[0] && err.file[0]);
    must(out == (peeked || strcmp(id, seal_key_id(key)) == 0 ? OUT_DATA : OUT_REFUSED));
    return out;
  }
  while (!(out = seal_read(sealed, block, room, &got, &err))) {
    must(got > 0 && got <= room);
    buf_bytes(plain, block, got);
  }
  must(got == 0 && !plain->full && (out == OUT_END || (out == OUT_DATA && err.text[0] && err.file[0])));
  must(seal_read(sealed, block, room, &got, &err) == out);
  seal_close(sealed);
  return out;
}

static enum outcome read_file(str file, struct buf *plain) {
  static const size_t rooms[] = { 7, 1000 };
  struct err err = { 0 };
  struct buf again = buf_new(FILE_MOST);
  must(!file_put(path, 0600, file, &err));
  enum outcome out = read_all(8192, plain);
  for (size_t i = 0; i < sizeof rooms / sizeof *rooms; i++) {
    buf_clear(&again);
    must(read_all(rooms[i], &again) == out);
    must(out == OUT_END ? str_eq(buf_str(plain), buf_str(&again)) : again.len <= plain->len + 8192);
  }
  buf_free(&again);
  return out;
}

static void add_header(const struct seal_form *form, struct buf *file) {
  buf_bytes(file, form->open, SEAL_OPEN_PART);
  buf_bytes(file, form->tag, GCM_TAG);
}

static void check_chunks(str chunks) {
  struct seal_form form;
  struct buf file = buf_new(FILE_MOST), plain = buf_new(FILE_MOST);
  seal_form_new(&form, key);
  add_header(&form, &file);
  buf_add(&file, chunks);
  must(read_file(buf_str(&file), &plain) == OUT_DATA && !plain.len);
  seal_form_free(&form);
  buf_free(&file), buf_free(&plain);
}

/* Two bytes each: what is added to 64 KiB or taken from 0, and whether it is the last one. */
static void check_lengths(str text) {
  static uint8_t chunk[SEAL_CHUNK_MOST];
  struct seal_form form;
  struct buf file = buf_new(FILE_MOST), plain = buf_new(FILE_MOST);
  bool good = true, ended = false;
  size_t total = 0;
  seal_form_new(&form, key);
  add_header(&form, &file);
  for (size_t i = 0; i < CHUNKS_MOST && text.len >= 2 * (i + 1); i++) {
    bool last = text.at[2 * i] & 1, whole = text.at[2 * i] & 2;
    size_t less = (uint8_t)text.at[2 * i + 1], len = whole ? SEAL_CHUNK - less : less;
    memset(chunk, (int)i, sizeof chunk);
    seal_form_seal(&form, chunk, len, last);
    buf_bytes(&file, chunk, SEAL_CHUNK_HEAD + len + GCM_TAG);
    good = good && !ended && (last ? len > 0 || i == 0 : len == SEAL_CHUNK);
    ended = ended || last;
    total += len;
  }
  must(!file.full);
  must(read_file(buf_str(&file), &plain) == (good && ended ? OUT_END : OUT_DATA));
  must(!(good && ended) || plain.len == total);
  seal_form_free(&form);
  buf_free(&file), buf_free(&plain);
}

static void change(struct buf *file, uint8_t how, size_t at, uint8_t by) {
  at %= file->len;
  if (how % 3 == 0) file->at[at] = (char)(file->at[at] ^ (by ? by : 1));
  else if (how % 3 == 1) file->len = at;
  else buf_bytes(file, file->at, at % 1000 + 1);
}

static void check_sealed(str bytes) {
  if (bytes.len < 4) return;
  const uint8_t *how = (const uint8_t *)bytes.at;
  struct err err = { 0 };
  struct seal *seal;
  struct buf file = buf_new(FILE_MOST), plain = buf_new(FILE_MOST);
  str want = str_sub(bytes, 4, bytes.len);
  must(!seal_create(path, 0600, key, &seal, &err));
  for (str rest = want; rest.len; rest = str_sub(rest, how[0] + 1u, rest.len))
    must(!seal_write(seal, str_sub(rest, 0, how[0] + 1u), &err));
  must(!seal_commit(seal, &err));
  must(read_all(8192, &plain) == OUT_END && str_eq(buf_str(&plain), want));
  FILE *made = fopen(path, "rb");
  must(made && buf_make_room(&file, FILE_MOST));
  file.len = fread(file.at, 1, FILE_MOST - 2000, made);
  fclose(made);
  change(&file, how[0], how[1] * 256u + how[2], how[3]);
  buf_clear(&plain);
  must(read_file(buf_str(&file), &plain) != OUT_END);
  must(str_starts(want, buf_str(&plain)));
  buf_free(&file), buf_free(&plain);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (!size || size > 200000) return 0;
  enter();
  str bytes = { (const char *)data + 1, size - 1 };
  if (data[0] % 4 == 1) check_chunks(bytes);
  else if (data[0] % 4 == 2) check_lengths(bytes);
  else if (data[0] % 4 == 3) check_sealed(bytes);
  else {
    struct buf plain = buf_new(FILE_MOST);
    read_file(bytes, &plain);
    buf_free(&plain);
  }
  return 0;
}
