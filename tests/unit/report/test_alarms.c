/* unit/report/test_alarms: files without an answer, for people and for machines. */
#include "report/alarms.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct alarm alarm_of(int64_t age) {
  return (struct alarm){ .feed = STR("goods"),
                         .file = STR("a.txt"),
                         .place = STR("inbox/goods/a.txt"),
                         .age = age,
                         .what = STR("no run has taken it") };
}

static void text_is(int64_t age, const char *want) {
  struct buf text = buf_new(4096);
  struct alarm alarm = alarm_of(age);
  alarms_text(&alarm, 1, &text);
  assert_int_equal(text.len, strlen(want));
  assert_memory_equal(text.at, want, text.len);
  buf_free(&text);
}

static void ages_are_told_in_fitting_units(void **state) {
  (void)state;
  text_is(90,
          "ALARM: 1 file has had no answer\n\n  goods  inbox/goods/a.txt  for 1 min: no run has taken it\n");
  text_is(86400,
          "ALARM: 1 file has had no answer\n\n  goods  inbox/goods/a.txt  for 24 h: no run has taken it\n");
  text_is(5 * 86400,
          "ALARM: 1 file has had no answer\n\n  goods  inbox/goods/a.txt  for 5 days: no run has taken it\n");
}

static void many_are_counted(void **state) {
  (void)state;
  struct buf text = buf_new(1 << 16);
  struct alarm alarms[ALARMS_SHOWN + 7];
  for (size_t i = 0; i < ALARMS_SHOWN + 7; i++) alarms[i] = alarm_of(7200);
  alarms_text(alarms, ALARMS_SHOWN + 7, &text);
  assert_true(str_ends(buf_str(&text), STR("  and 7 more\n")));
  size_t lines = 0;
  for (size_t i = 0; i < text.len; i++) lines += text.at[i] == '\n';
  assert_int_equal(lines, ALARMS_SHOWN + 3);
  buf_free(&text);
}

static void machines_get_all(void **state) {
  (void)state;
  struct buf text = buf_new(1 << 16);
  struct alarm alarms[] = { alarm_of(60), alarm_of(61) };
  alarms[1].file = STR("q\"\xff.txt");
  alarms_json(NULL, 0, &text);
  assert_true(str_eq(buf_str(&text), STR("[]")));
  buf_clear(&text);
  alarms_json(alarms, 2, &text);
  buf_char(&text, '\0');
  assert_non_null(strstr(text.at, "\"age-seconds\": 61"));
  assert_non_null(strstr(text.at, "q\\\"\\ufffd.txt"));
  buf_free(&text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(ages_are_told_in_fitting_units),
    cmocka_unit_test(many_are_counted),
    cmocka_unit_test(machines_get_all),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
