/* spool/ledger_ask: what is asked of the ledger: entries by their words, read from where they stand. */
#include "spool/ledger_internal.h"

#include <stdlib.h>
#include <string.h>

enum { LINE_ROOM = 2048 };

str ledger_word(const struct ledger_entry *entry, const char *name) {
  for (size_t i = 0; i < entry->word_count; i++)
    if (str_eq(entry->words[i].name, str_of(name))) return entry->words[i].value;
  return STR_NONE;
}

/* --- what was handed out, and what went wrong --- */

void ledger_new_lent(struct ledger *ledger) {
  ledger->lent = arena_new();
  ledger->lent_by_place = map_new(ledger->lent);
}

void ledger_rest(struct ledger *ledger) {
  arena_free(ledger->lent);
  ledger_new_lent(ledger);
}

/* Whoever asked may take "nothing" for "never seen": so nothing is written on the strength of it. */
static void spoil(struct ledger *ledger, const struct err *err) {
  if (ledger->trouble.outcome) return;
  ledger->trouble = *err;
  ledger->trouble.outcome = OUT_SYSTEM;
}

enum outcome ledger_trouble(const struct ledger *ledger, struct err *err) {
  if (ledger->trouble.outcome) *err = ledger->trouble;
  return ledger->trouble.outcome;
}

/* --- one entry --- */

/* The sum of the line before, and the line, whatever file they stand in. */
static enum outcome read_line(struct ledger *ledger, uint64_t place, struct line_sum *before, str *line,
                              struct err *err) {
  size_t room = LINE_ROOM, lead = place ? SUM_WORD + 1 : 0, got;
  for (;; room *= 4) {
    char *block = arena_alloc(ledger->lent, room);
    enum outcome out = files_read(&ledger->files, place - lead, block, room, &got, err);
    if (out) return out;
    const char *end = got > lead ? memchr(block + lead, '\n', got - lead) : NULL;
    if (!end && got == room && room < 2 * (size_t)LEDGER_LINE_MOST) continue;
    if (!end) return files_wrong(&ledger->files, place, "this entry is gone", err);
    if (lead) memcpy(before->text, block, SUM_WORD);
    *line = (str){ block + lead, (size_t)(end - block) - lead };
    return OUT_OK;
  }
}

static enum outcome read_entry(struct ledger *ledger, uint64_t place, struct ledger_entry *entry,
                               struct err *err) {
  struct line_sum before = { "" }, sum;
  str line = STR_NONE, body;
  enum outcome out = read_line(ledger, place, &before, &line, err);
  if (out) return out;
  struct digest *digest = digest_new();
  bool good = line_check(digest, before, line, &body, &sum) && line_read(ledger->lent, body, entry);
  digest_free(digest);
  if (good) return OUT_OK;
  return files_wrong(&ledger->files, place, "this entry is not as it was written: its sum is wrong", err);
}

static enum outcome entry_at(struct ledger *ledger, struct posting posting, const struct ledger_entry **entry,
                             struct err *err) {
  uint64_t place = posting_place(posting);
  void **known = map_put(ledger->lent_by_place, (str){ (const char *)&place, sizeof place });
  if (!*known) {
    struct ledger_entry *new = ARENA_NEW(ledger->lent, struct ledger_entry);
    new->line = posting_line(posting);
    enum outcome out = read_entry(ledger, place, new, err);
    if (out) return out;
    *known = new;
  }
  *entry = *known;
  return OUT_OK;
}

/* --- by a word --- */

static enum outcome find(struct ledger *ledger, uint64_t hash, struct postings *found, struct err *err) {
  enum outcome out = ledger->checkpoint ? checkpoint_find(ledger->checkpoint, hash, found, err) : OUT_OK;
  if (!out) recent_find(&ledger->recent, hash, found);
  return out;
}

enum outcome ledger_postings(struct ledger *ledger, const char *word, str value, struct postings *found,
                             struct err *err) {
  uint64_t hash = posting_hash(word, value);
  enum outcome out = find(ledger, hash, found, err);
  if (out != OUT_DATA || ledger->counting) return out;
  if (ledger_remake(ledger, err)) return err->outcome; /* a damaged page: the ledger itself knows all */
  found->count = 0;
  return find(ledger, hash, found, err);
}

