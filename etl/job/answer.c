/* job/answer: what a person says of an item: adopted, yes, no, confirmed. */
#include "job/answer.h"
#include "io/file.h"
#include "io/in.h"
#include "job/naming.h"
#include "job/overlap.h"
#include "job/state_history.h"

enum { WHY_MOST = 16 << 20, WORDS_MOST = 12 };

struct words {
  struct ledger_word items[WORDS_MOST];
  size_t count;
};

static void add_word(struct words *words, const char *name, str text) {
  words->items[words->count++] = (struct ledger_word){ str_of(name), text };
}

static enum outcome append(const struct custody *custody, const char *event, str feed,
                           const struct words *words, struct err *err) {
  str time = batch_time(custody->site, custody->site->arena);
  return ledger_append(custody->ledger, time, str_of(event), feed, words->items, words->count, err);
}

static enum outcome lock(const struct custody *custody, str feed, struct err *err) {
  enum outcome out = spool_lock(custody->spool, feed, err);
  return out ? out : ledger_refresh(custody->ledger, err);
}

enum outcome answer_lock(const struct custody *custody, str feed, struct err *err) {
  const struct ledger_entry **finished;
  size_t count;
  enum outcome out = lock(custody, feed, err);
  return out ? out
             : batch_finish_all(custody->site, custody->spool, custody->ledger, feed, &finished, &count, err);
}

static str day_of(const struct ledger_entry *entry) { return str_sub(entry->time, 0, 10); }

/* --- adopt --- */

static bool is_event(const struct ledger_entry *entry, const char *event) {
  return entry && str_eq(entry->event, str_of(event));
}

enum outcome answer_adopt(const struct custody *custody, str feed, str key, str *said, struct err *err) {
  struct arena *arena = custody->site->arena;
  if (!str_trim(key).len) return err_set(err, OUT_DATA, "an empty key cannot be adopted");
  if (answer_lock(custody, feed, err)) return err->outcome;
  const struct ledger_entry *known = ledger_by_key(custody->ledger, feed, key);
  if (is_event(known, "adopted")) {
    *said = arena_printf(arena, "%.*s was adopted on %.*s already", STR_ARG(key), STR_ARG(day_of(known)));
    return OUT_END;
  }
  if (is_event(known, "released"))
    return err_set(err, OUT_DATA,
                   "%.*s was released on %.*s: SL has it twice when it was booked before; \"sluice reverse "
                   "%.*s\" takes ours back",
                   STR_ARG(key), STR_ARG(day_of(known)), STR_ARG(key));
  if (is_event(known, "ready"))
    return err_set(err, OUT_DATA, "%.*s waits for a yes; say no first: sluice review --no %.*s", STR_ARG(key),
                   STR_ARG(key));
  struct words words = { .count = 0 };
  add_word(&words, "key", key);
  if (append(custody, "adopted", feed, &words, err)) return err->outcome;
  *said =
      arena_printf(arena, "%.*s is adopted: a file with it will be archived, never released", STR_ARG(key));
  return OUT_OK;
}

/* --- yes and no --- */

/* The item as it stands once its feed is ours. */
static enum outcome take_open(const struct custody *custody, str name, struct item_state **item,
                              struct err *err) {
  struct arena *arena = custody->site->arena;
  if (items_find_open(custody->ledger, arena, name, item, err)) return err->outcome;
  if (lock(custody, (*item)->feed, err)) return err->outcome;
  return items_find_open(custody->ledger, arena, name, item, err);
}

static struct words words_of(const struct item_state *item) {
  struct words words = { .count = 0 };
  add_word(&words, "id", item->id);
  add_word(&words, "key", item->key);
  add_word(&words, "k", item->k);
  add_word(&words, "file", item->file);
  add_word(&words, "sha256", item->sha256);
  add_word(&words, "amount", item->amount);
  return words;
}

/* Moved without an entry, as earlier versions did it. */
static bool all_stand(const struct custody *custody, const struct ledger_entry *entry) {
  for (size_t i = 0; i < entry->word_count; i++)
    if (str_eq(entry->words[i].name, STR("output")) && !spool_released(custody->spool, entry->words[i].value))
      return false;
  return true;
}

