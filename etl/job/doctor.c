/* job/doctor: what would fail tonight, looked at now: specs, folders, modes, disk, clock, keys, SL, Amazon.
 */
#include "job/doctor_internal.h"
#include "base/map.h"
#include "io/file.h"
#include "io/keyring.h"
#include "job/specs.h"
#include "report/summary.h"
#include "spool/places.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { CLOCK_SLACK = 60 }; /* seconds; a file server's clock may be a little ahead */

void doctor_say(struct doctor *doctor, const char *check, bool good, const char *format, ...) {
  struct arena *arena = library_arena(doctor->library);
  va_list args;
  va_start(args, format);
  str text = arena_vprintf(arena, format, args);
  va_end(args);
  *ARENA_PUSH(arena, doctor->lines, doctor->count) = (struct checkup_line){ check, good, text };
}

static const char *plural(size_t n) { return n == 1 ? "" : "s"; }

static const char *path_of(const struct doctor *doctor, str name) {
  struct arena *arena = library_arena(doctor->library);
  return str_starts(name, STR("/")) ? arena_text(arena, name)
                                    : file_join(arena, library_site(doctor->library), name);
}

static void look_at_config(struct doctor *doctor) {
  struct specs_count n = specs_check(doctor->library);
  size_t wrong = complaints_count(library_wrong(doctor->library));
  if (wrong) doctor_say(doctor, "config", false, "%zu error%s: sluice check", wrong, plural(wrong));
  else
    doctor_say(doctor, "config", true, "%zu schema%s, %zu transform%s, %zu feed%s, %zu sheet%s", n.schemas,
               plural(n.schemas), n.transforms, plural(n.transforms), n.feeds, plural(n.feeds), n.sheets,
               plural(n.sheets));
}

/* --- folders --- */

static bool can_use(const char *path) { return access(path, R_OK | W_OK | X_OK) == 0; }

static bool look_at_folder(struct doctor *doctor, str name, bool made_by_run) {
  const char *path = path_of(doctor, name);
  if (!file_exists(path) && made_by_run) return can_use(library_site(doctor->library));
  if (!file_is_folder(path))
    doctor_say(doctor, "folders", false, "%.*s is not there: nothing can be dropped into it", STR_ARG(name));
  else if (!can_use(path))
    doctor_say(doctor, "folders", false, "%.*s cannot be written by this user", STR_ARG(name));
  else return true;
  return false;
}

/* A feed that no night runs and nobody has used needs no folder. */
static bool is_used(struct doctor *doctor, const struct feed *feed, str folder) {
  return feed->when != WHEN_ASKED || file_exists(path_of(doctor, folder));
}

static bool look_at_inboxes(struct doctor *doctor, const struct feed *feed, size_t *seen) {
  bool good = true;
  for (size_t i = 0; feed && i < feed->inbox_count; i++) {
    if (!is_used(doctor, feed, feed->inboxes[i].folder)) continue;
    ++*seen;
    good = look_at_folder(doctor, feed->inboxes[i].folder, false) && good;
  }
  return good;
}

/* --- modes --- */

/* Places that feeds share are told once. */
static enum outcome look_at_modes(struct doctor *doctor, str feed, bool personal, struct map *told,
                                  struct err *err) {
  struct spool_open_place *found;
  size_t count;
  if (spool_places_open(doctor->spool, feed, personal, &found, &count, err)) return err->outcome;
  for (size_t i = 0; i < count; i++) {
    if (map_has(told, found[i].path)) continue;
    *map_put(told, found[i].path) = doctor;
    struct arena *arena = library_arena(doctor->library);
    str more = found[i].others ? arena_printf(arena, ", and %zu more file%s there", found[i].others,
                                              plural(found[i].others))
                               : STR_NONE;
    doctor_say(doctor, "modes", false, "%.*s is open to others: mode %03o, %03o at most%.*s",
               STR_ARG(found[i].path), found[i].mode & 0777, found[i].most, STR_ARG(more));
  }
  return OUT_OK;
}

