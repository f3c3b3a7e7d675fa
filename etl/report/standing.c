/* report/standing: how a site stands: its feeds, what went wrong, and the questions that wait for a person.
 */
#include "report/standing.h"
#include "report/page.h"
#include "report/summary.h"
#include "report/table.h"

static const char *const states[STANDING_STATES] = { "released", "ready",   "held",     "rejected",
                                                     "skipped",  "adopted", "reversed", "refused" };

bool standing_by_name(str name, enum standing_state *state) {
  for (int i = 0; i < STANDING_STATES; i++) {
    if (!str_eq(name, str_of(states[i]))) continue;
    *state = (enum standing_state)i;
    return true;
  }
  return false;
}

static str age_text(struct arena *arena, int64_t seconds) {
  static const struct {
    int64_t most, each;
    const char *unit;
  } steps[] = { { 120, 1, "s" }, { 7200, 60, "min" }, { 172800, 3600, "h" }, { INT64_MAX, 86400, "days" } };
  for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
    if (seconds < steps[i].most)
      return arena_printf(arena, "%lld %s ago", (long long)(seconds / steps[i].each), steps[i].unit);
  return STR_NONE;
}

static str last_text(struct arena *arena, const struct standing_feed *feed) {
  if (!feed->last.len) return STR("never");
  return arena_printf(arena, "%.*s, %.*s", STR_ARG(table_time(arena, feed->last)),
                      STR_ARG(age_text(arena, feed->age < 0 ? 0 : feed->age)));
}

/* What is rare has a column only when there is some of it. */
static bool is_shown(const struct standing_feed *feeds, size_t count, size_t state) {
  bool any = state <= STANDING_REJECTED;
  for (size_t i = 0; i < count; i++) any = any || feeds[i].items[state];
  return any;
}

static str due_text(struct arena *arena, const struct standing_feed *feed) {
  if (feed->due) return arena_printf(arena, "now: %.*s", STR_ARG(feed->why));
  return feed->next.len ? feed->next : STR("when asked for");
}

void standing_feeds_text(const struct standing_feed *feeds, size_t count, struct buf *text) {
  enum { FIRST = 3 };
  struct arena *arena = arena_new();
  struct table_column columns[FIRST + STANDING_STATES + 1] = { { "feed", false },
                                                               { "last good run", false },
                                                               { "waiting", true } };
  size_t used = FIRST, of[STANDING_STATES];
  for (size_t i = 0; i < STANDING_STATES; i++)
    if (is_shown(feeds, count, i))
      of[used - FIRST] = i, columns[used++] = (struct table_column){ states[i], true };
  columns[used] = (struct table_column){ "due", false };
  struct table *table = table_new(arena, columns, used + 1);
  for (size_t i = 0; i < count; i++) {
    str cells[FIRST + STANDING_STATES + 1] = { feeds[i].feed, last_text(arena, &feeds[i]),
                                               with_commas(feeds[i].waiting, arena) };
    for (size_t j = FIRST; j < used; j++) cells[j] = with_commas(feeds[i].items[of[j - FIRST]], arena);
    cells[used] = due_text(arena, &feeds[i]);
    table_row(table, cells);
  }
  table_text(table, 0, text);
  if (!count) buf_add(text, STR("the site has no feeds\n"));
  arena_free(arena);
}

void standing_alarms_text(const struct standing_alarm *alarms, size_t count, struct buf *text) {
  struct page page = page_of(text);
  size_t named = 0, width = 0;
  for (size_t i = 0; i < count; i++) {
    named += alarms[i].is_new;
    if (alarms[i].is_new && str_chars(alarms[i].feed) > width) width = str_chars(alarms[i].feed);
  }
  if (named) page_safe(&page, STR("new since this night began"));
  if (named) page_end(&page);
  for (size_t i = 0; i < count; i++) {
    if (!alarms[i].is_new) continue;
    page_to(&page, 2);
    page_left(&page, alarms[i].feed, width);
    buf_add(text, STR("  "));
    page_wrap(&page, alarms[i].text, width + 4);
    page_end(&page);
  }
  if (named < count) buf_printf(text, "known already: %zu%s\n", count - named, named ? " more" : "");
}

