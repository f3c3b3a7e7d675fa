/* job/kept: what the archive is told of an item: its specs, its outputs and its states. */
#include "io/file.h"
#include "job/batch_internal.h"

#include <string.h>
#include <sys/stat.h>

/* Names relative to the site under which outputs are no business of people. */
static const char states[] = "var/state/";

enum { STATE_TEXT_MOST = 1 << 30 };

struct keeping {
  const struct item *item;
  struct archive_account *account;
};

str item_series(const struct item *item) {
  return archive_series(item->batch->feed->name, feed_is_personal(item->batch->feed));
}

static struct archive_member *add_member(const struct keeping *keeping, enum archive_kind kind, str name) {
  struct archive_account *account = keeping->account;
  struct archive_member *member = ARENA_PUSH(keeping->item->arena, account->members, account->count);
  *member = (struct archive_member){ .kind = kind, .name = name };
  return member;
}

static void add_specs(const struct keeping *keeping) {
  const struct site *site = keeping->item->batch->site;
  struct library_file *specs;
  size_t count = batch_specs(site, keeping->item->batch->feed, keeping->item->arena, &specs);
  for (size_t i = 0; i < count; i++) {
    struct archive_member *spec = add_member(keeping, ARCHIVE_SPEC, str_of(specs[i].name));
    spec->text = library_text(site->library, specs[i].name);
    spec->bytes = spec->text.len;
    memcpy(spec->digest, specs[i].digest, sizeof spec->digest);
  }
}

static enum outcome add_file(const struct keeping *keeping, const char *path, str name, struct err *err) {
  bool is_state = str_starts(name, str_of(states));
  struct archive_member *member = add_member(keeping, is_state ? ARCHIVE_STATE : ARCHIVE_OUTPUT, name);
  struct stat about;
  if (stat(path, &about)) return err_errno(err, "cannot read %s", path);
  member->path = path;
  member->bytes = (uint64_t)about.st_size;
  return digest_file(path, member->digest, err);
}

/* All of the build folder, proofs too; `inner` is relative to it. */
static enum outcome add_outputs(const struct keeping *keeping, str inner, struct err *err) {
  struct arena *arena = keeping->item->arena;
  const char *folder = inner.len ? file_join(arena, keeping->item->folder, inner) : keeping->item->folder;
  str *names;
  size_t count;
  if (file_list(folder, arena, &names, &count, err)) return err->outcome;
  for (size_t i = 0; i < count; i++) {
    const char *path = file_join(arena, folder, names[i]);
    str name = inner.len ? arena_printf(arena, "%.*s/%.*s", STR_ARG(inner), STR_ARG(names[i])) : names[i];
    if (file_is_folder(path) ? add_outputs(keeping, name, err) : add_file(keeping, path, name, err))
      return err->outcome;
  }
  return OUT_OK;
}

/* The tables as this run read them: without them the item could not be made again. */
static enum outcome add_tables(const struct keeping *keeping, struct err *err) {
  struct arena *arena = keeping->item->arena;
  const struct states *read = keeping->item->batch->states;
  str *schemas;
  size_t count = states_read(read, arena, &schemas);
  enum outcome out = OUT_OK;
  for (size_t i = 0; i < count && !out; i++) {
    struct buf text = buf_new(STATE_TEXT_MOST);
    struct archive_member *table = add_member(keeping, ARCHIVE_TABLE, states_member(schemas[i], arena));
    out = states_text(read, schemas[i], &text, err);
    table->text = arena_str(arena, buf_str(&text));
    table->bytes = table->text.len;
    digest_bytes(table->text, table->digest);
    buf_free(&text);
  }
  return out;
}

enum outcome item_keep(const struct item *item, str day, struct err *err) {
  const struct batch *batch = item->batch;
  struct archive_account account = {
    .feed = batch->feed->name, .id = item->id, .key = item->key, .k = item->k, .file = item->drop->name
  };
  struct keeping keeping = { item, &account };
  account.time = batch_time(batch->site, item->arena);
  account.run = arena_printf(item->arena, "%llu", (unsigned long long)batch->run);
  account.personal = feed_is_personal(batch->feed);
  struct archive_member *original = add_member(&keeping, ARCHIVE_ORIGINAL, item->drop->name);
  original->bytes = item->drop->size;
  memcpy(original->digest, item->digest, sizeof original->digest);
  add_specs(&keeping);
  if (add_outputs(&keeping, STR_NONE, err) || add_tables(&keeping, err)) return err->outcome;
  return archive_put(batch->site->archive, day, &account, err);
}
