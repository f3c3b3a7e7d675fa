/* job/sl_read: what is read from SL lands as text before anything is done with it (R32). */
#include "job/sl_read.h"
#include "db/query.h"
#include "job/sl.h"
#include "job/state_file.h"
#include "transform/eval.h"

bool sl_is_there(const struct site *site) { return site_setting(site, STR_NONE, "sl-connection").len > 0; }

/* SL keeps the wall clock of the books. */
static struct db_value bind(const struct site *site, const value *v, struct arena *arena) {
  struct buf text = buf_new(1 << 20);
  value_format(v, NULL, site->zone, &text);
  str shown = arena_str(arena, buf_str(&text));
  buf_free(&text);
  switch (v->type) {
  case TYPE_INTEGER: return db_typed(DB_INT, shown);
  case TYPE_DECIMAL: return db_typed(DB_FLOAT, shown);
  case TYPE_DATE:
  case TYPE_TIMESTAMP: return db_typed(DB_DATETIME, shown);
  default: return db_text(shown);
  }
}

static enum db_type type_of(const struct field *field) {
  switch (field->type.type) {
  case TYPE_DECIMAL: return DB_FLOAT;
  case TYPE_INTEGER: return DB_INT;
  case TYPE_DATE:
  case TYPE_TIMESTAMP: return DB_DATETIME;
  default: return DB_CHAR;
  }
}

/* Which column of the result each field is. */
static enum outcome match(struct db_query *query, const struct record *record, size_t *at, struct err *err) {
  size_t count;
  const struct db_column *columns = db_query_columns(query, &count);
  for (size_t i = 0; i < record->field_count; i++) {
    const struct field *field = record->fields[i];
    at[i] = count;
    for (size_t j = 0; j < count; j++)
      if (str_eq_fold(columns[j].name, field->name)) at[i] = j;
    if (at[i] == count)
      return err_set(err, OUT_SPEC, "the query of %.*s has no column \"%.*s\"", STR_ARG(record->name),
                     STR_ARG(field->name));
    db_query_expect(query, at[i], type_of(field), field->type.type == TYPE_DECIMAL ? field->type.size : 0);
  }
  return OUT_OK;
}

static enum outcome read_rows(struct db_query *query, const struct record *record, struct arena *arena,
                              struct buf *text, struct err *err) {
  size_t *at = ARENA_ARRAY(arena, size_t, record->field_count + 1);
  str *row = ARENA_ARRAY(arena, str, record->field_count + 1);
  const str *cells;
  if (match(query, record, at, err)) return err->outcome;
  for (size_t i = 0; i < record->field_count; i++) row[i] = record->fields[i]->name;
  state_file_add(row, record->field_count, text);
  enum outcome out;
  while (!(out = db_query_next(query, &cells, err))) {
    for (size_t i = 0; i < record->field_count; i++) {
      bool blank_date =
          str_starts(cells[at[i]], STR("1900-01-01")); /* SL's way of saying that there is none */
      bool is_day = record->fields[i]->type.type == TYPE_DATE && cells[at[i]].len > 10;
      row[i] = blank_date ? STR_NONE : is_day ? str_sub(cells[at[i]], 0, 10) : cells[at[i]];
    }
    state_file_add(row, record->field_count, text);
  }
  if (out != OUT_END) return out;
  return text->full ? err_set(err, OUT_DATA, "%.*s is too large", STR_ARG(record->name)) : OUT_OK;
}

static struct db_value *bind_all(const struct site *site, const struct program *program,
                                 const struct query *asked, struct arena *arena) {
  struct run run = { .program = program, .calendar = site->calendar, .today = site->today, .now = site->now };
  run.notation = (struct notation){ .zone = site->zone, .places_most = -1 };
  struct ctx ctx = { .run = &run, .arena = arena };
  struct db_value *values = ARENA_ARRAY(arena, struct db_value, asked->parameter_count + 1);
  for (size_t i = 0; i < asked->parameter_count; i++) {
    value v = eval(asked->parameters[i], &ctx);
    values[i] = bind(site, &v, arena);
  }
  return values;
}

enum outcome sl_read(const struct site *site, const struct program *program, const struct query *asked,
                     const struct record *record, struct buf *text, struct err *err) {
  struct db *db = NULL;
  struct db_query *query = NULL;
  struct arena *arena = arena_new();
  struct db_value *values = bind_all(site, program, asked, arena);
  struct db_settings settings;
  enum outcome out = sl_settings(site->library, &settings, err);
  if (!out) out = db_open(&settings, &db, err);
  if (!out) out = db_query_open(db, asked->sql, values, asked->parameter_count, &query, err);
  if (!out) out = read_rows(query, record, arena, text, err);
  db_query_close(query);
  db_close(db);
  arena_free(arena);
  return out;
}
