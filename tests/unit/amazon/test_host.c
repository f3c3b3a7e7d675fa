/* unit/amazon/test_host: what a breaker is called by, with nothing of a key in it. */
#include "amazon/amazon.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_host(void **state) {
  (void)state;
  static const struct {
    const char *url, *host;
  } cases[] = {
    { "https://a.example.com/x/y.csv", "a.example.com" },  { "https://a.example.com", "a.example.com" },
    { "http://127.0.0.1:8080/x?key=1", "127.0.0.1:8080" }, { "https://a.example.com?key=1", "a.example.com" },
    { "https://me:key@a.example.com/x", "a.example.com" }, { "https://m@e:k@a.example.com", "a.example.com" },
  };
  struct arena *arena = arena_new();
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    assert_string_equal(amazon_host(arena, cases[i].url), cases[i].host);
  arena_free(arena);
}

int main(void) {
  const struct CMUnitTest tests[] = { cmocka_unit_test(test_host) };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