static enum outcome look_at_feeds(struct doctor *doctor, struct err *err) {
  static const struct place somewhere = { NULL, 1 };
  struct arena *arena = library_arena(doctor->library);
  struct map *told = map_new(arena);
  str *names;
  size_t count, seen = 0, personal = 0;
  library_names(doctor->library, "feeds", ".feed", &names, &count);
  bool *is_personal = ARENA_ARRAY(arena, bool, count + 1);
  bool good = look_at_folder(doctor, STR("outbox"), true);
  good = look_at_folder(doctor, STR("var"), true) && good;
  bool config_good = !complaints_count(library_wrong(doctor->library));
  for (size_t i = 0; i < count; i++) {
    const struct feed *feed = config_good ? feed_open(doctor->library, names[i], somewhere) : NULL;
    good = look_at_inboxes(doctor, feed, &seen) && good;
    is_personal[i] = feed && feed_is_personal(feed);
    personal += is_personal[i];
  }
  if (good && config_good)
    doctor_say(doctor, "folders", true, "%zu inbox%s, outbox and var can be written", seen,
               seen == 1 ? "" : "es");
  else if (good)
    doctor_say(doctor, "folders", true,
               "outbox and var can be written; inboxes are known when the config is right");
  size_t before = doctor->count;
  for (size_t i = 0; i < count; i++)
    if (look_at_modes(doctor, names[i], is_personal[i], told, err)) return err->outcome;
  if (doctor->count == before && !config_good)
    doctor_say(doctor, "modes", true,
               "no place of ours is open to others; inboxes are known when the config is right");
  else if (doctor->count == before)
    doctor_say(doctor, "modes", true, "%zu of %zu feed%s with personal columns; no place is open to others",
               personal, count, plural(count));
  return OUT_OK;
}

/* --- disk, clock, keys --- */

static void look_at_disk(struct doctor *doctor) {
  static const char *const rooms[] = { "var", "outbox", "inbox" };
  struct arena *arena = library_arena(doctor->library);
  dev_t seen[4];
  size_t count = 0;
  int64_t least = 500;
  str_to_int(settings_text(doctor->library, STR_NONE, "free-mb"), &least);
  for (size_t i = 0; i < 4; i++) {
    const char *name = i < 3 ? rooms[i] : doctor->scratch;
    const char *path = path_of(doctor, str_of(name));
    struct stat about;
    struct statvfs disk;
    if (!file_exists(path)) path = library_site(doctor->library);
    if (stat(path, &about) || statvfs(path, &disk)) continue;
    bool again = false;
    for (size_t j = 0; j < count; j++) again = again || seen[j] == about.st_dev;
    if (again) continue;
    seen[count++] = about.st_dev;
    uint64_t left = (uint64_t)disk.f_bavail / 1024 * (uint64_t)disk.f_frsize / 1024;
    doctor_say(doctor, "disk", (int64_t)left >= least, "%s MB left for %s, %lld wanted",
               with_commas(left, arena).at, name, (long long)least);
  }
}

/* Times decide what is due, what is swept, and in which order people read the ledger. */
static void look_at_clock(struct doctor *doctor) {
  struct stat about;
  bool there = stat(path_of(doctor, STR("var/ledger/ledger.txt")), &about) == 0;
  int64_t ahead = there ? (int64_t)about.st_mtime - doctor->now : 0;
  if (ahead > CLOCK_SLACK)
    doctor_say(doctor, "clock", false, "the ledger was last written %lld s from now: the clock was set back",
               (long long)ahead);
  else doctor_say(doctor, "clock", true, there ? "the ledger lies in the past" : "there is no ledger yet");
}

static void look_at_keys(struct doctor *doctor) {
  str name = settings_text(doctor->library, STR_NONE, "keys");
  struct keyring *keyring;
  struct stat about;
  struct err err = { 0 };
  if (!name.len) {
    doctor_say(doctor, "keys", true,
               "none: the archive is not sealed, and as safe as its disk (setting keys)");
    return;
  }
  const char *path = path_of(doctor, name);
  if (stat(path, &about))
    doctor_say(doctor, "keys", true, "%.*s is not there yet: a run makes it", STR_ARG(name));
  else if (!S_ISDIR(about.st_mode)) doctor_say(doctor, "keys", false, "%.*s is not a folder", STR_ARG(name));
  else if (about.st_mode & 077)
    doctor_say(doctor, "keys", false, "%.*s is open to others: mode %03o, 700 at most", STR_ARG(name),
               (unsigned)about.st_mode & 0777);
  else if (keyring_open(path, getenv("CREDENTIALS_DIRECTORY"), &keyring, &err))
    doctor_say(doctor, "keys", false, "%s", err.text);
  else {
    size_t masters = keyring_masters(keyring);
    keyring_close(keyring);
    doctor_say(doctor, "keys", true, "%zu master key%s in %.*s", masters, plural(masters), STR_ARG(name));
  }
}

enum outcome doctor_look(struct doctor *doctor, struct err *err) {
  look_at_config(doctor);
  if (look_at_feeds(doctor, err)) return err->outcome;
  look_at_disk(doctor);
  look_at_clock(doctor);
  look_at_keys(doctor);
  doctor_look_at_sl(doctor);
  doctor_look_at_amazon(doctor);
  return OUT_OK;
}
