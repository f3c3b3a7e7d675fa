/* unit/db/test_insert: rows in, of every type and in any number; bad ones alone and by name. */
#include "database.h"

static struct db_insert *open_lines(struct db *db) {
  struct db_insert *insert;
  expect(OUT_OK, db_insert_open(db, STR("Line"), line_columns, LINE_COLUMNS, &insert, &err));
  return insert;
}

static void add_rows(struct db_insert *insert, uint64_t from, uint64_t to) {
  struct made_row row;
  for (uint64_t i = from; i < to; i++) expect(OUT_OK, db_insert_row(insert, made_row(&row, i), &err));
}

/* Around every size of a statement: the rest goes out in smaller ones. */
static void test_any_number(void **state) {
  (void)state;
  static const uint64_t counts[] = { 0, 1, 2, 3, 63, 64, 65, 99, 100, 101, 255, 1999, 2000, 2001, 4777 };
  struct db *db = open_database();
  make_lines(db);
  struct db_insert *insert = open_lines(db);
  for (size_t i = 0; i < COUNT(counts); i++) {
    char sum[32], count[32];
    uint64_t cents = 0;
    run(db, "DELETE FROM Line");
    expect(OUT_OK, db_begin(db, &err));
    add_rows(insert, 0, counts[i]);
    expect(OUT_OK, db_insert_flush(insert, &err));
    expect(OUT_OK, db_commit(db, &err));
    for (uint64_t j = 0; j < counts[i]; j++) cents += j % 977 * 100 + j % 100;
    snprintf(count, sizeof count, "%llu", (unsigned long long)counts[i]);
    snprintf(sum, sizeof sum, "%llu", (unsigned long long)cents);
    assert_string_equal(ask(db, "SELECT COUNT(*) FROM Line"), count);
    assert_string_equal(ask(db, "SELECT CAST(COALESCE(SUM(ROUND(TotOrd * 100)), 0) AS INT) FROM Line"), sum);
    assert_string_equal(ask(db, "SELECT COUNT(DISTINCT OrdNbr) FROM Line"), count);
  }
  db_insert_close(insert);
  db_close(db);
}

/* What goes in comes out: quotes, backslashes, braces, every width, letters of two and three bytes. */
static void test_values(void **state) {
  (void)state;
  static const char *const texts[] = {
    "\"",
    "\\",
    "\\\"",
    "{a,b}",
    "NULL",
    "'",
    "''",
    "?",
    "a;b",
    "%",
    "_",
    "\t",
    "Zo\xc3\xab \xe2\x82\xac",
    "\xf0\x9f\x93\xa6",
    "123456789012345678901234567890",
    "\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac"
    "\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac"
    "\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac"
    "\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac"
    "\xe2\x82\xac\xe2\x82\xac",
    " x",
    ""
  };
  struct db *db = open_database();
  struct made_row row;
  make_lines(db);
  struct db_insert *insert = open_lines(db);
  expect(OUT_OK, db_begin(db, &err));
  for (size_t i = 0; i < COUNT(texts); i++) {
    made_row(&row, i);
    row.cells[7] = str_of(texts[i]);
    expect(OUT_OK, db_insert_row(insert, row.cells, &err));
  }
  expect(OUT_OK, db_insert_flush(insert, &err));
  expect(OUT_OK, db_commit(db, &err));
  struct db_query *query;
  const str *cells;
  expect(OUT_OK, db_query_open(db, STR("SELECT Descr FROM Line ORDER BY OrdNbr"), NULL, 0, &query, &err));
  for (size_t i = 0; i < COUNT(texts); i++) {
    expect(OUT_OK, db_query_next(query, &cells, &err));
    assert_int_equal(cells[0].len, strlen(texts[i]));
    assert_memory_equal(cells[0].at, texts[i], cells[0].len);
  }
  assert_int_equal(db_query_next(query, &cells, &err), OUT_END);
  db_query_close(query);
  db_insert_close(insert);
  db_close(db);
}

/* An absent cell is SL's typed blank; numbers are rounded as their column says. */
static void test_blanks(void **state) {
  (void)state;
  struct db *db = open_database();
  str none[LINE_COLUMNS] = { { NULL, 0 } }, some[LINE_COLUMNS] = { { NULL, 0 } };
  some[0] = STR("1"), some[3] = STR("1.23456"), some[4] = STR("-0.005"), some[6] = STR("2026-11-03T04:05");
  make_lines(db);
  struct db_insert *insert = open_lines(db);
  expect(OUT_OK, db_begin(db, &err));
  expect(OUT_OK, db_insert_row(insert, none, &err));
  expect(OUT_OK, db_insert_row(insert, some, &err));
  expect(OUT_OK, db_insert_flush(insert, &err));
  expect(OUT_OK, db_commit(db, &err));
  struct db_query *query;
  const str *cells;
  expect(OUT_OK, db_query_open(db, STR("SELECT * FROM Line ORDER BY OrdNbr"), NULL, 0, &query, &err));
  db_query_expect(query, 3, DB_FLOAT, 4);
  static const char *const wanted[][LINE_COLUMNS] = {
    { "", "", "0", "0.0000", "0", "0", "1900-01-01T00:00:00", "" },
    { "1", "", "0", "1.2346", "-0.01", "0", "2026-11-03T04:05:00", "" },
  };
  for (size_t i = 0; i < 2; i++) {
    expect(OUT_OK, db_query_next(query, &cells, &err));
    for (size_t j = 0; j < LINE_COLUMNS; j++) {
      assert_non_null(cells[j].at);
      assert_int_equal(cells[j].len, strlen(wanted[i][j]));
      assert_memory_equal(cells[j].at, wanted[i][j], cells[j].len);
    }
  }
  db_query_close(query);
  assert_string_equal(ask(db, "SELECT COUNT(*) FROM Line WHERE Descr = '' AND LineRef = '  '"), "2");
  db_insert_close(insert);
  db_close(db);
}

