/* unit/db/test_diagnose: what a driver's message means. The messages of SQL Server and FreeTDS are made up
 * after their documents, since neither can be run here; those of the others also come about in test_faults.
 */
#include "db/diagnose.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

struct told {
  const char *dialect, *state;
  int32_t native;
  const char *message;
  enum db_fault fault;
};

static const struct told cases[] = {
  { "sqlite", "HY000", 19, "UNIQUE constraint failed: SOLine.OrdNbr (19)", DB_FAULT_TWICE },
  { "sqlite", "HY000", 19, "NOT NULL constraint failed: SOLine.OrdNbr (19)", DB_FAULT_CONSTRAINT },
  { "sqlite", "HY000", 5, "database is locked (5)", DB_FAULT_BUSY },
  { "sqlite", "HY000", 8, "attempt to write a readonly database (8)", DB_FAULT_DENIED },
  { "sqlite", "HY000", 13, "database or disk is full (13)", DB_FAULT_FULL },
  { "sqlite", "HY000", 1, "no such table: x (1)", DB_FAULT_NAME },
  { "sqlite", "HY000", 10, "disk I/O error (10)", DB_FAULT_OTHER },
  { "sqlite", "HY000", 11, "database disk image is malformed (11)", DB_FAULT_OTHER },
  { "postgresql", "23505", 1, "ERROR: duplicate key", DB_FAULT_TWICE },
  { "postgresql", "23502", 1, "ERROR: null value", DB_FAULT_CONSTRAINT },
  { "postgresql", "22001", 1, "ERROR: value too long", DB_FAULT_VALUE },
  { "postgresql", "40P01", 1, "ERROR: deadlock detected", DB_FAULT_BUSY },
  { "postgresql", "40001", 1, "ERROR: could not serialize access", DB_FAULT_BUSY },
  { "postgresql", "55P03", 1, "ERROR: canceling statement due to lock timeout", DB_FAULT_BUSY },
  { "postgresql", "57P01", 7, "FATAL: terminating connection due to administrator command", DB_FAULT_GONE },
  { "postgresql", "08S01", 35, "server closed the connection unexpectedly", DB_FAULT_GONE },
  { "postgresql", "HY000", 7, "server closed the connection unexpectedly", DB_FAULT_GONE },
  { "postgresql", "53100", 1, "ERROR: could not extend file: No space left on device", DB_FAULT_FULL },
  { "postgresql", "42P01", 1, "ERROR: relation does not exist", DB_FAULT_NAME },
  { "postgresql", "42501", 1, "ERROR: permission denied for table x", DB_FAULT_DENIED },
  { "postgresql", "25006", 1, "ERROR: cannot execute INSERT in a read-only transaction", DB_FAULT_DENIED },
  { "tsql", "23000", 2627, "Violation of PRIMARY KEY constraint", DB_FAULT_TWICE },
  { "tsql", "23000", 2601, "Cannot insert duplicate key row", DB_FAULT_TWICE },
  { "tsql", "23000", 547, "The INSERT statement conflicted", DB_FAULT_CONSTRAINT },
  { "tsql", "23000", 515, "Cannot insert the value NULL", DB_FAULT_CONSTRAINT },
  { "tsql", "22001", 8152, "String or binary data would be truncated.", DB_FAULT_VALUE },
  { "tsql", "42000", 2628, "String or binary data would be truncated in table", DB_FAULT_VALUE },
  { "tsql", "22007", 242, "out-of-range value", DB_FAULT_VALUE },
  { "tsql", "40001", 1205, "Transaction (Process ID 52) was deadlocked", DB_FAULT_BUSY },
  { "tsql", "HY000", 1222, "Lock request time out period exceeded.", DB_FAULT_BUSY },
  { "tsql", "HYT00", 20003, "Timeout", DB_FAULT_BUSY },
  { "tsql", "42S02", 208, "Invalid object name 'x'.", DB_FAULT_NAME },
  { "tsql", "42S22", 207, "Invalid column name 'x'.", DB_FAULT_NAME },
  { "tsql", "42000", 229, "The INSERT permission was denied", DB_FAULT_DENIED },
  { "tsql", "28000", 18456, "Login failed for user 'x'.", DB_FAULT_LOGIN },
  { "tsql", "42000", 4060, "Cannot open database", DB_FAULT_LOGIN },
  { "tsql", "42000", 9002, "The transaction log is full", DB_FAULT_FULL },
  { "tsql", "HY000", 0, "Unknown error", DB_FAULT_GONE },
  { "tsql", "08S01", 20004, "Read from the server failed", DB_FAULT_GONE },
  { "tsql", "08001", 20009, "Unable to connect: Adaptive Server is unavailable or does not exist",
    DB_FAULT_GONE },
  { "tsql", "01000", 3621, "The statement has been terminated.", DB_FAULT_OTHER },
  { "tsql", "HY000", 50000, "raised by a trigger", DB_FAULT_OTHER },
  { NULL, "IM002", 0, "Data source name not found", DB_FAULT_NAME },
  { NULL, "08001", 0, "connection refused", DB_FAULT_GONE },
  { NULL, "01000", 0, "Can't open lib 'x' : file not found", DB_FAULT_NAME },
  { NULL, "28000", 0, "login failed", DB_FAULT_LOGIN },
};

