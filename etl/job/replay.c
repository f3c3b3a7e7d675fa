/* job/replay: a past day, run or item once more, from the archive alone, and what comes out otherwise. */
#include "job/replay.h"
#include "io/file.h"
#include "job/batch_internal.h"
#include "job/naming.h"
#include "job/retain.h"

#include <string.h>

struct replaying {
  struct replay *replay;
  struct arena *arena; /* the site's: what the result is told in */
  const struct archive_account *account;
  struct replay_item *item;
  const char *scratch;
};

static enum outcome cannot(struct replaying *replaying, const struct err *err) {
  char text[ERR_TEXT_MOST + ERR_FILE_MOST + 64];
  err_format(err, text, sizeof text);
  replaying->item->end = REPLAY_CANNOT;
  replaying->item->why = arena_str(replaying->arena, str_of(text));
  return OUT_OK;
}

static enum outcome fetch(struct replaying *replaying, const struct archive_member *member,
                          const char *folder, const char **path, struct err *err) {
  *path = file_join(replaying->arena, folder, member->name);
  str above = str_of(*path);
  while (above.len && above.at[above.len - 1] != '/') above.len--;
  if (file_make_folders(arena_text(replaying->arena, str_sub(above, 0, above.len - 1)), 0700, err))
    return err->outcome;
  return archive_fetch(replaying->replay->site->archive, replaying->item->day, replaying->account, member,
                       *path, err);
}

/* --- the specs of then, or of today --- */

static enum outcome fetch_specs(struct replaying *replaying, const char *folder, struct err *err) {
  const struct archive_account *account = replaying->account;
  const char *path;
  enum outcome out = file_make_folders(folder, 0700, err);
  for (size_t i = 0; i < account->count && !out; i++)
    if (account->members[i].kind == ARCHIVE_SPEC)
      out = fetch(replaying, &account->members[i], folder, &path, err);
  return out;
}

static enum outcome open_specs(struct replaying *replaying, struct arena *arena, struct site *site,
                               struct feed **feed, struct err *err) {
  const struct replay *replay = replaying->replay;
  const struct place somewhere = { NULL, 1 };
  const char *folder = replay->with ? replay->with : file_join(arena, replaying->scratch, STR("site"));
  if (!replay->with && fetch_specs(replaying, folder, err)) return err->outcome;
  struct library *library =
      library_open(folder, replay->with ? replay->share : NULL, arena, complaints_new(arena));
  if (site_open(library, replaying->account->time, site, err)) return err->outcome;
  *feed = feed_open(library, replaying->account->feed, somewhere);
  struct complaints *wrong = library_wrong(library);
  if (complaints_count(wrong)) return complaints_first(wrong, err);
  return *feed ? OUT_OK : err_set(err, OUT_SPEC, "feed %.*s is not there", STR_ARG(replaying->account->feed));
}

/* --- comparing --- */

static struct replay_file *add_file(struct replaying *replaying, str name) {
  struct replay_item *item = replaying->item;
  struct replay_file *file = ARENA_PUSH(replaying->arena, item->files, item->count);
  *file = (struct replay_file){ .name = arena_str(replaying->arena, name) };
  return file;
}

static enum outcome tell_difference(struct replaying *replaying, const struct archive_member *member,
                                    const char *now, struct replay_file *file, struct err *err) {
  struct buf text = buf_new(1 << 20);
  const char *then;
  enum outcome out =
      fetch(replaying, member, file_join(replaying->arena, replaying->scratch, STR("then")), &then, err);
  if (!out) out = compare_outputs(then, now, &text, err);
  file->difference = arena_str(replaying->arena, buf_str(&text));
  buf_free(&text);
  return out;
}

static enum outcome compare_one(struct replaying *replaying, const struct archive_member *member,
                                const char *folder, struct err *err) {
  const char *now = file_join(replaying->arena, folder, member->name);
  struct replay_file *file = add_file(replaying, member->name);
  char digest[DIGEST_TEXT];
  file->there_before = true;
  file->there_now = file_exists(now);
  if (!file->there_now) return OUT_OK;
  if (digest_file(now, digest, err)) return err->outcome;
  file->same = strcmp(digest, member->digest) == 0;
  return file->same ? OUT_OK : tell_difference(replaying, member, now, file, err);
}

