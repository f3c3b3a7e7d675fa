/* courier/submit_state: how far each file of a type has come: by memory, and by the ledger where that is
 * lost. */
#include "base/map.h"
#include "courier/submit.h"
#include "courier/submit_internal.h"
#include "io/file.h"

static const char outbox[] = "outbox/amazon";

bool submit_is_of_type(const struct errand *errand, const char *folder, str name) {
  str mark = arena_printf(errand->arena, ".%.*s.", STR_ARG(errand->wish.what));
  if (str_ends(name, STR(".proof")) || str_ends(name, STR(".proof.json")) || str_ends(name, STR(".part")))
    return false;
  if (file_is_folder(file_join(errand->arena, folder, name))) return false;
  return str_holds(name, mark);
}

/* --- by the ledger --- */

static bool is_about_sending(str event) {
  static const char *const events[] = { "sending", "sent", "answered", "uncertain", "not-sent", "decided" };
  for (size_t i = 0; i < sizeof events / sizeof *events; i++)
    if (str_eq(event, str_of(events[i]))) return true;
  return false;
}

/* Its result came: it was put aside then, and what lies here under its name was released once more; unless
 * the run died in between. */
static bool is_another(const struct errand *errand, str path, const struct ledger_entry *answered) {
  const struct ledger_entry *released = ledger_by_output(errand->courier->ledger, path);
  size_t end = path.len;
  while (path.at[end - 1] != '/') end--;
  str folder = str_sub(path, 0, end), name = str_sub(path, end, path.len);
  static const char *const places[] = { "sent", "failed" };
  bool is_aside = false;
  for (size_t i = 0; i < 2; i++) {
    str aside = arena_printf(errand->arena, "%.*s%s/%.*s", STR_ARG(folder), places[i], STR_ARG(name));
    is_aside = is_aside || file_exists(file_join(errand->arena, errand->courier->site, aside));
  }
  return is_aside || (released && released->line > answered->line);
}

/* The line that memory would have of it; "" = it was not sent. */
static str line_of(const struct errand *errand, str key) {
  str path = arena_printf(errand->arena, "%s/%.*s", outbox, STR_ARG(key));
  struct ledger_found all = ledger_having(errand->courier->ledger, "name", path);
  const struct ledger_entry *last = NULL;
  for (size_t i = 0; i < all.count; i++)
    if (is_about_sending(all.entries[i]->event)) last = all.entries[i];
  if (!last || str_eq(last->event, STR("not-sent"))) return STR_NONE;
  str id = ledger_word(last, "feed-id"), since = ledger_word(last, "since");
  bool answered = str_eq(last->event, STR("answered")), decided = str_eq(last->event, STR("decided"));
  if ((decided && !id.len) || (answered && is_another(errand, path, last))) return STR_NONE;
  bool asked = str_eq(last->event, STR("uncertain"));
  return arena_printf(errand->arena, "%.*s %s %.*s %.*s", STR_ARG(key),
                      asked    ? "asked"
                      : id.len ? "sent"
                               : "sending",
                      STR_ARG(id.len && !asked ? id : STR("-")), STR_ARG(since.len ? since : last->time));
}

static enum outcome restore_folder(const struct errand *errand, str feed, struct err *err) {
  str *names, known;
  size_t count = 0;
  const char *folder = file_join(errand->arena, errand->courier->site,
                                 arena_printf(errand->arena, "%s/%.*s", outbox, STR_ARG(feed)));
  if (!file_is_folder(folder)) return OUT_OK;
  if (file_list(folder, errand->arena, &names, &count, err)) return err->outcome;
  for (size_t i = 0; i < count; i++) {
    if (!submit_is_of_type(errand, folder, names[i])) continue;
    str key = arena_printf(errand->arena, "%.*s/%.*s", STR_ARG(feed), STR_ARG(names[i]));
    if (memory_find(errand->memory, "file", key, &known)) continue;
    str line = line_of(errand, key);
    if (line.len) memory_add(errand->memory, "file", line);
  }
  return ledger_trouble(errand->courier->ledger, err);
}

