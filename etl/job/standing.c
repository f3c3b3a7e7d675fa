/* job/standing: how a site stands, gathered from its ledger, inboxes and held files. */
#include "job/standing.h"
#include "job/naming.h"

/* --- questions --- */

static str place_of(const struct custody *custody, const struct item_state *item) {
  struct arena *arena = custody->site->arena;
  if (str_eq(item->state, STR("ready")))
    return arena_printf(arena, "var/outbox/ready/%.*s/%.*s", STR_ARG(item->k),
                        STR_ARG(ledger_word(item->entry, "output")));
  const char *path = spool_held(custody->spool, item->feed, item->file, item->sha256);
  if (path) return naming_below(custody->site->folder, path);
  return arena_printf(arena, "it no longer lies in var/inbox/hold/%.*s", STR_ARG(item->feed));
}

static str name_among(const struct item_state *items, size_t count, const struct item_state *item) {
  if (!item->key.len) return item->id;
  for (size_t i = 0; i < count; i++)
    if (&items[i] != item && item_is_open(&items[i]) && str_eq(items[i].key, item->key)) return item->id;
  return item->key;
}

/* Other content than what was released would be held again as long as that stands. */
static str held_question(const struct item_state *item, struct arena *arena) {
  if (item->about_key) return arena_printf(arena, "%.*s; shall it be taken again?", STR_ARG(item->reason));
  return arena_printf(arena, "%.*s; yes after \"sluice reverse %.*s\", no keeps what was released",
                      STR_ARG(item->reason), STR_ARG(item->key));
}

struct standing_question *standing_questions(const struct custody *custody, str feed, size_t *count) {
  struct arena *arena = custody->site->arena;
  struct standing_question *questions = NULL;
  size_t item_count;
  struct item_state *items = items_open(custody->ledger, STR_NONE, arena, &item_count);
  *count = 0;
  for (size_t i = 0; i < item_count; i++) {
    const struct item_state *item = &items[i];
    if (!item_is_open(item) || (feed.len && !str_eq(feed, item->feed))) continue;
    bool ready = str_eq(item->state, STR("ready"));
    struct standing_question *question = ARENA_PUSH(arena, questions, *count);
    *question = (struct standing_question){ .state = item->state, .feed = item->feed, .key = item->key };
    question->id = item->id;
    question->file = item->file;
    question->amount = item->amount;
    question->since = item->time;
    question->question = ready ? STR("its proofs hold; shall it be released?") : held_question(item, arena);
    question->place = place_of(custody, item);
    question->name = name_among(items, item_count, item);
  }
  return questions;
}

/* --- feeds --- */

static enum outcome count_items(const struct custody *custody, struct standing_feed *feeds, size_t count,
                                struct err *err) {
  struct ledger_tally **tallies;
  size_t tally_count;
  enum outcome out =
      ledger_tallies(custody->ledger, custody->site->arena, &tallies, &tally_count, err);
  for (size_t i = 0; i < tally_count && !out; i++)
    for (size_t j = 0; j < count; j++) {
      enum standing_state state;
      if (str_eq(feeds[j].feed, tallies[i]->feed) && standing_by_name(tallies[i]->state, &state))
        feeds[j].items[state] += tallies[i]->items;
    }
  return out;
}

static enum outcome count_waiting(const struct custody *custody, const struct feed *feed, uint64_t *waiting,
                                  struct err *err) {
  for (size_t i = 0; i < feed->extract_count; i++) {
    const struct feed_place *place = &feed->extracts[i];
    struct drop *drops;
    size_t count;
    if (place->kind != PLACE_FILES) continue;
    if (spool_drops(custody->spool, feed->name, place->folder, place->what, custody->site->now.seconds, 0,
                    &drops, &count, err))
      return err->outcome;
    *waiting += count;
  }
  return OUT_OK;
}

enum outcome standing_feeds(const struct custody *custody, struct standing_feed **feeds, size_t *count,
                            struct err *err) {
  const struct place somewhere = { NULL, 1 };
  struct site *site = custody->site;
  str *names;
  library_names(site->library, "feeds", ".feed", &names, count);
  *feeds = ARENA_ARRAY(site->arena, struct standing_feed, *count + 1);
  for (size_t i = 0; i < *count; i++) {
    struct standing_feed *standing = &(*feeds)[i];
    *standing = (struct standing_feed){ .feed = names[i] };
    standing->last = ledger_last_good(custody->ledger, names[i]);
    stamp last;
    if (date_parse_stamp(standing->last, DATE_DAY_FIRST, NULL, &last))
      standing->age = site->now.seconds - last.seconds;
    const struct feed *feed = feed_open(site->library, names[i], somewhere);
    if (feed && count_waiting(custody, feed, &standing->waiting, err)) return err->outcome;
  }
  return count_items(custody, *feeds, *count, err);
}