/* One that is out: moved from ready/K, wherever it may be by now. NULL: none is. */
static const str *one_out(const struct custody *custody, const struct item_state *item) {
  const struct ledger_entry *built = item->entry;
  bool begun = batch_begun(custody->ledger, item->id) != NULL;
  for (size_t i = 0; i < built->word_count; i++) {
    const str *name = &built->words[i].value;
    if (str_eq(built->words[i].name, STR("output")) && !spool_in_ready(custody->spool, item->k, *name) &&
        (begun || spool_released(custody->spool, *name)))
      return name;
  }
  return NULL;
}

/* Of a feed that compares SL with what Amazon was told: did a newer item go while this one waited? Then what
 * it says is old, and would count as told last. */
static enum outcome newer_went(const struct custody *custody, const struct item_state *item, bool *newer,
                               struct err *err) {
  const struct place somewhere = { NULL, 1 };
  const struct feed *feed = feed_open(custody->site->library, item->feed, somewhere);
  *newer = false;
  for (size_t i = 0; feed && feed_is_compared(feed) && i < item->entry->word_count; i++) {
    struct state_history history;
    str name = item->entry->words[i].value, table;
    if (!str_eq(item->entry->words[i].name, STR("state")) || !str_split(&name, '/', &table)) continue;
    if (state_history_read(custody->ledger, table, custody->site->zone, 0, custody->site->arena, &history,
                           err))
      return err->outcome;
    for (size_t j = 0; j < history.released; j++)
      *newer = *newer || (history.releases[j].line > item->entry->line && !history.releases[j].reversed &&
                          !str_eq(table, STR("difference")));
  }
  return OUT_OK;
}

/* The entry of what was built says all, its outputs too. */
static enum outcome release_ready(const struct custody *custody, const struct item_state *item, str *said,
                                  struct err *err) {
  const struct ledger_entry *built = item->entry, *begun = batch_begun(custody->ledger, item->id);
  struct site *site = custody->site;
  str what = STR_NONE;
  bool newer = false;
  if (!begun && newer_went(custody, item, &newer, err)) return err->outcome;
  if (newer)
    return err_set(err, OUT_DATA, "%.*s: a newer file of %.*s went to Amazon meanwhile: answer no",
                   STR_ARG(item_name(item)), STR_ARG(item->feed));
  if (!begun && overlap_of_ready(custody, item->feed, item->k, built, &what, err)) return err->outcome;
  if (what.len)
    return err_set(err, OUT_DATA,
                   "%.*s: %.*s was released with another file meanwhile: answer no, and drop this one again",
                   STR_ARG(item_name(item)), STR_ARG(what));
  enum outcome out = begun ? batch_finish(site, custody->spool, custody->ledger, begun, err)
                           : batch_release(site, custody->spool, custody->ledger, item->feed, item->k,
                                           built->words, built->word_count, err);
  if (out == OUT_END && all_stand(custody, built)) {
    *err = (struct err){ 0 };
    out = ledger_append(custody->ledger, batch_time(site, site->arena), STR("released"), item->feed,
                        built->words, built->word_count, err);
  }
  if (out == OUT_REFUSED || out == OUT_END) return err->outcome = OUT_DATA;
  if (out) return out;
  *said = arena_printf(site->arena, "%.*s is released: %.*s", STR_ARG(item_name(item)),
                       STR_ARG(ledger_word(built, "output")));
  return OUT_OK;
}

static enum outcome find_held(const struct custody *custody, const struct item_state *item, const char **path,
                              struct err *err) {
  *path = spool_held(custody->spool, item->feed, item->file, item->sha256);
  if (*path) return OUT_OK;
  return err_set(err, OUT_DATA, "%.*s no longer lies in var/inbox/hold/%.*s", STR_ARG(item->file),
                 STR_ARG(item->feed));
}

static enum outcome return_held(const struct custody *custody, const struct item_state *item, str *said,
                                struct err *err) {
  const char *path;
  struct words words = words_of(item);
  if (find_held(custody, item, &path, err) || spool_return(custody->spool, item->feed, path, err) ||
      append(custody, "returned", item->feed, &words, err))
    return err->outcome;
  *said = arena_printf(custody->site->arena, "%.*s is back in inbox/%.*s: the next run decides anew",
                       STR_ARG(item->file), STR_ARG(item->feed));
  return OUT_OK;
}

enum outcome answer_yes(const struct custody *custody, str name, str *said, struct err *err) {
  struct item_state *item;
  if (take_open(custody, name, &item, err)) return err->outcome;
  bool ready = str_eq(item->state, STR("ready"));
  return ready ? release_ready(custody, item, said, err) : return_held(custody, item, said, err);
}

