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

struct columns {
  const struct field **fields; /* of the record, then of the one below it, ... */
  size_t *at, count;           /* which column of the result each is */
};

static enum outcome list_fields(const struct record *record, struct arena *arena, struct columns *columns,
                                struct err *err) {
  for (; record; record = record->kid_count ? record->kids[0] : NULL) {
    if (record->kid_count > 1)
      return err_set(err, OUT_SPEC,
                     "%.*s has two kinds of records below it: one query gives rows of one kind",
                     STR_ARG(record->name));
    for (size_t i = 0; i < record->field_count; i++)
      *ARENA_PUSH(arena, columns->fields, columns->count) = record->fields[i];
  }
  columns->at = ARENA_ARRAY(arena, size_t, columns->count + 1);
  return OUT_OK;
}

static enum outcome match(struct db_query *query, const struct columns *fields, struct err *err) {
  size_t count;
  const struct db_column *columns = db_query_columns(query, &count);
  for (size_t i = 0; i < fields->count; i++) {
    const struct field *field = fields->fields[i];
    size_t *at = &fields->at[i];
    *at = count;
    for (size_t j = 0; j < count; j++)
      if (str_eq_fold(columns[j].name, field->name)) *at = j;
    if (*at == count)
      return err_set(err, OUT_SPEC, "the query of %.*s has no column \"%.*s\"", STR_ARG(field->record->name),
                     STR_ARG(field->name));
    db_query_expect(query, *at, type_of(field), field->type.type == TYPE_DECIMAL ? field->type.size : 0);
  }
  return OUT_OK;
}

static enum outcome read_rows(struct db_query *query, const struct record *record, struct arena *arena,
                              struct buf *text, struct err *err) {
  struct columns columns = { 0 };
  const str *cells;
  if (list_fields(record, arena, &columns, err) || match(query, &columns, err)) return err->outcome;
  str *row = ARENA_ARRAY(arena, str, columns.count + 1);
  for (size_t i = 0; i < columns.count; i++) row[i] = columns.fields[i]->name;
  state_file_add(row, columns.count, text);
  enum outcome out;
  while (!(out = db_query_next(query, &cells, err))) {
    for (size_t i = 0; i < columns.count; i++) {
      str cell = cells[columns.at[i]];
      bool blank_date = str_starts(cell, STR("1900-01-01")); /* SL's way of saying that there is none */
      bool is_day = columns.fields[i]->type.type == TYPE_DATE && cell.len > 10;
      row[i] = blank_date ? STR_NONE : is_day ? str_sub(cell, 0, 10) : cell;
    }
    state_file_add(row, columns.count, text);
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
