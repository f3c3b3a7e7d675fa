/* unit/model/test_date: days, patterns and stamps are read and written as model/date.h says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "model/date.h"

#include <string.h>
#include <time.h>

#define COUNT(table) (sizeof(table) / sizeof *(table))

static struct zone *open_zone(const char *name) {
  struct zone *zone = NULL;
  struct err err = { 0 };
  if (zone_open(name, &zone, &err)) fail_msg("%s", err.text);
  return zone;
}

/* --- days --- */

static void test_days(void **state) {
  (void)state;
  assert_int_equal(date_of(1970, 1, 1), 0);
  assert_int_equal(date_of(1969, 12, 31), -1);
  assert_int_equal(date_of(2000, 3, 1), 11017);
  assert_int_equal(date_of(1, 1, 1), -719162);
  assert_int_equal(date_of(9999, 12, 31), 2932896);
}

/* Every day from 0001 to 9999, against a walk that adds one day at a time. */
static void test_all_days(void **state) {
  int year = 1, month = 1, day = 1, y, m, d;
  (void)state;
  for (int32_t date = date_of(1, 1, 1); date <= date_of(9999, 12, 31); date++) {
    date_parts(date, &y, &m, &d);
    if (y != year || m != month || d != day || date_of(y, m, d) != date || !date_is_real(y, m, d))
      fail_msg("day %d is %d-%d-%d instead of %d-%d-%d", (int)date, y, m, d, year, month, day);
    day++;
    if (!date_is_real(year, month, day)) day = 1, month++;
    if (month == 13) month = 1, year++;
  }
  assert_int_equal(year, 10000);
}

static void test_days_against_the_library(void **state) {
  (void)state;
  for (time_t t = -30000000000; t < 60000000000; t += 86400 * 3 + 4321) {
    struct tm tm;
    int y, m, d;
    assert_non_null(gmtime_r(&t, &tm));
    date_parts((int32_t)(t / 86400 - (t % 86400 < 0)), &y, &m, &d);
    assert_true(y == tm.tm_year + 1900 && m == tm.tm_mon + 1 && d == tm.tm_mday);
  }
}

static const struct {
  int year, month, day;
  bool is_real;
} days[] = {
  { 2024, 2, 29, true },  { 2026, 2, 29, false }, { 1900, 2, 29, false }, { 2000, 2, 29, true },
  { 2026, 2, 30, false }, { 2026, 4, 31, false }, { 2026, 4, 30, true },  { 2026, 13, 1, false },
  { 2026, 0, 1, false },  { 2026, 1, 0, false },  { 2026, 1, 32, false }, { 0, 1, 1, false },
  { 10000, 1, 1, false }, { 2026, -1, 5, false }, { 2026, 5, -1, false },
};

static void test_real_days(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT(days); i++)
    assert_int_equal(date_is_real(days[i].year, days[i].month, days[i].day), days[i].is_real);
}

/* --- patterns --- */

/* The day as YYYY-MM-DD; NULL = refused. */
static const struct {
  const char *text, *pattern, *day;
} dates[] = {
  { "2026-11-03", "", "2026-11-03" },
  { "20261103", "", "2026-11-03" },
  { "03.11.2026", "", NULL },
  { "2026-11-3", "", NULL },
  { "2026-11-03 ", "", NULL },
  { " 2026-11-03", "", NULL },
  { "2026-1103", "", NULL },
  { "202611-03", "", NULL },
  { "", "", NULL },
  { "2026-02-29", "", NULL },
  { "0000-01-01", "", NULL },
  { "0001-01-01", "", "0001-01-01" },
  { "+026-01-01", "", NULL },
  { "11/03/2026", "MM/DD/YYYY", "2026-11-03" },
  { "13/03/2026", "MM/DD/YYYY", NULL },
  { "03/11/2026", "DD/MM/YYYY", "2026-11-03" },
  { "2026-11-03", "MM/DD/YYYY", NULL },
  { "on 03.11. in 2026!", "on DD.MM. in YYYY!", "2026-11-03" },
  { "2026-11-03 23:59:59", "YYYY-MM-DD HH:mm:SS", "2026-11-03" },
  { "2026-11-03 24:00:00", "YYYY-MM-DD HH:mm:SS", NULL },
  { "2026-11-03 23:60:00", "YYYY-MM-DD HH:mm:SS", NULL },
  { "2026-11-03 23:59:60", "YYYY-MM-DD HH:mm:SS", NULL },
  { "2026-11-03 23:59", "YYYY-MM-DD HH:mm:SS", NULL },
  { "2026-11", "YYYY-MM", NULL },
};

