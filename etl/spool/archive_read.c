/* spool/archive_read: accounts, originals and outputs back out of the archive. */
#include "base/buf.h"
#include "io/file.h"
#include "spool/archive_internal.h"

#include <string.h>

struct opened {
  struct vault_in *in;
  struct buf ahead; /* read and not used yet */
  size_t used;
};

static enum outcome open_kept(struct archive *archive, const char *path, str feed, struct opened *opened,
                              struct err *err) {
  const str series[] = { STR_NONE, feed };
  opened->ahead = buf_new(ARCHIVE_HEAD_MOST + ARCHIVE_BLOCK);
  opened->used = 0;
  return vault_open(path, archive->keyring, series, 2, &opened->in, err);
}

static void close_kept(struct opened *opened) {
  vault_close(opened->in);
  buf_free(&opened->ahead);
}

static enum outcome read_more(struct opened *opened, struct err *err) {
  size_t got;
  if (!buf_make_room(&opened->ahead, ARCHIVE_BLOCK))
    return err_set(err, OUT_DATA, "the account of an archived item is too long");
  enum outcome out = vault_read(opened->in, opened->ahead.at + opened->ahead.len, ARCHIVE_BLOCK, &got, err);
  opened->ahead.len += got;
  return out;
}

/* The next line without its end; good until the next read. */
static enum outcome read_line(struct opened *opened, str *line, struct err *err) {
  for (;;) {
    str rest = str_sub(buf_str(&opened->ahead), opened->used, opened->ahead.len);
    ptrdiff_t end = str_find(rest, '\n');
    if (end >= 0) {
      *line = str_sub(rest, 0, (size_t)end);
      opened->used += (size_t)end + 1;
      return OUT_OK;
    }
    enum outcome out = read_more(opened, err);
    if (out == OUT_END) {
      err_set(err, OUT_DATA, "the account of an archived item is cut short");
      return OUT_DATA;
    }
    if (out) return out;
  }
}

static bool is_digest(str text) {
  bool good = text.len == DIGEST_TEXT - 1;
  for (size_t i = 0; i < text.len && good; i++)
    good = (text.at[i] >= '0' && text.at[i] <= '9') || (text.at[i] >= 'a' && text.at[i] <= 'f');
  return good;
}

static bool read_member(str rest, enum archive_kind kind, struct arena *arena,
                        struct archive_account *account) {
  str bytes, digest;
  int64_t size;
  if (!str_split(&rest, ' ', &bytes) || !str_split(&rest, ' ', &digest) || !rest.len) return false;
  if (!str_to_int(bytes, &size) || size < 0 || !is_digest(digest)) return false;
  struct archive_member *member = ARENA_PUSH(arena, account->members, account->count);
  *member = (struct archive_member){ .kind = kind, .name = arena_str(arena, rest), .bytes = (uint64_t)size };
  memcpy(member->digest, digest.at, digest.len);
  return true;
}

static bool read_word(str line, struct arena *arena, struct archive_account *account) {
  const struct {
    const char *name;
    str *to;
  } words[] = { { "feed", &account->feed }, { "id", &account->id },     { "key", &account->key },
                { "k", &account->k },       { "file", &account->file }, { "time", &account->time },
                { "run", &account->run } };
  str name;
  if (!str_split(&line, ' ', &name) || !line.len) return false;
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (str_eq(name, str_of(words[i].name))) {
      *words[i].to = arena_str(arena, line);
      return true;
    }
  for (size_t i = 0; i <= ARCHIVE_TABLE; i++)
    if (str_eq(name, str_of(archive_kinds[i])))
      return read_member(line, (enum archive_kind)i, arena, account);
  return false;
}

static enum outcome read_head(struct opened *opened, struct arena *arena, struct archive_account *account,
                              struct err *err) {
  str line;
  *account = (struct archive_account){ .count = 0 };
  if (read_line(opened, &line, err)) return err->outcome;
  if (!str_eq(line, STR("sluice-archive 1")))
    return err_set(err, OUT_DATA, "this is no account of an archived item");
  for (;;) {
    if (read_line(opened, &line, err)) return err->outcome;
    if (!line.len) return OUT_OK;
    if (!read_word(line, arena, account))
      return err_set(err, OUT_DATA, "\"%.*s\" is no line of an archived item's account",
                     STR_ARG(str_left_chars(line, 80)));
  }
}

