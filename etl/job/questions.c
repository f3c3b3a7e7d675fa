/* job/questions: what a person is asked, by ids that stay. */
#include "job/questions.h"
#include "base/map.h"
#include "io/digest.h"

#include <string.h>

const char *const question_kinds[3] = { "item", "row", "message" };

/* No 0 1 I L O, which are misread, and no U, so that no word comes out. */
static const char letters[] = "23456789ABCDEFGHJKMNPQRSTVWXYZ";

str question_id(struct arena *arena, str feed, str what, str which) {
  enum { LETTERS = sizeof letters - 1, DIGITS = 7 };
  char hex[DIGEST_TEXT], id[QUESTION_ID_TEXT] = "Q-";
  uint64_t number = 0;
  str all = arena_printf(arena, "%.*s\n%.*s\n%.*s", STR_ARG(feed), STR_ARG(what), STR_ARG(which));
  digest_bytes(all, hex);
  for (size_t i = 0; i < 15; i++)
    number = number * 16 + (uint64_t)(hex[i] <= '9' ? hex[i] - '0' : hex[i] - 'a' + 10);
  for (size_t i = 2; i < 2 + DIGITS; i++, number /= LETTERS) id[i] = letters[number % LETTERS];
  return arena_str(arena, (str){ id, 2 + DIGITS });
}

struct listing {
  struct arena *arena;
  str feed;
  struct ledger *ledger;
  struct map *places; /* by id: 1 + index */
  struct question *questions;
  size_t count;
};

static struct question *place_of(struct listing *listing, str id) {
  void **place = map_put(listing->places, id);
  if (!*place) {
    *ARENA_PUSH(listing->arena, listing->questions, listing->count) =
        (struct question){ .id = arena_str(listing->arena, id) };
    *place = (void *)(uintptr_t)listing->count;
  }
  return &listing->questions[(uintptr_t)*place - 1];
}

static enum question_kind kind_of(str name) {
  for (int i = 0; i < 3; i++)
    if (str_eq(name, str_of(question_kinds[i]))) return (enum question_kind)i;
  return QUESTION_MESSAGE;
}

/* Entries are lent by the ledger: what is kept is copied. */
static str word(const struct listing *listing, const struct ledger_entry *entry, const char *name) {
  return arena_str(listing->arena, ledger_word(entry, name));
}

static void first_asked(const struct listing *listing, const struct ledger_entry *entry, struct question *q) {
  *q = (struct question){ .id = q->id, .open = true, .line = entry->line };
  q->feed = arena_str(listing->arena, entry->feed);
  q->since = arena_str(listing->arena, entry->time);
  q->kind = kind_of(ledger_word(entry, "kind"));
  q->file = word(listing, entry, "file");
  q->row = word(listing, entry, "row");
  q->field = word(listing, entry, "field");
  q->value = word(listing, entry, "value");
  q->text = word(listing, entry, "reason");
  q->suggest = word(listing, entry, "suggest");
  q->held = ledger_word(entry, "held").len > 0;
  q->lookup = word(listing, entry, "lookup");
  q->keys = word(listing, entry, "keys");
  q->item = word(listing, entry, "of");
  q->key = word(listing, entry, "of-key");
}

static void asked(struct listing *listing, const struct ledger_entry *entry) {
  struct question *q = place_of(listing, ledger_word(entry, "name"));
  if (!q->open) first_asked(listing, entry, q);
  bool row = q->kind == QUESTION_ROW;
  str what = row ? q->keys : q->text, same = ledger_word(entry, row ? "keys" : "reason");
  q->shared = q->shared || !str_eq(what, same) || !str_eq(q->feed, entry->feed);
  *ARENA_PUSH(listing->arena, q->items, q->item_count) = word(listing, entry, "of");
}

static void answered(struct listing *listing, const struct ledger_entry *entry) {
  struct question *q = place_of(listing, ledger_word(entry, "name"));
  str by = ledger_word(entry, "by"), day = str_sub(entry->time, 0, 10);
  q->feed = arena_str(listing->arena, entry->feed);
  q->open = false;
  q->sheet = word(listing, entry, "sheet");
  q->closed = by.len
                  ? arena_printf(listing->arena, "it was answered on %.*s by %.*s", STR_ARG(day), STR_ARG(by))
                  : arena_printf(listing->arena, "it was settled on %.*s: %.*s", STR_ARG(day),
                                 STR_ARG(ledger_word(entry, "reason")));
}

