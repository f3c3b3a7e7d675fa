/* spool/archive: every original and every released file, with all it was made by, kept by day. */
#include "spool/archive_internal.h"
#include "base/buf.h"
#include "io/fd.h"
#include "spool/spool_internal.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

const char *const archive_kinds[] = { "original", "spec", "output", "state", "table" };

enum outcome archive_open(const char *site, const char *keys, const char *credentials, struct arena *arena,
                          struct archive **archive, struct err *err) {
  *archive = ARENA_NEW(arena, struct archive);
  **archive = (struct archive){ .arena = arena, .site = arena_text(arena, str_of(site)) };
  return keys ? keyring_open(keys, credentials, &(*archive)->keyring, err) : OUT_OK;
}

const char *archive_made_master(const struct archive *archive) {
  return archive->made_master[0] ? archive->made_master : NULL;
}

void archive_close(struct archive *archive) {
  if (!archive) return;
  keyring_close(archive->keyring);
  archive->keyring = NULL;
}

struct arena *archive_lend(struct archive *archive, struct arena *arena) {
  struct arena *before = archive->arena;
  archive->arena = arena;
  return before;
}

bool archive_is_sealed(const struct archive *archive) { return archive->keyring != NULL; }

str archive_series(str feed, bool personal) { return personal ? feed : STR_NONE; }

/* --- places --- */

static const char *folder_of(const struct archive *archive, const char *room, str day) {
  return file_join(archive->arena, file_join(archive->arena, archive->site, str_of(room)), day);
}

const char *archive_account_path(const struct archive *archive, str day, str id) {
  return file_join(archive->arena, folder_of(archive, "var/outbox/archive", day), id);
}

const char *archive_spec_path(const struct archive *archive, const char *digest) {
  return folder_of(archive, "var/specs", str_of(digest));
}

const char *archive_original_path(const struct archive *archive, str day, str id, str name) {
  str file = arena_printf(archive->arena, "%.*s-%.*s", STR_ARG(id), STR_ARG(name));
  file = spool_fitting(file, ARCHIVE_NAME_MOST);
  return file_join(archive->arena, folder_of(archive, "var/inbox/archive", day), file);
}

bool archive_has_original(struct archive *archive, str day, str id, str name) {
  return spool_good_name(day) && vault_exists(archive_original_path(archive, day, id, name));
}

const char *archive_plain_original(struct archive *archive, str day, str id, str name) {
  const char *path = spool_good_name(day) ? archive_original_path(archive, day, id, name) : NULL;
  return path && file_exists(path) ? path : NULL;
}

enum outcome archive_key(struct archive *archive, str series, str day, struct seal_key **key,
                         struct err *err) {
  *key = NULL;
  if (!archive->keyring) return OUT_OK;
  if (!keyring_masters(archive->keyring)) {
    if (keyring_new_master(archive->keyring, archive->made_master, err)) return err->outcome;
  }
  keyring_series(archive->keyring, series);
  enum outcome out = keyring_day(archive->keyring, day, true, key, err);
  if (out != OUT_END) return out;
  return err_set(err, OUT_SPEC, "the key of %.*s was destroyed; nothing can be archived under that day",
                 STR_ARG(day));
}

enum outcome archive_day_key(struct archive *archive, str series, str day, struct seal_key **key,
                             struct err *err) {
  return archive_key(archive, series, day, key, err);
}

enum outcome archive_key_of(struct archive *archive, str series, const char *path, struct seal_key **key,
                            struct err *err) {
  char id[SEAL_KEY_ID];
  *key = NULL;
  if (!seal_is(path)) return OUT_OK;
  enum outcome out = seal_peek(path, id, err);
  if (out) return out;
  if (!archive->keyring)
    return err_set(err, OUT_DATA, "it is sealed with key %s, and this site has no keys", id);
  keyring_series(archive->keyring, series);
  out = keyring_find(archive->keyring, str_of(id), key, err);
  if (out == OUT_END || out == OUT_REFUSED) err->outcome = OUT_DATA;
  return out == OUT_END || out == OUT_REFUSED ? OUT_DATA : out;
}

/* --- putting --- */

enum outcome archive_make_folder_of(const struct archive *archive, const char *path, struct err *err) {
  size_t end = strlen(path);
  while (end && path[end - 1] != '/') end--;
  return file_make_folders(arena_text(archive->arena, (str){ path, end - 1 }), 0700, err);
}

/* Written aside, in a folder of the feed that is removed when the feed runs: what a dead run left of a file
 * is never in the archive, and no run sweeps what another is writing. */
static const char *aside(const struct archive *archive, str feed, const char *path) {
  return file_join(archive->arena, folder_of(archive, "var/outbox/archiving", feed), spool_name_of(path));
}

static enum outcome begin_aside(struct archive *archive, const char *made, const char *path, str series,
                                str day, struct seal_key **key, struct vault_out **out, struct err *err) {
  *key = NULL;
  *out = NULL;
  if (archive_make_folder_of(archive, path, err) || archive_make_folder_of(archive, made, err) ||
      archive_key(archive, series, day, key, err))
    return err->outcome;
  return vault_create(made, *key, out, err);
}

