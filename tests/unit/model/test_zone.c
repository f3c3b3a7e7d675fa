/* unit/model/test_zone: zones agree with the C library, turn their clocks, and survive damaged files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "model/date.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define COUNT(table) (sizeof(table) / sizeof *(table))

static struct zone *open_zone(const char *name) {
  struct zone *zone = NULL;
  struct err err = { 0 };
  if (zone_open(name, &zone, &err)) fail_msg("%s", err.text);
  return zone;
}

static int64_t at(int year, int month, int day, int hour, int minute, int second) {
  return date_of(year, month, day) * (int64_t)86400 + hour * 3600 + minute * 60 + second;
}

/* --- clock changes: the instant in UTC, and the offsets before and from it, in minutes --- */

static const struct {
  const char *zone;
  int year, month, day, hour, before, after;
} changes[] = {
  { "America/Los_Angeles", 2026, 3, 8, 10, -480, -420 },
  { "America/Los_Angeles", 2026, 11, 1, 9, -420, -480 },
  { "America/Los_Angeles", 1970, 4, 26, 10, -480, -420 },
  { "America/Los_Angeles", 1970, 10, 25, 9, -420, -480 },
  { "America/Los_Angeles", 2090, 3, 12, 10, -480, -420 },
  { "America/Los_Angeles", 2090, 11, 5, 9, -420, -480 },
  { "Europe/Berlin", 2026, 3, 29, 1, 60, 120 },
  { "Europe/Berlin", 2026, 10, 25, 1, 120, 60 },
  { "Europe/Berlin", 2090, 3, 26, 1, 60, 120 },
  { "Europe/Berlin", 2090, 10, 29, 1, 120, 60 },
  { "Australia/Sydney", 2026, 4, 4, 16, 660, 600 },
  { "Australia/Sydney", 2026, 10, 3, 16, 600, 660 },
  { "Australia/Sydney", 2090, 4, 1, 16, 660, 600 },
  { "Australia/Sydney", 2090, 9, 30, 16, 600, 660 },
};

static void test_changes(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT(changes); i++) {
    struct zone *zone = open_zone(changes[i].zone);
    int64_t change = at(changes[i].year, changes[i].month, changes[i].day, changes[i].hour, 0, 0);
    int32_t before = changes[i].before * 60, after = changes[i].after * 60;
    assert_int_equal(zone_offset(zone, change - 1), before);
    assert_int_equal(zone_offset(zone, change), after);

    /* a quarter of an hour into the hour that is skipped or comes twice */
    int64_t wall = change + (before < after ? before : after) + 900;
    assert_true(zone_instant(zone, wall) == (before < after ? change : wall - before));
    assert_true(zone_instant(zone, change + before - 1) == change - 1);
    int64_t beyond = change + (before > after ? before : after);
    assert_true(zone_instant(zone, beyond) == beyond - after);
    zone_close(zone);
  }
}

static void test_steady_zones(void **state) {
  static const struct {
    const char *name;
    int32_t offset;
  } zones[] = { { "Asia/Kolkata", 19800 },
                { "Asia/Kathmandu", 20700 },
                { "Asia/Tokyo", 32400 },
                { "Africa/Casablanca", 3600 },
                { "UTC", 0 },
                { "Etc/GMT+12", -43200 } };
  (void)state;
  for (size_t i = 0; i < COUNT(zones); i++) {
    struct zone *zone = open_zone(zones[i].name);
    assert_int_equal(zone_offset(zone, at(2090, 7, 1, 0, 0, 0)), zones[i].offset);
    assert_int_equal(zone_offset(zone, at(9999, 12, 31, 0, 0, 0)), zones[i].offset);
    assert_string_equal(zone_name(zone), zones[i].name);
    zone_close(zone);
  }
}

