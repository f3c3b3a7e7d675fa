/* job/alarms: which dropped files have had no answer within `answer-within` minutes. */
#include "job/alarms.h"
#include "base/map.h"
#include "job/naming.h"

struct search {
  const struct custody *custody;
  int64_t now;
  struct map *seen; /* paths: two feeds may read one folder */
  struct alarm *alarms;
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

static enum outcome look(struct search *search, const struct look *look, struct err *err) {
  struct site *site = search->custody->site;
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
    if (age < most) continue;
    *ARENA_PUSH(site->arena, search->alarms, search->count) = (struct alarm){
      .feed = look->feed,
      .file = drops[i].name,
      .place = naming_below(site->folder, drops[i].path),
      .age = age,
      .what = str_of(drops[i].unreadable ? "it is not a file that can be read" : look->what),
    };
  }
  return OUT_OK;
}

/* `any`: files of names that no feed has asked for. */
static enum outcome look_in_inboxes(struct search *search, const struct feed *feed, bool any,
                                    struct err *err) {
  for (size_t i = 0; i < feed->extract_count; i++) {
    const struct feed_place *place = &feed->extracts[i];
    if (place->kind != PLACE_FILES) continue;
    const struct look all = { feed->name, place->folder, STR("*"), "no feed takes a file of this name" };
    const struct look own = { feed->name, place->folder, place->what, "no run has taken it" };
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

enum outcome alarms_list(const struct custody *custody, int64_t now, struct alarm **alarms, size_t *count,
                         struct err *err) {
  const struct place somewhere = { NULL, 1 };
  struct site *site = custody->site;
  struct search search = { .custody = custody, .now = now, .seen = map_new(site->arena) };
  str *names;
  size_t feed_count;
  library_names(site->library, "feeds", ".feed", &names, &feed_count);
  const struct feed **feeds = ARENA_ARRAY(site->arena, const struct feed *, feed_count + 1);
  for (size_t i = 0; i < feed_count; i++) {
    feeds[i] = feed_open(site->library, names[i], somewhere); /* NULL: it is complained of */
    if (feeds[i] && look_in_inboxes(&search, feeds[i], false, err)) return err->outcome;
    if (look_at_claimed(&search, names[i], err)) return err->outcome;
  }
  for (size_t i = 0; i < feed_count; i++)
    if (feeds[i] && look_in_inboxes(&search, feeds[i], true, err)) return err->outcome;
  *alarms = search.alarms;
  *count = search.count;
  return OUT_OK;
}
