/* job/state_verdict: what Amazon, or a person, says of a message takes back what was kept of it.
 *
 * A row that stands under a message of a feed to Amazon counts from its release on, so that what is under way
 * is not sent twice. The feed that reads Amazon's answers writes what came of each message as rows of
 * state.verdict:
 *
 *   file,message,again
 *   stock.2026-11-21-1f2e.JSON_LISTINGS_FEED.json,17,yes
 *
 * The file is FEED.NAME of what was sent, as the answer's own file is called.
 * Where `again` is yes the rows of that message count no more, and the next run finds that it has not sent
 * them. Message 0 is every message of the file that has no verdict of its own. A file that the ledger does
 * not know (dropped by hand, under another name) takes nothing back.
 */
#include "job/state_internal.h"

#include <stdio.h>

/* stock.2026-11-21-1f2e.X.json: outbox/amazon/stock/2026-11-21-1f2e.X.json */
static const struct ledger_entry *sent(const struct states *states, str file, size_t *which,
                                       struct arena *arena) {
  str feed, name = file;
  *which = 0;
  if (!str_split(&name, '.', &feed) || !name.len) return NULL;
  str output = arena_printf(arena, "outbox/amazon/%.*s/%.*s", STR_ARG(feed), STR_ARG(name));
  const struct ledger_entry *entry = ledger_by_output(states->of.ledger, output);
  size_t at = 0;
  for (size_t i = 0; entry && i < entry->word_count; i++) {
    if (!str_eq(entry->words[i].name, STR("output"))) continue;
    at++;
    if (str_eq(entry->words[i].value, output)) *which = at;
  }
  return *which ? entry : NULL;
}

/* For each state that was released with the file. */
static void add(struct states *states, str file, str message, bool again, struct arena *passing) {
  size_t which;
  const struct ledger_entry *entry = sent(states, file, &which, passing);
  for (size_t i = 0; entry && i < entry->word_count; i++) {
    if (!str_eq(entry->words[i].name, STR("state"))) continue;
    str key =
        arena_printf(states->arena, "%.*s|%zu:%.*s", STR_ARG(entry->words[i].value), which, STR_ARG(message));
    *map_put(states->verdicts, key) = again ? states : (void *)states->verdicts;
  }
}

static void add_all(struct states *states, const struct state_table *table) {
  const struct field *file = record_field(table->record, STR("file")),
                     *message = record_field(table->record, STR("message")),
                     *again = record_field(table->record, STR("again"));
  struct arena *passing = arena_new();
  for (size_t i = 0; i < table->row_count && file && message && again; i++) {
    const value *row = table->rows[i];
    const value *name = &row[file->index], *number = &row[message->index];
    if (name->type == TYPE_TEXT && number->type == TYPE_INTEGER)
      add(states, name->as.text, arena_printf(passing, "%lld", (long long)number->as.integer),
          row[again->index].type == TYPE_BOOLEAN && row[again->index].as.yes, passing);
    arena_reset(passing);
  }
  arena_free(passing);
}

enum outcome state_verdicts(struct states *states, struct err *err) {
  const struct place somewhere = { NULL, 1 };
  if (states->verdicts) return OUT_OK;
  states->verdicts = map_new(states->arena);
  const struct schema *schema = library_schema(states->of.site->library, STR("state.verdict"), somewhere);
  if (!schema) return OUT_OK;
  struct state_table table = { .name = states_folder(schema),
                               .known_as = schema->name,
                               .schema = schema,
                               .record = schema->records[0],
                               .looked_up = true };
  struct arena *reading = states->reading;
  states->reading = arena_new(); /* the table that asks is being read */
  enum outcome out = state_read_from_site(states, &table, err);
  arena_free(states->reading);
  states->reading = reading;
  if (!out) add_all(states, &table);
  return out;
}

bool state_is_withdrawn(const struct states *states, str table, str release, str message) {
  char text[256];
  ptrdiff_t mark = str_find(message, ':');
  if (mark < 0) return false;
  str file = str_sub(message, 0, (size_t)mark);
  const str messages[] = { str_sub(message, (size_t)mark + 1, message.len), STR("0") };
  for (size_t i = 0; i < 2; i++) {
    int len = snprintf(text, sizeof text, "%.*s/%.*s|%.*s:%.*s", STR_ARG(table), STR_ARG(release),
                       STR_ARG(file), STR_ARG(messages[i]));
    const void *found = len < (int)sizeof text ? map_get(states->verdicts, (str){ text, (size_t)len }) : NULL;
    if (found) return found == states;
  }
  return false;
}