static void test_days(void **state) {
  struct zone *angeles = open_zone("America/Los_Angeles"), *kathmandu = open_zone("Asia/Kathmandu");
  (void)state;
  assert_int_equal(zone_day(angeles, at(2026, 11, 3, 4, 5, 6)), date_of(2026, 11, 2));
  /* 2026-10-31T24:00 in Los Angeles is 07:00 UTC, a month later 08:00 UTC */
  assert_int_equal(zone_day(angeles, at(2026, 11, 1, 6, 59, 59)), date_of(2026, 10, 31));
  assert_int_equal(zone_day(angeles, at(2026, 11, 1, 7, 0, 0)), date_of(2026, 11, 1));
  assert_int_equal(zone_day(angeles, at(2026, 12, 1, 7, 59, 59)), date_of(2026, 11, 30));
  assert_int_equal(zone_day(angeles, at(2026, 12, 1, 8, 0, 0)), date_of(2026, 12, 1));
  assert_int_equal(zone_day(angeles, 0), date_of(1969, 12, 31));
  assert_int_equal(zone_day(kathmandu, at(2026, 11, 3, 18, 14, 59)), date_of(2026, 11, 3));
  assert_int_equal(zone_day(kathmandu, at(2026, 11, 3, 18, 15, 0)), date_of(2026, 11, 4));
  zone_close(angeles);
  zone_close(kathmandu);
}

/* Samoa had no 2011-12-30: its instant is that of the change. */
static void test_a_day_that_never_was(void **state) {
  struct zone *zone = open_zone("Pacific/Apia");
  int64_t change = at(2011, 12, 30, 10, 0, 0);
  (void)state;
  assert_true(zone_instant(zone, at(2011, 12, 30, 12, 0, 0)) == change);
  assert_true(zone_instant(zone, at(2011, 12, 30, 0, 0, 0)) == change);
  assert_int_equal(zone_day(zone, change - 1), date_of(2011, 12, 29));
  assert_int_equal(zone_day(zone, change), date_of(2011, 12, 31));
  zone_close(zone);
}

static void test_far_away(void **state) {
  struct zone *zone = open_zone("America/Los_Angeles");
  (void)state;
  assert_int_equal(zone_offset(zone, INT64_MAX) % 3600, 0);
  zone_offset(zone, INT64_MIN);
  assert_true(zone_day(zone, INT64_MIN) < date_of(1, 1, 1));
  assert_true(zone_day(zone, INT64_MAX) > date_of(9999, 12, 31));
  assert_true(zone_instant(zone, INT64_MIN) < zone_instant(zone, INT64_MAX));
  zone_close(zone);
}

/* --- the C library as judge --- */

static uint64_t next_random(uint64_t *seed) {
  *seed = *seed * 6364136223846793005u + 1442695040888963407u;
  return *seed >> 16;
}

static int64_t offset_of_library(int64_t seconds) {
  time_t t = (time_t)seconds;
  struct tm tm;
  assert_non_null(localtime_r(&t, &tm));
  return at(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec) - seconds;
}

static void compare_instant(const struct zone *zone, int64_t seconds) {
  int32_t offset = zone_offset(zone, seconds);
  if (offset != offset_of_library(seconds))
    fail_msg("%s at %lld: %d", zone_name(zone), (long long)seconds, (int)offset);

  /* The wall clock leads back to this instant, or to an earlier one with the same reading. */
  int64_t back = zone_instant(zone, seconds + offset);
  assert_true(back <= seconds && back + zone_offset(zone, back) == seconds + offset);
  assert_true(back == seconds || seconds - back < 2 * 86400);
}

static void test_against_the_library(void **state) {
  static const char *const names[] = {
    "America/Los_Angeles", "Europe/Berlin",   "Australia/Sydney", "Asia/Kolkata",        "Asia/Kathmandu",
    "Europe/London",       "Europe/Dublin",   "America/New_York", "Australia/Lord_Howe", "America/Nuuk",
    "Africa/Casablanca",   "Asia/Gaza",       "America/Santiago", "Pacific/Chatham",     "Asia/Tokyo",
    "America/St_Johns",    "Africa/Cairo",    "America/Havana",   "Pacific/Apia",        "Asia/Jerusalem",
    "America/Sao_Paulo",   "Europe/Istanbul", "Antarctica/Troll", "Etc/GMT-14",          "UTC"
  };
  const int64_t from = at(1902, 1, 1, 0, 0, 0), to = at(2200, 1, 1, 0, 0, 0);
  (void)state;
  for (size_t i = 0; i < COUNT(names); i++) {
    struct zone *zone = open_zone(names[i]);
    uint64_t seed = i;
    setenv("TZ", names[i], 1);
    tzset();
    for (int n = 0; n < 5000; n++)
      compare_instant(zone, from + (int64_t)(next_random(&seed) % (uint64_t)(to - from)));
    /* hour by hour where the table is at its densest, and where only the rule is left */
    for (int64_t t = at(2025, 12, 20, 0, 0, 0); t < at(2027, 1, 10, 0, 0, 0); t += 3600)
      compare_instant(zone, t);
    for (int64_t t = at(2089, 12, 20, 0, 0, 0); t < at(2091, 1, 10, 0, 0, 0); t += 3600)
      compare_instant(zone, t);
    zone_close(zone);
  }
  unsetenv("TZ");
}

