/* job/alarms: what somebody should know of a site who asks for nothing: what is new, and what was known. */
#include "job/exits.h"
#include "job/items.h"
#include "job/standing.h"

struct alarms {
  const struct custody *custody;
  const struct schedule *schedule;
  struct standing_alarm *items;
  size_t count;
};

static void add(struct alarms *alarms, str feed, int64_t since, str text) {
  struct arena *arena = alarms->custody->site->arena;
  *ARENA_PUSH(arena, alarms->items, alarms->count) =
      (struct standing_alarm){ feed, text, since >= alarms->schedule->starts };
}

/* A corrected file with the same key has made good what was wrong with it. */
static bool is_mended(const struct alarms *alarms, const struct item_state *item) {
  const struct ledger_entry *known =
      item->key.len ? ledger_by_key(alarms->custody->ledger, item->feed, item->key) : NULL;
  return known && !str_eq(known->event, STR("rejected"));
}

static bool add_rejected(struct alarms *alarms, const struct schedule_feed *one) {
  struct arena *arena = alarms->custody->site->arena;
  size_t count;
  bool of_last = false;
  struct item_state *items = items_list(alarms->custody->ledger, one->name, arena, &count);
  for (size_t i = 0; i < count; i++) {
    int64_t since;
    if (!str_eq(items[i].state, STR("rejected"))) continue;
    of_last = of_last || str_eq(items[i].time, one->runs.last);
    if (is_mended(alarms, &items[i]) || !runs_time(items[i].time, &since)) continue;
    add(alarms, one->name, since,
        arena_printf(arena, "%.*s was rejected: %.*s", STR_ARG(items[i].file), STR_ARG(items[i].reason)));
  }
  return of_last;
}

/* A run that ended badly because of a file is told by that file. */
static void add_runs(struct alarms *alarms, const struct schedule_feed *one, bool told) {
  const struct site *site = alarms->custody->site;
  int64_t at;
  if (runs_time(one->runs.open, &at))
    add(alarms, one->name, at,
        arena_printf(site->arena, "its run of %.*s has not ended: it goes on, or it died",
                     STR_ARG(site_clock(site, at))));
  else if (!told && !exit_is_good(one->runs.code) && runs_time(one->runs.last, &at))
    add(alarms, one->name, at,
        arena_printf(site->arena, "its run of %.*s ended %d: %s", STR_ARG(site_clock(site, at)),
                     one->runs.code, exit_meaning(one->runs.code)));
}

/* A night was missed when the second one since has begun: that moment is when it became known. */
static void add_missed(struct alarms *alarms, const struct schedule_feed *one) {
  bool nightly = one->feed && one->feed->when == WHEN_NIGHTLY;
  if (!nightly || one->nights < 2) return;
  int64_t since = one->nights == 2 ? alarms->schedule->starts : INT64_MIN;
  add(alarms, one->name, since,
      arena_printf(alarms->custody->site->arena, "its last good run was %lld nights ago",
                   (long long)one->nights));
}

struct standing_alarm *standing_alarms(const struct custody *custody, const struct schedule *schedule,
                                       size_t *count) {
  struct alarms alarms = { .custody = custody, .schedule = schedule };
  for (size_t i = 0; i < schedule->count; i++) {
    const struct schedule_feed *one = &schedule->feeds[i];
    bool told = add_rejected(&alarms, one);
    add_runs(&alarms, one, told);
    add_missed(&alarms, one);
  }
  *count = alarms.count;
  return alarms.items;
}
