/* job/schedule: which feeds of a site are due at a stated time, and which of them waits for which. */
#include "job/schedule.h"

enum { DAY_SECONDS = 86400 };

/* --- the feeds and what each waits for --- */

const struct schedule_feed *schedule_find(const struct schedule *schedule, str name) {
  for (size_t i = 0; i < schedule->count; i++)
    if (str_eq(schedule->feeds[i].name, name)) return &schedule->feeds[i];
  return NULL;
}

/* One that is not there was complained of when the feed was opened. */
static void link_feed(const struct schedule *schedule, struct schedule_feed *one, struct arena *arena) {
  for (size_t i = 0; one->feed && i < one->feed->after_count; i++) {
    const struct schedule_feed *other = schedule_find(schedule, one->feed->after[i]);
    if (other && other != one)
      *ARENA_PUSH(arena, one->after, one->after_count) = (size_t)(other - schedule->feeds);
  }
}

/* Walks from `at` to `wanted` along what is waited for; writes the way as "b after c after a". */
static bool leads_to(const struct schedule *schedule, size_t at, size_t wanted, bool *seen,
                     struct arena *arena, str *way) {
  const struct schedule_feed *one = &schedule->feeds[at];
  *way = one->name;
  if (at == wanted) return true;
  if (seen[at]) return false;
  seen[at] = true;
  for (size_t i = 0; i < one->after_count; i++) {
    str rest;
    if (!leads_to(schedule, one->after[i], wanted, seen, arena, &rest)) continue;
    *way = arena_printf(arena, "%.*s after %.*s", STR_ARG(one->name), STR_ARG(rest));
    return true;
  }
  return false;
}

static struct place place_of_after(const struct feed *feed, str name) {
  for (size_t i = 0; i < feed->after_count; i++)
    if (str_eq(feed->after[i], name)) return feed->after_places[i];
  return feed->place;
}

static void find_circle(struct schedule *schedule, size_t at, struct library *library) {
  struct arena *arena = library_arena(library);
  struct schedule_feed *one = &schedule->feeds[at];
  for (size_t i = 0; i < one->after_count; i++) {
    bool *seen = ARENA_ARRAY(arena, bool, schedule->count);
    str way;
    if (!leads_to(schedule, one->after[i], at, seen, arena, &way)) continue;
    one->in_circle = true;
    complain(library_wrong(library), place_of_after(one->feed, schedule->feeds[one->after[i]].name),
             "feeds wait for each other in a circle: %.*s after %.*s", STR_ARG(one->name), STR_ARG(way));
  }
}

/* A feed without `when` is not switched on: its run asks for what it needs. */
static void ask_settings(struct library *library, const struct feed *feed) {
  if (!feed || feed->when == WHEN_ASKED) return;
  for (size_t i = 0; i < feed->program_count; i++) library_ask(library, feed->programs[i]);
}

void schedule_open(struct library *library, struct schedule *schedule) {
  const struct place somewhere = { NULL, 1 };
  struct arena *arena = library_arena(library);
  str *names;
  *schedule = (struct schedule){ 0 };
  library_ask_later(library);
  library_names(library, "feeds", ".feed", &names, &schedule->count);
  schedule->feeds = ARENA_ARRAY(arena, struct schedule_feed, schedule->count + 1);
  for (size_t i = 0; i < schedule->count; i++)
    schedule->feeds[i] =
        (struct schedule_feed){ .name = names[i], .feed = feed_open(library, names[i], somewhere) };
  for (size_t i = 0; i < schedule->count; i++) ask_settings(library, schedule->feeds[i].feed);
  for (size_t i = 0; i < schedule->count; i++) link_feed(schedule, &schedule->feeds[i], arena);
  for (size_t i = 0; i < schedule->count; i++) find_circle(schedule, i, library);
}

/* --- the clock --- */

int32_t schedule_night(const struct zone *zone, int32_t night_starts, int64_t seconds, int64_t *starts) {
  int32_t day = zone_day(zone, seconds);
  *starts = zone_instant(zone, (int64_t)day * DAY_SECONDS + night_starts);
  if (*starts <= seconds) return day;
  *starts = zone_instant(zone, (int64_t)--day * DAY_SECONDS + night_starts);
  return day;
}

static int32_t night_starts(const struct site *site) {
  int32_t seconds;
  return settings_clock(site_setting(site, STR_NONE, "night-starts"), &seconds) ? seconds : 3600;
}

