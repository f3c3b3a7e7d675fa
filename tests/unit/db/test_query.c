/* unit/db/test_query: rows out, values bound, lists in parts; one statement without rows. */
#include "database.h"
#include "db/marks.h"

/* So many rows of the made-up kind. */
static struct db *filled(uint64_t rows) {
  struct db *db = open_database();
  struct db_insert *insert;
  struct made_row row;
  make_lines(db);
  expect(OUT_OK, db_insert_open(db, STR("Line"), line_columns, LINE_COLUMNS, &insert, &err));
  expect(OUT_OK, db_begin(db, &err));
  for (uint64_t i = 0; i < rows; i++) expect(OUT_OK, db_insert_row(insert, made_row(&row, i), &err));
  expect(OUT_OK, db_insert_flush(insert, &err));
  expect(OUT_OK, db_commit(db, &err));
  db_insert_close(insert);
  return db;
}

static void assert_cell(str cell, const char *wanted) {
  if (!cell.at || cell.len != strlen(wanted) || memcmp(cell.at, wanted, cell.len) != 0)
    fail_msg("\"%.*s\" is not \"%s\"", STR_ARG(cell), wanted);
}

static void test_all_types(void **state) {
  (void)state;
  struct db *db = filled(2500);
  struct db_query *query;
  const str *cells;
  size_t count;
  expect(OUT_OK, db_query_open(db, STR("SELECT * FROM Line ORDER BY OrdNbr"), NULL, 0, &query, &err));
  const struct db_column *columns = db_query_columns(query, &count);
  assert_int_equal(count, LINE_COLUMNS);
  static const enum db_type types[] = { DB_CHAR,  DB_CHAR, DB_SMALLINT, DB_FLOAT,
                                        DB_FLOAT, DB_INT,  DB_DATETIME, DB_CHAR };
  for (size_t i = 0; i < count; i++) {
    assert_true(str_eq_fold(columns[i].name, line_columns[i].name));
    assert_int_equal(columns[i].type, types[i]);
  }
  assert_int_equal(columns[0].width, 15);
  db_query_expect(query, 3, DB_FLOAT, 4);
  db_query_expect(query, 4, DB_FLOAT, 2);
  struct made_row row;
  for (uint64_t i = 0; i < 2500; i++) {
    expect(OUT_OK, db_query_next(query, &cells, &err));
    made_row(&row, i);
    assert_cell(cells[0], row.order);
    assert_cell(cells[1], "00001");
    assert_cell(cells[2], "7");
    assert_cell(cells[3], "1.5000");
    assert_cell(cells[4], row.text);
    assert_cell(cells[5], "-12");
    assert_cell(cells[6], "2026-11-03T00:00:00");
    assert_cell(cells[7], "A thing");
  }
  assert_int_equal(db_query_next(query, &cells, &err), OUT_END);
  assert_int_equal(db_query_next(query, &cells, &err), OUT_END);
  db_query_close(query);
  db_close(db);
}

/* Every kind of value; a text that looks like SQL stays a text. */
static void test_values(void **state) {
  (void)state;
  struct db *db = filled(20);
  char number[24];
  struct db_value values[] = { db_text(STR("000007")), db_integer(-12, number),
                               db_typed(DB_FLOAT, STR("7.07")), db_typed(DB_DATETIME, STR("2026-11-03")),
                               db_typed(DB_SMALLINT, STR("7")) };
  struct arena *arena = arena_new();
  str cell;
  str sql =
      STR("SELECT OrdNbr FROM Line WHERE OrdNbr = ? AND \"user\" = ? AND TotOrd = ? AND CancelDate = ? AND "
          "\"order\" = ? AND Descr <> '?' -- ?\n AND 'it''s ?' <> Descr /* ? */");
  expect(OUT_OK, db_query_row(db, sql, values, 5, arena, &cell, 1, &err));
  assert_cell(cell, "000007");
  values[0] = db_text(STR("' OR '1' = '1"));
  assert_int_equal(db_query_row(db, sql, values, 5, arena, &cell, 1, &err), OUT_END);
  values[0] = db_text((str){ NULL, 0 }); /* matches nothing */
  assert_int_equal(db_query_row(db, sql, values, 5, arena, &cell, 1, &err), OUT_END);
  expect(OUT_BUG, db_query_row(db, sql, values, 4, arena, &cell, 1, &err));
  values[2] = db_typed(DB_FLOAT, STR("seven"));
  expect(OUT_DATA, db_query_row(db, sql, values, 5, arena, &cell, 1, &err));
  assert_said("value 3");
  expect(OUT_DATA, db_query_row(db, STR("SELECT OrdNbr FROM Line"), NULL, 0, arena, &cell, 1, &err));
  expect(OUT_BUG, db_query_row(db, STR("SELECT OrdNbr, Descr FROM Line"), NULL, 0, arena, &cell, 1, &err));
  arena_free(arena);
  db_close(db);
}

