/* job/standing: how a site stands, gathered from its ledger, inboxes and held files. */
#include "job/standing.h"
#include "job/naming.h"
#include "job/questions.h"

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

/* By its key, when no other open item has that. */
static str name_among(const struct question *questions, size_t count, const struct question *q) {
  bool alone = q->key.len > 0;
  for (size_t i = 0; i < count; i++)
    alone = alone && (&questions[i] == q || !questions[i].open || questions[i].kind != QUESTION_ITEM ||
                      !str_eq(questions[i].key, q->key));
  return alone ? q->key : q->item;
}

static void add_item(const struct custody *custody, const struct question *q, struct standing_question *to) {
  struct item_state item;
  if (!item_find(custody->ledger, q->feed, q->item, STR_NONE, &item)) return;
  struct arena *arena = custody->site->arena;
  to->key = arena_str(arena, item.key);
  to->amount = q->value;
  to->since = arena_str(arena, item.time);
  to->place = place_of(custody, &item);
}

/* A message, or a row of a sheet: what it is about stands where an item's amount would. */
static void add_message(struct arena *arena, const struct question *q, struct standing_question *to) {
  bool row = q->kind == QUESTION_ROW;
  to->state = row ? STR("row") : STR("seen?");
  to->since = q->since;
  to->key = q->id;
  to->name = q->id;
  to->values = row;
  to->place = q->suggest;
  if (q->row.len) to->file = arena_printf(arena, "%.*s row %.*s", STR_ARG(q->file), STR_ARG(q->row));
}

struct standing_question *standing_questions(const struct custody *custody, str feed, size_t *count) {
  struct arena *arena = custody->site->arena;
  struct standing_question *questions = NULL;
  size_t all;
  struct question *list = questions_list(custody->ledger, feed, arena, &all);
  *count = 0;
  for (int items = 1; items >= 0; items--)
    for (size_t i = 0; i < all; i++) {
      const struct question *q = &list[i];
      if (!q->open || (q->kind == QUESTION_ITEM) != items) continue;
      struct standing_question *question = ARENA_PUSH(arena, questions, *count);
      *question = (struct standing_question){ .code = q->id, .state = q->state, .feed = q->feed };
      question->id = q->item;
      question->file = q->file;
      question->question = q->text;
      question->name = name_among(list, all, q);
      if (items) add_item(custody, q, question);
      else add_message(arena, q, question);
    }
  return questions;
}

/* --- feeds --- */

static enum outcome count_items(const struct custody *custody, struct standing_feed *feeds, size_t count,
                                struct err *err) {
  struct ledger_tally **tallies;
  size_t tally_count;
  enum outcome out = ledger_tallies(custody->ledger, custody->site->arena, &tallies, &tally_count, err);
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
  for (size_t i = 0; i < feed->inbox_count; i++) {
    const struct feed_inbox *place = &feed->inboxes[i];
    struct drops *drops;
    struct drop drop;
    enum outcome out =
        spool_drops_open(custody->spool, feed->name, place->folder, place->pattern, 0, &drops, err);
    while (!out && !(out = spool_drops_next(drops, custody->site->now.seconds, &drop, err))) ++*waiting;
    spool_drops_close(drops);
    if (out != OUT_END) return out;
  }
  return OUT_OK;
}

static void add_due(const struct schedule_feed *one, const struct site *site,
                    struct standing_feed *standing) {
  standing->due = one->due;
  standing->why = one->why;
  if (!one->due && one->next < INT64_MAX) standing->next = site_clock(site, one->next);
}

enum outcome standing_feeds(const struct custody *custody, const struct schedule *schedule,
                            struct standing_feed **feeds, struct err *err) {
  struct site *site = custody->site;
  *feeds = ARENA_ARRAY(site->arena, struct standing_feed, schedule->count + 1);
  for (size_t i = 0; i < schedule->count; i++) {
    const struct schedule_feed *one = &schedule->feeds[i];
    struct standing_feed *standing = &(*feeds)[i];
    *standing = (struct standing_feed){ .feed = one->name, .last = one->runs.good };
    int64_t last;
    if (runs_time(standing->last, &last)) standing->age = site->now.seconds - last;
    add_due(one, site, standing);
    if (one->feed && count_waiting(custody, one->feed, &standing->waiting, err)) return err->outcome;
  }
  return count_items(custody, *feeds, schedule->count, err);
}
