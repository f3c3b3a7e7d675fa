/* spool/guard: who this site is, and that its ledger is not an older or a copied one (R35). */
#define _XOPEN_SOURCE 700 /* realpath */
#include "spool/guard.h"
#include "io/digest.h"
#include "io/fd.h"
#include "io/file.h"
#include "io/in.h"
#include "spool/spool_internal.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

enum { TEXT_MOST = 8192, ID_DIGITS = 16, RANDOM = 32 };

struct told {
  str id, host, place;
  uint64_t run;
};

/* --- the line --- */

static bool take_word(str *rest, str name) {
  str word;
  return str_split(rest, ' ', &word) && str_eq(word, name);
}

/* "site ID host HOST run N path PATH": the path stands last, since it may hold blanks. */
static bool read_told(str text, struct told *told) {
  str number;
  int64_t run;
  if (!text.len || text.at[text.len - 1] != '\n') return false;
  text.len--;
  if (!take_word(&text, STR("site")) || !str_split(&text, ' ', &told->id)) return false;
  if (!take_word(&text, STR("host")) || !str_split(&text, ' ', &told->host)) return false;
  if (!take_word(&text, STR("run")) || !str_split(&text, ' ', &number)) return false;
  if (!str_to_int(number, &run) || run < 0 || !take_word(&text, STR("path"))) return false;
  told->run = (uint64_t)run;
  told->place = text;
  return told->id.len == ID_DIGITS && told->host.len && text.at && text.len && str_find(text, '\n') < 0;
}

static enum outcome read_file(const char *path, struct arena *arena, struct told *told, struct err *err) {
  str text;
  if (!file_exists(path)) return OUT_END;
  enum outcome out = in_read_whole(path, TEXT_MOST, arena, &text, err);
  if (!out && !read_told(text, told)) {
    err_set(err, OUT_SPEC, "%s does not say whose site this is; put it back from a backup", path);
    out = OUT_SPEC;
  }
  return out;
}

static enum outcome write_file(const struct guard *guard, const char *path, uint64_t run, struct err *err) {
  str text = arena_printf(guard->arena, "site %.*s host %.*s run %llu path %.*s\n", STR_ARG(guard->id),
                          STR_ARG(guard->host), (unsigned long long)run, STR_ARG(guard->place));
  return file_put(path, 0600, text, err);
}

/* --- here and now --- */

static enum outcome make_id(struct guard *guard, struct err *err) {
  char bytes[RANDOM], hex[DIGEST_TEXT];
  int fd = fd_open("/dev/urandom", O_RDONLY, 0);
  ssize_t len = fd < 0 ? -1 : read(fd, bytes, sizeof bytes);
  if (fd >= 0) close(fd);
  if (len != sizeof bytes) return err_errno(err, "cannot read /dev/urandom");
  digest_bytes((str){ bytes, sizeof bytes }, hex);
  guard->id = arena_str(guard->arena, (str){ hex, ID_DIGITS });
  return OUT_OK;
}

static enum outcome look_around(const char *site, struct guard *guard, struct err *err) {
  char place[PATH_MAX], host[HOST_NAME_MAX + 1];
  if (!realpath(site, place)) return err_errno(err, "cannot find out where %s lies", site);
  spool_own_host(host, sizeof host);
  guard->host = arena_str(guard->arena, str_of(host));
  guard->place = arena_str(guard->arena, str_of(place));
  return OUT_OK;
}

static enum outcome read_control(struct guard *guard, const char *site, str control, struct err *err) {
  struct told told;
  const char *folder = arena_text(guard->arena, control);
  if (control.at[0] != '/') folder = file_join(guard->arena, site, control);
  if (!file_is_folder(folder))
    return err_set(err, OUT_SYSTEM, "the setting control names %s, and there is no such folder now", folder);
  guard->control = file_join(guard->arena, folder, guard->id);
  enum outcome out = read_file(guard->control, guard->arena, &told, err);
  if (out) return out == OUT_END ? OUT_OK : out;
  if (!str_eq(told.id, guard->id))
    return err_set(err, OUT_SPEC, "%s is about site %.*s", guard->control, STR_ARG(told.id));
  guard->run = told.run;
  if (str_eq(told.host, guard->host) && str_eq(told.place, guard->place)) return OUT_OK;
  guard->told_host = told.host;
  guard->told_place = told.place;
  return OUT_OK;
}

enum outcome guard_open(const char *site, str control, struct arena *arena, struct guard *guard,
                        struct err *err) {
  struct told told;
  *guard = (struct guard){ .arena = arena };
  guard->path = file_join(arena, site, STR("var/ledger/site.txt"));
  guard->lock = file_join(arena, site, STR("var/ledger/lock"));
  enum outcome out = look_around(site, guard, err);
  if (!out) out = read_file(guard->path, arena, &told, err);
  guard->new = out == OUT_END;
  if (out && !guard->new) return out;
  out = OUT_OK;
  if (guard->new) {
    out = make_id(guard, err);
    guard->told_host = guard->host;
    guard->told_place = guard->place;
  } else {
    guard->id = told.id;
    guard->told_host = told.host;
    guard->told_place = told.place;
  }
  return !out && control.len ? read_control(guard, site, control, err) : out;
}

/* --- deciding --- */

/* Of several first runs at once one says who this site is; under the ledger's lock, because who opens the
 * ledger sweeps its folder. */
static enum outcome first_run(struct guard *guard, struct err *err) {
  struct told told;
  int lock;
  if (file_lock(guard->lock, &lock, err)) return err->outcome;
  enum outcome out = read_file(guard->path, guard->arena, &told, err);
  if (!out) guard->id = told.id;
  else if (out == OUT_END) out = write_file(guard, guard->path, 0, err);
  file_unlock(lock);
  if (!out) guard->new = false;
  return out;
}

bool guard_is_copy(const struct guard *guard) {
  return !str_eq(guard->host, guard->told_host) || !str_eq(guard->place, guard->told_place);
}

enum outcome guard_check(struct guard *guard, uint64_t run, struct err *err) {
  if (guard_is_copy(guard))
    return err_set(err, OUT_SPEC,
                   "this is a copy of the site at %.*s on %.*s: it only rehearses (sluice run --dry-run). If "
                   "it is the real one now, and the other will never run again: sluice init --take-over",
                   STR_ARG(guard->told_place), STR_ARG(guard->told_host));
  if (run < guard->run)
    return err_set(err, OUT_SPEC,
                   "the ledger ends with run %llu, but %s knows of run %llu: it is an older copy, and has "
                   "forgotten what was released since. Put the newer one back, or: sluice rejoin",
                   (unsigned long long)run, guard->control, (unsigned long long)guard->run);
  return guard->new ? first_run(guard, err) : OUT_OK;
}

enum outcome guard_note(struct guard *guard, uint64_t run, struct err *err) {
  struct told told;
  if (!guard->control) return OUT_OK;
  enum outcome out = read_file(guard->control, guard->arena, &told, err);
  if (out && out != OUT_END) return out;
  if (!out && told.run >= run) return OUT_OK; /* another feed of this site was later */
  guard->run = run;
  return write_file(guard, guard->control, run, err);
}

enum outcome guard_take_over(struct guard *guard, uint64_t run, struct err *err) {
  if (guard->run > run) run = guard->run; /* an older copy that takes over still has to rejoin */
  enum outcome out = guard->control ? write_file(guard, guard->control, run, err) : OUT_OK;
  if (!out) out = write_file(guard, guard->path, 0, err);
  if (out) return out;
  guard->told_host = guard->host;
  guard->told_place = guard->place;
  guard->new = false;
  return OUT_OK;
}
