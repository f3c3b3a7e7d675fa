/* job/story: everything that is told of one thing, in order. */
#include "job/story.h"
#include "base/map.h"
#include "job/naming.h"

#include <stdlib.h>

static bool is_name(str name, const char *const *names, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (str_eq(name, str_of(names[i]))) return true;
  return false;
}

static str word_or(const struct ledger_entry *entry, const char *name, const char *otherwise) {
  str text = ledger_word(entry, name);
  return text.len ? text : ledger_word(entry, otherwise);
}

void story_add(struct arena *arena, const struct ledger_entry *entry, struct history_entry **entries,
               size_t *count) {
  static const char *const outputs[] = { "output", "name" };
  struct history_entry *shown = ARENA_PUSH(arena, *entries, *count);
  str item = word_or(entry, "key", "of-key");
  *shown = (struct history_entry){ .line = entry->line, .time = arena_str(arena, entry->time) };
  shown->feed = arena_str(arena, entry->feed);
  shown->event = arena_str(arena, entry->event);
  shown->item = arena_str(arena, item.len ? item : ledger_item_id(entry));
  shown->file = arena_str(arena, ledger_word(entry, "file"));
  shown->amount = arena_str(arena, ledger_word(entry, "amount"));
  shown->reason = arena_str(arena, ledger_word(entry, "reason"));
  if (str_eq(entry->event, STR("run-start"))) shown->reason = STR("it has not ended");
  for (size_t i = 0; i < entry->word_count; i++)
    if (is_name(entry->words[i].name, outputs, sizeof outputs / sizeof *outputs))
      *ARENA_PUSH(arena, shown->outputs, shown->output_count) = arena_str(arena, entry->words[i].value);
}

struct story_begun story_begun(struct ledger *ledger) {
  return (struct story_begun){ ledger, ledger_begun(ledger, STR_NONE) };
}

static bool has_not_ended(const struct ledger *ledger, const struct ledger_entry *start) {
  struct ledger_runs runs = ledger_runs(ledger, start->feed);
  int64_t run;
  return runs.open.len && str_to_int(ledger_word(start, "run"), &run) && (uint64_t)run == runs.open_run;
}

bool story_is_shown(const struct story_begun *begun, const struct ledger_entry *entry) {
  if (str_eq(entry->event, STR("run-start"))) return has_not_ended(begun->ledger, entry);
  bool shown = !str_eq(entry->event, STR("releasing"));
  for (size_t i = 0; i < begun->open.count && !shown; i++)
    shown = begun->open.entries[i]->line == entry->line;
  return shown;
}

/* --- by name --- */

struct gathering {
  struct ledger *ledger;
  struct arena *arena;
  struct map *lines; /* of entries that are in it already */
  const struct ledger_entry **entries;
  size_t count;
};

static bool put(struct gathering *gathering, const struct ledger_entry *entry) {
  void **known = map_put(gathering->lines, (str){ (const char *)&entry->line, sizeof entry->line });
  if (*known) return false;
  *known = gathering;
  *ARENA_PUSH(gathering->arena, gathering->entries, gathering->count) = entry;
  return true;
}

static void put_all(struct gathering *gathering, struct ledger_found found) {
  for (size_t i = 0; i < found.count; i++) put(gathering, found.entries[i]);
}

/* All of the entry's item, and what was said of its outputs: confirmed, mirrored. */
static void follow(struct gathering *gathering, const struct ledger_entry *entry) {
  struct ledger *ledger = gathering->ledger;
  str id = ledger_item_id(entry), key = ledger_word(entry, "key");
  if (id.len || key.len) put_all(gathering, ledger_of_item(ledger, entry->feed, id, id.len ? STR_NONE : key));
  for (size_t i = 0; i < entry->word_count; i++)
    if (str_eq(entry->words[i].name, STR("output"))) {
      put_all(gathering, ledger_having(ledger, "name", entry->words[i].value));
      put_all(gathering, ledger_having(ledger, "mirrors", entry->words[i].value));
    }
}

static void gather_named(struct gathering *gathering, str name) {
  static const char *const words[] = { "id", "of", "key", "of-key", "file", "output", "name", "mirrors" };
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    put_all(gathering, ledger_having(gathering->ledger, words[i], name));
}