static void test_reading_by_pattern(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT(dates); i++) {
    char text[DATE_TEXT_MOST];
    int32_t date = 0;
    str day = STR_NONE;
    if (date_parse(str_of(dates[i].text), str_of(dates[i].pattern), &date))
      day = (str){ text, date_format(date, STR("YYYY-MM-DD"), text) };
    if (!str_eq(day, str_of(dates[i].day)))
      fail_msg("\"%s\" by \"%s\": \"%.*s\"", dates[i].text, dates[i].pattern, STR_ARG(day));
  }
}

static const struct {
  const char *pattern;
  bool for_days, with_time;
} patterns[] = {
  { "YYYY-MM-DD", true, true },
  { "MM/DD/YYYY", true, true },
  { "YYYYMMDD", true, true },
  { "YYYYMMDDHHmmSS", false, true },
  { "YYYY-MM-DDTHH:mm:SSZ", false, true },
  { "YYYY-MM-DD HH", false, true },
  { "", false, false },
  { "YYYY-MM", false, false },
  { "YY-MM-DD", false, false },
  { "YYYYY-MM-DD", false, false },
  { "YYYY-M-DD", false, false },
  { "YYYY-mm-DD", false, false },
  { "YYYY-MM-DD-MM", false, false },
  { "YYYY-MM-DD HH:MM", false, false },
  { "YYYY-MM-DD hh:mm:ss", false, true },
  { "yyyy-mm-dd", false, false },
  { "YYYY-MM-DD 234567890123456789012345678901234567890123456789012345", false, false },
};

static void test_good_patterns(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT(patterns); i++) {
    str pattern = str_of(patterns[i].pattern);
    if (date_pattern_is_good(pattern, false) != patterns[i].for_days ||
        date_pattern_is_good(pattern, true) != patterns[i].with_time)
      fail_msg("\"%s\"", patterns[i].pattern);
  }
}

static void test_writing(void **state) {
  char text[DATE_TEXT_MOST + 1];
  static const char wide[] = "YYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYY";
  struct zone *zone = open_zone("Asia/Kathmandu");
  stamp at = { 1793678706, 60 }; /* 2026-11-03T04:05:06Z */
  size_t len;
  (void)state;
  len = date_format(date_of(26, 1, 2), STR("DD.MM.YYYY HH"), text);
  assert_true(str_eq((str){ text, len }, STR("02.01.0026 00")));
  len = date_format_stamp(at, text);
  assert_true(str_eq((str){ text, len }, STR("2026-11-03T05:05:06+01:00")));
  len = date_format_stamp((stamp){ -1, -150 }, text);
  assert_true(str_eq((str){ text, len }, STR("1969-12-31T21:29:59-02:30")));
  len = date_format_wall(at, zone, STR("YYYY-MM-DD HH:mm:SS"), text);
  assert_true(str_eq((str){ text, len }, STR("2026-11-03 09:50:06")));
  len = date_format_wall(at, NULL, STR("HHmm"), text);
  assert_true(str_eq((str){ text, len }, STR("0505")));
  text[DATE_TEXT_MOST] = '#';
  assert_int_equal(date_format(INT32_MIN, str_of(wide), text), DATE_TEXT_MOST);
  assert_int_equal(text[DATE_TEXT_MOST], '#');
  zone_close(zone);
}

/* --- stamps --- */