static void question_text(const struct standing_question *q, bool answers, struct buf *text) {
  static const size_t indent = 9;
  struct page page = page_of(text);
  const str parts[] = { q->key.len ? q->key : q->id, q->feed, q->file,
                        q->amount.len > 1 ? q->amount : STR_NONE };
  page_to(&page, 2);
  page_safe(&page, q->state);
  page_to(&page, indent);
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    if (!parts[i].len) continue;
    page_safe(&page, parts[i]);
    buf_add(text, STR("  "));
  }
  buf_printf(text, "since %.*s", STR_ARG(str_sub(q->since, 0, 10)));
  page_end(&page);
  page_to(&page, indent);
  page_wrap(&page, q->question, indent);
  page_end(&page);
  page_to(&page, indent);
  page_safe(&page, q->place);
  page_end(&page);
  if (!answers) return;
  page_to(&page, indent);
  if (q->values) buf_printf(text, "answer: sluice review --answer \"%.*s=...; ...\"", STR_ARG(q->name));
  else buf_printf(text, "yes: sluice review --yes %.*s", STR_ARG(q->name));
  buf_printf(text, "    no: sluice review --no %.*s", STR_ARG(q->name));
  if (!str_eq(q->code, q->name)) buf_printf(text, "    (%.*s)", STR_ARG(q->code));
  page_end(&page);
}

void standing_questions_text(const struct standing_question *questions, size_t count, bool answers,
                             struct buf *text) {
  buf_printf(text, "%zu question%s for an answer\n", count, count == 1 ? " waits" : "s wait");
  for (size_t i = 0; i < count; i++) {
    buf_char(text, '\n');
    question_text(&questions[i], answers, text);
  }
}

static void json_member(struct buf *text, const char *name, str content) {
  buf_printf(text, ", \"%s\": ", name);
  json_text(text, content);
}

void standing_questions_json(const struct standing_question *questions, size_t count, struct buf *text) {
  buf_char(text, '[');
  for (size_t i = 0; i < count; i++) {
    const struct standing_question *q = &questions[i];
    buf_printf(text, "%s\n  {\"item\": ", i ? "," : "");
    json_text(text, q->name);
    json_member(text, "question-id", q->code);
    json_member(text, "state", q->state);
    json_member(text, "feed", q->feed);
    json_member(text, "key", q->key);
    json_member(text, "id", q->id);
    json_member(text, "file", q->file);
    json_member(text, "amount", q->amount);
    json_member(text, "since", q->since);
    json_member(text, "question", q->question);
    json_member(text, "place", q->place);
    buf_char(text, '}');
  }
  buf_add(text, count ? STR("\n]") : STR("]"));
}

static void feed_json(const struct standing_feed *feed, struct buf *text) {
  buf_add(text, STR("{\"feed\": "));
  json_text(text, feed->feed);
  json_member(text, "last-good-run", feed->last);
  if (feed->last.len) buf_printf(text, ", \"age-seconds\": %lld", (long long)feed->age);
  buf_printf(text, ", \"waiting\": %llu", (unsigned long long)feed->waiting);
  for (size_t j = 0; j < STANDING_STATES; j++)
    buf_printf(text, ", \"%s\": %llu", states[j], (unsigned long long)feed->items[j]);
  buf_printf(text, ", \"due\": %s", feed->due ? "true" : "false");
  if (feed->due) json_member(text, "why", feed->why);
  else if (feed->next.len) json_member(text, "next", feed->next);
  buf_char(text, '}');
}

static void alarm_json(const struct standing_alarm *alarm, struct buf *text) {
  buf_add(text, STR("{\"feed\": "));
  json_text(text, alarm->feed);
  json_member(text, "alarm", alarm->text);
  buf_printf(text, ", \"new\": %s}", alarm->is_new ? "true" : "false");
}

void standing_json(const struct standing_site *standing, struct buf *text) {
  buf_add(text, STR("{\"feeds\": ["));
  for (size_t i = 0; i < standing->feed_count; i++) {
    buf_add(text, i ? STR(",\n  ") : STR("\n  "));
    feed_json(&standing->feeds[i], text);
  }
  buf_add(text, standing->feed_count ? STR("\n],\n \"alarms\": [") : STR("],\n \"alarms\": ["));
  for (size_t i = 0; i < standing->alarm_count; i++) {
    buf_add(text, i ? STR(",\n  ") : STR("\n  "));
    alarm_json(&standing->alarms[i], text);
  }
  buf_add(text, standing->alarm_count ? STR("\n],\n \"questions\": ") : STR("],\n \"questions\": "));
  standing_questions_json(standing->questions, standing->question_count, text);
  buf_add(text, STR("}\n"));
}