/* --- what is due --- */

static str nights_text(const struct schedule_feed *one, struct arena *arena) {
  if (one->nights < 0) return STR("no good run yet");
  if (!one->nights) return STR("no run over all of its inbox this night");
  return arena_printf(arena, "last good run %lld night%s ago", (long long)one->nights,
                      one->nights == 1 ? "" : "s");
}

static str why_due(const struct schedule_feed *one, const struct site *site) {
  struct arena *arena = site->arena;
  int64_t open;
  if (!one->feed) return STR("its file cannot be read");
  str why = one->feed->when == WHEN_EVERY
                ? arena_printf(arena, "every %lld minutes", (long long)one->feed->every_minutes)
                : nights_text(one, arena);
  if (!runs_time(one->runs.open, &open)) return why;
  if (!one->nights) why = STR("due again");
  return arena_printf(arena, "%.*s; its run of %.*s has not ended", STR_ARG(why),
                      STR_ARG(site_clock(site, open)));
}

/* When the feed is due for the first time after its last whole run; never run: it is due now. */
static int64_t due_from(const struct schedule *schedule, const struct schedule_feed *one,
                        const struct site *site) {
  int64_t now = site->now.seconds, done, next;
  bool ran = runs_time(one->runs.whole, &done) && done <= now;
  if (!one->feed) return now;
  switch (one->feed->when) {
  case WHEN_ASKED: return INT64_MAX;
  case WHEN_EVERY: return ran ? done + one->feed->every_minutes * 60 : now;
  case WHEN_NIGHTLY: break;
  }
  if (!ran || done < schedule->starts) return now;
  next = (int64_t)(schedule->day + 1) * DAY_SECONDS + night_starts(site);
  return zone_instant(site->zone, next);
}

/* The ledger's own texts go when it has to be read again. */
static struct ledger_runs runs_of(const struct ledger *ledger, str feed, struct arena *arena) {
  struct ledger_runs runs = ledger_runs(ledger, feed);
  str *const texts[] = { &runs.good, &runs.whole, &runs.last, &runs.open };
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) *texts[i] = arena_str(arena, *texts[i]);
  return runs;
}

void schedule_make(struct schedule *schedule, const struct site *site, const struct ledger *ledger) {
  int64_t good, ignored, now = site->now.seconds;
  schedule->day = schedule_night(site->zone, night_starts(site), now, &schedule->starts);
  for (size_t i = 0; i < schedule->count; i++) {
    struct schedule_feed *one = &schedule->feeds[i];
    one->runs = runs_of(ledger, one->name, site->arena);
    one->nights = -1;
    if (runs_time(one->runs.good, &good))
      one->nights = schedule->day - schedule_night(site->zone, night_starts(site), good, &ignored);
    if (one->nights < 0 && one->runs.good.len) one->nights = 0;
    one->next = due_from(schedule, one, site);
    one->due = one->next <= now;
    if (one->due) one->why = why_due(one, site);
  }
}

/* --- order --- */

static bool may_come(const struct schedule *schedule, size_t at, const bool *left) {
  const struct schedule_feed *one = &schedule->feeds[at];
  if (one->in_circle) return true;
  for (size_t i = 0; i < one->after_count; i++)
    if (left[one->after[i]]) return false;
  return true;
}

size_t *schedule_order(const struct schedule *schedule, const bool *picked, struct arena *arena,
                       size_t *count) {
  bool *left = ARENA_ARRAY(arena, bool, schedule->count + 1), found = true;
  size_t *order = ARENA_ARRAY(arena, size_t, schedule->count + 1);
  *count = 0;
  for (size_t i = 0; i < schedule->count; i++) left[i] = picked[i];
  while (found) {
    found = false;
    for (size_t i = 0; i < schedule->count && !found; i++) {
      if (!left[i] || !may_come(schedule, i, left)) continue;
      left[i] = false;
      found = true;
      order[(*count)++] = i;
    }
  }
  return order;
}

const struct schedule_feed *schedule_next(const struct schedule *schedule) {
  const struct schedule_feed *next = NULL;
  for (size_t i = 0; i < schedule->count; i++) {
    const struct schedule_feed *one = &schedule->feeds[i];
    if (!one->due && one->next < INT64_MAX && (!next || one->next < next->next)) next = one;
  }
  return next;
}
