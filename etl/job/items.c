/* job/items: the items of a site and the state of each, as the ledger tells. */
#include "job/items.h"
#include "base/map.h"

static bool is_one_of(str text, const char *const *words, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (str_eq(text, str_of(words[i]))) return true;
  return false;
}

static bool is_about_item(str event) {
  static const char *const events[] = { "released", "ready",    "held",    "rejected", "skipped",
                                        "adopted",  "reversed", "refused", "returned" };
  return is_one_of(event, events, sizeof events / sizeof *events);
}

/* A copy of something that has its state already is skipped without changing it. */
static bool is_copy(const struct item_state *item, str event) {
  static const char *const settled[] = { "released", "ready", "adopted", "reversed" };
  return str_eq(event, STR("skipped")) && is_one_of(item->state, settled, sizeof settled / sizeof *settled);
}

static str first_of(const struct ledger_entry *entry, const char *name, const char *otherwise) {
  str text = ledger_word(entry, name);
  return text.len ? text : ledger_word(entry, otherwise);
}

static void update(struct item_state *item, const struct ledger_entry *entry) {
  if (is_copy(item, entry->event)) return;
  const struct {
    str *to;
    str text;
  } texts[] = {
    { &item->key, first_of(entry, "key", "of-key") }, { &item->k, ledger_word(entry, "k") },
    { &item->file, ledger_word(entry, "file") },      { &item->sha256, ledger_word(entry, "sha256") },
    { &item->amount, ledger_word(entry, "amount") },
  };
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    if (texts[i].text.len) *texts[i].to = texts[i].text;
  item->state = entry->event;
  item->time = entry->time;
  item->reason = ledger_word(entry, "reason");
  item->about_key = ledger_word(entry, "id").len > 0 || ledger_word(entry, "key").len > 0;
  item->entry = entry;
}

struct item_state *items_list(const struct ledger *ledger, str feed, struct arena *arena, size_t *count) {
  struct map *places = map_new(arena); /* 1 + index */
  struct item_state *items = NULL;
  *count = 0;
  for (size_t i = 0; i < ledger_count(ledger); i++) {
    const struct ledger_entry *entry = ledger_at(ledger, i);
    if (!is_about_item(entry->event) || (feed.len && !str_eq(feed, entry->feed))) continue;
    str id = first_of(entry, "id", "of"), key = ledger_word(entry, "key");
    if (!id.len && !key.len) continue;
    str name = arena_printf(arena, "%s %.*s %.*s", id.len ? "id" : "key", STR_ARG(entry->feed),
                            STR_ARG(id.len ? id : key));
    void **place = map_put(places, name);
    if (!*place) {
      *ARENA_PUSH(arena, items, *count) = (struct item_state){ .feed = entry->feed, .id = id };
      *place = (void *)(uintptr_t)*count;
    }
    update(&items[(uintptr_t)*place - 1], entry);
  }
  return items;
}

bool item_is_open(const struct item_state *item) {
  return str_eq(item->state, STR("ready")) || str_eq(item->state, STR("held"));
}

str item_name(const struct item_state *item) { return item->key.len ? item->key : item->id; }

static bool is_called(const struct item_state *item, str name) {
  return str_eq(item->id, name) || str_eq(item->key, name) || str_eq(item->k, name) ||
         str_eq(item->file, name);
}

enum outcome items_find_open(struct item_state *items, size_t count, str name, struct item_state **item,
                             struct err *err) {
  struct item_state *closed = NULL;
  *item = NULL;
  for (size_t i = 0; i < count; i++) {
    if (!name.len || !is_called(&items[i], name)) continue;
    if (!item_is_open(&items[i])) closed = &items[i];
    else if (!*item) *item = &items[i];
    else
      return err_set(err, OUT_DATA,
                     "%.*s is the name of several open items; name one by its id: %.*s or %.*s",
                     STR_ARG(name), STR_ARG((*item)->id), STR_ARG(items[i].id));
  }
  if (*item) return OUT_OK;
  if (closed)
    return err_set(err, OUT_DATA, "%.*s is not open: it was %.*s on %.*s", STR_ARG(name),
                   STR_ARG(closed->state), STR_ARG(str_sub(closed->time, 0, 10)));
  return err_set(err, OUT_DATA, "no item is called %.*s; \"sluice review\" lists the open ones",
                 STR_ARG(name));
}