static bool has_word(const struct ledger_entry *entry, const char *name, str value) {
  for (size_t i = 0; i < entry->word_count; i++)
    if (str_eq(entry->words[i].value, value) && str_eq(entry->words[i].name, str_of(name))) return true;
  return false;
}

/* Adds to what is found; an entry that has the word twice comes once. */
static enum outcome add_having(struct ledger *ledger, const char *name, str value, uint64_t before,
                               struct ledger_found *found, struct err *err) {
  struct postings postings = { .arena = arena_new() };
  enum outcome out = ledger_postings(ledger, name, value, &postings, err);
  for (size_t i = 0; i < postings.count && !out; i++) {
    const struct ledger_entry *entry;
    if (posting_place(postings.items[i]) >= before) continue;
    out = entry_at(ledger, postings.items[i], &entry, err);
    if (out || !has_word(entry, name, value)) continue;
    if (found->count && found->entries[found->count - 1] == entry) continue;
    *ARENA_PUSH(ledger->lent, found->entries, found->count) = entry;
  }
  arena_free(postings.arena);
  return out;
}

struct ledger_found ledger_having(struct ledger *ledger, const char *name, str value) {
  struct ledger_found found = { 0 };
  struct err err = { 0 };
  if (add_having(ledger, name, value, UINT64_MAX, &found, &err)) {
    spoil(ledger, &err);
    found.count = 0;
  }
  return found;
}

/* --- what counts --- */

static bool is_event(const struct ledger_entry *entry, const char *event) {
  return str_eq(entry->event, str_of(event));
}

static bool settles(const struct ledger_entry *entry) {
  return ledger_is_settled(entry->event) || is_event(entry, "resend");
}

/* Is `entry` what is to be known from now on, where `before` was? What is booked stays booked, whatever comes
 * of another file with the same key, or of a copy. */
static bool counts_over(const struct ledger_entry *entry, const struct ledger_entry *before) {
  if (!before || !settles(before) || settles(entry)) return true;
  return is_event(entry, "refused") && is_event(before, "ready") &&
         str_eq(ledger_word(entry, "id"), ledger_word(before, "id"));
}

const struct ledger_entry *ledger_by_id(struct ledger *ledger, str id) {
  struct ledger_found found = ledger_having(ledger, "id", id);
  const struct ledger_entry *best = NULL;
  for (size_t i = 0; i < found.count; i++)
    if (is_event(found.entries[i], "releasing") || counts_over(found.entries[i], best))
      best = found.entries[i];
  return best;
}

const struct ledger_entry *ledger_by_key(struct ledger *ledger, str feed, str key) {
  struct ledger_found found = ledger_having(ledger, "key", key);
  const struct ledger_entry *best = NULL;
  for (size_t i = 0; i < found.count; i++)
    if (str_eq(found.entries[i]->feed, feed) && counts_over(found.entries[i], best)) best = found.entries[i];
  return best;
}

const struct ledger_entry *ledger_by_output(struct ledger *ledger, str output) {
  struct ledger_found found = ledger_having(ledger, "output", output);
  return found.count ? found.entries[found.count - 1] : NULL;
}

/* --- items --- */

static enum outcome add_item(struct ledger *ledger, struct state_item item, uint64_t before,
                             struct ledger_found *all, struct err *err) {
  struct ledger_found own = { 0 }, of = { 0 };
  enum outcome out =
      add_having(ledger, item.id.len ? "id" : "key", item.id.len ? item.id : item.key, before, &own, err);
  if (!out && item.id.len) out = add_having(ledger, "of", item.id, before, &of, err);
  for (size_t i = 0, j = 0; !out && (i < own.count || j < of.count);) {
    bool first = j == of.count || (i < own.count && own.entries[i]->line <= of.entries[j]->line);
    const struct ledger_entry *entry = first ? own.entries[i++] : of.entries[j++];
    bool keyed = !item.id.len && ledger_item_id(entry).len; /* of a file with that key, not of the key */
    if (str_eq(entry->feed, item.feed) && !keyed) *ARENA_PUSH(ledger->lent, all->entries, all->count) = entry;
  }
  return out;
}