/* A list of any length finds each of its elements once, and nothing else. */
static void test_lists(void **state) {
  (void)state;
  enum { ROWS = 1300 };
  static const size_t counts[] = { 0, 1, 2, 499, 500, 501, 999, 1000, 1001, ROWS };
  struct db *db = filled(ROWS);
  static char texts[ROWS][8];
  str list[ROWS];
  for (size_t i = 0; i < ROWS; i++) {
    snprintf(texts[i], sizeof texts[i], "%06zu", ROWS - 1 - i);
    list[i] = str_of(texts[i]);
  }
  for (size_t i = 0; i < COUNT(counts); i++) {
    struct db_query *query;
    const str *cells;
    size_t found = 0;
    uint64_t sum = 0, wanted = 0;
    struct db_value values[] = { db_text(STR("A thing")), db_list(DB_CHAR, list, counts[i]),
                                 db_text(STR("00001")) };
    expect(OUT_OK,
           db_query_open(db,
                         STR("SELECT OrdNbr FROM Line WHERE Descr = ? AND OrdNbr IN (?) AND LineRef = ? "
                             "ORDER BY OrdNbr"),
                         values, 3, &query, &err));
    for (; db_query_next(query, &cells, &err) == OUT_OK; found++) sum += strtoull(cells[0].at, NULL, 10);
    db_query_close(query);
    for (size_t j = 0; j < counts[i]; j++) wanted += ROWS - 1 - j;
    assert_int_equal(found, counts[i]);
    assert_int_equal(sum, wanted);
  }
  db_close(db);
}

static void test_nulls_and_sums(void **state) {
  (void)state;
  struct db *db = filled(1000);
  struct db_query *query;
  const str *cells;
  expect(OUT_OK,
         db_query_open(
             db, STR("SELECT NULL, SUM(TotOrd), COUNT(*), MAX(CancelDate), MAX(OrdNbr), '  '  FROM Line"),
             NULL, 0, &query, &err));
  db_query_expect(query, 1, DB_FLOAT, 2);
  db_query_expect(query, 3, DB_DATETIME, 0);
  expect(OUT_OK, db_query_next(query, &cells, &err));
  assert_null(cells[0].at);
  uint64_t cents = 0;
  for (uint64_t i = 0; i < 1000; i++) cents += i % 977 * 100 + i % 100;
  char sum[32];
  snprintf(sum, sizeof sum, "%llu.%02llu", (unsigned long long)cents / 100, (unsigned long long)cents % 100);
  assert_cell(cells[1], sum);
  assert_cell(cells[2], "1000");
  assert_cell(cells[3], "2026-11-03T00:00:00");
  assert_cell(cells[4], "000999");
  assert_cell(cells[5], "");
  db_query_close(query);
  db_close(db);
}

static void test_bad_cells(void **state) {
  (void)state;
  struct db *db = open_database();
  struct db_query *query;
  const str *cells;
  run(db, on_postgresql() ? "CREATE TEMP TABLE odd (a TEXT, b DOUBLE PRECISION)"
                          : "CREATE TABLE odd (a TEXT, b FLOAT)");
  run(db, "INSERT INTO odd VALUES ('yesterday', 1e300), ('2026-11-03 04:05:06.123', 0.1)");
  expect(OUT_OK, db_query_open(db, STR("SELECT a, b FROM odd ORDER BY b DESC"), NULL, 0, &query, &err));
  db_query_expect(query, 0, DB_DATETIME, 0);
  db_query_expect(query, 1, DB_FLOAT, 1);
  expect(OUT_DATA, db_query_next(query, &cells, &err));
  assert_said("\"yesterday\" is no date");
  assert_string_equal(err.field, "a");
  expect(OUT_OK, db_query_next(query, &cells, &err)); /* the next one is good */
  assert_cell(cells[0], "2026-11-03T04:05:06");
  assert_cell(cells[1], "0.1");
  db_query_close(query);
  memset(&err, 0, sizeof err);
  expect(OUT_OK, db_query_open(db, STR("SELECT b FROM odd ORDER BY b DESC"), NULL, 0, &query, &err));
  expect(OUT_DATA, db_query_next(query, &cells, &err));
  assert_said("no number that a FLOAT can hold exactly");
  db_query_close(query);
  db_close(db);
}

/* 64 KiB of a cell, and not a byte more. */
static void test_long_cells(void **state) {
  (void)state;
  struct db *db = open_database();
  struct db_query *query;
  const str *cells;
  static char sql[DB_CELL_MOST + 200];
  for (size_t more = 0; more < 2; more++) {
    size_t len = (size_t)sprintf(sql, "INSERT INTO long VALUES ('");
    drop_table(db, "long");
    run(db, "CREATE TABLE long (a TEXT)");
    memset(sql + len, 'x', DB_CELL_MOST + more);
    strcpy(sql + len + DB_CELL_MOST + more, "')");
    run(db, sql);
    expect(OUT_OK, db_query_open(db, STR("SELECT a FROM long"), NULL, 0, &query, &err));
    enum outcome out = db_query_next(query, &cells, &err);
    assert_int_equal(out, more ? OUT_DATA : OUT_OK);
    if (!more) assert_int_equal(cells[0].len, DB_CELL_MOST);
    db_query_close(query);
  }
  db_close(db);
}