/* ---- bad rows ---- */

static uint64_t told[64];
static size_t told_count;

static void note(void *self, uint64_t row, const struct err *why) {
  (void)self;
  assert_true(why->outcome == OUT_REFUSED || why->outcome == OUT_DATA);
  assert_int_equal(why->line, row);
  assert_string_equal(why->record, "Line");
  assert_true(told_count < COUNT(told));
  told[told_count++] = row;
}

/* 3,000 rows of which row 17 is there already, 1,500 and 1,501 are the same, and 2,999 is too long. */
static void insert_bad_ones(struct db_insert *insert) {
  struct made_row row;
  for (uint64_t i = 1; i <= 3000; i++) {
    made_row(&row, i == 17 ? 999999 : i == 1501 ? 1500 : i);
    if (i == 2999) row.cells[7] = STR("a text that has more than thirty characters");
    expect(OUT_OK, db_insert_row(insert, row.cells, &err));
  }
}

static void test_bad_rows(void **state) {
  (void)state;
  struct db *db = open_database();
  make_lines(db);
  struct db_insert *insert = open_lines(db);
  expect(OUT_OK, db_begin(db, &err));
  add_rows(insert, 999999, 1000000);
  expect(OUT_OK, db_insert_flush(insert, &err));
  expect(OUT_OK, db_commit(db, &err));

  told_count = 0;
  db_insert_bad(insert, note, NULL);
  expect(OUT_OK, db_begin(db, &err));
  insert_bad_ones(insert);
  enum outcome out = db_insert_flush(insert, &err);
  assert_true(out == OUT_REFUSED || out == OUT_DATA);
  assert_int_equal(told_count, 3);
  uint64_t all = told[0] + told[1] + told[2];
  assert_int_equal(all, 17 + 1501 + 2999);
  /* The good ones are there, but cannot be committed without the bad ones. */
  assert_string_equal(ask(db, "SELECT COUNT(*) FROM Line"), "2998");
  expect(OUT_BUG, db_commit(db, &err));
  assert_string_equal(ask(db, "SELECT COUNT(*) FROM Line"), "1");

  /* The next transaction counts anew and knows nothing of them. */
  told_count = 0;
  expect(OUT_OK, db_begin(db, &err));
  add_rows(insert, 0, 300);
  expect(OUT_OK, db_insert_flush(insert, &err));
  expect(OUT_OK, db_commit(db, &err));
  assert_int_equal(told_count, 0);
  assert_string_equal(ask(db, "SELECT COUNT(*) FROM Line"), "301");
  db_insert_close(insert);
  db_close(db);
}

static void test_first_bad_row_ends(void **state) {
  (void)state;
  struct db *db = open_database();
  make_lines(db);
  struct db_insert *insert = open_lines(db);
  struct made_row row;
  expect(OUT_OK, db_begin(db, &err));
  add_rows(insert, 0, 80);
  expect(OUT_OK, db_insert_row(insert, made_row(&row, 33), &err));
  expect(OUT_REFUSED, db_insert_flush(insert, &err));
  assert_int_equal(err.line, 81);
  assert_string_equal(err.record, "Line");
  assert_int_equal(db_fault(db), DB_FAULT_TWICE);
  db_rollback(db);
  assert_string_equal(ask(db, "SELECT COUNT(*) FROM Line"), "0");

  expect(OUT_OK, db_begin(db, &err));
  made_row(&row, 1);
  row.cells[4] = STR("12,50");
  memset(&err, 0, sizeof err);
  expect(OUT_DATA, db_insert_row(insert, row.cells, &err));
  assert_string_equal(err.field, "TotOrd");
  db_rollback(db);
  db_insert_close(insert);
  db_close(db);
}