static int by_line(const void *a, const void *b) {
  const struct ledger_entry *x = *(const struct ledger_entry *const *)a,
                            *y = *(const struct ledger_entry *const *)b;
  return x->line < y->line ? -1 : x->line > y->line;
}

/* What is gathered while it is followed is followed too: an item's copies, its reversal. */
static void add_gathered(struct gathering *gathering, struct story *story) {
  struct story_begun begun = story_begun(gathering->ledger);
  for (size_t i = 0; i < gathering->count; i++) follow(gathering, gathering->entries[i]);
  if (gathering->count) qsort(gathering->entries, gathering->count, sizeof *gathering->entries, by_line);
  for (size_t i = 0; i < gathering->count; i++)
    if (story_is_shown(&begun, gathering->entries[i]))
      story_add(gathering->arena, gathering->entries[i], &story->entries, &story->count);
}

/* --- by a text in an entry --- */

struct looking {
  struct arena *arena;
  struct story_begun begun;
  str wanted;
  struct story *story, loaded;
};

static bool holds(str text, str wanted) {
  for (size_t i = 0; i + wanted.len <= text.len; i++)
    if (str_eq_fold(str_sub(text, i, i + wanted.len), wanted)) return true;
  return false;
}

static bool look(void *user, const struct ledger_entry *entry) {
  static const char *const looked_at[] = { "id",   "of",     "key",  "of-key",  "k",
                                           "file", "output", "name", "mirrors", "reason" };
  struct looking *looking = user;
  bool found = false;
  for (size_t i = 0; i < entry->word_count && !found; i++)
    found = is_name(entry->words[i].name, looked_at, sizeof looked_at / sizeof *looked_at) &&
            holds(entry->words[i].value, looking->wanted);
  str loaded = story_loaded(looking->arena, entry, looking->wanted);
  if (loaded.len) {
    story_add(looking->arena, entry, &looking->loaded.entries, &looking->loaded.count);
    looking->loaded.entries[looking->loaded.count - 1].reason = loaded;
  }
  if (found && story_is_shown(&looking->begun, entry))
    story_add(looking->arena, entry, &looking->story->entries, &looking->story->count);
  return true;
}

/* --- by a row of an archived file --- */

static void add_row(struct gathering *gathering, const struct search_hit *hit, struct story *story) {
  struct ledger_found of = ledger_of_item(gathering->ledger, hit->feed, hit->id, STR_NONE);
  struct history_entry *row = ARENA_PUSH(gathering->arena, story->entries, story->count);
  *row =
      (struct history_entry){ .time = hit->day, .event = STR("row"), .file = hit->name, .feed = hit->feed };
  row->item = hit->id;
  static const char *const counted[] = { "row", "record", "line" };
  row->reason = hit->row ? arena_printf(gathering->arena, "%s %llu holds it", counted[hit->counted],
                                        (unsigned long long)hit->row)
                         : STR("its header line holds it");
  put_all(gathering, of);
}

static enum outcome by_rows(const struct custody *custody, struct gathering *gathering, str wanted,
                            struct story *story, struct err *err) {
  struct search_hits hits;
  enum outcome out = search_archive(custody, wanted, &hits, err);
  story->sealed = hits.sealed;
  for (size_t i = 0; i < hits.count && !out; i++) add_row(gathering, &hits.hits[i], story);
  if (!out) add_gathered(gathering, story);
  return out;
}

enum outcome story_of(const struct custody *custody, str wanted, struct story *story, struct err *err) {
  struct arena *arena = custody->site->arena;
  struct gathering gathering = { .ledger = custody->ledger, .arena = arena, .lines = map_new(arena) };
  *story = (struct story){ 0 };
  gather_named(&gathering, wanted);
  str released = naming_released(arena, wanted);
  if (!str_eq(released, wanted)) gather_named(&gathering, released);
  add_gathered(&gathering, story);
  if (story->count || ledger_trouble(custody->ledger, err)) return err->outcome;
  struct looking looking = { arena, story_begun(custody->ledger), wanted, story, { 0 } };
  if (ledger_walk(custody->ledger, look, &looking, err)) return err->outcome;
  if (!story->count && by_rows(custody, &gathering, wanted, story, err)) return err->outcome;
  story_merge(arena, story, &looking.loaded);
  return OUT_OK;
}
