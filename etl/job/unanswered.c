/* job/unanswered: which dropped files have had no answer within `answer-within` minutes. */
#include "job/unanswered.h"
#include "base/map.h"
#include "job/naming.h"

struct search {
  const struct custody *custody;
  int64_t now, starts;
  struct map *seen; /* paths: two feeds may read one folder */
  struct standing_alarm *alarms;
  size_t count;
};

struct look {
  str feed, folder, pattern;
  const char *what; /* is wrong with a file that can be read */
};

static int64_t most_seconds(const struct search *search, str feed) {
  int64_t minutes = 1440;
  str_to_int(site_setting(search->custody->site, feed, "answer-within"), &minutes);
  return minutes * 60;
}

static str age_text(struct arena *arena, int64_t seconds) {
  static const struct {
    int64_t most, each;
    const char *unit;
  } steps[] = { { 7200, 60, "min" }, { 172800, 3600, "h" }, { INT64_MAX, 86400, "days" } };
  size_t i = 0;
  while (seconds >= steps[i].most) i++;
  return arena_printf(arena, "%lld %s", (long long)(seconds / steps[i].each), steps[i].unit);
}

static void add(struct search *search, const struct look *look, const struct drop *drop, int64_t overdue) {
  struct site *site = search->custody->site;
  const char *what = drop->unreadable ? "it is not a file that can be read" : look->what;
  str text = arena_printf(site->arena, "%.*s has had no answer for %.*s: %s",
                          STR_ARG(naming_below(site->folder, drop->path)),
                          STR_ARG(age_text(site->arena, search->now - drop->since)), what);
  *ARENA_PUSH(site->arena, search->alarms, search->count) =
      (struct standing_alarm){ look->feed, text, overdue >= search->starts };
}

static enum outcome look(struct search *search, const struct look *look, struct err *err) {
  struct drop *drops;
  size_t count;
  int64_t most = most_seconds(search, look->feed);
  if (spool_drops(search->custody->spool, look->feed, look->folder, look->pattern, search->now, 0, &drops,
                  &count, err))
    return err->outcome;
  for (size_t i = 0; i < count; i++) {
    int64_t age = search->now - drops[i].since;
    if (map_has(search->seen, str_of(drops[i].path))) continue;
    *map_put(search->seen, str_of(drops[i].path)) = search;
    if (age >= most) add(search, look, &drops[i], drops[i].since + most);
  }
  return OUT_OK;
}

/* `any`: files of names that no feed has asked for. */
static enum outcome look_in_inboxes(struct search *search, const struct feed *feed, bool any,
                                    struct err *err) {
  for (size_t i = 0; i < feed->inbox_count; i++) {
    const struct feed_inbox *place = &feed->inboxes[i];
    const struct look all = { feed->name, place->folder, STR("*"), "no feed takes a file of this name" };
    const struct look own = { feed->name, place->folder, place->pattern, "no run has taken it" };
    if (look(search, any ? &all : &own, err)) return err->outcome;
  }
  return OUT_OK;
}

static enum outcome look_at_claimed(struct search *search, str feed, struct err *err) {
  str folder = arena_printf(search->custody->site->arena, "var/inbox/work/%.*s", STR_ARG(feed));
  return look(search,
              &(struct look){ feed, folder, STR("*"), "a run has taken it, and has said nothing since" },
              err);
}

enum outcome unanswered_alarms(const struct custody *custody, const struct schedule *schedule, int64_t now,
                               struct standing_alarm **alarms, size_t *count, struct err *err) {
  struct search search = { .custody = custody, .now = now, .starts = schedule->starts };
  search.seen = map_new(custody->site->arena);
  search.alarms = *alarms;
  search.count = *count;
  enum outcome out = OUT_OK;
  for (size_t i = 0; i < schedule->count && !out; i++) {
    const struct schedule_feed *one = &schedule->feeds[i];
    if (one->feed) out = look_in_inboxes(&search, one->feed, false, err);
    if (!out) out = look_at_claimed(&search, one->name, err);
  }
  for (size_t i = 0; i < schedule->count && !out; i++)
    if (schedule->feeds[i].feed) out = look_in_inboxes(&search, schedule->feeds[i].feed, true, err);
  *alarms = search.alarms;
  *count = search.count;
  return out;
}
