/* load/apply_plan: from the = lines of a rows file to statements: which column of which table gets what. */
#include "db/catalog.h"
#include "load/apply_internal.h"

static const enum db_type types[] = {
  [SQL_TYPE_CHAR] = DB_CHAR,
  [SQL_TYPE_TEXT] = DB_TEXT,
  [SQL_TYPE_FLOAT] = DB_FLOAT,
  [SQL_TYPE_SMALLINT] = DB_SMALLINT,
  [SQL_TYPE_INT] = DB_INT,
  [SQL_TYPE_SMALLDATETIME] = DB_DATETIME,
  [SQL_TYPE_ROWVERSION] = DB_ROWVERSION,
};

/* --- what is known of a column --- */

static const struct sql_column *own_column(const struct apply_table *table, str name) {
  const struct sql_table *list = table->record->table;
  for (size_t i = 0; list && i < list->column_count; i++)
    if (str_eq_fold(list->columns[i]->name, name)) return list->columns[i];
  return NULL;
}

static ptrdiff_t cell_of(const struct apply_table *table, str name, bool found_by) {
  for (size_t i = 0; i < table->kind->count; i++) {
    const struct rows_column *column = &table->kind->columns[i];
    if (column->found_by == found_by && str_eq_fold(column->name, name)) return (ptrdiff_t)i;
  }
  return NOWHERE;
}

static bool is_key(const struct record *record, str name) {
  for (size_t i = 0; i < record->key_count; i++)
    if (str_eq_fold(record->keys[i], name)) return true;
  return false;
}

/* A key that a record above has too. */
static void look_above(const struct load *load, const struct apply_table *table,
                       struct apply_column *column) {
  column->above_table = column->above_index = NOWHERE;
  if (!is_key(table->record, column->db.name)) return;
  for (const struct record *above = table->record->parent; above; above = above->parent)
    for (size_t i = 0; is_key(above, column->db.name) && load->tables + i < table; i++)
      for (size_t j = 0; load->tables[i].record == above && j < load->tables[i].count; j++)
        if (column->above_table == NOWHERE &&
            str_eq_fold(load->tables[i].columns[j].db.name, column->db.name)) {
          column->above_table = (ptrdiff_t)i;
          column->above_index = (ptrdiff_t)j;
        }
}

/* at == NULL: no stamp. */
static str stamp_of(const struct load *load, str name, bool changed) {
  str program = schema_option_word(load->settings->schema, "stamp", 0);
  const struct {
    const char *created, *updated;
    str value;
  } stamps[] = { { "Crtd_Prog", "LUpd_Prog", program },
                 { "Crtd_User", "LUpd_User", load->settings->user },
                 { "Crtd_DateTime", "LUpd_DateTime", load->settings->now } };
  for (size_t i = 0; program.len && i < 3; i++)
    if (str_eq_fold(name, str_of(stamps[i].updated)) ||
        (!changed && str_eq_fold(name, str_of(stamps[i].created))))
      return stamps[i].value;
  return (str){ NULL, 0 };
}

static struct apply_column column_of(const struct load *load, const struct apply_table *table,
                                     const struct db_column *live, bool found_by) {
  const struct sql_column *own = own_column(table, live->name);
  struct apply_column column = { .db = *live, .found_by = found_by };
  if (own) {
    column.db.name = own->name;
    column.db.type = types[own->type];
    column.db.identity |= own->identity;
    if (!column.db.width && own->width > 0) column.db.width = (uint32_t)own->width;
  }
  column.db.places = -1;
  column.cell = cell_of(table, live->name, found_by);
  column.places = places_class(column.db.name);
  look_above(load, table, &column);
  column.otherwise = stamp_of(load, live->name, table->kind->change);
  return column;
}

/* --- an insert --- */

static bool is_given(const struct apply_column *column) {
  return column->db.identity || column->db.type == DB_ROWVERSION;
}

/* SL's own blank; what it puts there when nobody says. */
static void fill_blank(const struct load *load, const struct apply_table *table,
                       struct apply_column *column) {
  const struct sql_column *own = own_column(table, column->db.name);
  const struct option *others = schema_option(load->settings->schema, "others");
  bool stated = column->cell != NOWHERE || column->above_table != NOWHERE;
  if (column->otherwise.at || (!stated && !others)) return;
  if (!stated && !own && (column->db.nullable || column->db.type == DB_OTHER)) return; /* the site's own */
  column->otherwise = own && own->fallback.len ? own->fallback : dialect_blank(column->db.type);
}