/* Proofs name the digests of the specs: under others they are bound to differ, and say nothing new. */
static bool is_compared(const struct replaying *replaying, str name) {
  bool proof = str_ends(name, STR(".proof")) || str_ends(name, STR(".proof.json"));
  return !replaying->replay->with || !proof;
}

static bool is_written(const struct archive_member *member) {
  return member->kind == ARCHIVE_OUTPUT || member->kind == ARCHIVE_STATE;
}

static bool was_written(const struct archive_account *account, str name) {
  for (size_t i = 0; i < account->count; i++)
    if (is_written(&account->members[i]) && str_eq(account->members[i].name, name)) return true;
  return false;
}

static void add_new(struct replaying *replaying, const struct outlet_file *files, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (!was_written(replaying->account, files[i].name)) add_file(replaying, files[i].name)->there_now = true;
}

static enum outcome compare_all(struct replaying *replaying, const struct item *built, struct err *err) {
  const struct archive_account *account = replaying->account;
  const struct outlet_file *files;
  size_t count = outlets_files(built->outlets, &files);
  for (size_t i = 0; i < account->count; i++)
    if (is_written(&account->members[i]) && is_compared(replaying, account->members[i].name) &&
        compare_one(replaying, &account->members[i], built->folder, err))
      return err->outcome;
  add_new(replaying, files, count);
  count = outlets_states(built->outlets, &files);
  add_new(replaying, files, count);
  replaying->item->end = REPLAY_SAME;
  for (size_t i = 0; i < replaying->item->count; i++)
    if (!replaying->item->files[i].same) replaying->item->end = REPLAY_DIFFERS;
  return OUT_OK;
}

/* --- one item --- */

static enum outcome name_states(const struct replaying *replaying, struct item *built, struct err *err) {
  const struct archive_account *account = replaying->account;
  const struct outlet_file *files;
  size_t count = outlets_states(built->outlets, &files);
  enum outcome out = OUT_OK;
  for (size_t i = 0; i < count && !out; i++)
    for (size_t j = 0; j < account->count && !out; j++)
      if (account->members[j].kind == ARCHIVE_STATE &&
          naming_is_but_k(account->members[j].name, files[i].name, ".csv"))
        out = outlets_rename_state(built->outlets, i, account->members[j].name, err);
  return out;
}

/* What was released under a name of its own (journal-1-2.txt) is built under the plain one. */
static bool is_name_of_then(const struct item *built, str then, const struct outlet_file *now) {
  bool rows = now->load && now->load->to.kind == PLACE_ODBC;
  return naming_is_of(built->arena, then, now->name) || (rows && naming_is_but_k(then, now->name, ".rows"));
}

static enum outcome take_names_of_then(const struct replaying *replaying, struct item *built,
                                       struct err *err) {
  const struct archive_account *account = replaying->account;
  const struct outlet_file *files;
  size_t count = outlets_files(built->outlets, &files);
  enum outcome out = OUT_OK;
  for (size_t i = 0; i < count && !out; i++) {
    if (was_written(account, files[i].name)) continue;
    for (size_t j = 0; j < account->count && !out; j++)
      if (account->members[j].kind == ARCHIVE_OUTPUT &&
          is_name_of_then(built, account->members[j].name, &files[i]))
        out = outlets_rename(built->outlets, i, account->members[j].name, err);
  }
  return out;
}

static enum outcome refused(struct replaying *replaying, const struct item *built, const struct err *err) {
  const struct tally *tally = built->result.tally;
  replaying->item->end = REPLAY_REFUSED;
  replaying->item->why = arena_str(replaying->arena, str_of(err->text));
  for (size_t i = 0; tally && i < tally->proof_count; i++)
    if (!tally->proofs[i].holds && !tally->proofs[i].each)
      replaying->item->why =
          arena_printf(replaying->arena, "%.*s: %.*s, not %.*s", STR_ARG(tally->proofs[i].proof->text),
                       STR_ARG(tally->proofs[i].left), STR_ARG(tally->proofs[i].right));
  for (size_t i = 0; tally && i < tally->message_count; i++)
    if (tally->messages[i]->file && tally->messages[i]->kind == RULE_REJECT)
      replaying->item->why = arena_str(replaying->arena, tally->messages[i]->text);
  return OUT_OK;
}