/* What the run wrote beside it stays, below the no. */
static str reason_with(const struct custody *custody, const char *path) {
  struct arena *arena = custody->site->arena;
  const char *why = arena_printf(arena, "%s.why", path).at;
  struct err unread = { 0 };
  str old = STR_NONE;
  if (file_exists(why)) in_read_whole(why, WHY_MOST, arena, &old, &unread);
  return arena_printf(arena, "A person said no on %.10s.\n\n%.*s", batch_time(custody->site, arena).at,
                      STR_ARG(old));
}

static enum outcome append_no(const struct custody *custody, const struct item_state *item, struct err *err) {
  struct words words = words_of(item);
  add_word(&words, "reason", STR("a person said no"));
  return append(custody, "refused", item->feed, &words, err);
}

static enum outcome refuse_held(const struct custody *custody, const struct item_state *item, str *said,
                                struct err *err) {
  struct arena *arena = custody->site->arena;
  const char *path = spool_held(custody->spool, item->feed, item->file, item->sha256), *place;
  if (!path) { /* somebody took it away: the question can be closed all the same */
    *said = arena_printf(arena, "%.*s is refused; it was not in var/inbox/hold/%.*s any more",
                         STR_ARG(item->file), STR_ARG(item->feed));
    return append_no(custody, item, err);
  }
  str why = reason_with(custody, path);
  if (spool_refuse(custody->spool, item->feed, path, why, &place, err) || append_no(custody, item, err))
    return err->outcome;
  *said = arena_printf(arena, "%.*s is refused; it is kept as %.*s", STR_ARG(item->file),
                       STR_ARG(naming_below(custody->site->folder, place)));
  return OUT_OK;
}

enum outcome answer_no(const struct custody *custody, str name, str *said, struct err *err) {
  struct item_state *item;
  if (take_open(custody, name, &item, err)) return err->outcome;
  if (!str_eq(item->state, STR("ready"))) return refuse_held(custody, item, said, err);
  const str *out = one_out(custody, item);
  if (out)
    return err_set(err, OUT_DATA,
                   "%.*s is out already: %.*s was moved there by a run that died; \"sluice review --yes\" "
                   "finishes it, and \"sluice reverse\" takes it back then",
                   STR_ARG(item_name(item)), STR_ARG(*out));
  if (spool_ready_drop(custody->spool, item->k, err) || append_no(custody, item, err)) return err->outcome;
  *said = arena_printf(custody->site->arena, "%.*s is refused: nothing of it is released",
                       STR_ARG(item_name(item)));
  return OUT_OK;
}

/* --- confirm --- */

static const struct ledger_entry *confirmed(struct ledger *ledger, str name) {
  struct ledger_found found = ledger_having(ledger, "name", name);
  for (size_t i = found.count; i > 0; i--)
    if (is_event(found.entries[i - 1], "confirmed")) return found.entries[i - 1];
  return NULL;
}

enum outcome answer_confirm(const struct custody *custody, str output, str *said, struct err *err) {
  struct arena *arena = custody->site->arena;
  str name = naming_released(arena, output);
  const struct ledger_entry *entry = ledger_by_output(custody->ledger, name);
  if (!entry || is_event(entry, "ready"))
    return err_set(err, OUT_DATA, "%.*s was not released by this site", STR_ARG(output));
  if (answer_lock(custody, entry->feed, err)) return err->outcome;
  const struct ledger_entry *before = confirmed(custody->ledger, name);
  if (before) {
    *said = arena_printf(arena, "%.*s was confirmed on %.*s already", STR_ARG(name), STR_ARG(day_of(before)));
    return OUT_END;
  }
  const char *path;
  enum outcome out = spool_confirm(custody->spool, name, &path, err);
  if (out && out != OUT_END) return out; /* moved by a run that died before it said so: said now */
  struct words words = { .count = 0 };
  add_word(&words, "of", ledger_word(entry, "id"));
  add_word(&words, "of-key", ledger_word(entry, "key"));
  add_word(&words, "name", name);
  if (append(custody, "confirmed", entry->feed, &words, err)) return err->outcome;
  *said = arena_printf(arena, "%.*s is confirmed; it lies in imported/ now", STR_ARG(name));
  return OUT_OK;
}
