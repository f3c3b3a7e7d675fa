/* unit/model/test_calendar: fiscal periods from a sheet. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "model/calendar.h"
#include "model/date.h"

#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof *(table))

static const char months[] = "period,start,end,status\n"
                             "202611,2026-11-01,2026-11-30,closed\n"
                             "202612,2026-12-01,2026-12-31,open\n"
                             "202701,2027-01-01,2027-01-31,closed\n"
                             "202702,2027-02-01,2027-02-28,open\n"
                             "202703,2027-03-01,2027-03-31,closed\n";

static const struct calendar *parse(struct arena *arena, const char *text) {
  const struct calendar *calendar = NULL;
  struct err err = { 0 };
  if (calendar_parse(STR("calendar.csv"), str_of(text), arena, &calendar, &err))
    fail_msg("line %d: %s", (int)err.line, err.text);
  return calendar;
}

static int32_t period_on(const struct calendar *calendar, int year, int month, int day) {
  int32_t period = 0;
  return calendar_period(calendar, date_of(year, month, day), &period) ? period : -1;
}

static void test_periods_of_days(void **state) {
  struct arena *arena = arena_new();
  const struct calendar *calendar = parse(arena, months);
  int32_t start, end;
  (void)state;
  assert_int_equal(period_on(calendar, 2026, 10, 31), -1);
  assert_int_equal(period_on(calendar, 2026, 11, 1), 202611);
  assert_int_equal(period_on(calendar, 2026, 11, 30), 202611);
  assert_int_equal(period_on(calendar, 2026, 12, 1), 202612);
  assert_int_equal(period_on(calendar, 2026, 12, 31), 202612);
  assert_int_equal(period_on(calendar, 2027, 1, 1), 202701);
  assert_int_equal(period_on(calendar, 2027, 3, 31), 202703);
  assert_int_equal(period_on(calendar, 2027, 4, 1), -1);
  calendar_range(calendar, &start, &end);
  assert_int_equal(start, date_of(2026, 11, 1));
  assert_int_equal(end, date_of(2027, 3, 31));
  assert_true(calendar_bounds(calendar, 202702, &start, &end));
  assert_int_equal(start, date_of(2027, 2, 1));
  assert_int_equal(end, date_of(2027, 2, 28));
  assert_false(calendar_bounds(calendar, 202704, &start, &end));
  arena_free(arena);
}

static void test_open_and_closed(void **state) {
  struct arena *arena = arena_new();
  const struct calendar *calendar = parse(arena, months);
  int32_t open = 0;
  (void)state;
  assert_false(calendar_is_open(calendar, 202611));
  assert_true(calendar_is_open(calendar, 202612));
  assert_false(calendar_is_open(calendar, 209901));
  assert_true(calendar_first_open(calendar, 202611, &open) && open == 202612);
  assert_true(calendar_first_open(calendar, 202612, &open) && open == 202612);
  assert_true(calendar_first_open(calendar, 202701, &open) && open == 202702);
  assert_true(calendar_first_open(calendar, 199001, &open) && open == 202612);
  assert_false(calendar_first_open(calendar, 202703, &open));
  arena_free(arena);
}

/* Sheets as people save them; all say that 2026-03-15 lies in 202609 and that this period is open. */
static const char *const ways[] = {
  "period,start,end\n202609,2026-03-01,2026-03-31\n",
  "\xef\xbb\xbfPeriod;Start;End;Status\r\n202609;2026-03-01;2026-03-31;Open\r\n\r\n;;;\r\n",
  "note,STATUS, end ,Start,Peri-od\nours, OPEN ,20260331, 20260301 ,202609",
  "\n\"period\",\"s_t a-r t\",\"end\",\"status\"\n\"202609\",\"2026-03-01\",\"2026-03-31\",\"open\"\n",
};

static void test_ways_to_write_it(void **state) {
  struct arena *arena = arena_new();
  (void)state;
  for (size_t i = 0; i < COUNT(ways); i++) {
    const struct calendar *calendar = parse(arena, ways[i]);
    assert_int_equal(period_on(calendar, 2026, 3, 15), 202609);
    assert_true(calendar_is_open(calendar, 202609));
  }
  arena_free(arena);
}

static void test_thirteen_periods_of_four_weeks(void **state) {
  struct arena *arena = arena_new();
  const struct calendar *calendar = parse(arena, "period,start,end\n"
                                                 "202512,2025-11-03,2025-11-30\n"
                                                 "202513,2025-12-01,2026-01-04\n"
                                                 "202601,2026-01-05,2026-02-01\n");
  (void)state;
  assert_int_equal(period_on(calendar, 2026, 1, 4), 202513);
  assert_int_equal(period_on(calendar, 2026, 1, 5), 202601);
  arena_free(arena);
}

#define HEAD  "period,start,end,status\n"
#define FIRST HEAD "202601,2026-01-01,2026-01-31,open\n"

