/* job/alarms: what somebody should know of a site who asks for nothing: what is new, and what was known. */
#include "base/exits.h"
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

/* What was said last of a file of this name. A rejected one may have got a number: NAME.1. */
static const struct ledger_entry *last_of_file(struct ledger *ledger, str feed, str name) {
  struct ledger_found found = ledger_having(ledger, "file", name);
  size_t dot = name.len;
  while (!found.count && dot > 1 && name.at[dot - 1] >= '0' && name.at[dot - 1] <= '9') dot--;
  if (dot < name.len && name.at[dot - 1] == '.')
    found = ledger_having(ledger, "file", str_sub(name, 0, dot - 1));
  for (size_t i = found.count; i > 0; i--)
    if (str_eq(found.entries[i - 1]->feed, feed)) return found.entries[i - 1];
  return NULL;
}

/* Each file in reject, but one that was mended: dropped again under its name, it came to something else.
 * *told: one of them was rejected by the feed's last run. */
static enum outcome add_rejected(struct alarms *alarms, const struct schedule_feed *one, bool *told,
                                 struct err *err) {
  const struct custody *custody = alarms->custody;
  const struct ledger_entry *before = NULL;
  str *names;
  size_t count;
  *told = false;
  if (spool_rejected(custody->spool, one->name, &names, &count, err)) return err->outcome;
  for (size_t i = 0; i < count; i++) {
    int64_t since;
    const struct ledger_entry *entry = last_of_file(custody->ledger, one->name, names[i]);
    if (!entry || entry == before || !str_eq(entry->event, STR("rejected"))) continue;
    before = entry;
    *told = *told || str_eq(entry->time, one->runs.last);
    if (runs_time(entry->time, &since))
      add(alarms, one->name, since,
          arena_printf(custody->site->arena, "%.*s was rejected: %.*s", STR_ARG(ledger_word(entry, "file")),
                       STR_ARG(ledger_word(entry, "reason"))));
  }
  return OUT_OK;
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

enum outcome standing_alarms(const struct custody *custody, const struct schedule *schedule,
                             struct standing_alarm **items, size_t *count, struct err *err) {
  struct alarms alarms = { .custody = custody, .schedule = schedule };
  enum outcome out = OUT_OK;
  for (size_t i = 0; i < schedule->count && !out; i++) {
    const struct schedule_feed *one = &schedule->feeds[i];
    bool told;
    out = add_rejected(&alarms, one, &told, err);
    add_runs(&alarms, one, told);
    add_missed(&alarms, one);
  }
  *items = alarms.items;
  *count = alarms.count;
  return out;
}