/* An account of before is replaced. What is there of a spec is the same bytes, by another feed. */
static enum outcome bring_in(struct archive *archive, const char *made, const char *path, bool replace,
                             struct err *err) {
  const char *to = path;
  if (archive->keyring) {
    made = arena_printf(archive->arena, "%s.sealed", made).at;
    to = arena_printf(archive->arena, "%s.sealed", path).at;
  }
  if (replace && vault_exists(path) && vault_remove(path, err)) return err->outcome;
  enum outcome out = file_move(made, to, err);
  if (out != OUT_REFUSED || replace) return out;
  *err = (struct err){ 0 };
  return file_remove(made, err);
}

static enum outcome put_spec(struct archive *archive, str feed, const struct archive_member *member,
                             struct err *err) {
  const char *path = archive_spec_path(archive, member->digest), *made = aside(archive, feed, path);
  struct seal_key *key;
  struct vault_out *out;
  if (vault_exists(path)) return OUT_OK;
  begin_aside(archive, made, path, STR_NONE, ARCHIVE_SPECS_DAY, &key, &out, err);
  if (!err->outcome) vault_write(out, member->text, err);
  if (err->outcome) vault_abandon(out);
  else vault_commit(out, err);
  seal_key_free(key);
  return err->outcome ? err->outcome : bring_in(archive, made, path, false, err);
}

static void add_line(struct buf *head, const char *name, str value) {
  if (value.len) buf_printf(head, "%s %.*s\n", name, STR_ARG(value));
}

static void write_head(const struct archive_account *account, struct buf *head) {
  buf_add(head, STR("sluice-archive 1\n"));
  add_line(head, "feed", account->feed);
  add_line(head, "id", account->id);
  add_line(head, "key", account->key);
  add_line(head, "k", account->k);
  add_line(head, "file", account->file);
  add_line(head, "time", account->time);
  add_line(head, "run", account->run);
  for (size_t i = 0; i < account->count; i++) {
    const struct archive_member *member = &account->members[i];
    buf_printf(head, "%s %llu %s %.*s\n", archive_kinds[member->kind], (unsigned long long)member->bytes,
               member->digest, STR_ARG(member->name));
  }
  buf_char(head, '\n');
}

/* As many bytes as the account says, with the digest it says. */
static enum outcome copy_member(const struct archive_member *member, struct vault_out *out, struct err *err) {
  if (!member->path) return vault_write(out, member->text, err);
  char block[ARCHIVE_BLOCK], hex[DIGEST_TEXT];
  uint64_t left = member->bytes;
  struct digest *digest = digest_new();
  int fd = fd_open(member->path, O_RDONLY | O_NOFOLLOW, 0);
  ssize_t got = 1;
  while (fd >= 0 && !err->outcome && (got = fd_read(fd, block, sizeof block)) > 0) {
    left -= (uint64_t)got;
    digest_add(digest, (str){ block, (size_t)got });
    vault_write(out, (str){ block, (size_t)got }, err);
  }
  if (fd < 0 || got < 0) err_errno(err, "cannot read %s", member->path);
  if (fd >= 0) close(fd);
  digest_end(digest, hex);
  if (!err->outcome && (left || strcmp(hex, member->digest) != 0))
    err_set(err, OUT_SYSTEM, "%s is not what was written there", member->path);
  return err->outcome;
}

static enum outcome put_account(struct archive *archive, str day, const struct archive_account *account,
                                struct err *err) {
  const char *path = archive_account_path(archive, day, account->id);
  const char *made = aside(archive, account->feed, path);
  struct buf head = buf_new(ARCHIVE_HEAD_MOST);
  struct seal_key *key = NULL;
  struct vault_out *out = NULL;
  write_head(account, &head);
  if (head.full) err_set(err, OUT_DATA, "the account of %.*s is too long", STR_ARG(account->id));
  else
    begin_aside(archive, made, path, archive_series(account->feed, account->personal), day, &key, &out, err);
  if (!err->outcome) vault_write(out, buf_str(&head), err);
  for (size_t i = 0; i < account->count && !err->outcome; i++)
    if (account->members[i].kind >= ARCHIVE_OUTPUT) copy_member(&account->members[i], out, err);
  if (err->outcome) vault_abandon(out);
  else vault_commit(out, err);
  seal_key_free(key);
  buf_free(&head);
  return err->outcome ? err->outcome : bring_in(archive, made, path, true, err);
}

enum outcome archive_put(struct archive *archive, str day, const struct archive_account *account,
                         struct err *err) {
  for (size_t i = 0; i < account->count; i++)
    if (account->members[i].kind == ARCHIVE_SPEC &&
        put_spec(archive, account->feed, &account->members[i], err))
      return err->outcome;
  return put_account(archive, day, account, err);
}

enum outcome archive_days(struct archive *archive, struct arena *arena, str **days, size_t *count,
                          struct err *err) {
  const char *folder = file_join(archive->arena, archive->site, STR("var/outbox/archive"));
  *count = 0;
  return file_is_folder(folder) ? file_list(folder, arena, days, count, err) : OUT_OK;
}

enum outcome archive_ids(struct archive *archive, str day, struct arena *arena, str **ids, size_t *count,
                         struct err *err) {
  const char *folder = folder_of(archive, "var/outbox/archive", day);
  *count = 0;
  if (!file_is_folder(folder) || file_list(folder, arena, ids, count, err)) return err->outcome;
  size_t kept = 0;
  for (size_t i = 0; i < *count; i++) {
    str name = (*ids)[i];
    if (str_starts(name, STR("."))) continue;
    (*ids)[kept++] = str_ends(name, STR(".sealed")) ? str_sub(name, 0, name.len - 7) : name;
  }
  *count = kept;
  return OUT_OK;
}