static bool is_ready(const struct item_state *item) { return str_eq(item->state, STR("ready")); }

/* Other content than what was released would be held again as long as that stands. */
static str item_text(const struct item_state *item, struct arena *arena) {
  if (is_ready(item)) return STR("its proofs hold; shall it be released?");
  if (item->about_key) return arena_printf(arena, "%.*s; shall it be taken again?", STR_ARG(item->reason));
  return arena_printf(arena, "%.*s; yes after \"sluice reverse %.*s\", no keeps what was released",
                      STR_ARG(item->reason), STR_ARG(item->key));
}

/* What an item asks is not kept but follows from it, so that a run that died before it asked asks all the
 * same. */
static void of_item(struct listing *listing, const struct item_state *item) {
  struct arena *arena = listing->arena;
  str text = item_text(item, arena);
  str which = arena_printf(arena, "%.*s %.*s", STR_ARG(item->state), STR_ARG(text));
  struct question *q = place_of(listing, question_id(arena, item->feed, item->id, which));
  bool shared = q->open && !str_eq(q->item, item->id);
  bool asked_now = q->open && q->kind == QUESTION_ITEM && q->line && str_eq(q->item, item->id);
  *q = (struct question){ .id = q->id,
                          .kind = QUESTION_ITEM,
                          .feed = arena_str(arena, item->feed),
                          .item = arena_str(arena, item->id),
                          .shared = shared,
                          .line = asked_now ? q->line : 0,
                          .since = asked_now ? q->since : arena_str(arena, item->time) };
  q->key = arena_str(arena, item->key);
  q->state = arena_str(arena, item->state);
  q->file = arena_str(arena, item->file);
  q->value = arena_str(arena, item->amount);
  q->field = item->amount.len ? STR("amount") : STR_NONE;
  q->text = text;
  q->suggest =
      is_ready(item) ? STR("yes releases it, no drops it") : STR("yes takes it again, no rejects it");
  q->open = true;
}

/* Released: what was said of it should still be seen. Refused or reversed: it asks nothing any more. */
static bool still_asks(const struct item_state *item) {
  return item_is_open(item) || str_eq(item->state, STR("released"));
}

static void close_gone(const struct listing *listing, struct question *q) {
  struct item_state item;
  if (!q->open || q->state.len || q->kind == QUESTION_ROW) return;
  bool known = q->item.len && item_find(listing->ledger, q->feed, q->item, STR_NONE, &item);
  if (known && q->kind == QUESTION_MESSAGE && still_asks(&item)) return;
  q->open = false;
  q->closed = known ? arena_printf(listing->arena, "its item was %.*s on %.*s", STR_ARG(item.state),
                                   STR_ARG(str_sub(item.time, 0, 10)))
                    : STR("its item is gone");
}

struct question *questions_list(struct ledger *ledger, str feed, struct arena *arena, size_t *count) {
  struct listing listing = { .arena = arena, .feed = feed, .ledger = ledger, .places = map_new(arena) };
  struct ledger_found found = ledger_having(ledger, "name", STR("questions"));
  for (size_t i = 0; i < found.count; i++) {
    const struct ledger_entry *entry = found.entries[i];
    if (feed.len && !str_eq(entry->feed, feed)) continue;
    if (str_eq(entry->event, STR("asked"))) asked(&listing, entry);
    else if (str_eq(entry->event, STR("answered"))) answered(&listing, entry);
  }
  size_t item_count;
  struct item_state *items = items_open(ledger, feed, arena, &item_count);
  for (size_t i = 0; i < item_count; i++) of_item(&listing, &items[i]);
  for (size_t i = 0; i < listing.count; i++) close_gone(&listing, &listing.questions[i]);
  *count = listing.count;
  return listing.questions;
}

struct question *questions_find(struct question *questions, size_t count, str id) {
  for (size_t i = 0; i < count; i++)
    if (str_eq_fold(questions[i].id, str_trim(id))) return &questions[i];
  return NULL;
}
