/* job/resend: what was released, or reversed, is released once more because a person asked for it (R36). */
#include "job/resend.h"
#include "io/file.h"
#include "job/naming.h"
#include "job/reverse.h"

static bool is_one_of(str event, const char *const *events, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (str_eq(event, str_of(events[i]))) return true;
  return false;
}

static enum outcome find_entry(const struct custody *custody, str item, const struct ledger_entry **found,
                               struct err *err) {
  static const char *const sent[] = { "released", "reversed", "resend" };
  *found = ledger_by_output(custody->ledger, naming_released(custody->site->arena, item));
  if (*found) *found = ledger_by_id(custody->ledger, ledger_word(*found, "id"));
  if (!*found) *found = ledger_by_id(custody->ledger, item);
  if (!*found && reverse_entry_by_key(custody, item, found, err)) return err->outcome;
  if (!*found) return err_set(err, OUT_DATA, "no item and no released file is called %.*s", STR_ARG(item));
  if (is_one_of((*found)->event, sent, sizeof sent / sizeof *sent)) return OUT_OK;
  return err_set(err, OUT_DATA, "%.*s was not released: it was %.*s on %.*s", STR_ARG(item),
                 STR_ARG((*found)->event), STR_ARG(str_sub((*found)->time, 0, 10)));
}

enum outcome resend_say(const struct custody *custody, const struct ledger_entry *entry, struct err *err) {
  static const char *const kept[] = {
    "id", "key", "k", "file", "sha256", "content", "day", "rows", "amount"
  };
  struct ledger_word words[sizeof kept / sizeof *kept];
  for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
    words[i] = (struct ledger_word){ str_of(kept[i]), ledger_word(entry, kept[i]) };
  return ledger_append(custody->ledger, batch_time(custody->site, custody->site->arena), STR("resend"),
                       entry->feed, words, sizeof words / sizeof *words, err);
}

static enum outcome send(const struct custody *custody, const struct ledger_entry *entry, const char *scratch,
                         str *said, struct err *err) {
  struct arena *arena = custody->site->arena;
  str name = arena_str(arena, ledger_word(entry, "file")), feed = arena_str(arena, entry->feed), shown;
  const char *original, *dropped;
  if (batch_original(custody->site, custody->ledger, entry, scratch, &original, &shown, err) ||
      resend_say(custody, entry, err) || spool_drop_in(custody->spool, feed, original, name, &dropped, err))
    return err->outcome;
  *said = arena_printf(arena, "%.*s is back in the inbox: the next run of %.*s releases it once more",
                       STR_ARG(naming_below(custody->site->folder, dropped)), STR_ARG(feed));
  return OUT_OK;
}

enum outcome resend_item(const struct custody *custody, str item, str *said, struct err *err) {
  const struct ledger_entry *entry;
  const char *scratch;
  struct err ignored = { 0 };
  if (find_entry(custody, item, &entry, err) || answer_lock(custody, entry->feed, err) ||
      find_entry(custody, item, &entry, err) || file_make_scratch(custody->site->arena, &scratch, err))
    return err->outcome;
  enum outcome out = send(custody, entry, scratch, said, err);
  file_remove_folder(scratch, &ignored);
  return out;
}