/* --- names --- */

static void test_names_that_are_none(void **state) {
  static const char *const names[] = { "",
                                       "..",
                                       "../UTC",
                                       "/etc/passwd",
                                       "Nowhere",
                                       "US/Nowhere",
                                       "America",
                                       "America/../UTC",
                                       "zone.tab",
                                       "tzdata.zi",
                                       "a b",
                                       "America/Los_Angeles ",
                                       "Etc/\n",
                                       "Etc\\UTC",
                                       "PST8PDT,M3.2.0",
                                       "utc" };
  (void)state;
  for (size_t i = 0; i < COUNT(names); i++) {
    char expected[256];
    struct zone *zone = NULL;
    struct err err = { 0 };
    snprintf(expected, sizeof expected,
             "no time zone \"%s\"; the names are those of the tz database, such as America/Los_Angeles",
             names[i]);
    assert_int_equal(zone_open(names[i], &zone, &err), OUT_SPEC);
    assert_null(zone);
    assert_string_equal(err.text, expected);
  }
}

/* --- files of our own --- */

struct place {
  char folder[64], path[96];
};

static void place_make(struct place *place) {
  snprintf(place->folder, sizeof place->folder, "/tmp/test_zone.XXXXXX");
  assert_non_null(mkdtemp(place->folder));
  snprintf(place->path, sizeof place->path, "%s/Own", place->folder);
  setenv("TZDIR", place->folder, 1);
}

static void place_remove(const struct place *place) {
  unlink(place->path);
  rmdir(place->folder);
  unsetenv("TZDIR");
}

static void put_file(const struct place *place, const char *bytes, size_t len) {
  FILE *file = fopen(place->path, "wb");
  assert_non_null(file);
  assert_int_equal(fwrite(bytes, 1, len, file), len);
  fclose(file);
}

static enum outcome open_own(struct zone **zone) {
  struct err err = { 0 };
  return zone_open("Own", zone, &err);
}

static void put_number(char *at_byte, uint32_t number) {
  for (int i = 0; i < 4; i++) at_byte[i] = (char)(number >> (24 - 8 * i));
}

/* A whole file: no changes, one type, UTC, and the rule. */
static size_t file_with_rule(const char *rule, char bytes[256]) {
  memset(bytes, 0, 256);
  for (char *header = bytes; header <= bytes + 44; header += 44) {
    memcpy(header, "TZif2", 5);
    put_number(header + 36, header == bytes ? 0 : 1);
    put_number(header + 40, header == bytes ? 0 : 4);
  }
  memcpy(bytes + 88 + 6, "UTC", 4);
  return 98 + (size_t)snprintf(bytes + 98, 256 - 98, "\n%s\n", rule);
}

