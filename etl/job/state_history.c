/* job/state_history: what the ledger says of a state table: which files count, and in which order. */
#include "job/state_history.h"
#include "io/digest.h"
#include "io/hex.h"

#include <stdlib.h>
#include <string.h>

struct reader {
  struct state_history *history;
  struct arena *arena;
  struct map *items; /* id to its latest release here, an index from 1 */
  const struct zone *zone;
  str table, key;
  uint64_t before;
};

static bool is_event(const struct ledger_entry *entry, const char *event) {
  return str_eq(entry->event, str_of(event));
}

static str word_at(const struct ledger_entry *entry, size_t index, const char *name) {
  bool there = index < entry->word_count && str_eq(entry->words[index].name, str_of(name));
  return there ? entry->words[index].value : STR_NONE;
}

/* "settlement/2026-11-20-77c1.csv" of table settlement. */
static bool is_of_table(str table, str value, str *name) {
  if (value.len <= table.len + 1 || !str_starts(value, table) || value.at[table.len] != '/') return false;
  *name = str_sub(value, table.len + 1, value.len);
  return true;
}

static size_t note(struct reader *reader, str name) {
  struct state_history *history = reader->history;
  void **index = map_put(history->by_name, name);
  if (!*index) {
    str kept = map_at(history->by_name, history->count)->key;
    *ARENA_PUSH(reader->arena, history->releases, history->count) = (struct state_release){ .name = kept };
    *index = (void *)(uintptr_t)history->count;
  }
  return (size_t)(uintptr_t)*index;
}

/* Said with every release, and nearly always the same. */
static str kept_key(struct reader *reader, str key) {
  if (!str_eq(reader->key, key)) reader->key = arena_str(reader->arena, key);
  return reader->key;
}

static int32_t day_of(const struct reader *reader, const struct ledger_entry *entry) {
  stamp at = { 0 };
  date_parse_stamp(entry->time, DATE_DAY_FIRST, NULL, &at);
  return zone_day(reader->zone, at.seconds);
}

static void read_release(struct reader *reader, const struct ledger_entry *entry, bool counts) {
  str name;
  for (size_t i = 0; i < entry->word_count; i++) {
    if (!is_of_table(reader->table, word_at(entry, i, "state"), &name)) continue;
    size_t index = note(reader, name);
    struct state_release *release = &reader->history->releases[index - 1];
    if (!hex_read(word_at(entry, i + 1, "state-sha256"), release->sha256, sizeof release->sha256))
      memset(release->sha256, 0, sizeof release->sha256);
    release->key = kept_key(reader, word_at(entry, i + 2, "state-key"));
    if (!counts) continue;
    release->line = entry->line;
    release->day = day_of(reader, entry);
    void **latest = map_put(reader->items, ledger_word(entry, "id"));
    if ((size_t)(uintptr_t)*latest != index) release->before = (size_t)(uintptr_t)*latest;
    *latest = (void *)(uintptr_t)index;
  }
}

/* All that the item ever wrote. */
static void rest(struct reader *reader, const struct ledger_entry *entry, bool rests) {
  size_t index = (size_t)(uintptr_t)map_get(reader->items, ledger_word(entry, "id"));
  for (struct state_release *release; index; index = release->before) {
    release = &reader->history->releases[index - 1];
    release->rests = rests;
  }
}

static void read_entry(struct reader *reader, const struct ledger_entry *entry) {
  bool happened = !reader->before || entry->line < reader->before;
  if (is_event(entry, "releasing") || is_event(entry, "released"))
    read_release(reader, entry, happened && is_event(entry, "released"));
  if (happened && is_event(entry, "resend")) rest(reader, entry, true);
  if (happened && (is_event(entry, "released") || is_event(entry, "rejected") || is_event(entry, "refused")))
    rest(reader, entry, false);
  if (!is_event(entry, "reversed")) return;
  size_t index = (size_t)(uintptr_t)map_get(reader->items, ledger_word(entry, "id"));
  if (!index) return;
  struct state_release *release = &reader->history->releases[index - 1];
  release->gone = true;
  release->reversed = release->reversed || happened;
}

static bool visit(void *user, const struct ledger_entry *entry) {
  read_entry(user, entry);
  return true;
}

static int by_line(const void *a, const void *b) {
  const struct state_release *x = a, *y = b;
  if (!x->line || !y->line) return !x->line - !y->line;
  return x->line < y->line ? -1 : x->line > y->line;
}

enum outcome state_history_read(struct ledger *ledger, str table, const struct zone *zone, uint64_t before,
                                struct arena *arena, struct state_history *history, struct err *err) {
  *history = (struct state_history){ .by_name = map_new(arena) };
  struct arena *passing = arena_new();
  struct reader reader = { history, arena, map_new(passing), zone, table, STR_NONE, before };
  enum outcome out = ledger_walk(ledger, visit, &reader, err);
  arena_free(passing);
  if (out) return out;
  if (history->count) qsort(history->releases, history->count, sizeof *history->releases, by_line);
  for (size_t i = 0; i < history->count; i++) {
    history->released += history->releases[i].line != 0;
    *map_put(history->by_name, history->releases[i].name) = (void *)(uintptr_t)(i + 1);
  }
  return OUT_OK;
}

const struct state_release *state_history_find(const struct state_history *history, str name) {
  size_t index = (size_t)(uintptr_t)map_get(history->by_name, name);
  return index ? &history->releases[index - 1] : NULL;
}

bool state_release_is(const struct state_release *release, str bytes) {
  char hex[DIGEST_TEXT], said[DIGEST_TEXT];
  digest_bytes(bytes, hex);
  hex_write(release->sha256, sizeof release->sha256, said);
  return strcmp(hex, said) == 0;
}
