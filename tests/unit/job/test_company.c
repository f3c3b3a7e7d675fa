/* unit/job/test_company: the sandbox company is the same in every database, and has the columns that we list.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "db/catalog.h"
#include "db/listed.h"
#include "db/query.h"
#include "io/file.h"
#include "job/company.h"
#include "job/company_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct arena *arena;
static struct library *library;
static const char *folder, *file;
static struct err err;

static int start(void **state) {
  (void)state;
  size_t statements;
  arena = arena_new();
  library = library_open(".", NULL, arena, complaints_new(arena));
  if (file_make_scratch(arena, &folder, &err)) return 1;
  file = file_join(arena, folder, STR("a/company.db"));
  return company_make_file(library, file, &statements, &err) || statements < 100;
}

static int stop(void **state) {
  (void)state;
  file_remove_folder(folder, &err);
  arena_free(arena);
  return 0;
}

static struct db *open_sqlite(void) {
  struct db_settings settings = { .dialect = STR("sqlite") };
  struct db *db;
  assert_int_equal(company_connection(file, arena, &settings.connection, &err), OUT_OK);
  if (db_open(&settings, &db, &err)) fail_msg("%s", err.text);
  return db;
}

static enum outcome run(void *user, str statement, struct err *why) {
  return db_execute(user, statement, NULL, 0, NULL, why);
}

static const struct sql_table *table_at(size_t i) {
  str *names;
  size_t count;
  library_names(library, "schemas/sl/tables", ".table", &names, &count);
  return i < count ? library_table(library, STR("sl"), names[i], (struct place){ NULL, 1 }) : NULL;
}

/* All rows of a table, in the order of its key, a line each. */
static str rows_of(struct db *db, const struct sql_table *table) {
  struct buf sql = buf_new(1 << 16), text = buf_new(16 << 20);
  struct db_query *query;
  const str *cells;
  size_t count;
  struct db_column *columns = listed_columns(table, true, arena, &count);
  buf_add(&sql, STR("SELECT "));
  for (size_t i = 0; i < count; i++) {
    if (i) buf_char(&sql, ',');
    dialect_name(db_dialect(db), columns[i].name, &sql);
  }
  buf_add(&sql, STR(" FROM "));
  dialect_name(db_dialect(db), table->name, &sql);
  if (db_query_open(db, buf_str(&sql), NULL, 0, &query, &err)) fail_msg("%s", err.text);
  enum outcome out;
  str *lines = NULL;
  size_t line_count = 0;
  while (!(out = db_query_next(query, &cells, &err))) {
    buf_clear(&text);
    for (size_t i = 0; i < count; i++) buf_printf(&text, "%.*s|", STR_ARG(cells[i]));
    *ARENA_PUSH(arena, lines, line_count) = arena_str(arena, buf_str(&text));
  }
  assert_int_equal(out, OUT_END);
  db_query_close(query);
  buf_clear(&text);
  /* Put in order here: databases differ in how they order texts. */
  for (size_t i = 1; i < line_count; i++)
    for (size_t j = i; j && str_compare(lines[j], lines[j - 1]) < 0; j--) {
      str line = lines[j];
      lines[j] = lines[j - 1], lines[j - 1] = line;
    }
  for (size_t i = 0; i < line_count; i++) buf_printf(&text, "%.*s\n", STR_ARG(lines[i]));
  str all = arena_str(arena, buf_str(&text));
  buf_free(&sql);
  buf_free(&text);
  return all;
}

static void has_listed_columns(struct db *db) {
  const struct sql_table *table;
  size_t i = 0;
  for (; (table = table_at(i)); i++) {
    struct db_column *live;
    size_t count;
    str *texts;
    if (catalog_columns(db, table->name, arena, &live, &count, &err)) fail_msg("%s", err.text);
    if (listed_differ(table, live, count, arena, &texts)) fail_msg("%.*s", STR_ARG(texts[0]));
    assert_int_equal(count, table->column_count);
  }
  assert_true(i > 60);
}

static void test_columns(void **state) {
  (void)state;
  struct db *db = open_sqlite();
  has_listed_columns(db);
  db_close(db);
}

