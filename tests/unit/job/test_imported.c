/* unit/job/test_imported: what is told of each document of a Transaction Import file. With --tsql it prints
 * what SL is asked, one a line, for tests/tools/tsql_gate.sh. */
#include "job/imported.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void test_queries(void **state) {
  (void)state;
  size_t count = 0;
  for (; imported_query(count); count++) {
    const char *mark = strchr(imported_query(count), '?');
    assert_true(mark && !strchr(mark + 1, '?'));
  }
  assert_int_equal(count, 5);
}

static const struct {
  enum imported_state state;
  uint64_t lines;
  const char *key, *numbers, *said, *text;
} told[] = {
  { IMPORTED_WHOLE, 2, "A-1", "AZ000001", "", "A-1: imported as AZ000001" },
  { IMPORTED_TWICE, 4, "A-1", "AZ000001, AZ000002", "", "A-1: imported twice: AZ000001, AZ000002" },
  { IMPORTED_PARTLY, 1, "A-1", "AZ000001", "", "A-1: AZ000001 has 1 of its 2 lines" },
  { IMPORTED_PARTLY, 1, "A-1", "AZ000001", "line 9: 8013 no",
    "A-1: AZ000001 has 1 of its 2 lines; the log refuses line 9: 8013 no" },
  { IMPORTED_REFUSED, 0, "A-1", "", "line 9: 8013 no", "A-1: rejected: line 9: 8013 no" },
  { IMPORTED_UNKNOWN, 0, "", "", "", "line 8: unknown: not seen in SL, and no log names it" },
};

static void test_told(void **state) {
  (void)state;
  struct arena *arena = arena_new();
  for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
    struct ti_document document = { .keys = { str_of(told[i].key) }, .first = 8, .last = 10, .lines = 2 };
    struct imported_document one = { .document = &document,
                                     .state = told[i].state,
                                     .numbers = str_of(told[i].numbers) };
    one.lines = told[i].lines;
    one.said = str_of(told[i].said);
    str text = imported_text(&one, arena);
    if (!str_eq(text, str_of(told[i].text))) fail_msg("%zu: <%.*s>", i, STR_ARG(text));
  }
  arena_free(arena);
}

int main(int argc, char **argv) {
  if (argc > 1 && strcmp(argv[1], "--tsql") == 0) {
    for (size_t i = 0; imported_query(i); i++) puts(imported_query(i));
    return 0;
  }
  const struct CMUnitTest tests[] = { cmocka_unit_test(test_queries), cmocka_unit_test(test_told) };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
