/* job/unconfirmed: released Transaction Import files that SL is not known to have. */
#include "job/unconfirmed.h"
#include "io/file.h"
#include "io/in.h"
#include "job/mirror.h"

enum { FIRST_MOST = 64 * 1024, DAY_SECONDS = 86400 };

static bool is_ti(const struct feed *feed, const char *path) {
  struct in *in;
  struct err unread = { 0 };
  size_t got = 0;
  bool known = false, possible = false;
  for (size_t i = 0; i < feed->load_count; i++)
    possible = possible || (feed->loads[i].schema && feed->loads[i].schema->format == FORMAT_TI);
  if (!possible || in_open(path, in_default_limits, &in, &unread)) return false;
  char *first = mem_alloc(FIRST_MOST);
  in_read(in, first, FIRST_MOST, &got, &unread);
  in_close(in);
  for (size_t i = 0; i < feed->load_count && !known; i++)
    known = feed->loads[i].schema && mirror_knows(feed->loads[i].schema, (str){ first, got });
  mem_free(first);
  return known;
}

/* journal-1.txt: "journal-1.log", "journal-1.txt.LOG", "journal-1_0101.out", and not "journal-12.log". */
static bool is_log_of(str log, str name) {
  size_t end = name.len;
  while (end && name.at[end - 1] != '.') end--;
  str stem = end ? str_sub(name, 0, end - 1) : name;
  if (!stem.len || log.len <= stem.len || !str_eq_fold(str_sub(log, 0, stem.len), stem)) return false;
  char next = log.at[stem.len];
  return next == '.' || next == '_' || next == ' ';
}

static enum outcome find_log(const struct custody *custody, str name, const char **log, struct err *err) {
  struct arena *arena = custody->site->arena;
  const char *folder = file_join(arena, custody->site->folder, STR("inbox/ti-log"));
  str *names;
  size_t count;
  *log = NULL;
  if (!file_is_folder(folder)) return OUT_OK;
  if (file_list(folder, arena, &names, &count, err)) return err->outcome;
  for (size_t i = 0; i < count; i++) /* the last one: names of logs often end in their time */
    if (is_log_of(names[i], name) && !file_is_folder(file_join(arena, folder, names[i])))
      *log = file_join(arena, folder, names[i]);
  return OUT_OK;
}

static bool was_confirmed(struct ledger *ledger, str name, str *doubled) {
  struct ledger_found found = ledger_having(ledger, "name", name);
  *doubled = STR_NONE;
  for (size_t i = 0; i < found.count; i++) {
    if (str_eq(found.entries[i]->event, STR("confirmed"))) return true;
    if (str_eq(found.entries[i]->event, STR("doubled")))
      *doubled = ledger_word(found.entries[i], "documents");
  }
  return false;
}

static enum outcome look_at(const struct custody *custody, const struct feed *feed, str folder, str name,
                            struct unconfirmed **files, size_t *count, struct err *err) {
  struct arena *arena = custody->site->arena;
  struct unconfirmed file = { .feed = feed->name };
  file.name = arena_printf(arena, "%.*s/%.*s", STR_ARG(folder), STR_ARG(name));
  const char *path = file_join(arena, custody->site->folder, file.name);
  const struct ledger_entry *entry = ledger_by_output(custody->ledger, file.name);
  if (file_is_folder(path) || !entry || !runs_time(entry->time, &file.since) || !is_ti(feed, path) ||
      was_confirmed(custody->ledger, file.name, &file.doubled))
    return OUT_OK;
  if (find_log(custody, name, &file.log, err)) return err->outcome;
  *ARENA_PUSH(arena, *files, *count) = file;
  return OUT_OK;
}

enum outcome unconfirmed_files(const struct custody *custody, const struct feed *feed,
                               struct unconfirmed **files, size_t *count, struct err *err) {
  struct arena *arena = custody->site->arena;
  str folder = arena_printf(arena, "outbox/sl/%.*s", STR_ARG(feed->name)), *names;
  const char *path = file_join(arena, custody->site->folder, folder);
  size_t name_count;
  if (!file_is_folder(path)) return OUT_OK;
  enum outcome out = file_list(path, arena, &names, &name_count, err);
  for (size_t i = 0; i < name_count && !out; i++)
    out = look_at(custody, feed, folder, names[i], files, count, err);
  return out;
}

static void add_alarms(const struct custody *custody, const struct schedule *schedule,
                       const struct unconfirmed *file, struct standing_alarm **alarms, size_t *count) {
  const struct site *site = custody->site;
  int64_t days = 0;
  str_to_int(site_setting(site, file->feed, "confirm-days"), &days);
  int64_t overdue = file->since + days * DAY_SECONDS;
  if (file->doubled.len)
    *ARENA_PUSH(site->arena, *alarms, *count) =
        (struct standing_alarm){ file->feed,
                                 arena_printf(site->arena, "%.*s is in SL twice: %.*s", STR_ARG(file->name),
                                              STR_ARG(file->doubled)),
                                 true };
  else if (days > 0 && overdue <= site->now.seconds)
    *ARENA_PUSH(site->arena, *alarms, *count) = (struct standing_alarm){
      file->feed,
      arena_printf(site->arena,
                   "%.*s was released %lld days ago, and nobody has seen it in SL: sluice confirm",
                   STR_ARG(file->name), (long long)((site->now.seconds - file->since) / DAY_SECONDS)),
      overdue >= schedule->starts
    };
}

enum outcome unconfirmed_alarms(const struct custody *custody, const struct schedule *schedule,
                                struct standing_alarm **alarms, size_t *count, struct err *err) {
  enum outcome out = OUT_OK;
  for (size_t i = 0; i < schedule->count && !out; i++) {
    struct unconfirmed *files = NULL;
    size_t file_count = 0;
    if (!schedule->feeds[i].feed) continue;
    out = unconfirmed_files(custody, schedule->feeds[i].feed, &files, &file_count, err);
    for (size_t j = 0; j < file_count; j++) add_alarms(custody, schedule, &files[j], alarms, count);
  }
  return out;
}

enum outcome unconfirmed_doubled(const struct custody *custody, const struct unconfirmed *file, str documents,
                                 struct err *err) {
  const struct site *site = custody->site;
  struct ledger_word words[] = { { STR("name"), file->name }, { STR("documents"), documents } };
  if (str_eq(file->doubled, documents)) return OUT_OK;
  return ledger_append(custody->ledger, batch_time(site, site->arena), STR("doubled"), file->feed, words,
                       sizeof words / sizeof *words, err);
}
