/* job/state_rows: a state's rows from cells to values and back; of equal keys the later row counts. */
#include "io/in.h"
#include "job/state_internal.h"

struct state_rows state_rows_begin(const struct states *states, struct state_table *table) {
  table->rows = NULL;
  table->row_count = 0;
  value *read = ARENA_ARRAY(states->arena, value, table->record->field_count + 1);
  return (struct state_rows){ states, table, map_new(states->arena), read, buf_new(1 << 20) };
}

/* A row whose key came again leaves a hole until the end, and its room to the later one. */
static void add_row(struct state_rows *rows) {
  struct state_table *table = rows->table;
  const struct record *record = table->record;
  struct arena *arena = rows->states->arena;
  const value *fields = rows->read;
  buf_clear(&rows->key);
  for (size_t i = 0; i < record->key_count; i++)
    past_key_part(&fields[record_field(record, record->keys[i])->index], &rows->key);
  if (table->asked)
    buf_printf(
        &rows->key, "%zu",
        table->row_count); /* which of two rows of SL's counts is not ours to choose: transform/past.h */
  void **place = map_put(rows->latest, buf_str(&rows->key));
  size_t earlier = (size_t)(uintptr_t)*place;
  value *row = earlier ? table->rows[earlier - 1] : ARENA_ARRAY(arena, value, record->field_count + 1);
  for (size_t i = 0; i < record->field_count; i++) {
    bool same =
        row[i].type == TYPE_TEXT && fields[i].type == TYPE_TEXT && str_eq(row[i].as.text, fields[i].as.text);
    if (same) continue;
    row[i] = fields[i];
    if (row[i].type == TYPE_TEXT) row[i].as.text = arena_str(arena, row[i].as.text);
  }
  if (earlier) table->rows[earlier - 1] = NULL;
  *ARENA_PUSH(arena, table->rows, table->row_count) = row;
  *place = (void *)(uintptr_t)table->row_count;
}

void state_rows_end(struct state_rows *rows) {
  struct state_table *table = rows->table;
  size_t kept = 0;
  for (size_t i = 0; i < table->row_count; i++)
    if (table->rows[i]) table->rows[kept++] = table->rows[i];
  table->row_count = kept;
  buf_free(&rows->key);
}

static enum outcome read_cell(const struct states *states, const struct field *field, str cell, value *v,
                              struct err *err) {
  const struct notation plain = { .decimal = DEC_PLAIN, .zone = states->of.site->zone, .places_most = -1 };
  struct type_spec type = field->type;
  const char *why;
  type.pattern = STR_NONE; /* as the writer has it */
  if (value_parse(cell, &type, &plain, v, &why)) return OUT_OK;
  return err_set(err, OUT_DATA, "%.*s: \"%.*s\" %s", STR_ARG(field->name), STR_ARG(str_left_chars(cell, 60)),
                 why);
}

enum outcome state_rows_add(struct state_rows *rows, const struct state_file *file, size_t from, size_t count,
                            str release, struct err *err) {
  const struct record *record = rows->table->record;
  ptrdiff_t *columns = ARENA_ARRAY(file->arena, ptrdiff_t, record->field_count + 1);
  for (size_t i = 0; i < record->field_count; i++)
    columns[i] = state_file_column(file, record->fields[i]->name);
  for (size_t i = 0; i < record->key_count; i++)
    if (state_file_column(file, record->keys[i]) < 0) {
      err_set(err, OUT_DATA, "the header line has no key field \"%.*s\"", STR_ARG(record->keys[i]));
      return err_at(err, 1, 0), err_in_file(err, file->path);
    }
  ptrdiff_t message = release.len ? state_file_column(file, STR(STATE_MESSAGE)) : -1;
  struct states *states = (struct states *)(uintptr_t)rows->states;
  if (message >= 0 && state_verdicts(states, err)) return err->outcome;
  for (size_t i = from; i < from + count; i++) {
    value *fields = rows->read;
    if (message >= 0 && state_is_withdrawn(states, rows->table->name, release, file->lines[i].cells[message]))
      continue;
    for (size_t j = 0; j < record->field_count; j++) fields[j] = value_absent();
    for (size_t j = 0; j < record->field_count; j++) {
      if (columns[j] < 0) continue; /* a field that is newer than the row: absent */
      if (!read_cell(rows->states, record->fields[j], file->lines[i].cells[columns[j]], &fields[j], err))
        continue;
      return err_at(err, file->lines[i].line, 0), err_in_file(err, file->path);
    }
    add_row(rows);
  }
  return OUT_OK;
}

/* --- for archive and replay --- */

static enum outcome unknown(str schema, struct err *err) {
  return err_set(err, OUT_BUG, "no transform of this run names the state %.*s", STR_ARG(schema));
}

size_t states_read(const struct states *states, struct arena *arena, str **schemas) {
  size_t count = 0;
  *schemas = NULL;
  for (size_t i = 0; states && i < states->table_count; i++)
    if (states->tables[i].looked_up) *ARENA_PUSH(arena, *schemas, count) = states->tables[i].known_as;
  return count;
}

enum outcome states_text(const struct states *states, str schema, struct buf *text, struct err *err) {
  const struct state_table *table = state_table_of(states, schema);
  if (!table) return unknown(schema, err);
  const struct record *record = table->record;
  str *cells = mem_alloc((record->field_count + 1) * sizeof *cells);
  struct buf *bytes = mem_alloc((record->field_count + 1) * sizeof *bytes);
  for (size_t i = 0; i < record->field_count; i++) {
    bytes[i] = buf_new(1 << 20);
    cells[i] = record->fields[i]->name;
  }
  state_file_add(cells, record->field_count, text);
  for (size_t i = 0; i < table->row_count; i++) {
    for (size_t j = 0; j < record->field_count; j++) {
      struct type_spec type = record->fields[j]->type;
      type.pattern = STR_NONE;
      buf_clear(&bytes[j]);
      value_format(&table->rows[i][j], &type, states->of.site->zone, &bytes[j]);
      cells[j] = buf_str(&bytes[j]);
    }
    state_file_add(cells, record->field_count, text);
  }
  for (size_t i = 0; i < record->field_count; i++) buf_free(&bytes[i]);
  mem_free(bytes);
  mem_free(cells);
  if (!text->full) return OUT_OK;
  return err_set(err, OUT_DATA, "%.*s is larger than %zu bytes", STR_ARG(schema), text->len);
}

enum outcome states_load(struct states *states, str schema, const char *path, struct err *err) {
  struct state_table *table = state_table_of(states, schema);
  struct state_file file;
  str bytes;
  if (!table) return unknown(schema, err);
  struct arena *arena = arena_new();
  enum outcome out = in_read_whole(path, STATE_BYTES_MOST, arena, &bytes, err);
  if (!out) out = state_file_parse(str_of(path), bytes, arena, &file, err);
  if (!out) {
    struct state_rows rows = state_rows_begin(states, table);
    out = state_rows_add(&rows, &file, 0, file.line_count, STR_NONE, err);
    state_rows_end(&rows);
  }
  arena_free(arena);
  if (!out) state_bind(states);
  return out;
}
