/* unit/transform/test_veil: what is personal leaves a text, and nothing else does. */
#include "transform/veil.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void veiled(const char *text, const str *secrets, size_t count, const char *want) {
  struct arena *arena = arena_new();
  str got = veil(arena, str_of(text), secrets, count);
  if (!str_eq(got, str_of(want))) fail_msg("%.*s, not %s", STR_ARG(got), want);
  arena_free(arena);
}

static void test_longest_goes(void **state) {
  (void)state;
  const str secrets[] = { STR("Ada"), STR("Ada Lane 5"), STR("") };
  veiled("Ada of Ada Lane 5", secrets, 3, "(personal) of (personal)");
  veiled("nobody", secrets, 3, "nobody");
}

static void test_short_ones_are_words(void **state) {
  (void)state;
  const str secrets[] = { STR("CA"), STR("\xc3\x89") };
  veiled("CANCELLED in CA, \xc3\x89t\xc3\xa9", secrets, 2, "CANCELLED in (personal), \xc3\x89t\xc3\xa9");
}

int main(void) {
  const struct CMUnitTest tests[] = { cmocka_unit_test(test_longest_goes),
                                      cmocka_unit_test(test_short_ones_are_words) };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
