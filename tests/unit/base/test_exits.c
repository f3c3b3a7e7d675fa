/* unit/base/test_exits: the worst of many ends, and which of them a second try would not change. */
#include "base/exits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct {
  int code;
  bool is_good, is_final;
} worst_first[] = {
  { EXIT_USAGE, false, false }, { EXIT_CONFIG, false, false },      { EXIT_PROOF, false, true },
  { EXIT_DATA, false, true },   { EXIT_UNAVAILABLE, false, false }, { EXIT_AGAIN, false, false },
  { EXIT_REVIEW, true, true },  { EXIT_CLEAN, true, true },
};
enum { CODES = sizeof worst_first / sizeof *worst_first };

static void test_worse(void **state) {
  (void)state;
  for (size_t i = 0; i < CODES; i++)
    for (size_t j = i; j < CODES; j++) {
      assert_int_equal(exit_worse(worst_first[i].code, worst_first[j].code), worst_first[i].code);
      assert_int_equal(exit_worse(worst_first[j].code, worst_first[i].code), worst_first[i].code);
    }
}

static void test_final(void **state) {
  (void)state;
  for (size_t i = 0; i < CODES; i++) {
    assert_int_equal(exit_is_good(worst_first[i].code), worst_first[i].is_good);
    assert_int_equal(exit_is_final(worst_first[i].code), worst_first[i].is_final);
  }
  assert_false(exit_is_final(255));
}

int main(void) {
  const struct CMUnitTest tests[] = { cmocka_unit_test(test_worse), cmocka_unit_test(test_final) };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