/* In America/Los_Angeles, day first; as written by date_format_stamp, NULL = refused. */
static const struct {
  const char *text, *stamp;
} stamps[] = {
  { "2015-12-02T03:27:08+00:00", "2015-12-02T03:27:08+00:00" },
  { "2023-01-01 00:00:00 UTC", "2023-01-01T00:00:00+00:00" },
  { "2026-11-03T04:05:06Z", "2026-11-03T04:05:06+00:00" },
  { "2026-11-03T04:05:06.123Z", "2026-11-03T04:05:06+00:00" },
  { "2026-11-03T04:05:06,999999999+02:00", "2026-11-03T04:05:06+02:00" },
  { "2026-11-03T04:05Z", "2026-11-03T04:05:00+00:00" },
  { "2026-11-03", "2026-11-03T00:00:00-08:00" },
  { "2026-07-03", "2026-07-03T00:00:00-07:00" },
  { "2026-11-03T04:05:06", "2026-11-03T04:05:06-08:00" },
  { "03.11.2026 04:05:06 UTC", "2026-11-03T04:05:06+00:00" },
  { "03/11/2026 04:05", "2026-11-03T04:05:00-08:00" },
  { "03-11-2026", "2026-11-03T00:00:00-08:00" },
  { "14.03.2023 07:49:55 UTC", "2023-03-14T07:49:55+00:00" },
  { "2013-01-07 07:35:42 PST", "2013-01-07T07:35:42-08:00" },
  { "2013-07-07 07:35:42 PDT", "2013-07-07T07:35:42-07:00" },
  { "2013-07-07 07:35:42 MEZ", "2013-07-07T07:35:42+01:00" },
  { "2013-07-07 07:35:42 CET", "2013-07-07T07:35:42+01:00" },
  { "2013-07-07 07:35:42 MESZ", "2013-07-07T07:35:42+02:00" },
  { "2013-07-07 07:35:42 CEST", "2013-07-07T07:35:42+02:00" },
  { "2013-07-07 07:35:42 BST", "2013-07-07T07:35:42+01:00" },
  { "2013/07/07 07:35:42 JST", "2013-07-07T07:35:42+09:00" },
  { "2013-07-07 07:35:42 GMT", "2013-07-07T07:35:42+00:00" },
  { "2026-11-03T04:05:06+0530", "2026-11-03T04:05:06+05:30" },
  { "2026-11-03T04:05:06-0330", "2026-11-03T04:05:06-03:30" },
  { "2026-11-03 04:05:06 +01", "2026-11-03T04:05:06+01:00" },
  { "2026-11-03T04:05:06+14:00", "2026-11-03T04:05:06+14:00" },
  { "2026-11-03T04:05:06-00:00", "2026-11-03T04:05:06+00:00" },
  { "0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00+14:00" },
  { "9999-12-31T23:59:59-14:00", "9999-12-31T23:59:59-14:00" },
  { "2024-02-29T00:00:00Z", "2024-02-29T00:00:00+00:00" },
  /* the clock change of 2026 in Los Angeles: 02:30 is skipped, 01:30 comes twice */
  { "2026-03-08 01:59:59", "2026-03-08T01:59:59-08:00" },
  { "2026-03-08 02:30:00", "2026-03-08T03:00:00-07:00" },
  { "2026-03-08 03:00:00", "2026-03-08T03:00:00-07:00" },
  { "2026-11-01 01:30:00", "2026-11-01T01:30:00-07:00" },
  { "2026-11-01 02:00:00", "2026-11-01T02:00:00-08:00" },
  { "2026-02-30", NULL },
  { "2026-02-30T00:00:00Z", NULL },
  { "2026-11-03T24:00:00Z", NULL },
  { "2026-11-03 24:00:00", NULL },
  { "2026-11-03 23:60", NULL },
  { "2026-11-03 23:60:00 UTC", NULL },
  { "2026-11-03 23:59:60 UTC", NULL },
  { "2026-11-03T04:05:06+14:01", NULL },
  { "2026-11-03T04:05:06-15:00", NULL },
  { "2026-11-03T04:05:06+99:99", NULL },
  { "2026-11-03T04:05:06+01:60", NULL },
  { "2026-11-03T04:05:06+01:", NULL },
  { "2026-11-03T04:05:06+1:00", NULL },
  { "2026-11-03T04:05:06+", NULL },
  { "2026-11-03T04:05:06+01:00x", NULL },
  { "2026-11-03T04:05:06Zx", NULL },
  { "2026-11-03T04:05:06 ", NULL },
  { "2026-11-03T04:05:06.", NULL },
  { "2026-11-03T04:05:", NULL },
  { "2026-11-03T04", NULL },
  { "2026-11-03T", NULL },
  { "2026-11-03 ", NULL },
  { " 2026-11-03", NULL },
  { "2026-11-03x", NULL },
  { "2026-11-03Z", NULL },
  { "2026-11-03  04:05:06", NULL },
  { "2026-11-03 04:05:06 XYZ", NULL },
  { "2026-11-03 04:05:06 EST", NULL },
  { "2026-11-03 04:05:06 utc", NULL },
  { "2026-11-03 4:05:06 UTC", NULL },
  { "2026-11/03", NULL },
  { "03.11/2026", NULL },
  { "03.11.26 04:05:06", NULL },
  { "3.11.2026 04:05:06", NULL },
  { "03 11 2026", NULL },
  { "13.13.2026", NULL },
  { "20261103", NULL },
  { "0000-01-01", NULL },
  { "", NULL },
  { "Z", NULL },
};