static enum outcome rebuild(struct replaying *replaying, struct item *built, struct err *err) {
  const struct archive_account *account = replaying->account;
  if (digest_file(built->work, built->digest, err)) return err->outcome;
  built->id = account->id;
  built->k = batch_k(built->batch->site, built->batch->feed, built->arena, built->id);
  bool same_inputs = str_eq(built->k, account->k);
  enum outcome out = item_run(built, err);
  if (out == OUT_REFUSED || out == OUT_DATA) return refused(replaying, built, err);
  if (!out) out = take_names_of_then(replaying, built, err);
  if (!out) out = name_states(replaying, built, err);
  if (!out) out = item_proofs(built, err);
  if (!out) out = compare_all(replaying, built, err);
  if (!out && !replaying->replay->with && !same_inputs && replaying->item->end == REPLAY_DIFFERS)
    replaying->item->why = STR("the specs, settings and original are those of then: the program is another");
  return out;
}

/* The tables as the run read them then; those that today's specs do not ask are left. */
static enum outcome load_states(struct replaying *replaying, struct batch *batch, struct err *err) {
  const struct archive_account *account = replaying->account;
  const char *path, *folder = file_join(replaying->arena, replaying->scratch, STR("tables"));
  str *schemas;
  enum outcome out = batch_read_states(batch, err);
  size_t count = states_read(batch->states, replaying->arena, &schemas);
  for (size_t i = 0; i < count; i++)
    for (size_t j = 0; j < account->count && !out; j++) {
      str name = states_member(schemas[i], replaying->arena);
      if (account->members[j].kind != ARCHIVE_TABLE || !str_eq(account->members[j].name, name)) continue;
      out = fetch(replaying, &account->members[j], folder, &path, err);
      if (!out) out = states_load(batch->states, schemas[i], path, err);
    }
  return out;
}

static enum outcome replay_with_feed(struct replaying *replaying, struct site *site, const struct feed *feed,
                                     const char *original, struct err *err) {
  struct batch batch = { .site = site, .feed = feed, .dry_run = true };
  struct summary_row row = { .amount = STR("-") };
  struct drop drop = { .name = replaying->account->file, .path = original };
  struct item built = { .batch = &batch, .arena = arena_new(), .drop = &drop, .work = original, .row = &row };
  struct err ignored = { 0 };
  for (size_t i = 0; i < replaying->account->count; i++)
    if (replaying->account->members[i].kind == ARCHIVE_ORIGINAL)
      drop.size = replaying->account->members[i].bytes;
  built.why = buf_new(1 << 24);
  enum outcome out = load_states(replaying, &batch, err);
  if (!out) out = rebuild(replaying, &built, err);
  outlets_free(built.outlets);
  exec_result_free(&built.result);
  if (built.folder) file_remove_folder(built.folder, &ignored);
  buf_free(&built.why);
  arena_free(built.arena);
  states_free(batch.states);
  return out;
}

static enum outcome replay_account(struct replaying *replaying, struct err *err) {
  struct arena *arena = arena_new();
  struct site site = { 0 };
  struct feed *feed = NULL;
  const char *original = file_join(arena, replaying->scratch, STR("original"));
  char digest[DIGEST_TEXT];
  const struct archive_account *account = replaying->account;
  enum outcome out =
      archive_fetch_original(replaying->replay->site->archive, account->feed, replaying->item->day,
                             account->id, account->file, original, digest, err);
  for (size_t i = 0; i < account->count && !out; i++)
    if (account->members[i].kind == ARCHIVE_ORIGINAL && strcmp(account->members[i].digest, digest) != 0)
      out =
          err_set(err, OUT_DATA, "the archived original is not the file that was read: its SHA-256 differs");
  if (!out) out = open_specs(replaying, arena, &site, &feed, err);
  if (!out) out = replay_with_feed(replaying, &site, feed, original, err);
  site_close(&site);
  arena_free(arena);
  return out;
}

