/* spool/ledger_state: what a start must know of the ledger without asking for a name. */
#include "spool/ledger_state.h"
#include "base/exits.h"
#include "spool/ledger_line.h"

#include <stdio.h>
#include <string.h>

enum { OVER_MOST = 64 };

struct feed_runs {
  str feed;
  struct ledger_runs told;
};

static bool is_one_of(str text, const char *const *words, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (str_eq(text, str_of(words[i]))) return true;
  return false;
}

bool ledger_is_about_item(str event) {
  static const char *const events[] = { "released", "ready",    "held",    "rejected", "skipped",
                                        "adopted",  "reversed", "refused", "returned" };
  return is_one_of(event, events, sizeof events / sizeof *events);
}

bool ledger_is_settled(str event) {
  static const char *const events[] = { "released", "ready", "adopted", "reversed" };
  return is_one_of(event, events, sizeof events / sizeof *events);
}

bool ledger_is_copy(str state, str event) {
  return str_eq(event, STR("skipped")) && ledger_is_settled(state);
}

str ledger_item_id(const struct ledger_entry *entry) {
  str id = ledger_word(entry, "id");
  return id.len ? id : ledger_word(entry, "of");
}

static struct state_items items_new(void) {
  struct arena *arena = arena_new();
  return (struct state_items){ .arena = arena, .map = map_new(arena) };
}

struct state state_new(void) {
  struct arena *arena = arena_new();
  struct state state = { .arena = arena, .scratch = arena_new(), .begun = items_new(), .open = items_new() };
  state.runs = map_new(arena);
  state.counts = map_new(arena);
  return state;
}

void state_free(struct state *state) {
  arena_free(state->begun.arena);
  arena_free(state->open.arena);
  arena_free(state->arena);
  arena_free(state->scratch);
}

/* The feed's length stands first, so that no feed and name can look like another pair. Made for every entry
 * that is read, so put together by hand. */
str state_item_name(struct arena *arena, str feed, str id, str key) {
  str name = id.len ? id : key;
  uint64_t head = (uint64_t)feed.len << 1 | (id.len > 0);
  char *text = arena_alloc(arena, sizeof head + feed.len + name.len);
  memcpy(text, &head, sizeof head);
  if (feed.len) memcpy(text + sizeof head, feed.at, feed.len);
  if (name.len) memcpy(text + sizeof head + feed.len, name.at, name.len);
  return (str){ text, sizeof head + feed.len + name.len };
}

struct ledger_tally *state_count(struct map *counts, struct arena *arena, str feed, str state) {
  void **place = map_put(counts, state_item_name(arena, feed, state, STR_NONE));
  if (!*place) {
    struct ledger_tally *tally = *place = ARENA_NEW(arena, struct ledger_tally);
    *tally = (struct ledger_tally){ .feed = arena_str(arena, feed), .state = arena_str(arena, state) };
  }
  return *place;
}

static struct state_item *put_item(struct state_items *items, str name, const struct state_item *said) {
  struct state_item *item = *map_put(items->map, name) = ARENA_NEW(items->arena, struct state_item);
  *item = (struct state_item){ .feed = arena_str(items->arena, said->feed), .is = said->is };
  item->id = arena_str(items->arena, said->id);
  item->key = arena_str(items->arena, said->key);
  item->ready = said->ready;
  return item;
}

static void forget_over(struct state_items *items) {
  size_t count = map_count(items->map);
  if (count < OVER_MOST || items->live * 2 > count) return;
  struct state_items anew = items_new();
  for (size_t i = 0; i < count; i++) {
    const struct map_entry *entry = map_at(items->map, i);
    const struct state_item *item = entry->value;
    if (item->is) put_item(&anew, entry->key, item), anew.live++;
  }
  arena_free(items->arena);
  *items = anew;
}

/* Puts one among those that are so, or says that it is no longer. What never was is not kept. */
static void set_item(struct state *state, struct state_items *items, struct state_item said) {
  if (!said.is && !items->live) return;
  arena_reset(state->scratch);
  str name = state_item_name(state->scratch, said.feed, said.id, said.key);
  struct state_item *item = map_get(items->map, name);
  bool was = item && item->is;
  if (!item && said.is) item = put_item(items, name, &said);
  if (item) item->is = said.is, item->ready = said.ready;
  items->live += said.is && !was;
  items->live -= !said.is && was;
  forget_over(items);
}

