/* job/site: one open site: its specs, its zone and calendar, its clock. */
#include "job/site.h"
#include "io/file.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { WORKERS_MOST = 64 };

static enum outcome open_calendar(struct site *site, struct err *err) {
  str name = settings_text(site->library, STR_NONE, "fiscal-calendar");
  str path = arena_printf(site->arena, "transforms/lookups/%.*s", STR_ARG(name));
  struct place quiet = { NULL, 0 };
  const struct sheet *sheet = library_sheet(site->library, name, quiet);
  if (!sheet) return OUT_OK;
  return calendar_parse(path, sheet->source->text, site->arena, &site->calendar, err);
}

enum outcome site_set_clock(struct site *site, str now, struct err *err) {
  if (now.len) {
    if (!date_parse_stamp(now, DATE_DAY_FIRST, site->zone, &site->now))
      return err_set(err, OUT_SPEC, "--now \"%.*s\" is not a time, such as 2026-11-21T02:00:00Z",
                     STR_ARG(now));
  } else {
    struct timespec clock;
    clock_gettime(CLOCK_REALTIME, &clock);
    site->now = (stamp){ clock.tv_sec, 0 };
  }
  site->today = zone_day(site->zone, site->now.seconds);
  return OUT_OK;
}

static size_t count_workers(const struct site *site) {
  int64_t stated;
  str text = settings_text(site->library, STR_NONE, "workers");
  if (text.len && str_to_int(text, &stated) && stated > 0)
    return stated > WORKERS_MOST ? WORKERS_MOST : (size_t)stated;
  long processors = sysconf(_SC_NPROCESSORS_ONLN);
  return processors < 1 ? 1 : processors > WORKERS_MOST ? WORKERS_MOST : (size_t)processors;
}

enum outcome site_open(struct library *library, str now, struct site *site, struct err *err) {
  *site =
      (struct site){ .library = library, .arena = library_arena(library), .folder = library_site(library) };
  str zone = settings_text(library, STR_NONE, "accounting-time-zone");
  if (zone_open(zone.len ? arena_text(site->arena, zone) : "UTC", &site->zone, err)) return err->outcome;
  if (!charset_by_name(settings_text(library, STR_NONE, "fallback-charset"), &site->fallback))
    site->fallback = CHARSET_WINDOWS_1252;
  site->workers = count_workers(site);
  if (open_calendar(site, err)) return err->outcome;
  return site_set_clock(site, now, err);
}

enum outcome site_open_archive(struct site *site, struct err *err) {
  str keys = settings_text(site->library, STR_NONE, "keys");
  const char *folder = NULL;
  if (keys.len)
    folder = keys.at[0] == '/' ? arena_text(site->arena, keys) : file_join(site->arena, site->folder, keys);
  return archive_open(site->folder, folder, getenv("CREDENTIALS_DIRECTORY"), site->arena, &site->archive,
                      err);
}

void site_close(struct site *site) {
  archive_close(site->archive);
  if (site->zone) zone_close(site->zone);
}

str site_setting(const struct site *site, str feed, const char *name) {
  return settings_text(site->library, feed, name);
}

void site_request(const struct site *site, struct program *program, const char *path,
                  struct exec_request *request) {
  *request = (struct exec_request){
    .program = program, .path = path, .source_file = str_of(path), .zone = site->zone
  };
  request->calendar = site->calendar;
  request->today = site->today;
  request->now = site->now;
  request->fallback = site->fallback;
  request->workers = site->workers;
}

str site_clock(const struct site *site, int64_t seconds) {
  char text[DATE_TEXT_MOST];
  size_t len = date_format_wall((stamp){ seconds, 0 }, site->zone, STR("YYYY-MM-DD HH:mm"), text);
  return arena_printf(site->arena, "%.*s %s", (int)len, text, zone_name(site->zone));
}