static const struct {
  const char *text;
  unsigned line, column;
  const char *message;
} faults[] = {
  { "", 1, 1, "the fiscal calendar is empty" },
  { "\n \n,,\n", 1, 1, "the fiscal calendar is empty" },
  { HEAD, 1, 1, "the fiscal calendar has no periods" },
  { "period,from,end\n", 1, 1,
    "no column \"start\"; a fiscal calendar has the columns period, start, end, status" },
  { "period,start,end,Start\n", 1, 18, "two columns are named \"start\"" },
  { HEAD "202600,2026-01-01,2026-01-31,open\n", 2, 1, "period: \"202600\" is no period YYYYPP (01 to 13)" },
  { HEAD "202614,2026-01-01,2026-01-31,open\n", 2, 1, "period: \"202614\" is no period YYYYPP (01 to 13)" },
  { HEAD "\n202601,2026-02-30,2026-03-31,open\n", 3, 8, "start: \"2026-02-30\" is no date YYYY-MM-DD" },
  { HEAD "202601, 2026-01-01,31.01.2026,open\n", 2, 20, "end: \"31.01.2026\" is no date YYYY-MM-DD" },
  { HEAD "202601,2026-01-01\n", 2, 18, "end: \"\" is no date YYYY-MM-DD" },
  { HEAD "202601,2026-01-01,2026-01-31,shut\n", 2, 30, "status: \"shut\" is neither open nor closed" },
  { HEAD "202601,2026-01-01,2026-01-31,\n", 2, 30, "status: \"\" is neither open nor closed" },
  { HEAD "202601,2026-01-31,2026-01-01,open\n", 2, 19, "period 202601 ends before it starts" },
  { FIRST "202601,2026-02-01,2026-02-28,open\n", 3, 1, "period 202601 does not follow 202601" },
  { FIRST "202603,2026-02-01,2026-02-28,open\n", 3, 1, "period 202603 does not follow 202601" },
  { FIRST "202702,2026-02-01,2026-02-28,open\n", 3, 1, "period 202702 does not follow 202601" },
  { FIRST "202602,2026-02-02,2026-02-28,open\n", 3, 8,
    "period 202602 must start on 2026-02-01, the day after period 202601 ends" },
  { FIRST "202602,2026-01-31,2026-02-28,open\n", 3, 8,
    "period 202602 must start on 2026-02-01, the day after period 202601 ends" },
};

static void test_faults(void **state) {
  struct arena *arena = arena_new();
  (void)state;
  for (size_t i = 0; i < COUNT(faults); i++) {
    const struct calendar *calendar = NULL;
    struct err err = { 0 };
    assert_int_equal(calendar_parse(STR("calendar.csv"), str_of(faults[i].text), arena, &calendar, &err),
                     OUT_SPEC);
    assert_null(calendar);
    assert_string_equal(err.text, faults[i].message);
    assert_string_equal(err.file, "calendar.csv");
    assert_int_equal(err.line, faults[i].line);
    assert_int_equal(err.column, faults[i].column);
  }
  arena_free(arena);
}

static const struct {
  const char *pattern, *text;
  int32_t period;
} texts[] = {
  { "YYYYPP", "202601", 202601 },   { "YYYYPP", "202613", 202613 },   { "YYYYMM", "202601", 202601 },
  { "MM-YYYY", "01-2026", 202601 }, { "YYYY-MM", "2026-12", 202612 }, { "PP.YYYY", "07.0001", 107 },
};

static const struct {
  const char *pattern, *text;
} refused[] = {
  { "YYYYPP", "" },         { "YYYYPP", "20260" },    { "YYYYPP", "2026011" }, { "YYYYPP", "202600" },
  { "YYYYPP", "202614" },   { "YYYYPP", "000001" },   { "YYYYPP", "2026-1" },  { "YYYYPP", "-02601" },
  { "MM-YYYY", "01/2026" }, { "MM-YYYY", "2026-01" }, { "YYYYPP", "2o2601" },
};

static void test_texts(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT(texts); i++) {
    char text[16];
    int32_t period = 0;
    size_t len = period_format(texts[i].period, str_of(texts[i].pattern), text, sizeof text);
    assert_true(str_eq((str){ text, len }, str_of(texts[i].text)));
    assert_true(period_parse(str_of(texts[i].text), str_of(texts[i].pattern), &period));
    assert_int_equal(period, texts[i].period);
  }
  for (size_t i = 0; i < COUNT(refused); i++) {
    int32_t period = 5;
    if (period_parse(str_of(refused[i].text), str_of(refused[i].pattern), &period))
      fail_msg("\"%s\" is read by %s", refused[i].text, refused[i].pattern);
    assert_int_equal(period, 5);
  }
}

static void test_room_is_kept(void **state) {
  char text[8];
  (void)state;
  memset(text, '#', sizeof text);
  assert_int_equal(period_format(202601, STR("YYYY-MM"), text, 5), 5);
  assert_memory_equal(text, "2026-###", 8);
  assert_int_equal(period_format(202601, STR("YYYY"), text, 0), 0);
}

static void test_patterns(void **state) {
  static const char *const good[] = { "YYYYPP", "MM-YYYY", "YYYY/PP", "no. PP of YYYY" };
  static const char *const bad[] = { "",      "YYYY",     "PP",    "YYYYPPMM", "YYYYYYYYPP",
                                     "YYPP",  "YYYYP",    "YYYYM", "YYYY-MMM", "YYYYPPP",
                                     "PP-PP", "YYYYPP-Y", "202601" };
  (void)state;
  for (size_t i = 0; i < COUNT(good); i++) assert_true(period_pattern_is_good(str_of(good[i])));
  for (size_t i = 0; i < COUNT(bad); i++)
    if (period_pattern_is_good(str_of(bad[i]))) fail_msg("\"%s\" passes", bad[i]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_periods_of_days),  cmocka_unit_test(test_open_and_closed),
    cmocka_unit_test(test_ways_to_write_it), cmocka_unit_test(test_thirteen_periods_of_four_weeks),
    cmocka_unit_test(test_faults),           cmocka_unit_test(test_texts),
    cmocka_unit_test(test_room_is_kept),     cmocka_unit_test(test_patterns),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
