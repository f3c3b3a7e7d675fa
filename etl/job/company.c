/* job/company: an SL company as SQL statements, to rehearse with; what SL's administrator runs for sluice. */
#include "db/listed.h"
#include "job/company_internal.h"

static const char tables_folder[] = "schemas/sl/tables", rows_folder[] = "schemas/sl/sandbox";

static struct company company_open(struct library *library, const struct dialect *dialect, company_take *take,
                                   void *user) {
  return (struct company){
    .library = library, .dialect = dialect, .take = take, .user = user, .sql = buf_new(STATEMENT_MOST)
  };
}

enum outcome company_checked(const struct company *company, struct err *err) {
  return complaints_first(library_wrong(company->library), err);
}

enum outcome company_statement(struct company *company, struct err *err) {
  if (company->sql.full) return err_set(err, OUT_SPEC, "a statement of more than %d bytes", STATEMENT_MOST);
  enum outcome out = company->take(company->user, buf_str(&company->sql), err);
  buf_clear(&company->sql);
  return out;
}

static const str *names_of(const struct sql_index *index, struct arena *arena) {
  str *names = ARENA_ARRAY(arena, str, index->count + 1);
  for (size_t i = 0; i < index->count; i++) names[i] = index->columns[i]->name;
  return names;
}

static enum outcome create_indexes(struct company *company, const struct sql_table *table, struct err *err) {
  struct arena *arena = library_arena(company->library);
  enum outcome out = OUT_OK;
  for (size_t i = 0; i < table->index_count && !out; i++) {
    const struct sql_index *index = &table->indexes[i];
    str name = arena_printf(arena, "%.*s_%zu", STR_ARG(table->name), i + 1);
    dialect_create_index(company->dialect, name, table->name, names_of(index, arena), index->count,
                         index->unique, &company->sql);
    out = company_statement(company, err);
  }
  return out;
}

enum outcome company_create(struct company *company, const struct sql_table *table, struct err *err) {
  struct arena *arena = library_arena(company->library);
  size_t count;
  struct db_column *columns = listed_columns(table, false, arena, &count);
  dialect_create(company->dialect, table->name, columns, count, names_of(&table->key, arena),
                 table->key.count, &company->sql);
  enum outcome out = company_statement(company, err);
  return out ? out : create_indexes(company, table, err);
}

enum outcome company_make(struct library *library, const struct dialect *dialect, company_take *take,
                          void *user, struct err *err) {
  struct company company = company_open(library, dialect, take, user);
  str *names;
  size_t count;
  enum outcome out = OUT_OK;
  library_names(library, tables_folder, ".table", &names, &count);
  if (!count) out = err_set(err, OUT_SPEC, "there are no column lists in %s", tables_folder);
  for (size_t i = 0; i < count && !out; i++) {
    const struct sql_table *table = library_table(library, STR("sl"), names[i], (struct place){ NULL, 1 });
    if (!table || (out = company_checked(&company, err))) break;
    out = company_create(&company, table, err);
  }
  library_names(library, rows_folder, ".csv", &names, &count);
  for (size_t i = 0; i < count && !out; i++)
    if (!str_eq(names[i], STR("every"))) out = company_fill(&company, names[i], err);
  if (!out) out = company_checked(&company, err);
  buf_free(&company.sql);
  return out;
}

/* --- rights --- */

static void name_login(struct company *company, str login) {
  dialect_name(company->dialect, login, &company->sql);
}

static enum outcome grant(struct company *company, const char *right, str columns, str table, str login,
                          struct err *err) {
  str column;
  bool tsql = str_eq(str_of(company->dialect->name), STR("tsql"));
  struct buf list = buf_new(1 << 16);
  while (str_split(&columns, ' ', &column)) {
    if (!column.len) continue;
    buf_add(&list, list.len ? STR(", ") : STR(" ("));
    dialect_name(company->dialect, column, &list);
  }
  if (list.len) buf_char(&list, ')');
  buf_printf(&company->sql, "GRANT %s", right);
  if (!tsql) buf_add(&company->sql, buf_str(&list));
  buf_add(&company->sql, tsql ? STR(" ON dbo.") : STR(" ON "));
  dialect_name(company->dialect, table, &company->sql);
  if (tsql) buf_add(&company->sql, buf_str(&list));
  buf_add(&company->sql, STR(" TO "));
  name_login(company, login);
  buf_free(&list);
  return company_statement(company, err);
}

static enum outcome grant_row(struct company *company, const struct sheet *sheet, const struct sheet_row *row,
                              str login, struct err *err) {
  ptrdiff_t table = sheet_column(sheet, STR("table")), insert = sheet_column(sheet, STR("insert")),
            update = sheet_column(sheet, STR("update"));
  if (table < 0 || insert < 0 || update < 0 || row->count < sheet->column_count)
    return err_set(err, OUT_SPEC, "schemas/sl/grants.csv:%llu: three columns: table, insert, update",
                   (unsigned long long)row->line);
  const struct sql_table *of =
      library_table(company->library, STR("sl"), row->cells[table], (struct place){ NULL, 1 });
  if (!of) return company_checked(company, err);
  str columns = row->cells[update], column;
  while (str_split(&columns, ' ', &column))
    if (column.len && !sqltable_column(of, column))
      return err_set(err, OUT_SPEC, "schemas/sl/grants.csv:%llu: no column \"%.*s\" in %.*s%.*s",
                     (unsigned long long)row->line, STR_ARG(column), STR_ARG(of->name),
                     STR_ARG(sqltable_suggest(of, column, library_arena(company->library))));
  enum outcome out = OUT_OK;
  if (str_eq(row->cells[insert], STR("yes"))) out = grant(company, "INSERT", STR_NONE, of->name, login, err);
  if (!out && str_trim(row->cells[update]).len)
    out = grant(company, "UPDATE", row->cells[update], of->name, login, err);
  return out;
}

static enum outcome grants(struct company *company, str login, struct err *err) {
  struct place somewhere = { NULL, 1 };
  const struct sql_table *control =
      library_table(company->library, STR("sl"), STR("sluice_control"), somewhere);
  const struct sheet *sheet = library_rows(company->library, STR("schemas/sl/grants.csv"), somewhere);
  str *names;
  size_t count;
  enum outcome out = company_checked(company, err);
  if (!out) out = company_create(company, control, err);
  library_names(company->library, tables_folder, ".table", &names, &count);
  for (size_t i = 0; i < count && !out; i++) out = grant(company, "SELECT", STR_NONE, names[i], login, err);
  for (size_t i = 0; !out && i < sheet->row_count; i++)
    out = grant_row(company, sheet, &sheet->rows[i], login, err);
  return out;
}

enum outcome company_grants(struct library *library, const struct dialect *dialect, str login,
                            company_take *take, void *user, struct err *err) {
  if (str_eq(str_of(dialect->name), STR("sqlite")))
    return err_set(err, OUT_SPEC, "SQLite has no rights to grant: who can write the file can do all");
  struct company company = company_open(library, dialect, take, user);
  enum outcome out = grants(&company, login, err);
  buf_free(&company.sql);
  return out;
}