/* A copy that was skipped leaves what is ready as it is; what is held it ends. */
static void set_open(struct state *state, const struct ledger_entry *entry, struct state_item said) {
  arena_reset(state->scratch);
  const struct state_item *open =
      map_get(state->open.map, state_item_name(state->scratch, said.feed, said.id, said.key));
  bool stays = open && open->is && open->ready && str_eq(entry->event, STR("skipped"));
  if (!stays) set_item(state, &state->open, said);
}

static struct ledger_runs *runs_for(struct state *state, str feed) {
  struct feed_runs *runs = map_get(state->runs, feed);
  if (!runs) {
    runs = *map_put(state->runs, feed) = ARENA_NEW(state->arena, struct feed_runs);
    runs->feed = arena_str(state->arena, feed);
  }
  return &runs->told;
}

struct ledger_runs state_runs(const struct state *state, str feed) {
  const struct feed_runs *runs = map_get(state->runs, feed);
  return runs ? runs->told : (struct ledger_runs){ 0 };
}

static void no_run(struct ledger_runs *runs) {
  runs->open = STR_NONE;
  runs->open_run = 0;
}

/* A night brings many entries of one time. */
static void set_time(struct state *state, str *place, str time) {
  if (!str_eq(*place, time)) *place = arena_str(state->arena, time);
}

static void take_run_end(struct state *state, const struct ledger_entry *entry, struct ledger_runs *runs) {
  int64_t code;
  if (!str_to_int(ledger_word(entry, "exit"), &code) || code < 0 || code > 255) code = 255;
  set_time(state, &runs->last, entry->time);
  runs->code = (int)code;
  no_run(runs);
  if (exit_is_good(runs->code)) set_time(state, &runs->good, entry->time), runs->by_run = true;
  if (exit_is_final(runs->code) && !ledger_word(entry, "only").len && !ledger_word(entry, "again").len)
    set_time(state, &runs->whole, entry->time);
}

static void take_run(struct state *state, const struct ledger_entry *entry) {
  static const char *const good_ends[] = { "released", "ready", "skipped" };
  int64_t run;
  bool numbered = str_to_int(ledger_word(entry, "run"), &run) && run > 0;
  if (numbered && (uint64_t)run > state->run_most) state->run_most = (uint64_t)run;
  if (str_eq(entry->event, STR("run-end"))) take_run_end(state, entry, runs_for(state, entry->feed));
  else if (str_eq(entry->event, STR("run-died"))) no_run(runs_for(state, entry->feed));
  else if (str_eq(entry->event, STR("run-start"))) {
    struct ledger_runs *runs = runs_for(state, entry->feed);
    set_time(state, &runs->open, entry->time);
    runs->open_run = numbered ? (uint64_t)run : 0;
  } else if (is_one_of(entry->event, good_ends, sizeof good_ends / sizeof *good_ends)) {
    struct ledger_runs *runs = runs_for(state, entry->feed);
    if (!runs->by_run) set_time(state, &runs->good, entry->time);
  }
}

void state_take(struct state *state, const struct ledger_entry *entry) {
  str id = ledger_word(entry, "id");
  struct state_item said = { .feed = entry->feed, .id = id };
  take_run(state, entry);
  said.is = str_eq(entry->event, STR("releasing"));
  if (id.len) set_item(state, &state->begun, said); /* whatever follows a begun release ends it */
  if (!ledger_is_about_item(entry->event)) return;
  said.id = ledger_item_id(entry);
  said.key = said.id.len ? STR_NONE : ledger_word(entry, "key");
  said.ready = str_eq(entry->event, STR("ready"));
  said.is = said.ready || str_eq(entry->event, STR("held"));
  if (said.id.len || said.key.len) set_open(state, entry, said);
}

/* --- as text --- */

static void add_line(struct buf *text, str time, const char *event, str feed, struct ledger_word one,
                     struct ledger_word two) {
  struct ledger_word words[] = { one, two };
  struct err err = { 0 };
  line_body(time, str_of(event), feed, words, 2, text, &err);
  buf_char(text, '\n');
}

static void add_items(struct buf *text, const struct map *map, const char *event) {
  for (size_t i = 0; i < map_count(map); i++) {
    const struct state_item *item = map_at(map, i)->value;
    if (item->is)
      add_line(text, STR_NONE,
               event         ? event
               : item->ready ? "ready"
                             : "held",
               item->feed, (struct ledger_word){ STR("id"), item->id },
               (struct ledger_word){ STR("key"), item->key });
  }
}

