/* unit/extract/test_ti_log: a log names refused lines in whatever order its messages come; values are not
 * quoted. */
#include "base/buf.h"
#include "extract/ti_log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static struct arena *arena;

static int start(void **state) {
  (void)state;
  arena = arena_new();
  return 0;
}

static int stop(void **state) {
  (void)state;
  arena_free(arena);
  return 0;
}

static struct ti_log read_log(const char *text) {
  struct ti_log log;
  struct err err = { 0 };
  assert_int_equal(ti_log_read(str_of(text), arena, &log, &err), OUT_OK);
  return log;
}

static const struct {
  const char *text;
  size_t count;
  uint64_t line;
  const char *said;
  uint64_t other;
} table[] = {
  { "", 0, 0, NULL, 0 },
  { "all went well\r\n", 0, 0, NULL, 1 },
  { "'System Message 8004: Data File Record/Line Number: 5 Column: 1\r\n"
    "'System Message 8013: Item not found. Control: cinvtid Key Value: \"\"AAB$\"\" Column 1\r\n"
    "'System Message 8034: Error in Field: cinvtid Value: AAB$\r\n"
    "'System Message 8055: ====Error Processing====\r\n",
    1, 5, "8013 Item not found. Control: cinvtid; 8034 Error in Field: cinvtid", 0 },
  /* 8004 last, no apostrophe, another word between, no line end at the end */
  { "System Message 8013: Item not found.\n'Application Error: Erika Example\nSystem Message 8004: Data File "
    "Record/Line Number: 12",
    1, 12, "8013 Item not found.", 1 },
  /* no line is named: nobody can say which */
  { "'System Message 8034: Error in Field: x\n'System Message 8055: =\n", 0, 0, NULL, 0 },
  { "'System Message : nothing\n'System Message 8004: Line Number: zwei\n", 0, 0, NULL, 1 },
  { "'System Message 8004: Line Number: 0\n", 0, 0, NULL, 0 },
  { "'System Message 8004: Line Number: 99999999999999999999999\n", 1, 999999999999, "", 0 },
  { "'System Message 8004: Line Number: 3\n'System Message 2: Zo\xeb \x1b[31m\n", 1, 3, "2 Zo? ?[31m", 0 },
};

static void test_table(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
    struct ti_log log = read_log(table[i].text);
    if (log.count != table[i].count || log.other != table[i].other)
      fail_msg("text %zu: %zu refusals, %zu other lines", i, log.count, (size_t)log.other);
    if (!log.count) continue;
    assert_int_equal(log.refusals[0].line, table[i].line);
    if (!str_eq(log.refusals[0].said, str_of(table[i].said)))
      fail_msg("text %zu: <%.*s>", i, STR_ARG(log.refusals[0].said));
  }
}

static void test_two_lines_without_end(void **state) {
  (void)state;
  struct ti_log log =
      read_log("'System Message 8004: Line Number: 3\n'System Message 8021: Invalid Level specified.\n"
               "'System Message 8004: Line Number: 4\n'System Message 2: Data must be entered\n");
  assert_int_equal(log.count, 2);
  assert_true(log.refusals[0].line == 3 && log.refusals[0].comment);
  assert_true(log.refusals[1].line == 4 && !log.refusals[1].comment);
}

static void test_what_is_said_has_an_end(void **state) {
  (void)state;
  struct buf text = buf_new(1 << 20);
  buf_printf(&text, "'System Message 8004: Line Number: 3\n");
  for (int i = 0; i < 1000; i++) buf_printf(&text, "'System Message 35: Once transactions are entered\n");
  struct ti_log log;
  struct err err = { 0 };
  assert_int_equal(ti_log_read(buf_str(&text), arena, &log, &err), OUT_OK);
  assert_true(log.count == 1 && log.messages == 1001 && log.refusals[0].said.len <= TI_LOG_SAID_MOST);
  buf_free(&text);
}

static void test_no_text(void **state) {
  (void)state;
  struct ti_log log;
  struct err err = { 0 };
  assert_int_equal(ti_log_read((str){ "one\nt\0o\n", 8 }, arena, &log, &err), OUT_DATA);
  assert_true(err.line == 2 && err.column == 2);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(test_table, start, stop),
    cmocka_unit_test_setup_teardown(test_two_lines_without_end, start, stop),
    cmocka_unit_test_setup_teardown(test_what_is_said_has_an_end, start, stop),
    cmocka_unit_test_setup_teardown(test_no_text, start, stop),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