enum outcome ledger_state_at(struct ledger *ledger, struct state_item item, uint64_t before, str *state,
                             struct err *err) {
  struct ledger_found found = { 0 };
  enum outcome out = before ? add_item(ledger, item, before, &found, err) : OUT_OK;
  *state = STR_NONE;
  for (size_t i = 0; i < found.count && !out; i++) {
    str event = found.entries[i]->event;
    if (ledger_is_about_item(event) && !ledger_is_copy(*state, event)) *state = event;
  }
  return out;
}

struct ledger_found ledger_of_item(struct ledger *ledger, str feed, str id, str key) {
  struct ledger_found found = { 0 };
  struct err err = { 0 };
  if (add_item(ledger, (struct state_item){ .feed = feed, .id = id, .key = key }, UINT64_MAX, &found, &err)) {
    spoil(ledger, &err);
    found.count = 0;
  }
  return found;
}

static int by_line(const void *a, const void *b) {
  const struct ledger_entry *x = *(const struct ledger_entry *const *)a,
                            *y = *(const struct ledger_entry *const *)b;
  return x->line < y->line ? -1 : x->line > y->line;
}

/* The latest that says how the item stands; what was asked of it since says nothing of that. */
static const struct ledger_entry *deciding(struct ledger_found all) {
  const struct ledger_entry *entry = NULL;
  for (size_t i = 0; i < all.count; i++) {
    str event = all.entries[i]->event;
    bool copy = entry && ledger_is_copy(entry->event, event);
    if (str_eq(event, STR("releasing")) || (ledger_is_about_item(event) && !copy)) entry = all.entries[i];
  }
  return entry;
}

/* Named first: looking one up may make all that is known anew. */
static struct ledger_found latest(struct ledger *ledger, const struct map *map, str feed) {
  struct ledger_found found = { 0 };
  struct state_item *items = NULL;
  size_t count = 0;
  for (size_t i = 0; i < map_count(map); i++) {
    const struct state_item *item = map_at(map, i)->value;
    if (!item->is || (feed.len && !str_eq(feed, item->feed))) continue;
    *ARENA_PUSH(ledger->lent, items, count) =
        (struct state_item){ .feed = arena_str(ledger->lent, item->feed),
                             .id = arena_str(ledger->lent, item->id) };
    items[count - 1].key = arena_str(ledger->lent, item->key);
  }
  for (size_t i = 0; i < count; i++) {
    struct ledger_found all = ledger_of_item(ledger, items[i].feed, items[i].id, items[i].key);
    const struct ledger_entry *entry = deciding(all);
    if (entry) *ARENA_PUSH(ledger->lent, found.entries, found.count) = entry;
  }
  if (found.count) qsort(found.entries, found.count, sizeof *found.entries, by_line);
  return found;
}

struct ledger_found ledger_open_items(struct ledger *ledger, str feed) {
  return latest(ledger, ledger->state.open.map, feed);
}

struct ledger_found ledger_begun(struct ledger *ledger, str feed) {
  return latest(ledger, ledger->state.begun.map, feed);
}

/* --- all of it --- */

enum outcome ledger_walk(struct ledger *ledger, ledger_visit *visit, void *user, struct err *err) {
  struct scan scan = scan_new(&ledger->files, 0, 1, (struct line_sum){ "" }, ledger->read.bytes);
  struct arena *arena = arena_new();
  enum outcome out = OUT_OK;
  str body;
  for (bool more = true; more && scan.place < scan.end;) {
    struct ledger_entry entry = { .line = scan.line };
    uint64_t place = scan.place;
    out = scan_next(&scan, &body, err);
    if (!out && !line_read(arena, body, &entry))
      out = files_wrong(&ledger->files, place, "this line is no ledger entry", err);
    if (out) break;
    more = visit(user, &entry);
    arena_reset(arena);
  }
  scan_free(&scan);
  arena_free(arena);
  if (out == OUT_END) out = err_set(err, OUT_DATA, "the ledger in %s has become shorter", ledger->folder);
  return out;
}
