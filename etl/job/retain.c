/* job/retain: which archived days have been kept long enough, and their end. */
#include "job/retain.h"
#include "base/map.h"

#include <stdlib.h>

struct gathering {
  const struct custody *custody;
  struct arena *arena;
  struct map *series, *days; /* by feed: the series' name; by day and series: its retain_day */
  struct retain_day **list;
  size_t count;
  struct map *purged;
};

static bool is_one_of(str event, const char *const *events, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (str_eq(event, str_of(events[i]))) return true;
  return false;
}

static str day_key(struct arena *arena, str day, str series) {
  return arena_printf(arena, "%.*s/%.*s", STR_ARG(day), STR_ARG(series));
}

/* A feed that is gone, or does not stand the check, is kept the longer time. */
static str series_of(struct gathering *gathering, str feed) {
  const struct place quiet = { NULL, 0 };
  struct site *site = gathering->custody->site;
  str **known = (str **)map_put(gathering->series, feed);
  if (*known) return **known;
  *known = ARENA_NEW(gathering->arena, str);
  const struct feed *opened = feed_open(site->library, feed, quiet);
  **known = opened && feed_is_personal(opened) ? arena_str(gathering->arena, feed) : STR_NONE;
  return **known;
}

static struct retain_day *day_of(struct gathering *gathering, str day, str series) {
  struct retain_day **place =
      (struct retain_day **)map_put(gathering->days, day_key(gathering->arena, day, series));
  if (!*place) {
    *place = ARENA_NEW(gathering->arena, struct retain_day);
    **place = (struct retain_day){ .day = arena_str(gathering->arena, day), .feed = series };
    *ARENA_PUSH(gathering->arena, gathering->list, gathering->count) = *place;
  }
  return *place;
}

static bool take(void *user, const struct ledger_entry *entry) {
  static const char *const archived[] = { "released", "ready", "skipped" };
  struct gathering *gathering = user;
  str day = ledger_word(entry, "day"), id = ledger_word(entry, "id"), name = ledger_word(entry, "file");
  if (str_eq(entry->event, STR("purged")))
    *map_put(gathering->purged, day_key(gathering->arena, day, entry->feed)) = gathering;
  if (!is_one_of(entry->event, archived, sizeof archived / sizeof *archived) || !day.len) return true;
  if (!id.len) id = ledger_word(entry, "of");
  struct retain_day *of = day_of(gathering, day, series_of(gathering, entry->feed));
  *ARENA_PUSH(gathering->arena, of->items, of->count) =
      (struct archive_item){ arena_str(gathering->arena, id), arena_str(gathering->arena, name) };
  return true;
}

/* --- how long --- */

static int64_t number(const struct site *site, str feed, const char *name) {
  int64_t stated = 0;
  str_to_int(site_setting(site, feed, name), &stated);
  return stated;
}

/* The same day of a later year; 29 February becomes the 28th. */
static int32_t years_later(int32_t day, int64_t years) {
  char text[DATE_TEXT_MOST];
  int64_t year = 0;
  int32_t later = day;
  size_t len = date_format(day, STR("YYYY-MM-DD"), text);
  str_to_int((str){ text, 4 }, &year);
  struct buf moved = buf_new(DATE_TEXT_MOST);
  for (int back = 0; back < 2; back++) {
    buf_clear(&moved);
    buf_printf(&moved, "%04lld%.*s", (long long)year + (long long)years, (int)(len - 4), text + 4);
    if (date_parse(buf_str(&moved), STR("YYYY-MM-DD"), &later)) break;
    len = date_format(day - 1, STR("YYYY-MM-DD"), text);
  }
  buf_free(&moved);
  return later;
}

static int32_t last_day(const struct site *site, const struct retain_day *of) {
  int32_t day;
  if (!date_parse(of->day, STR("YYYY-MM-DD"), &day)) return INT32_MAX;
  if (of->feed.len) return day + (int32_t)number(site, of->feed, "keep-personal-days");
  return years_later(day, number(site, STR_NONE, "keep-years"));
}

bool retain_is_over(const struct site *site, const struct retain_day *day) {
  return last_day(site, day) < site->today;
}

static int by_day(const void *a, const void *b) {
  const struct retain_day *x = a, *y = b;
  int order = str_compare(x->day, y->day);
  return order ? order : str_compare(x->feed, y->feed);
}

enum outcome retain_days(const struct custody *custody, bool all, struct retain_day **days, size_t *count,
                         struct err *err) {
  struct arena *arena = custody->site->arena;
  struct gathering gathering = { .custody = custody, .arena = arena };
  gathering.series = map_new(arena);
  gathering.days = map_new(arena);
  gathering.purged = map_new(arena);
  *count = 0;
  if (ledger_walk(custody->ledger, take, &gathering, err)) return err->outcome;
  *days = ARENA_ARRAY(arena, struct retain_day, gathering.count + 1);
  for (size_t i = 0; i < gathering.count; i++) {
    struct retain_day *day = gathering.list[i];
    char text[DATE_TEXT_MOST];
    if (map_has(gathering.purged, day_key(arena, day->day, day->feed))) continue;
    if (!all && !retain_is_over(custody->site, day)) continue;
    day->until =
        arena_str(arena, (str){ text, date_format(last_day(custody->site, day), STR("YYYY-MM-DD"), text) });
    (*days)[(*count)++] = *day;
  }
  if (*count) qsort(*days, *count, sizeof **days, by_day);
  return OUT_OK;
}

/* --- the end --- */

static str text_of(struct arena *arena, uint64_t number) {
  return arena_printf(arena, "%llu", (unsigned long long)number);
}

enum outcome retain_purge(const struct custody *custody, const struct retain_day *day,
                          struct archive_purged *purged, struct err *err) {
  struct site *site = custody->site;
  str time = batch_time(site, site->arena);
  size_t rows = 0;
  if (archive_purge(site->archive, day->day, day->feed, day->items, day->count, time, purged, err) ||
      (day->feed.len && spool_forget_rows(custody->spool, day->feed, day->day, &rows, err)))
    return err->outcome;
  purged->files += rows;
  const struct ledger_word words[] = { { STR("day"), day->day },
                                       { STR("items"), text_of(site->arena, day->count) },
                                       { STR("files"), text_of(site->arena, purged->files) },
                                       { STR("bytes"), text_of(site->arena, purged->bytes) } };
  return ledger_append(custody->ledger, time, STR("purged"), day->feed, words, sizeof words / sizeof *words,
                       err);
}

struct looking {
  str feed, day, time;
  struct arena *arena;
};

static bool look(void *user, const struct ledger_entry *entry) {
  struct looking *looking = user;
  bool meant = str_eq(entry->event, STR("purged")) && str_eq(ledger_word(entry, "day"), looking->day) &&
               (!looking->feed.len || !entry->feed.len || str_eq(entry->feed, looking->feed));
  if (meant) looking->time = arena_str(looking->arena, entry->time);
  return !meant;
}

bool retain_when_purged(struct ledger *ledger, str feed, str day, struct arena *arena, str *time) {
  struct looking looking = { .feed = feed, .day = day, .arena = arena };
  struct err unread = { 0 };
  ledger_walk(ledger, look, &looking, &unread);
  *time = looking.time;
  return time->len > 0;
}