static void add_runs(struct buf *text, const struct feed_runs *runs) {
  char code[16], number[32];
  struct err err = { 0 };
  const struct ledger_runs *told = &runs->told;
  snprintf(code, sizeof code, "%d", told->code);
  snprintf(number, sizeof number, "%llu", (unsigned long long)told->open_run);
  const struct ledger_word words[] = {
    { STR("by"), told->by_run ? STR("run") : STR("file") },
    { STR("whole"), told->whole },
    { STR("last"), told->last },
    { STR("exit"), told->last.len ? str_of(code) : STR_NONE },
    { STR("open"), told->open },
    { STR("run"), told->open.len ? str_of(number) : STR_NONE },
  };
  line_body(told->good, STR("runs"), runs->feed, words, sizeof words / sizeof *words, text, &err);
  buf_char(text, '\n');
}

void state_write(const struct state *state, struct buf *text) {
  char number[32];
  struct ledger_word none = { STR("x"), STR_NONE };
  snprintf(number, sizeof number, "%llu", (unsigned long long)state->run_most);
  add_line(text, STR_NONE, "run", STR_NONE, (struct ledger_word){ STR("run"), str_of(number) }, none);
  add_items(text, state->begun.map, "begun");
  add_items(text, state->open.map, NULL);
  for (size_t i = 0; i < map_count(state->runs); i++) add_runs(text, map_at(state->runs, i)->value);
  for (size_t i = 0; i < map_count(state->counts); i++) {
    const struct ledger_tally *tally = map_at(state->counts, i)->value;
    snprintf(number, sizeof number, "%llu", (unsigned long long)tally->items);
    add_line(text, STR_NONE, "count", tally->feed, (struct ledger_word){ STR("state"), tally->state },
             (struct ledger_word){ STR("items"), str_of(number) });
  }
}

static bool read_runs(struct state *state, const struct ledger_entry *entry) {
  int64_t code = 0, run = 0;
  struct ledger_runs *runs = runs_for(state, entry->feed);
  str last = ledger_word(entry, "last"), open = ledger_word(entry, "open");
  if (last.len && (!str_to_int(ledger_word(entry, "exit"), &code) || code < 0 || code > 255)) return false;
  if (open.len && (!str_to_int(ledger_word(entry, "run"), &run) || run < 0)) return false;
  set_time(state, &runs->good, entry->time);
  set_time(state, &runs->whole, ledger_word(entry, "whole"));
  set_time(state, &runs->last, last);
  set_time(state, &runs->open, open);
  runs->by_run = str_eq(ledger_word(entry, "by"), STR("run"));
  runs->code = (int)code;
  runs->open_run = (uint64_t)run;
  return true;
}

static bool read_one(struct state *state, const struct ledger_entry *entry) {
  int64_t number = 0;
  str event = entry->event, id = ledger_word(entry, "id"), key = ledger_word(entry, "key");
  struct state_item item = { .feed = entry->feed, .id = id, .key = key, .is = true };
  item.ready = str_eq(event, STR("ready"));
  if (str_eq(event, STR("begun"))) set_item(state, &state->begun, item);
  else if (item.ready || str_eq(event, STR("held"))) set_item(state, &state->open, item);
  else if (str_eq(event, STR("runs"))) return read_runs(state, entry);
  else if (str_eq(event, STR("run"))) {
    if (!str_to_int(ledger_word(entry, "run"), &number) || number < 0) return false;
    state->run_most = (uint64_t)number;
  } else if (str_eq(event, STR("count"))) {
    if (!str_to_int(ledger_word(entry, "items"), &number) || number < 0) return false;
    state_count(state->counts, state->arena, entry->feed, ledger_word(entry, "state"))->items =
        (uint64_t)number;
  } else return false;
  return true;
}

bool state_read(struct state *state, str text) {
  struct arena *arena = arena_new();
  bool good = true;
  str line;
  while (good && text.len && str_split(&text, '\n', &line)) {
    struct ledger_entry entry = { 0 };
    good = line_read(arena, line, &entry) && read_one(state, &entry);
    arena_reset(arena);
  }
  arena_free(arena);
  return good;
}