static void test_stamps(void **state) {
  struct zone *zone = open_zone("America/Los_Angeles");
  (void)state;
  for (size_t i = 0; i < COUNT(stamps); i++) {
    char text[DATE_TEXT_MOST];
    stamp at = { 5, 5 };
    bool is_read = date_parse_stamp(str_of(stamps[i].text), DATE_DAY_FIRST, zone, &at);
    str shown = { text, date_format_stamp(at, text) };
    if (is_read != (stamps[i].stamp != NULL) || (is_read && !str_eq(shown, str_of(stamps[i].stamp))))
      fail_msg("\"%s\": %.*s", stamps[i].text, STR_ARG(shown));
    if (!is_read) assert_true(at.seconds == 5 && at.offset == 5);
  }
  zone_close(zone);
}

static void test_instant_of_a_stamp(void **state) {
  stamp at;
  (void)state;
  assert_true(date_parse_stamp(STR("2026-11-03T04:05:06+01:00"), DATE_DAY_FIRST, NULL, &at));
  assert_true(at.seconds == 1793678706 - 3600 && at.offset == 60);
  assert_true(date_parse_stamp(STR("1969-12-31T16:00:00-0800"), DATE_DAY_FIRST, NULL, &at));
  assert_true(at.seconds == 0 && at.offset == -480);
  /* without an offset there is no instant but in a zone */
  assert_false(date_parse_stamp(STR("2026-11-03T04:05:06"), DATE_DAY_FIRST, NULL, &at));
}

static void test_which_comes_first(void **state) {
  stamp at;
  (void)state;
  assert_true(date_parse_stamp(STR("03/11/2026 00:00 UTC"), DATE_DAY_FIRST, NULL, &at));
  assert_int_equal(at.seconds / 86400, date_of(2026, 11, 3));
  assert_true(date_parse_stamp(STR("03/11/2026 00:00 UTC"), DATE_MONTH_FIRST, NULL, &at));
  assert_int_equal(at.seconds / 86400, date_of(2026, 3, 11));
  assert_false(date_parse_stamp(STR("03/13/2026 00:00 UTC"), DATE_DAY_FIRST, NULL, &at));
  assert_false(date_parse_stamp(STR("13/03/2026 00:00 UTC"), DATE_MONTH_FIRST, NULL, &at));
  assert_true(date_parse_stamp(STR("2026-03-11 00:00 UTC"), DATE_MONTH_FIRST, NULL, &at));
  assert_int_equal(at.seconds / 86400, date_of(2026, 3, 11));
}

static const struct {
  const char *text;
  bool needs;
} orders[] = {
  { "03.11.2026 04:05:06 UTC", true },
  { "03/11/2026", true },
  { " 03-11-2026 ", true },
  { "25/12/2026", true },
  { "2026-11-03", false },
  { "2026/11/03 04:05:06 JST", false },
  { "20261103", false },
  { "03.11.26", false },
  { "3.11.2026", false },
  { "", false },
  { "abc", false },
  { "2026-11-03T04:05:06Z", false },
  { "12.345.678,90", false },
};

static void test_needs_order(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT(orders); i++)
    if (date_needs_order(str_of(orders[i].text)) != orders[i].needs) fail_msg("\"%s\"", orders[i].text);
}

/* Every beginning of a good stamp that ends before the clock is whole must be refused without a byte too far.
 */
static void test_cut_off_stamps(void **state) {
  static const char whole[] = "2026-11-03T04:05:06.123+01:00";
  (void)state;
  for (size_t len = 0; len < sizeof whole - 1; len++) {
    char piece[sizeof whole];
    stamp at;
    memcpy(piece, whole, len);
    bool is_read = date_parse_stamp((str){ piece, len }, DATE_DAY_FIRST, NULL, &at);
    assert_int_equal(is_read, len == 26); /* +01 */
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_days),
    cmocka_unit_test(test_all_days),
    cmocka_unit_test(test_days_against_the_library),
    cmocka_unit_test(test_real_days),
    cmocka_unit_test(test_reading_by_pattern),
    cmocka_unit_test(test_good_patterns),
    cmocka_unit_test(test_writing),
    cmocka_unit_test(test_stamps),
    cmocka_unit_test(test_instant_of_a_stamp),
    cmocka_unit_test(test_which_comes_first),
    cmocka_unit_test(test_needs_order),
    cmocka_unit_test(test_cut_off_stamps),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
