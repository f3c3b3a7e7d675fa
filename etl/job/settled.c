/* job/settled: a row that was asked for and stands in the sheet by now, by whatever hand, is asked no more.
 */
#include "job/ask.h"
#include "job/questions.h"

static const struct lookup *lookup_of(const struct feed *feed, str name) {
  for (size_t i = 0; i < feed->program_count; i++)
    for (size_t j = 0; j < feed->programs[i]->lookup_count; j++)
      if (str_eq(feed->programs[i]->lookups[j]->name, name)) return feed->programs[i]->lookups[j];
  return NULL;
}

/* The cell of the key that is asked about; of the others nothing is known. */
static value key_of(const struct question *q, str name) {
  str names = q->field, cells = q->keys, each, cell;
  while (str_split(&names, ',', &each) && str_split(&cells, QUESTION_PART, &cell))
    if (str_eq(str_trim(each), name)) return value_text(cell);
  return value_absent();
}

static bool is_found(const struct lookup *lookup, const struct question *q, struct arena *arena) {
  value keys[NODE_KIDS_MOST];
  const uint32_t *hits;
  if (!lookup || !lookup->sheet || lookup->key_count > NODE_KIDS_MOST) return false;
  for (size_t i = 0; i < lookup->key_count; i++) keys[i] = key_of(q, lookup->pairs[i].name);
  const struct finder *finder = finder_new(lookup, arena, complaints_new(arena));
  return finder_find(finder, keys, arena, &hits) > 0;
}

enum outcome ask_no_more(const struct custody *custody, const struct feed *feed, struct err *err) {
  struct arena *arena = custody->site->arena;
  size_t count;
  struct question *questions = questions_list(custody->ledger, feed->name, arena, &count);
  for (size_t i = 0; i < count; i++) {
    const struct question *q = &questions[i];
    if (!q->open || q->kind != QUESTION_ROW) continue;
    const struct lookup *lookup = lookup_of(feed, q->lookup);
    if (!is_found(lookup, q, arena)) continue;
    const struct ledger_word words[] = {
      { STR("name"), q->id },
      { STR("name"), STR("questions") },
      { STR("of"), q->item },
      { STR("of-key"), q->key },
      { STR("reason"), arena_printf(arena, "%.*s has a row for it by now", STR_ARG(lookup->from)) },
    };
    if (ledger_append(custody->ledger, batch_time(custody->site, arena), STR("answered"), feed->name, words,
                      sizeof words / sizeof *words, err))
      return err->outcome;
  }
  return OUT_OK;
}