enum outcome archive_read(struct archive *archive, str feed, str day, str id, struct arena *arena,
                          struct archive_account *account, struct err *err) {
  struct opened opened;
  const char *path = archive_account_path(archive, day, id);
  enum outcome out = open_kept(archive, path, feed, &opened, err);
  if (!out) out = read_head(&opened, arena, account, err);
  if (out && out != OUT_END) err_in_file(err, str_of(path));
  close_kept(&opened);
  return out;
}

/* --- members --- */

/* `left` bytes from where `opened` stands; to == NULL: only passed over. UINT64_MAX: all there is. */
static enum outcome copy_out(struct opened *opened, uint64_t left, struct file *to, struct digest *digest,
                             struct err *err) {
  bool all = left == UINT64_MAX;
  while (left) {
    str have = str_sub(buf_str(&opened->ahead), opened->used, opened->ahead.len);
    if (!have.len) {
      buf_clear(&opened->ahead);
      opened->used = 0;
      enum outcome out = read_more(opened, err);
      if (out == OUT_END && all) return OUT_OK;
      if (out == OUT_END) return err_set(err, OUT_DATA, "an archived file is cut short");
      if (out) return out;
      continue;
    }
    size_t take = have.len < left ? have.len : (size_t)left;
    have = str_sub(have, 0, take);
    if (digest) digest_add(digest, have);
    if (to && file_write(to, have, err)) return err->outcome;
    opened->used += take;
    if (!all) left -= take;
  }
  return OUT_OK;
}

static enum outcome copy_to(struct opened *opened, uint64_t bytes, const char *to, char hex[DIGEST_TEXT],
                            struct err *err) {
  struct file *file;
  if (file_create(to, 0600, &file, err)) return err->outcome;
  struct digest *digest = digest_new();
  enum outcome out = copy_out(opened, bytes, file, digest, err);
  digest_end(digest, hex);
  if (out) {
    file_abandon(file);
    return out;
  }
  return file_commit(file, err);
}

/* Opened where the member's bytes begin. */
static enum outcome open_member(struct archive *archive, str day, const struct archive_account *account,
                                const struct archive_member *member, struct opened *opened, struct err *err) {
  struct arena *scratch = arena_new();
  struct archive_account same;
  const char *path = archive_account_path(archive, day, account->id);
  if (member->kind == ARCHIVE_SPEC) path = archive_spec_path(archive, member->digest);
  if (member->kind == ARCHIVE_ORIGINAL) path = archive_original_path(archive, day, account->id, member->name);
  enum outcome out = open_kept(archive, path, account->feed, opened, err);
  bool inside = member->kind >= ARCHIVE_OUTPUT;
  if (!out && inside) out = read_head(opened, scratch, &same, err);
  for (const struct archive_member *each = account->members; inside && each < member && !out; each++)
    if (each->kind >= ARCHIVE_OUTPUT) out = copy_out(opened, each->bytes, NULL, NULL, err);
  arena_free(scratch);
  return out;
}

enum outcome archive_fetch(struct archive *archive, str day, const struct archive_account *account,
                           const struct archive_member *member, const char *to, struct err *err) {
  struct opened opened;
  char hex[DIGEST_TEXT] = "";
  bool inside = member->kind >= ARCHIVE_OUTPUT;
  enum outcome out = open_member(archive, day, account, member, &opened, err);
  if (!out) out = copy_to(&opened, inside ? member->bytes : UINT64_MAX, to, hex, err);
  close_kept(&opened);
  if (out || strcmp(hex, member->digest) == 0) return out;
  struct err unsaid = { 0 };
  file_remove(to, &unsaid);
  return err_set(err, OUT_DATA, "the archived %s %.*s is not what was put there: its SHA-256 differs",
                 archive_kinds[member->kind], STR_ARG(member->name));
}

enum outcome archive_fetch_original(struct archive *archive, str feed, str day, str id, str name,
                                    const char *to, char hex[DIGEST_TEXT], struct err *err) {
  struct opened opened;
  enum outcome out = open_kept(archive, archive_original_path(archive, day, id, name), feed, &opened, err);
  if (!out) out = copy_to(&opened, UINT64_MAX, to, hex, err);
  close_kept(&opened);
  return out;
}
