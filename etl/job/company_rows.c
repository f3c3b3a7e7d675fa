/* job/company_rows: the rows of a sandbox company, from CSV files to INSERT statements. */
#include "job/company_internal.h"

enum { ROWS_AT_ONCE = 50 };

struct filling {
  struct company *company;
  const struct sheet *sheet, *every; /* every: may be NULL */
  const struct sql_table *table;
  ptrdiff_t *cell; /* for each column of the table: of the sheet's row, or -1 */
  str *always;     /* ... and what it is otherwise */
};

static struct place line_place(const struct sheet *sheet, uint64_t line) {
  struct place place = { sheet->source, 0 };
  str text = sheet->source->text;
  for (uint64_t at = 1; at < line && place.at < text.len; place.at++) at += text.at[place.at] == '\n';
  return place;
}

static str every_cell(const struct filling *filling, const struct sql_column *column) {
  const struct sheet *every = filling->every;
  for (size_t i = 0; every && every->row_count && i < every->column_count; i++)
    if (str_eq_fold(every->columns[i], column->name) && i < every->rows[0].count)
      return every->rows[0].cells[i];
  return STR_NONE;
}

static bool match_columns(struct filling *filling) {
  struct complaints *wrong = library_wrong(filling->company->library);
  struct arena *arena = library_arena(filling->company->library);
  const struct sql_table *table = filling->table;
  size_t before = complaints_count(wrong);
  filling->cell = ARENA_ARRAY(arena, ptrdiff_t, table->column_count);
  filling->always = ARENA_ARRAY(arena, str, table->column_count);
  for (size_t i = 0; i < table->column_count; i++) {
    filling->cell[i] = -1;
    filling->always[i] = every_cell(filling, table->columns[i]);
    if (!filling->always[i].len) filling->always[i] = table->columns[i]->fallback;
  }
  for (size_t i = 0; i < filling->sheet->column_count; i++) {
    str name = filling->sheet->columns[i];
    size_t at = 0;
    while (at < table->column_count && !str_eq(table->columns[at]->name, name)) at++;
    struct place place = line_place(filling->sheet, 1);
    if (at == table->column_count)
      complain(wrong, place, "no column \"%.*s\" in %.*s%.*s", STR_ARG(name), STR_ARG(table->name),
               STR_ARG(sqltable_suggest(table, name, arena)));
    else if (!sql_column_is_written(table->columns[at]))
      complain(wrong, place, "SL gives %.*s itself: it cannot be written", STR_ARG(name));
    else if (filling->cell[at] >= 0) complain(wrong, place, "%.*s stands twice", STR_ARG(name));
    else filling->cell[at] = (ptrdiff_t)i;
  }
  return complaints_count(wrong) == before;
}

static const char *check_cell(const struct sql_column *column, str cell) {
  static const struct notation plain = { .decimal = DEC_PLAIN, .order = DATE_DAY_FIRST, .places_most = -1 };
  struct type_spec type = sql_column_type(column);
  value parsed;
  const char *why = NULL;
  if (type.type == TYPE_ANY) type.type = TYPE_DATE;
  if (!value_parse(cell, &type, &plain, &parsed, &why)) return why;
  if (type.type == TYPE_TEXT && type.size > 0 && str_chars(cell) > (size_t)type.size) return "is too long";
  return NULL;
}

static void quoted(struct buf *sql, str text) {
  buf_char(sql, '\'');
  for (size_t i = 0; i < text.len; i++) {
    if (text.at[i] == '\'') buf_char(sql, '\'');
    buf_char(sql, text.at[i]);
  }
  buf_char(sql, '\'');
}

/* A date is written so that no server reads it by its own order of day and month, and SQLite keeps it as it
 * keeps all others. */
static void literal(const struct dialect *dialect, const struct sql_column *column, str cell,
                    struct buf *sql) {
  if (!cell.len) cell = str_of(sql_type_blank(column->type));
  if (column->type == SQL_TYPE_SMALLDATETIME) {
    buf_char(sql, '\'');
    buf_add(sql, cell);
    buf_add(sql, dialect->dates_as_text ? STR(" 00:00:00'") : STR("T00:00:00'"));
  } else if (column->type == SQL_TYPE_CHAR || column->type == SQL_TYPE_TEXT) quoted(sql, cell);
  else buf_add(sql, cell);
}

static void add_row(struct filling *filling, const struct sheet_row *row) {
  struct buf *sql = &filling->company->sql;
  bool first = true;
  for (size_t i = 0; i < filling->table->column_count; i++) {
    const struct sql_column *column = filling->table->columns[i];
    if (!sql_column_is_written(column)) continue;
    ptrdiff_t at = filling->cell[i];
    str cell = at < 0 ? filling->always[i] : (size_t)at < row->count ? row->cells[at] : STR_NONE;
    const char *why = check_cell(column, cell);
    if (why)
      complain(library_wrong(filling->company->library), line_place(filling->sheet, row->line),
               "%.*s %s: \"%.*s\"", STR_ARG(column->name), why, STR_ARG(cell));
    buf_add(sql, first ? STR("\n(") : STR(", "));
    literal(filling->company->dialect, column, cell, sql);
    first = false;
  }
  buf_char(sql, ')');
}

static void begin_insert(struct filling *filling) {
  struct buf *sql = &filling->company->sql;
  const struct dialect *dialect = filling->company->dialect;
  bool first = true;
  buf_add(sql, STR("INSERT INTO "));
  dialect_name(dialect, filling->table->name, sql);
  for (size_t i = 0; i < filling->table->column_count; i++) {
    if (!sql_column_is_written(filling->table->columns[i])) continue;
    buf_add(sql, first ? STR("\n(") : STR(", "));
    dialect_name(dialect, filling->table->columns[i]->name, sql);
    first = false;
  }
  buf_add(sql, STR(")\nVALUES"));
}

enum outcome company_fill(struct company *company, str name, struct err *err) {
  struct library *library = company->library;
  struct arena *arena = library_arena(library);
  struct place somewhere = { NULL, 1 }, nowhere = { NULL, 0 };
  struct filling filling = { .company = company };
  filling.table = library_table(library, STR("sl"), name, somewhere);
  filling.sheet =
      library_rows(library, arena_printf(arena, "schemas/sl/sandbox/%.*s.csv", STR_ARG(name)), somewhere);
  filling.every = library_rows(library, STR("schemas/sl/sandbox/every.csv"), nowhere);
  if (!filling.table || !filling.sheet || !match_columns(&filling)) return OUT_OK;
  for (size_t i = 0; i < filling.sheet->row_count; i++) {
    if (i % ROWS_AT_ONCE == 0) begin_insert(&filling);
    else buf_char(&company->sql, ',');
    add_row(&filling, &filling.sheet->rows[i]);
    bool last = i + 1 == filling.sheet->row_count || (i + 1) % ROWS_AT_ONCE == 0;
    if (!last) continue;
    enum outcome out = company_checked(company, err);
    if (!out) out = company_statement(company, err);
    if (out) return out;
  }
  return OUT_OK;
}
