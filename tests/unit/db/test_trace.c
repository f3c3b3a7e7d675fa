/* unit/db/test_trace: the driver manager's trace does not hold how we connect. A program of its own: unixODBC
 * reads its settings once. */
#include "database.h"

/* A site may have the driver manager trace everything; ours is left out of it, because its masks for
 * passwords and for nothing else are not to be relied on. */
static void test_no_trace(void **state) {
  (void)state;
  struct db *db;
  struct db_settings with = { .connection = STR("DRIVER=SQLite3;Database=t.db") };
  struct buf all = buf_new(1 << 20);
  char block[4096];
  FILE *from = popen("cat \"$(odbcinst -j | sed -n 's/^DRIVERS\\.*: //p')\"", "r"),
       *to = fopen("odbcinst.ini", "w");
  assert_non_null(from);
  assert_non_null(to);
  fprintf(to, "[ODBC]\nTrace = Yes\nTraceFile = %s/trace.log\n", folder);
  for (size_t len; (len = fread(block, 1, sizeof block, from)) > 0;) fwrite(block, 1, len, to);
  pclose(from);
  fclose(to);
  setenv("ODBCSYSINI", folder, 1);
  expect(OUT_OK, db_open(&with, &db, &err));
  run(db, "CREATE TABLE a (b INT)");
  db_close(db);
  unsetenv("ODBCSYSINI");
  FILE *trace = fopen("trace.log", "r");
  for (size_t len; trace && (len = fread(block, 1, sizeof block, trace)) > 0;) buf_bytes(&all, block, len);
  if (trace) fclose(trace);
  buf_char(&all, '\0');
  assert_non_null(strstr(all.at, "SQLAllocHandle")); /* there is a trace, up to where we left it */
  if (strstr(all.at, "SQLDriverConnect")) fail_msg("the connection stands in the trace");
  buf_free(&all);
}

int main(void) {
  const struct CMUnitTest tests[] = { TEST(test_no_trace) };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