static const struct {
  const char *rule;
  int month, day, hour; /* of 2028, in UTC */
  int32_t offset;       /* then, seconds; -1 = the file is refused */
} rules[] = {
  { "", 7, 1, 0, 0 },
  { "UTC0", 7, 1, 0, 0 },
  { "<+0530>-5:30", 7, 1, 0, 19800 },
  { "ABC3:04:05", 7, 1, 0, -(3 * 3600 + 4 * 60 + 5) },
  { "PST8PDT,M3.2.0,M11.1.0", 7, 1, 0, -25200 },
  { "PST8PDT,M3.2.0,M11.1.0", 12, 1, 0, -28800 },
  { "PST8PDT7:30,M3.2.0,M11.1.0", 7, 1, 0, -27000 },
  /* J60 is March 1 in a leap year too, 60 counts from zero and is March 1 only in a leap year */
  { "AAA0BBB,J60/0,J300", 2, 29, 23, 0 },
  { "AAA0BBB,J60/0,J300", 3, 1, 0, 3600 },
  { "AAA0BBB,J59/0,J300", 2, 27, 23, 0 },
  { "AAA0BBB,J59/0,J300", 2, 28, 0, 3600 },
  { "AAA0BBB,60/0,300", 2, 29, 23, 0 },
  { "AAA0BBB,60/0,300", 3, 1, 0, 3600 },
  { "AAA0BBB,59/0,300", 2, 29, 0, 3600 },
  { "AAA0BBB,0/0,J365/25", 1, 1, 0, 3600 },
  { "AAA0BBB,0/0,J365/25", 12, 31, 23, 3600 },
  { "AAA0BBB,M7.1.6/-25,J300", 6, 29, 22, 0 }, /* Saturday July 1, 25 hours earlier */
  { "AAA0BBB,M7.1.6/-25,J300", 6, 29, 23, 3600 },
  { "AAA0BBB,M2.5.2/0,J300", 2, 29, 0, 3600 }, /* the last Tuesday of February is the 29th */
  { "AAA0BBB,M2.5.3/0,J300", 2, 22, 23, 0 },
  { "AAA0BBB,M2.5.3/0,J300", 2, 23, 0, 3600 },
  { "AAA0BBB,J300,J60/167", 3, 7, 21, 3600 }, /* a week after March 1, in summer time until 22:00 UTC */
  { "AAA0BBB,J300,J60/167", 3, 7, 22, 0 },
  { "AAA0BBB,J1/-2,J180", 12, 31, 21, 0 }, /* next year's summer starts in this one */
  { "AAA0BBB,J1/-2,J180", 12, 31, 22, 3600 },
  { "PST8PDT", 7, 1, 0, -1 },
  { "PST", 7, 1, 0, -1 },
  { "PS8", 7, 1, 0, -1 },
  { "<PST8", 7, 1, 0, -1 },
  { "PST25", 7, 1, 0, -1 },
  { "PST8:60", 7, 1, 0, -1 },
  { "PST8PDT,M3.2.0", 7, 1, 0, -1 },
  { "PST8PDT,M13.2.0,M11.1.0", 7, 1, 0, -1 },
  { "PST8PDT,M0.2.0,M11.1.0", 7, 1, 0, -1 },
  { "PST8PDT,M3.6.0,M11.1.0", 7, 1, 0, -1 },
  { "PST8PDT,M3.2.7,M11.1.0", 7, 1, 0, -1 },
  { "PST8PDT,M3.2,M11.1.0", 7, 1, 0, -1 },
  { "PST8PDT,J0,J60", 7, 1, 0, -1 },
  { "PST8PDT,J366,J60", 7, 1, 0, -1 },
  { "PST8PDT,366,J60", 7, 1, 0, -1 },
  { "PST8PDT,J1/168,J60", 7, 1, 0, -1 },
  { "PST8PDT,J1/,J60", 7, 1, 0, -1 },
  { "PST8PDT,M3.2.0,M11.1.0,", 7, 1, 0, -1 },
  { "PST8PDT,M99999999999.2.0,M11.1.0", 7, 1, 0, -1 },
};

static void test_rules(void **state) {
  struct place place;
  (void)state;
  place_make(&place);
  for (size_t i = 0; i < COUNT(rules); i++) {
    char bytes[256];
    struct zone *zone = NULL;
    put_file(&place, bytes, file_with_rule(rules[i].rule, bytes));
    enum outcome outcome = open_own(&zone);
    int32_t offset = -1;
    if (!outcome) offset = zone_offset(zone, at(2028, rules[i].month, rules[i].day, rules[i].hour, 0, 0));
    if (offset != rules[i].offset)
      fail_msg("%s: %d instead of %d", rules[i].rule, (int)offset, (int)rules[i].offset);
    if (outcome) assert_int_equal(outcome, OUT_SYSTEM);
    zone_close(zone);
  }
  place_remove(&place);
}

