/* unit/io/test_hex: every byte there and back, and texts that are not taken. */
#include "io/hex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_all(void **state) {
  (void)state;
  uint8_t bytes[256], back[256];
  char text[513];
  for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (uint8_t)i;
  hex_write(bytes, sizeof bytes, text);
  assert_memory_equal(text, "000102", 6);
  assert_string_equal(text + 506, "fdfeff");
  assert_true(hex_read(str_of(text), back, sizeof back));
  assert_memory_equal(back, bytes, sizeof bytes);
  hex_write(bytes, 0, text);
  assert_string_equal(text, "");
  assert_true(hex_read(STR_NONE, back, 0));
}

static void test_refused(void **state) {
  (void)state;
  static const char *const texts[] = { "",     "0",     "012",    "01 2", "012g", "01AB",
                                       "0x12", "01234", "012345", "-123", "01:3", "/123" };
  uint8_t bytes[2];
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    if (hex_read(str_of(texts[i]), bytes, sizeof bytes)) fail_msg("%s was taken", texts[i]);
}

int main(void) {
  const struct CMUnitTest tests[] = { cmocka_unit_test(test_all), cmocka_unit_test(test_refused) };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
