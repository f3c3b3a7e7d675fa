/* job/kept: what the archive is told of an item: its specs, its outputs and its states. */
#include "io/file.h"
#include "job/batch_internal.h"

#include <string.h>
#include <sys/stat.h>

/* Names relative to the site under which outputs are no business of people. */
static const char states[] = "var/state/";

struct keeping {
  const struct item *item;
  struct archive_account *account;
};

static bool is_personal(const struct schema *schema) {
  bool personal = false;
  for (size_t i = 0; schema && i < schema->record_count; i++)
    personal = personal || record_has_personal(schema->records[i]);
  return personal;
}

bool feed_is_personal(const struct feed *feed) {
  bool personal = false;
  for (size_t i = 0; i < feed->program_count; i++) {
    const struct program *program = feed->programs[i];
    personal = personal || is_personal(program->from);
    for (size_t j = 0; j < program->into_count; j++) personal = personal || is_personal(program->into[j]);
  }
  return personal;
}

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
  size_t count = batch_specs(site, keeping->item->batch->feed, &specs);
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

enum outcome item_keep(const struct item *item, str day, struct err *err) {
  const struct batch *batch = item->batch;
  struct archive_account account = {
    .feed = batch->feed->name, .id = item->id, .key = item->key, .k = item->k, .file = item->drop->name
  };
  struct keeping keeping = { item, &account };
  account.time = batch_time(batch->site, item->arena);
  account.personal = feed_is_personal(batch->feed);
  struct archive_member *original = add_member(&keeping, ARCHIVE_ORIGINAL, item->drop->name);
  original->bytes = item->drop->size;
  memcpy(original->digest, item->digest, sizeof original->digest);
  add_specs(&keeping);
  if (add_outputs(&keeping, STR_NONE, err)) return err->outcome;
  return archive_put(batch->site->archive, day, &account, err);
}