static void plan_insert(const struct load *load, struct apply_table *table, const struct db_column *live,
                        size_t count) {
  for (size_t i = 0; i < count; i++) {
    struct apply_column column = column_of(load, table, &live[i], false);
    if (is_given(&column)) continue;
    fill_blank(load, table, &column);
    if (column.otherwise.at) *ARENA_PUSH(load->plan, table->columns, table->count) = column;
  }
}

/* --- a change: what is set stands first --- */

static void plan_change(const struct load *load, struct apply_table *table, const struct db_column *live,
                        size_t count) {
  for (size_t i = 0; i < count; i++) {
    struct apply_column column = column_of(load, table, &live[i], false);
    bool set = column.cell != NOWHERE || column.otherwise.at;
    if (!is_given(&column) && set) *ARENA_PUSH(load->plan, table->columns, table->count) = column;
  }
  for (size_t i = 0; i < count; i++) {
    struct apply_column column = column_of(load, table, &live[i], true);
    if (column.cell == NOWHERE && !is_key(table->record, column.db.name)) continue;
    column.otherwise = dialect_blank(column.db.type);
    *ARENA_PUSH(load->plan, table->columns, table->count) = column;
  }
}

/* Otherwise it would change rows that nobody meant. */
static enum outcome check_change(const struct apply_table *table, struct err *err) {
  for (size_t i = 0; i < table->record->key_count; i++) {
    bool found = false;
    for (size_t j = 0; j < table->count; j++) {
      const struct apply_column *column = &table->columns[j];
      bool told = column->cell != NOWHERE || column->above_table != NOWHERE;
      found = found || (column->found_by && told && str_eq_fold(column->db.name, table->record->keys[i]));
    }
    if (!found)
      return err_set(err, OUT_SPEC, "%.*s is changed by %.*s, which nothing sets",
                     STR_ARG(table->record->name), STR_ARG(table->record->keys[i]));
  }
  return OUT_OK;
}

/* --- a table --- */

static enum outcome check_columns(const struct apply_table *table, const struct db_column *live, size_t count,
                                  struct err *err) {
  for (size_t i = 0; i < table->kind->count; i++) {
    str name = table->kind->columns[i].name;
    bool found = false;
    for (size_t j = 0; j < count; j++) found = found || str_eq_fold(live[j].name, name);
    const struct sql_column *own = own_column(table, name);
    if (!found)
      return err_set(err, OUT_SPEC, "this site's table %.*s has no column %.*s", STR_ARG(table->record->name),
                     STR_ARG(name));
    if (own && !sql_column_is_written(own))
      return err_set(err, OUT_SPEC, "SL gives %.*s.%.*s itself", STR_ARG(table->record->name), STR_ARG(name));
  }
  return OUT_OK;
}

static bool tells_time(const struct ast *ast) {
  bool tells = ast->kind == AST_CALL && (str_eq(ast->text, STR("today")) || str_eq(ast->text, STR("now")));
  for (size_t i = 0; i < ast->kid_count; i++) tells = tells || tells_time(ast->kids[i]);
  return tells;
}

/* What is the run's own time says nothing of the document: it is not in its digest. */
static void find_volatile(struct load *load, struct apply_table *table) {
  table->volatile_cells = ARENA_ARRAY(load->plan, bool, table->kind->count);
  for (size_t i = 0; i < table->kind->count; i++) {
    const struct field *field = record_field(table->record, table->kind->columns[i].name);
    table->volatile_cells[i] = field && field->fallback && tells_time(field->fallback);
  }
}

/* `User1 control order-item`: kept in our table as well, with the line's reference. */
static void find_control(struct apply_table *table) {
  const struct record *record = table->record;
  str ref = record->key_count ? record->keys[record->key_count - 1] : STR_NONE;
  table->control_cell = table->control_ref = NOWHERE;
  for (size_t i = 0; i < table->kind->count; i++) {
    const struct field *field = record_field(record, table->kind->columns[i].name);
    if (field && field->control.len) table->control = field, table->control_cell = (ptrdiff_t)i;
    if (str_eq_fold(table->kind->columns[i].name, ref)) table->control_ref = (ptrdiff_t)i;
  }
}