static void test_made_again(void **state) {
  (void)state;
  size_t statements;
  struct db *db = open_sqlite();
  str before = rows_of(db, table_at(0));
  if (db_execute(db, STR("DELETE FROM Inventory"), NULL, 0, NULL, &err)) fail_msg("%s", err.text);
  db_close(db);
  assert_int_equal(company_make_file(library, file, &statements, &err), OUT_OK);
  db = open_sqlite();
  str cells[1];
  assert_int_equal(db_query_row(db, STR("SELECT COUNT(*) FROM Inventory"), NULL, 0, arena, cells, 1, &err),
                   OUT_OK);
  assert_false(str_eq(cells[0], STR("0")));
  assert_true(str_eq(rows_of(db, table_at(0)), before));
  db_close(db);
}

static void test_wrong_place(void **state) {
  (void)state;
  size_t statements;
  const char *odd = file_join(arena, folder, STR("x;UID=me.db")),
             *below = file_join(arena, file, STR("x.db"));
  assert_int_equal(company_make_file(library, odd, &statements, &err), OUT_SPEC);
  assert_false(file_exists(odd));
  assert_int_not_equal(company_make_file(library, below, &statements, &err),
                       OUT_OK); /* a file is no folder */
  assert_true(file_exists(file));
}

/* What --grants prints lets a login do what it names, and no more. */
static void has_rights(struct db *db) {
  static const char *const before[] = { "DROP TABLE sluice_control", "CREATE ROLE sandbox_login",
                                        "GRANT USAGE ON SCHEMA sandbox_test TO sandbox_login" };
  static const char *const may[] = { "SET LOCAL ROLE sandbox_login", "SELECT * FROM ItemSite WHERE 1 = 0",
                                     "UPDATE SOType SET LastOrdNbr = '000001' WHERE SOTypeID = 'AMZ'",
                                     "INSERT INTO sluice_control SELECT * FROM sluice_control" };
  for (size_t i = 0; i < sizeof before / sizeof *before; i++)
    if (run(db, str_of(before[i]), &err)) fail_msg("%s", err.text);
  if (company_grants(library, db_dialect(db), STR("sandbox_login"), run, db, &err)) fail_msg("%s", err.text);
  for (size_t i = 0; i < sizeof may / sizeof *may; i++)
    if (run(db, str_of(may[i]), &err)) fail_msg("%s", err.text);
  assert_int_equal(run(db, STR("UPDATE SOType SET Behavior = 'SO' WHERE SOTypeID = 'AMZ'"), &err), OUT_SPEC);
  assert_int_equal(db_fault(db), DB_FAULT_DENIED);
}

/* In a schema of its own, which goes with the transaction. Told when there is no server to test with. */
static void test_postgresql(void **state) {
  (void)state;
  const char *connection = getenv("SLUICE_TEST_POSTGRES"), *key = getenv("SLUICE_TEST_POSTGRES_KEY");
  if (!connection || !key) {
    fprintf(stderr, "# skipped: no PostgreSQL to test with (SLUICE_TEST_POSTGRES)\n");
    return;
  }
  struct db_settings settings = { .connection = str_of(connection), .key_file = str_of(key) };
  struct db *sqlite = open_sqlite(), *db;
  if (db_open(&settings, &db, &err)) fail_msg("%s", err.text);
  assert_int_equal(db_begin(db, &err), OUT_OK);
  assert_int_equal(run(db, STR("CREATE SCHEMA sandbox_test"), &err), OUT_OK);
  assert_int_equal(run(db, STR("SET LOCAL search_path = sandbox_test"), &err), OUT_OK);
  if (company_make(library, db_dialect(db), run, db, &err)) fail_msg("%s", err.text);
  const struct sql_table *table;
  for (size_t i = 0; (table = table_at(i)); i++) {
    str here = rows_of(sqlite, table), there = rows_of(db, table);
    if (!str_eq(here, there)) fail_msg("%.*s differs", STR_ARG(table->name));
  }
  has_listed_columns(db);
  has_rights(db);
  db_rollback(db);
  db_close(db);
  db_close(sqlite);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_columns),
    cmocka_unit_test(test_made_again),
    cmocka_unit_test(test_wrong_place),
    cmocka_unit_test(test_postgresql),
  };
  return cmocka_run_group_tests(tests, start, stop);
}
