/* unit/db/test_catalog: the columns of a table, as the database has them. */
#include "database.h"

static const struct db_column all_types[] = {
  { .name = { "nID", 3 }, .type = DB_INT, .identity = true },
  { .name = { "CpnyID", 6 }, .type = DB_CHAR, .width = 10 },
  { .name = { "S4Future03", 10 }, .type = DB_FLOAT },
  { .name = { "Small", 5 }, .type = DB_SMALLINT },
  { .name = { "Large", 5 }, .type = DB_INT },
  { .name = { "Crtd_DateTime", 13 }, .type = DB_DATETIME },
  { .name = { "sNoteText", 9 }, .type = DB_TEXT },
  { .name = { "Maybe", 5 }, .type = DB_CHAR, .width = 3, .nullable = true },
  { .name = { "tstamp", 6 }, .type = DB_ROWVERSION },
};
enum { ALL_TYPES = 9 };

static void make_table(struct db *db) {
  str key = STR("CpnyID"), index[] = { STR("Large"), STR("Small") };
  struct buf sql = buf_new(4096);
  drop_table(db, "vs_Snote");
  drop_table(db, "vsXSnote");
  run(db, "CREATE TABLE vsXSnote (other INT)");
  dialect_create(db_dialect(db), STR("vs_Snote"), all_types, ALL_TYPES, &key, 1, &sql);
  buf_char(&sql, '\0');
  run(db, sql.at);
  buf_clear(&sql);
  dialect_create_index(db_dialect(db), STR("Snote0"), STR("vs_Snote"), index, 2, false, &sql);
  buf_char(&sql, '\0');
  run(db, sql.at);
  buf_free(&sql);
}

static void test_columns(void **state) {
  (void)state;
  struct db *db = open_database();
  struct arena *arena = arena_new();
  struct db_column *columns;
  size_t count;
  make_table(db);
  /* The _ of the name stands for itself: the other table is not meant. */
  expect(OUT_OK, catalog_columns(db, STR("vs_Snote"), arena, &columns, &count, &err));
  assert_int_equal(count, ALL_TYPES);
  for (size_t i = 0; i < count; i++) {
    assert_true(str_eq_fold(columns[i].name, all_types[i].name));
    /* What stands in for ROWVERSION elsewhere cannot be told from a number. */
    if (all_types[i].type != DB_ROWVERSION) assert_int_equal(columns[i].type, all_types[i].type);
    assert_int_equal(columns[i].width, all_types[i].width);
    assert_int_equal(columns[i].nullable, all_types[i].nullable);
    assert_int_equal(columns[i].identity, all_types[i].identity);
  }
  arena_free(arena);
  db_close(db);
}

/* Identities number themselves, and the stated key holds beside them. */
static void test_identity(void **state) {
  (void)state;
  struct db *db = open_database();
  struct db_insert *insert;
  make_table(db);
  expect(OUT_OK, db_insert_open(db, STR("vs_Snote"), all_types + 1, ALL_TYPES - 2, &insert, &err));
  str cells[ALL_TYPES - 2] = { STR("a"),    { NULL, 0 },         { NULL, 0 }, { NULL, 0 },
                               { NULL, 0 }, STR("A long note."), { NULL, 0 } };
  expect(OUT_OK, db_begin(db, &err));
  expect(OUT_OK, db_insert_row(insert, cells, &err));
  cells[0] = STR("b");
  expect(OUT_OK, db_insert_row(insert, cells, &err));
  expect(OUT_OK, db_insert_flush(insert, &err));
  expect(OUT_OK, db_commit(db, &err));
  assert_string_equal(ask(db, "SELECT COUNT(DISTINCT nID) FROM vs_Snote WHERE nID > 0"), "2");
  assert_string_equal(ask(db, "SELECT sNoteText FROM vs_Snote WHERE CpnyID = 'b'"), "A long note.");
  expect(OUT_OK, db_begin(db, &err));
  expect(OUT_OK, db_insert_row(insert, cells, &err));
  expect(OUT_REFUSED, db_insert_flush(insert, &err));
  assert_int_equal(db_fault(db), DB_FAULT_TWICE);
  db_rollback(db);
  db_insert_close(insert);
  db_close(db);
}

static void test_no_table(void **state) {
  (void)state;
  struct db *db = open_database();
  struct arena *arena = arena_new();
  struct db_column *columns;
  size_t count;
  expect(OUT_SPEC, catalog_columns(db, STR("NoSuchTable"), arena, &columns, &count, &err));
  assert_said("there is no table NoSuchTable");
  expect(OUT_SPEC, catalog_columns(db, STR("%"), arena, &columns, &count, &err));
  expect(OUT_SPEC, catalog_columns(db, STR(""), arena, &columns, &count, &err));
  arena_free(arena);
  db_close(db);
}

int main(void) {
  const struct CMUnitTest tests[] = { TEST(test_columns), TEST(test_identity), TEST(test_no_table) };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