static size_t read_system_file(const char *name, char *bytes, size_t room) {
  char path[128];
  snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", name);
  FILE *file = fopen(path, "rb");
  if (!file) return 0;
  size_t len = fread(bytes, 1, room, file);
  fclose(file);
  return len;
}

static void use(struct zone *zone) {
  zone_offset(zone, 0);
  zone_instant(zone, at(2026, 3, 8, 2, 30, 0));
  zone_day(zone, at(2090, 7, 1, 0, 0, 0));
  zone_close(zone);
}

/* A file cut off anywhere is refused: nothing of it is optional. */
static void test_cut_off_files(void **state) {
  struct place place;
  char bytes[8192];
  size_t len = read_system_file("Europe/Berlin", bytes, sizeof bytes);
  (void)state;
  if (!len) skip();
  place_make(&place);
  for (size_t cut = 0; cut < len; cut++) {
    struct zone *zone = NULL;
    put_file(&place, bytes, cut);
    assert_int_equal(open_own(&zone), cut < 4 ? OUT_SPEC : OUT_SYSTEM);
  }
  put_file(&place, bytes, len);
  struct zone *zone = NULL;
  assert_int_equal(open_own(&zone), OUT_OK);
  zone_close(zone);
  place_remove(&place);
}

/* Any byte may be wrong; what opens nevertheless can be used. A sanitizer is the judge. */
static void test_damaged_files(void **state) {
  static const unsigned char masks[] = { 0x01, 0x80, 0xff };
  struct place place;
  char bytes[8192];
  size_t len = read_system_file("Australia/Sydney", bytes, sizeof bytes);
  (void)state;
  if (!len) skip();
  place_make(&place);
  for (size_t i = 0; i < len; i++)
    for (size_t m = 0; m < COUNT(masks); m++) {
      struct zone *zone = NULL;
      bytes[i] = (char)((unsigned char)bytes[i] ^ masks[m]);
      put_file(&place, bytes, len);
      if (!open_own(&zone)) use(zone);
      bytes[i] = (char)((unsigned char)bytes[i] ^ masks[m]);
    }
  place_remove(&place);
}

/* Leap seconds are not our seconds, and version 1 ends in 2038. */
static void test_files_of_another_kind(void **state) {
  struct place place;
  char bytes[256];
  struct zone *zone = NULL;
  size_t len = file_with_rule("UTC0", bytes);
  (void)state;
  place_make(&place);
  bytes[4] = '\0';
  put_file(&place, bytes, len);
  assert_int_equal(open_own(&zone), OUT_SYSTEM);
  bytes[4] = '2';
  put_number(bytes + 44 + 28, 1);
  put_file(&place, bytes, len);
  assert_int_equal(open_own(&zone), OUT_SYSTEM);
  /* two changes at one time */
  len = file_with_rule("UTC0", bytes);
  put_number(bytes + 44 + 32, 2);
  memmove(bytes + 88 + 18, bytes + 88, len - 88);
  memset(bytes + 88, 0, 18);
  put_file(&place, bytes, len + 18);
  assert_int_equal(open_own(&zone), OUT_SYSTEM);
  bytes[88 + 15] = 1;
  put_file(&place, bytes, len + 18);
  assert_int_equal(open_own(&zone), OUT_OK);
  zone_close(zone);
  /* no types at all */
  len = file_with_rule("UTC0", bytes);
  put_number(bytes + 44 + 36, 0);
  memmove(bytes + 88, bytes + 94, len - 94);
  put_file(&place, bytes, len - 6);
  assert_int_equal(open_own(&zone), OUT_SYSTEM);
  place_remove(&place);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_changes),
    cmocka_unit_test(test_steady_zones),
    cmocka_unit_test(test_days),
    cmocka_unit_test(test_a_day_that_never_was),
    cmocka_unit_test(test_far_away),
    cmocka_unit_test(test_against_the_library),
    cmocka_unit_test(test_names_that_are_none),
    cmocka_unit_test(test_rules),
    cmocka_unit_test(test_cut_off_files),
    cmocka_unit_test(test_damaged_files),
    cmocka_unit_test(test_files_of_another_kind),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