static void test_execute(void **state) {
  (void)state;
  struct db *db = filled(20);
  uint64_t rows = 77;
  struct db_value values[] = { db_typed(DB_FLOAT, STR("0.05")), db_text(STR("000003")) };
  str update = STR("UPDATE Line SET TotOrd = TotOrd + ? WHERE OrdNbr <= ?");
  expect(OUT_OK, db_execute(db, update, values, 2, &rows, &err));
  assert_int_equal(rows, 4);
  values[1] = db_text(STR("0"));
  expect(OUT_OK, db_execute(db, update, values, 2, &rows, &err));
  assert_int_equal(rows, 0);
  expect(OUT_OK, db_execute(db, STR("DELETE FROM Line"), NULL, 0, &rows, &err));
  assert_int_equal(rows, 20);
  values[1].text.at = NULL;
  expect(OUT_DATA, db_execute(db, update, values, 2, &rows, &err));
  values[1] = db_list(DB_CHAR, &values[0].text, 1);
  expect(OUT_BUG, db_execute(db, update, values, 2, &rows, &err));
  db_close(db);
}

/* More statements than are kept, again and again. */
static void test_many_statements(void **state) {
  (void)state;
  struct db *db = filled(10);
  struct arena *arena = arena_new();
  for (int round = 0; round < 3; round++)
    for (int i = 0; i < 40; i++) {
      char sql[128], wanted[16];
      str cell;
      struct db_value value = db_text(STR("000003"));
      snprintf(sql, sizeof sql, "SELECT CAST(%d AS CHAR(9)) FROM Line WHERE OrdNbr = ?", i);
      snprintf(wanted, sizeof wanted, "%d", i);
      expect(OUT_OK, db_query_row(db, str_of(sql), &value, 1, arena, &cell, 1, &err));
      assert_cell(cell, wanted);
    }
  arena_free(arena);
  db_close(db);
}

static void test_one_query_at_a_time(void **state) {
  (void)state;
  struct db *db = filled(10);
  struct db_query *query, *second;
  expect(OUT_OK, db_query_open(db, STR("SELECT OrdNbr FROM Line"), NULL, 0, &query, &err));
  expect(OUT_BUG, db_query_open(db, STR("SELECT OrdNbr FROM Line"), NULL, 0, &second, &err));
  expect(OUT_BUG, db_execute(db, STR("DELETE FROM Line"), NULL, 0, NULL, &err));
  expect(OUT_BUG, db_begin(db, &err));
  db_query_close(query);
  assert_string_equal(ask(db, "SELECT COUNT(*) FROM Line"), "10");
  expect(OUT_SPEC, db_query_open(db, STR("DELETE FROM Line WHERE OrdNbr = 'x'"), NULL, 0, &query, &err));
  expect(OUT_SPEC, db_query_open(db, STR("SELECT OrdNbr FROM NoSuchTable"), NULL, 0, &query, &err));
  expect(OUT_SPEC, db_query_open(db, STR("SELECT NoSuchColumn FROM Line"), NULL, 0, &query, &err));
  expect(OUT_SPEC, db_query_open(db, STR("SELEKT"), NULL, 0, &query, &err));
  assert_null(query);
  db_close(db);
}

static void test_marks(void **state) {
  (void)state;
  struct buf text = buf_new(1000);
  str three[] = { STR("a"), STR("b"), STR("c") };
  struct db_value values[] = { db_text(STR("x")), db_list(DB_CHAR, three, 3) };
  expect(OUT_OK, marks_expand(STR("a=? [b?] \"c?\" '?' --?\n/*?*/ IN (?)"), values, 2, 3, &text, &err));
  assert_int_equal(text.len, strlen("a=? [b?] \"c?\" '?'  \n  IN (?,?,?)"));
  assert_memory_equal(text.at, "a=? [b?] \"c?\" '?'  \n  IN (?,?,?)", text.len);
  static const char *const open_ended[] = { "'?", "\"?", "[?", "--?", "/*?", "/*?*" };
  for (size_t i = 0; i < COUNT(open_ended); i++)
    expect(OUT_OK, marks_expand(str_of(open_ended[i]), NULL, 0, 0, &text, &err));
  values[0] = values[1];
  expect(OUT_BUG, marks_expand(STR("? ?"), values, 2, 3, &text, &err));
  buf_free(&text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    TEST(test_all_types),  TEST(test_values),  TEST(test_lists),           TEST(test_nulls_and_sums),
    TEST(test_bad_cells),  TEST(test_execute), TEST(test_many_statements), TEST(test_one_query_at_a_time),
    TEST(test_long_cells), TEST(test_marks),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
