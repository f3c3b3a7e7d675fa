/* job/release: outputs go out between two ledger entries; a release that died in between is finished. */
#include "job/batch_internal.h"

#include <stdio.h>
#include <string.h>

static enum outcome append(struct site *site, struct ledger *ledger, const char *event, str feed,
                           const struct ledger_word *words, size_t count, struct err *err) {
  return ledger_append(ledger, batch_time(site, site->arena), str_of(event), feed, words, count, err);
}

/* From the first move on nothing can be taken back: whatever stops it now is no fault of the file, and the
 * next run goes on. */
static enum outcome stopped(str k, struct err *err) {
  char fact[ERR_TEXT_MOST];
  bool taken = err->outcome == OUT_REFUSED;
  memcpy(fact, err->text, sizeof fact);
  if (err->outcome != OUT_BUG) err->outcome = OUT_SYSTEM;
  snprintf(err->text, sizeof err->text,
           "%.700s; the release of %.*s is begun and not in the ledger yet: %sthe next run finishes it", fact,
           STR_ARG(k), taken ? "move that away, and " : "");
  return err->outcome;
}

const char *batch_end_of(const struct ledger_word *words, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (str_eq(words[i].name, STR("mirrors"))) return "reversed";
  return "released";
}

static enum outcome move_and_say(struct site *site, struct spool *spool, struct ledger *ledger, str feed,
                                 str k, const struct ledger_word *words, size_t count, struct err *err) {
  str *names;
  size_t name_count;
  enum outcome out = spool_release(spool, k, &names, &name_count, err);
  if (out == OUT_END) *err = (struct err){ 0 }; /* all of it had moved before */
  else if (out) return stopped(k, err);
  out = append(site, ledger, batch_end_of(words, count), feed, words, count, err);
  return out ? stopped(k, err) : OUT_OK;
}

enum outcome batch_release(struct site *site, struct spool *spool, struct ledger *ledger, str feed, str k,
                           const struct ledger_word *words, size_t count, struct err *err) {
  if (spool_may_release(spool, k, err) || append(site, ledger, "releasing", feed, words, count, err))
    return err->outcome;
  return move_and_say(site, spool, ledger, feed, k, words, count, err);
}

const struct ledger_entry *batch_begun(struct ledger *ledger, str id) {
  const struct ledger_entry *entry = ledger_by_id(ledger, id);
  return entry && str_eq(entry->event, STR("releasing")) ? entry : NULL;
}

enum outcome batch_finish(struct site *site, struct spool *spool, struct ledger *ledger,
                          const struct ledger_entry *begun, struct err *err) {
  return move_and_say(site, spool, ledger, begun->feed, ledger_word(begun, "k"), begun->words,
                      begun->word_count, err);
}

enum outcome batch_finish_all(struct site *site, struct spool *spool, struct ledger *ledger, str feed,
                              const struct ledger_entry ***finished, size_t *count, struct err *err) {
  *finished = NULL;
  *count = 0;
  struct ledger_found begun = ledger_begun(ledger, feed);
  for (size_t i = 0; i < begun.count; i++) {
    const struct ledger_entry *entry = batch_begun(ledger, ledger_word(begun.entries[i], "id"));
    if (!entry) continue;
    if (batch_finish(site, spool, ledger, entry, err)) return err->outcome;
    *ARENA_PUSH(site->arena, *finished, *count) = entry;
  }
  return ledger_trouble(ledger, err);
}