static enum outcome replay_item(struct replay *replay, str day, const struct archive_account *account,
                                struct err *err) {
  struct arena *arena = replay->site->arena;
  struct replaying replaying = { .replay = replay, .arena = arena, .account = account };
  struct err wrong = { 0 }, ignored = { 0 };
  replaying.item = ARENA_PUSH(arena, replay->items, replay->count);
  *replaying.item = (struct replay_item){
    .feed = account->feed, .id = account->id, .key = account->key, .file = account->file, .day = day
  };
  if (file_make_scratch(arena, &replaying.scratch, err)) return err->outcome;
  if (replay_account(&replaying, &wrong)) cannot(&replaying, &wrong);
  return file_remove_folder(replaying.scratch, &ignored);
}

/* --- which --- */

static bool is_meant(const struct archive_account *account, str day, str what) {
  return str_eq(day, what) || str_eq(account->id, what) || str_eq(account->key, what) ||
         (account->run.len && str_eq(account->run, what));
}

/* Which feed's keys an account is sealed with is the ledger's to say. */
static str feed_of(const struct replay *replay, str id) {
  const struct ledger_entry *entry = ledger_by_id(replay->ledger, id);
  return entry ? arena_str(replay->site->arena, entry->feed) : STR_NONE;
}

static enum outcome replay_of_day(struct replay *replay, str day, str what, struct err *err) {
  struct arena *arena = replay->site->arena;
  str *ids;
  size_t count;
  if (archive_ids(replay->site->archive, day, arena, &ids, &count, err)) return err->outcome;
  for (size_t i = 0; i < count; i++) {
    struct archive_account account;
    struct err wrong = { 0 };
    enum outcome out =
        archive_read(replay->site->archive, feed_of(replay, ids[i]), day, ids[i], arena, &account, &wrong);
    bool meant = out ? str_eq(day, what) || str_eq(ids[i], what) : is_meant(&account, day, what);
    if (!meant) continue;
    if (!out && replay_item(replay, day, &account, err)) return err->outcome;
    if (!out) continue;
    struct replay_item *item = ARENA_PUSH(arena, replay->items, replay->count);
    *item = (struct replay_item){ .feed = feed_of(replay, ids[i]), .id = ids[i], .day = day };
    item->end = REPLAY_CANNOT;
    item->why = arena_str(arena, str_of(wrong.text));
  }
  return OUT_OK;
}

static bool was_purged(const struct replay *replay, str what, struct err *err) {
  struct ledger_found found = ledger_having(replay->ledger, "id", what);
  if (!found.count) found = ledger_having(replay->ledger, "key", what);
  str when;
  if (retain_when_purged(replay->ledger, STR_NONE, what, replay->site->arena, &when)) {
    err_set(err, OUT_DATA, "%.*s was purged on %.10s, as kept long enough", STR_ARG(what), when.at);
    return true;
  }
  for (size_t i = 0; i < found.count; i++) {
    const struct ledger_entry *entry = found.entries[i];
    if (!retain_when_purged(replay->ledger, entry->feed, ledger_word(entry, "day"), replay->site->arena,
                            &when))
      continue;
    err_set(err, OUT_DATA, "%.*s was purged on %.10s, as kept long enough", STR_ARG(what), when.at);
    return true;
  }
  return false;
}

enum outcome replay_run(struct replay *replay, str what, struct err *err) {
  str *days;
  size_t count;
  if (archive_days(replay->site->archive, replay->site->arena, &days, &count, err)) return err->outcome;
  for (size_t i = 0; i < count; i++)
    if (replay_of_day(replay, days[i], what, err)) return err->outcome;
  if (replay->count) return OUT_OK;
  if (was_purged(replay, what, err)) return err->outcome;
  return err_set(err, OUT_DATA, "nothing was archived under %.*s: a day, a run's number, an item's id or key",
                 STR_ARG(what));
}