static enum outcome find_number(struct load *load, const struct apply_table *table, struct err *err) {
  for (size_t i = 0; i < table->kind->count; i++) {
    const struct field *field = record_field(table->record, table->kind->columns[i].name);
    if (!field || !field->assigned.len) continue;
    if (load->counter)
      return err_set(err, OUT_SPEC, "%.*s: a document has one number of SL's, not two",
                     STR_ARG(load->settings->schema->name));
    load->counter = counter_named(field->assigned);
    if (!load->counter)
      return err_set(err, OUT_SPEC, "%.*s.%.*s: SL has no counter %.*s", STR_ARG(table->record->name),
                     STR_ARG(field->name), STR_ARG(field->assigned));
    load->number_table = table - load->tables;
    load->number_cell = (ptrdiff_t)i;
  }
  return OUT_OK;
}

static enum outcome plan_table(struct load *load, struct apply_table *table, struct err *err) {
  struct db_column *live;
  size_t count;
  str schema = load->settings->schema->name;
  table->record = schema_record(load->settings->schema, table->kind->name);
  if (!table->record || !table->record->open || table->record->change != table->kind->change)
    return err_set(err, OUT_SPEC, "the file was written by other specs: %.*s has no%s record %.*s",
                   STR_ARG(schema), table->kind->change ? " changed" : "", STR_ARG(table->kind->name));
  if (catalog_columns(load->db, table->kind->name, load->plan, &live, &count, err) ||
      check_columns(table, live, count, err))
    return err->outcome;
  find_volatile(load, table);
  find_control(table);
  if (find_number(load, table, err)) return err->outcome;
  if (!table->kind->change) plan_insert(load, table, live, count);
  else plan_change(load, table, live, count);
  return table->kind->change ? check_change(table, err) : OUT_OK;
}

enum outcome plan_tables(struct load *load, struct err *err) {
  const struct rows_kind *kinds = rows_kinds(load->reader, &load->table_count);
  if (!str_eq(rows_schema(load->reader), load->settings->schema->name))
    return err_set(err, OUT_SPEC, "rows of schema %.*s, and %.*s was asked for",
                   STR_ARG(rows_schema(load->reader)), STR_ARG(load->settings->schema->name));
  load->tables = ARENA_ARRAY(load->plan, struct apply_table, load->table_count + 1);
  load->number_table = load->number_cell = NOWHERE;
  for (size_t i = 0; i < load->table_count; i++) {
    load->tables[i].kind = &kinds[i];
    if (plan_table(load, &load->tables[i], err)) return err->outcome;
  }
  return OUT_OK;
}

/* --- on a connection --- */

static void note_bad(void *self, uint64_t row, const struct err *err, struct apply_item **items,
                     size_t count) {
  struct load *load = self;
  if (!row || row > count || items[row - 1]->is_bad) return;
  items[row - 1]->is_bad = true;
  items[row - 1]->why = why_text(err, load->piece);
}

struct table_of {
  struct load *load;
  struct apply_table *table;
};

static void bad_row(void *self, uint64_t row, const struct err *err) {
  const struct table_of *of = self;
  note_bad(of->load, row, err, of->table->row_items, of->table->row_count);
}

static void bad_control(void *self, uint64_t row, const struct err *err) {
  struct load *load = self;
  note_bad(load, row, err, load->control_items, load->control_count);
}

enum outcome plan_open(struct load *load, struct err *err) {
  for (size_t i = 0; i < load->table_count; i++) {
    struct apply_table *table = &load->tables[i];
    if (table->kind->change) continue;
    struct db_column *columns = ARENA_ARRAY(load->plan, struct db_column, table->count);
    for (size_t j = 0; j < table->count; j++) columns[j] = table->columns[j].db;
    if (db_insert_open(load->db, table->kind->name, columns, table->count, &table->insert, err))
      return err->outcome;
    struct table_of *of = ARENA_NEW(load->plan, struct table_of);
    *of = (struct table_of){ load, table };
    db_insert_bad(table->insert, bad_row, of);
  }
  if (control_insert_open(load->db, &load->control, err)) return err->outcome;
  db_insert_bad(load->control, bad_control, load);
  return OUT_OK;
}

void plan_close(struct load *load) {
  for (size_t i = 0; i < load->table_count; i++) {
    if (load->tables && load->tables[i].insert) db_insert_close(load->tables[i].insert);
    if (load->tables) load->tables[i].insert = NULL;
  }
  if (load->control) db_insert_close(load->control);
  load->control = NULL;
}