static void test_messages(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const struct told *told = &cases[i];
    enum db_fault fault = diagnose(told->dialect, told->state, told->native, str_of(told->message));
    if (fault != told->fault) fail_msg("%s: fault %d, not %d", told->message, (int)fault, (int)told->fault);
  }
}

static void test_outcomes(void **state) {
  (void)state;
  static const enum outcome wanted[] = { OUT_OK,     OUT_REFUSED, OUT_REFUSED, OUT_DATA,
                                         OUT_SPEC,   OUT_SPEC,    OUT_SYSTEM,  OUT_RETRY,
                                         OUT_SYSTEM, OUT_SYSTEM,  OUT_SYSTEM };
  for (int fault = DB_FAULT_NONE; fault <= DB_FAULT_OTHER; fault++)
    assert_int_equal(diagnose_outcome((enum db_fault)fault), wanted[fault]);
}

/* At a commit only the server's own no is certain. */
static void test_answers(void **state) {
  (void)state;
  assert_true(diagnose_is_answer(DB_FAULT_TWICE, "23505"));
  assert_true(diagnose_is_answer(DB_FAULT_BUSY, "40001"));
  assert_true(diagnose_is_answer(DB_FAULT_FULL, "53100"));
  assert_false(diagnose_is_answer(DB_FAULT_BUSY, "HYT00"));
  assert_false(diagnose_is_answer(DB_FAULT_GONE, "08S01"));
  assert_false(diagnose_is_answer(DB_FAULT_OTHER, "HY000"));
}

/* A row's values may be personal: they are neither shown nor kept. */
static void test_words_without_values(void **state) {
  (void)state;
  static const struct {
    const char *message, *words, *whole;
  } told[] = {
    { "[unixODBC]ERROR: new row for relation \"soheader\" violates check constraint \"some\"\nDETAIL: "
      "Failing row "
      "contains (A. Buyer, 1 Sample Street).;\nError while executing the query",
      "ERROR: new row for relation \"soheader\" violates check constraint \"some\"",
      "Error while executing" },
    { "ERROR: null value in column \"custid\" violates not-null constraint;\nError while executing the query",
      "ERROR: null value in column \"custid\" violates not-null constraint", "Error while executing" },
    { "[FreeTDS][SQL Server]String or binary data would be truncated in table 'app.dbo.SOHeader', column "
      "'ShipName'. Truncated value: 'A. Buy'.",
      "String or binary data would be truncated in table 'app.dbo.SOHeader', column 'ShipName'.", "A. Buy" },
    { "no such table: x (1)", "no such table: x (1)", "no such table" },
    { "\n[a] two\r\nlines", "two", "lines" },
    { "", "", "" },
  };
  for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
    char message[1024];
    str whole;
    strcpy(message, told[i].message);
    str words = diagnose_words(message, &whole);
    if (!str_eq(words, str_of(told[i].words))) fail_msg("%.*s", STR_ARG(words));
    assert_non_null(strstr(whole.len ? whole.at : "", told[i].whole));
    assert_true(str_find(whole, '\n') < 0);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = { cmocka_unit_test(test_messages), cmocka_unit_test(test_outcomes),
                                      cmocka_unit_test(test_answers),
                                      cmocka_unit_test(test_words_without_values) };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
