/* job/story_sl: what the entries of loads into SL say of one document. */
#include "job/story.h"

enum { SAID_MOST = 64 * 1024 };

/* An order's changes are called ORDER/release 1. */
static bool is_of(str key, str wanted) {
  return str_eq_fold(str_sub(key, 0, wanted.len), wanted) &&
         (key.len == wanted.len || key.at[wanted.len] == '/');
}

static void say(struct buf *said, const char *format, str key, str more) {
  if (said->len) buf_add(said, STR("; "));
  buf_printf(said, format, STR_ARG(key), STR_ARG(more));
}

/* numbers=KEY=NUMBER,KEY=NUMBER */
static void look_at_numbers(str numbers, str wanted, struct buf *said) {
  str pair, key;
  while (str_split(&numbers, ',', &pair)) {
    str number = pair;
    if (str_split(&number, '=', &key) && (is_of(key, wanted) || str_eq_fold(number, wanted)))
      say(said, "%.*s is %.*s in SL", key, number);
  }
}

/* refusal=KEY: words */
static void look_at_refusal(str refusal, str wanted, struct buf *said) {
  ptrdiff_t colon = str_find(refusal, ':');
  if (colon < 0 || !is_of(str_sub(refusal, 0, (size_t)colon), wanted)) return;
  str key = str_sub(refusal, 0, (size_t)colon),
      words = str_trim(str_sub(refusal, (size_t)colon + 1, refusal.len));
  say(said, "%.*s was refused by SL: %.*s", key, words);
}

str story_loaded(struct arena *arena, const struct ledger_entry *entry, str wanted) {
  struct buf said = buf_new(SAID_MOST);
  if (!str_eq(entry->event, STR("loaded"))) return STR_NONE;
  for (size_t i = 0; i < entry->word_count; i++) {
    const struct ledger_word *word = &entry->words[i];
    if (str_eq(word->name, STR("numbers"))) look_at_numbers(word->value, wanted, &said);
    if (str_eq(word->name, STR("refusal"))) look_at_refusal(word->value, wanted, &said);
  }
  str kept = said.full ? STR_NONE : arena_str(arena, buf_str(&said));
  buf_free(&said);
  return kept;
}

void story_merge(struct arena *arena, struct story *story, const struct story *loaded) {
  for (size_t i = 0; i < loaded->count; i++) {
    size_t at = 0;
    while (at < story->count && story->entries[at].line != loaded->entries[i].line) at++;
    if (at < story->count) story->entries[at].reason = loaded->entries[i].reason;
    else *ARENA_PUSH(arena, story->entries, story->count) = loaded->entries[i];
  }
}