enum outcome submit_restore(const struct errand *errand, struct err *err) {
  str *feeds;
  size_t count = 0;
  struct ledger *ledger = errand->courier->ledger;
  const char *folder = file_join(errand->arena, errand->courier->site, str_of(outbox));
  if (!ledger || !file_is_folder(folder)) return OUT_OK;
  enum outcome out = ledger_refresh(ledger, err);
  if (!out) out = file_list(folder, errand->arena, &feeds, &count, err);
  for (size_t i = 0; i < count && !out; i++) out = restore_folder(errand, feeds[i], err);
  return out;
}

/* --- whose feed is it? --- */

struct claims {
  struct map *map; /* Amazon's feeds that stand in the ledger as ours: the path of each one's file */
  struct arena *arena;
};

static bool see_claim(void *user, const struct ledger_entry *entry) {
  struct claims *claims = user;
  str id = ledger_word(entry, "feed-id");
  bool is_claim = str_eq(entry->event, STR("sent")) || str_eq(entry->event, STR("decided"));
  if (is_claim && id.len)
    *map_put(claims->map, id) = (void *)(uintptr_t)arena_text(claims->arena, ledger_word(entry, "name"));
  return true;
}

enum outcome submit_claims(const struct errand *errand, struct map **claimed, struct err *err) {
  struct claims claims = { map_new(errand->arena), errand->arena };
  str id;
  for (size_t n = 0; memory_at(errand->memory, "claimed", n, &id); n++)
    *map_put(claims.map, id) = (void *)(uintptr_t) "";
  *claimed = claims.map;
  return errand->courier->ledger ? ledger_walk(errand->courier->ledger, see_claim, &claims, err) : OUT_OK;
}

/* --- a person decides --- */

/* OUT_SPEC: it is another one's than the file's at `path`. */
static enum outcome check_claim(const struct errand *errand, str feed_id, str path, struct err *err) {
  struct map *claimed;
  if (submit_claims(errand, &claimed, err)) return err->outcome;
  const char *whose = map_get(claimed, feed_id);
  if (!whose || str_eq(str_of(whose), path)) return OUT_OK;
  return err_set(err, OUT_SPEC, "Amazon's feed %.*s is that of %s", STR_ARG(feed_id),
                 *whose ? whose : "another file");
}

enum outcome submit_decide(struct errand *errand, str name, str feed_id, bool *found, struct err *err) {
  struct courier *courier = errand->courier;
  str words, word, state,
      key = arena_printf(errand->arena, "%.*s/%.*s", STR_ARG(errand->wish.feed), STR_ARG(name));
  *found = false;
  if (submit_restore(errand, err)) return err->outcome;
  if (!memory_find(errand->memory, "file", key, &words)) return OUT_OK;
  *found = true;
  str_split(&words, ' ', &word);
  str_split(&words, ' ', &state);
  if (str_eq(state, STR("sent"))) return err_set(err, OUT_SPEC, "%.*s is at Amazon already", STR_ARG(name));
  str path = arena_printf(errand->arena, "%s/%.*s", outbox, STR_ARG(key));
  if (feed_id.len && check_claim(errand, feed_id, path, err)) return err->outcome;
  memory_drop(errand->memory, "file", key);
  if (feed_id.len) {
    memory_add(errand->memory, "file",
               arena_printf(errand->arena, "%.*s sent %.*s %.*s", STR_ARG(key), STR_ARG(feed_id),
                            STR_ARG(courier->time)));
    memory_add(errand->memory, "claimed", feed_id);
  }
  if (memory_keep(errand->memory, err)) return err->outcome;
  struct ledger_word told[] = { { STR("name"), path },
                                { STR("feed-id"), feed_id },
                                { STR("why"), feed_id.len
                                                  ? STR("a person says that this is it")
                                                  : STR("a person says that it shall be sent again") } };
  return ledger_append(courier->ledger, courier->time, str_of("decided"), errand->wish.feed, told, 3, err);
}