/* Each of these is wrong by itself, and said of its column before the server sees it. */
static void test_bad_cells(void **state) {
  (void)state;
  static const struct {
    size_t column;
    const char *cell, *said;
  } bad[] = {
    { 0, "1234567890123456", "more than 15 characters" },
    { 2, "32768", "SMALLINT" },
    { 2, "", "whole number" },
    { 2, "1.5", "whole number" },
    { 3, "1e5", "no number" },
    { 3, "", "no number" },
    { 3, "NaN", "no number" },
    { 4, "12345678901234.99", "at most 15 digits" },
    { 5, "2147483648", "INT" },
    { 5, "00000000000000000000000000000001", "INT" },
    { 6, "2026-02-29", "no date" },
    { 6, "03.11.2026", "no date" },
    { 6, "2079-06-07", "SMALLDATETIME" },
    { 6, "1899-12-31", "SMALLDATETIME" },
    { 7, "\xe2\x82\xac 45678901234567890123456789012", "more than 30 characters" },
  };
  struct db *db = open_database();
  make_lines(db);
  struct db_insert *insert = open_lines(db);
  for (size_t i = 0; i < COUNT(bad); i++) {
    struct made_row row;
    made_row(&row, i);
    row.cells[bad[i].column] = str_of(bad[i].cell);
    expect(OUT_OK, db_begin(db, &err));
    memset(&err, 0, sizeof err);
    if (bad[i].column == 7) { /* 30 characters fit, though they are 32 bytes */
      row.cells[7] = str_sub(row.cells[7], 0, row.cells[7].len - 1);
      expect(OUT_OK, db_insert_row(insert, row.cells, &err));
      row.cells[7].len++;
    }
    expect(OUT_DATA, db_insert_row(insert, row.cells, &err));
    assert_said(bad[i].said);
    assert_int_equal(strlen(err.field), line_columns[bad[i].column].name.len);
    db_rollback(db);
  }
  struct made_row row;
  made_row(&row, 1);
  row.cells[7] = (str){ "a\0b", 3 };
  expect(OUT_OK, db_begin(db, &err));
  expect(OUT_DATA, db_insert_row(insert, row.cells, &err));
  db_insert_close(insert);
  db_close(db);
}

/* ---- how it may not be used ---- */

static void test_misuse(void **state) {
  (void)state;
  struct db *db = open_database();
  struct db_insert *insert, *none;
  struct made_row row;
  struct db_column identity = { .name = STR("nID"), .type = DB_INT, .identity = true };
  struct db_column version = { .name = STR("tstamp"), .type = DB_ROWVERSION };
  make_lines(db);
  expect(OUT_BUG, db_insert_open(db, STR("Line"), &identity, 1, &none, &err));
  expect(OUT_BUG, db_insert_open(db, STR("Line"), &version, 1, &none, &err));
  expect(OUT_BUG, db_insert_open(db, STR("Line"), &version, 0, &none, &err));
  insert = open_lines(db);
  expect(OUT_BUG, db_insert_row(insert, made_row(&row, 1), &err));
  assert_said("in a transaction only");
  expect(OUT_OK, db_begin(db, &err));
  expect(OUT_OK, db_insert_row(insert, made_row(&row, 1), &err));
  expect(OUT_BUG, db_commit(db, &err));
  assert_said("not flushed");
  assert_string_equal(ask(db, "SELECT COUNT(*) FROM Line"), "0");
  /* Rows of a transaction that is over are forgotten. */
  expect(OUT_OK, db_begin(db, &err));
  expect(OUT_OK, db_insert_row(insert, made_row(&row, 2), &err));
  db_rollback(db);
  expect(OUT_OK, db_begin(db, &err));
  expect(OUT_OK, db_insert_row(insert, made_row(&row, 3), &err));
  expect(OUT_OK, db_insert_flush(insert, &err));
  expect(OUT_OK, db_commit(db, &err));
  assert_string_equal(ask(db, "SELECT OrdNbr FROM Line"), "000003");
  db_insert_close(insert);
  db_close(db);
}

static void test_missing_names(void **state) {
  (void)state;
  struct db *db = open_database();
  struct db_insert *insert;
  struct made_row row;
  struct db_column wrong[LINE_COLUMNS];
  make_lines(db);
  expect(OUT_OK, db_insert_open(db, STR("NoSuchTable"), line_columns, LINE_COLUMNS, &insert, &err));
  expect(OUT_OK, db_begin(db, &err));
  expect(OUT_OK, db_insert_row(insert, made_row(&row, 1), &err));
  expect(OUT_SPEC, db_insert_flush(insert, &err));
  assert_int_equal(db_fault(db), DB_FAULT_NAME);
  expect(OUT_BUG,
         db_execute(db, STR("DELETE FROM Line"), NULL, 0, NULL, &err)); /* only a rollback helps now */
  db_rollback(db);
  db_insert_close(insert);

  memcpy(wrong, line_columns, sizeof wrong);
  wrong[7].name = STR("NoSuchColumn");
  expect(OUT_OK, db_insert_open(db, STR("Line"), wrong, LINE_COLUMNS, &insert, &err));
  expect(OUT_OK, db_begin(db, &err));
  expect(OUT_OK, db_insert_row(insert, made_row(&row, 1), &err));
  expect(OUT_SPEC, db_insert_flush(insert, &err));
  db_rollback(db);
  db_insert_close(insert);
  db_close(db);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    TEST(test_any_number),         TEST(test_values),    TEST(test_blanks), TEST(test_bad_rows),
    TEST(test_first_bad_row_ends), TEST(test_bad_cells), TEST(test_misuse), TEST(test_missing_names),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
