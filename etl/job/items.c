/* job/items: the items of a site and the state of each, as the ledger tells. */
#include "job/items.h"

#include <stdlib.h>

static str first_of(const struct ledger_entry *entry, const char *name, const char *otherwise) {
  str text = ledger_word(entry, name);
  return text.len ? text : ledger_word(entry, otherwise);
}

static void update(struct item_state *item, const struct ledger_entry *entry) {
  if (!ledger_is_about_item(entry->event) || ledger_is_copy(item->state, entry->event)) return;
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

bool item_find(struct ledger *ledger, str feed, str id, str key, struct item_state *item) {
  struct ledger_found found = ledger_of_item(ledger, feed, id, key);
  *item = (struct item_state){ .feed = feed, .id = id };
  for (size_t i = 0; i < found.count; i++) {
    update(item, found.entries[i]);
    if (!item->first) item->first = item->entry;
  }
  return item->entry != NULL;
}

static int by_first(const void *a, const void *b) {
  const struct item_state *x = a, *y = b;
  return x->first->line < y->first->line ? -1 : x->first->line > y->first->line;
}

struct item_state *items_open(struct ledger *ledger, str feed, struct arena *arena, size_t *count) {
  struct ledger_found open = ledger_open_items(ledger, feed);
  struct item_state *items = ARENA_ARRAY(arena, struct item_state, open.count + 1);
  *count = 0;
  for (size_t i = 0; i < open.count; i++) {
    const struct ledger_entry *entry = open.entries[i];
    str id = ledger_item_id(entry), key = id.len ? STR_NONE : ledger_word(entry, "key");
    if (item_find(ledger, entry->feed, id, key, &items[*count])) ++*count;
  }
  qsort(items, *count, sizeof *items, by_first);
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

/* One that is not open, by what it may be called. */
static bool find_closed(struct ledger *ledger, str name, struct item_state *item) {
  static const char *const words[] = { "id", "of", "key", "of-key", "file" };
  const struct ledger_entry *latest = NULL;
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    struct ledger_found found = ledger_having(ledger, words[i], name);
    for (size_t j = 0; j < found.count; j++)
      if (ledger_is_about_item(found.entries[j]->event) && (!latest || found.entries[j]->line > latest->line))
        latest = found.entries[j];
  }
  if (!latest) return false;
  str id = ledger_item_id(latest);
  return item_find(ledger, latest->feed, id, id.len ? STR_NONE : ledger_word(latest, "key"), item);
}

enum outcome items_find_open(struct ledger *ledger, struct arena *arena, str name, struct item_state **item,
                             struct err *err) {
  struct item_state closed;
  size_t count;
  struct item_state *items = items_open(ledger, STR_NONE, arena, &count);
  *item = NULL;
  for (size_t i = 0; i < count; i++) {
    if (!name.len || !is_called(&items[i], name)) continue;
    if (!*item) *item = &items[i];
    else
      return err_set(err, OUT_DATA,
                     "%.*s is the name of several open items; name one by its id: %.*s or %.*s",
                     STR_ARG(name), STR_ARG((*item)->id), STR_ARG(items[i].id));
  }
  if (*item) return OUT_OK;
  if (name.len && find_closed(ledger, name, &closed))
    return err_set(err, OUT_DATA, "%.*s is not open: it was %.*s on %.*s", STR_ARG(name),
                   STR_ARG(closed.state), STR_ARG(str_sub(closed.time, 0, 10)));
  if (ledger_trouble(ledger, err)) return err->outcome;
  return err_set(err, OUT_DATA, "no item is called %.*s; \"sluice review\" lists the open ones",
                 STR_ARG(name));
}
