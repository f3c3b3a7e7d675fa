/* job/state_sl: a table of SL's that a run looks things up in, as it stood when the run started.
 *
 * With `sl-connection` it is read by the schema's own query, whose {expressions} are
 * bound; without, the file of the same columns stands for it:
 *
 *   inbox/sl/item.csv           record item of schema sl.read
 *
 * From here on it is a table like those of states: bound to the lookups, kept
 * in the archive with every item, and put back by a replay, which so needs no
 * database (R31, R32).
 */
#include "io/file.h"
#include "io/in.h"
#include "job/sl_read.h"
#include "job/state_internal.h"

#include <string.h>

static str sl_file(const struct states *states, const struct state_table *table) {
  str folder = table->schema->name;
  ptrdiff_t point = str_find(folder, '.');
  if (point > 0) folder = str_sub(folder, 0, (size_t)point);
  return arena_printf(states->arena, "inbox/%.*s/%.*s.csv", STR_ARG(folder), STR_ARG(table->record->name));
}

static enum outcome add_text(const struct states *states, struct state_table *table, str path, str text,
                             struct err *err) {
  struct state_file *file = ARENA_NEW(states->arena, struct state_file);
  if (state_file_parse(path, text, states->arena, file, err)) return err->outcome;
  struct state_rows rows = state_rows_begin(states, table);
  enum outcome out = state_rows_add(&rows, file, 0, file->line_count, STR_NONE, err);
  state_rows_end(&rows);
  return out;
}

static enum outcome from_file(const struct states *states, struct state_table *table, struct err *err) {
  str name = sl_file(states, table), text;
  const char *path = file_join(states->arena, states->of.site->folder, name);
  if (!file_exists(path))
    return err_set(err, OUT_SPEC,
                   "lookup %.*s asks SL for %.*s: set sl-connection, or drop the query's result as %.*s",
                   STR_ARG(table->asked->name), STR_ARG(table->known_as), STR_ARG(name));
  enum outcome out = in_read_whole(path, STATE_BYTES_MOST, states->arena, &text, err);
  return out ? out : add_text(states, table, name, text, err);
}

bool state_sl_is_there(const struct states *states, const struct state_table *table) {
  str folder = sl_file(states, table);
  while (folder.len && folder.at[folder.len - 1] != '/') folder.len--;
  return sl_is_there(states->of.site) ||
         file_is_folder(file_join(states->arena, states->of.site->folder, folder));
}

enum outcome state_from_sl(const struct states *states, struct state_table *table, struct err *err) {
  const struct site *site = states->of.site;
  str name, bytes;
  if (table->supply)
    return state_from_supply(states, table, &bytes, &name, err) ? err->outcome
                                                                : add_text(states, table, name, bytes, err);
  if (!sl_is_there(site)) return from_file(states, table, err);
  struct buf text = buf_new(STATE_BYTES_MOST);
  enum outcome out = sl_read(site, table->program, &table->asked->query, table->record, &text, err);
  str kept = arena_str(states->arena, buf_str(&text));
  buf_free(&text);
  return out ? out : add_text(states, table, table->known_as, kept, err);
}
