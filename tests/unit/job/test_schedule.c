/* unit/job/test_schedule: when a night begins, what is due in it, and in what order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "job/schedule.h"
#include "io/file.h"

#include <stdlib.h>
#include <string.h>

static char folder[64];
static struct arena *arena;
static struct library *library;
static struct site site;
static struct ledger *ledger;
static struct schedule schedule;

static int enter(void **state) {
  (void)state;
  struct err err = { 0 };
  size_t torn;
  arena = arena_new();
  strcpy(folder, "/tmp/sluice-test-schedule-XXXXXX");
  if (!mkdtemp(folder)) return -1;
  const char *feeds = file_join(arena, folder, STR("feeds")),
             *conf = "accounting-time-zone = Europe/Berlin\n";
  if (file_make_folders(feeds, 0700, &err)) return -1;
  if (file_put(file_join(arena, folder, STR("sluice.conf")), 0600, str_of(conf), &err)) return -1;
  library = library_open(folder, NULL, arena, complaints_new(arena));
  if (site_open(library, STR("2026-11-21T02:00:00Z"), &site, &err)) return -1;
  return ledger_open(file_join(arena, folder, STR("var")), &ledger, &torn, &err) ? -1 : 0;
}

static int leave(void **state) {
  (void)state;
  struct err err = { 0 };
  ledger_close(ledger);
  site_close(&site);
  int bad = file_remove_folder(folder, &err) ? -1 : 0;
  arena_free(arena);
  return bad;
}

/* Its transform is not there, which is of no matter here. */
static void feed(const char *name, const char *when) {
  struct err err = { 0 };
  str text = arena_printf(arena, "feed %s\n  extract files \"*\" in \"inbox/%s\"\n  transform t\n%s%s\n",
                          name, name, when ? "  when " : "", when ? when : "");
  str file = arena_printf(arena, "feeds/%s.feed", name);
  assert_int_equal(file_put(file_join(arena, folder, file), 0600, text, &err), OUT_OK);
}

static bool again; /* the next entry says so */

static void entry(const char *time, const char *event, const char *run, const char *code, const char *only) {
  struct err err = { 0 };
  struct ledger_word words[] = { { STR("run"), str_of(run) },
                                 { STR("exit"), str_of(code) },
                                 { STR("again"), again ? STR("yes") : STR_NONE },
                                 { STR("only"), str_of(only) } };
  assert_int_equal(ledger_append(ledger, str_of(time), str_of(event), STR("a"), words, 4, &err), OUT_OK);
  again = false;
}

static const struct schedule_feed *standing_at(const char *now) {
  stamp at;
  assert_true(date_parse_stamp(str_of(now), DATE_DAY_FIRST, NULL, &at));
  site.now = at;
  schedule_open(library, &schedule);
  schedule_make(&schedule, &site, ledger);
  return schedule_find(&schedule, STR("a"));
}

static void assert_due(const char *now, const char *why) {
  const struct schedule_feed *a = standing_at(now);
  if (!a->due || !str_eq(a->why, str_of(why))) fail_msg("%s: %d \"%.*s\"", now, a->due, STR_ARG(a->why));
}

static void assert_next(const char *now, const char *next) {
  const struct schedule_feed *a = standing_at(now);
  stamp at;
  assert_true(date_parse_stamp(str_of(next), DATE_DAY_FIRST, NULL, &at));
  if (a->due || a->next != at.seconds) fail_msg("%s: %d %lld", now, a->due, (long long)a->next);
}

static void test_nights(void **state) {
  (void)state;
  static const struct {
    const char *zone;
    int32_t begins; /* minutes */
    const char *at, *day, *starts;
  } table[] = {
    { "Europe/Berlin", 60, "2026-11-21T00:00:00Z", "2026-11-21", "2026-11-21T00:00:00Z" },
    { "Europe/Berlin", 60, "2026-11-20T23:59:59Z", "2026-11-20", "2026-11-20T00:00:00Z" },
    { "Europe/Berlin", 0, "2026-11-20T23:00:00Z", "2026-11-21", "2026-11-20T23:00:00Z" },
    { "Europe/Berlin", 1439, "2026-11-21T22:58:59Z", "2026-11-20", "2026-11-20T22:59:00Z" },
    /* skipped: 02:30 is the moment at which the clock goes on to 03:00 */
    { "Europe/Berlin", 150, "2026-03-29T00:59:59Z", "2026-03-28", "2026-03-28T01:30:00Z" },
    { "Europe/Berlin", 150, "2026-03-29T01:00:00Z", "2026-03-29", "2026-03-29T01:00:00Z" },
    /* twice: the first 02:30 counts, the second is the same night */
    { "Europe/Berlin", 150, "2026-10-25T00:29:59Z", "2026-10-24", "2026-10-24T00:30:00Z" },
    { "Europe/Berlin", 150, "2026-10-25T00:30:00Z", "2026-10-25", "2026-10-25T00:30:00Z" },
    { "Europe/Berlin", 150, "2026-10-25T01:29:59Z", "2026-10-25", "2026-10-25T00:30:00Z" },
    { "Europe/Berlin", 150, "2026-10-25T01:30:00Z", "2026-10-25", "2026-10-25T00:30:00Z" },
    /* a day that a country left out: the night of the 29th lasts to the 31st */
    { "Pacific/Apia", 60, "2011-12-30T09:59:59Z", "2011-12-29", "2011-12-29T11:00:00Z" },
    { "Pacific/Apia", 60, "2011-12-30T11:00:00Z", "2011-12-31", "2011-12-30T11:00:00Z" },
    { "UTC", 60, "1970-01-01T00:30:00Z", "1969-12-31", "1969-12-31T01:00:00Z" },
  };
  for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
    struct zone *zone;
    struct err err = { 0 };
    stamp at, starts;
    int32_t day;
    int64_t began;
    assert_int_equal(zone_open(table[i].zone, &zone, &err), OUT_OK);
    assert_true(date_parse_stamp(str_of(table[i].at), DATE_DAY_FIRST, NULL, &at));
    assert_true(date_parse_stamp(str_of(table[i].starts), DATE_DAY_FIRST, NULL, &starts));
    assert_true(date_parse(str_of(table[i].day), STR("YYYY-MM-DD"), &day));
    int32_t got = schedule_night(zone, table[i].begins * 60, at.seconds, &began);
    if (got != day || began != starts.seconds)
      fail_msg("%s: day %d, not %d; began %lld, not %lld", table[i].at, got, day, (long long)began,
               (long long)starts.seconds);
    zone_close(zone);
  }
}

static void test_nightly(void **state) {
  (void)state;
  feed("a", "nightly");
  assert_due("2026-11-21T02:00:00Z", "no good run yet");
  entry("2026-11-21T02:00:00Z", "run-start", "1", "", "");
  assert_due("2026-11-21T03:00:00Z",
             "no good run yet; its run of 2026-11-21 03:00 Europe/Berlin has not ended");
  entry("2026-11-21T02:00:00Z", "run-end", "1", "0", "");
  assert_next("2026-11-21T03:00:00Z", "2026-11-22T00:00:00Z");
  assert_next("2026-11-21T23:59:59Z", "2026-11-22T00:00:00Z");
  assert_due("2026-11-22T00:00:00Z", "last good run 1 night ago");
  assert_due("2026-11-25T12:00:00Z", "last good run 4 nights ago");
  entry("2026-11-25T12:00:00Z", "run-end", "2", "69", ""); /* the disk was full: again in the same night */
  assert_due("2026-11-25T13:00:00Z", "last good run 4 nights ago");
  entry("2026-11-25T13:00:00Z", "run-end", "3", "0", "one.txt"); /* one file is not the inbox */
  assert_due("2026-11-25T14:00:00Z", "no run over all of its inbox this night");
  again = true; /* one file's proof failed, and the disk was full for another */
  entry("2026-11-25T13:30:00Z", "run-end", "4", "3", "");
  assert_due("2026-11-25T14:00:00Z", "no run over all of its inbox this night");
  entry("2026-11-25T14:00:00Z", "run-end", "5", "3", ""); /* a proof failed: a second try would not help */
  assert_next("2026-11-25T15:00:00Z", "2026-11-26T00:00:00Z");
  entry("2036-01-01T00:00:00Z", "run-end", "6", "0", ""); /* the clock was wrong, once */
  assert_due("2026-11-26T00:00:00Z", "no run over all of its inbox this night");
}

static void test_every(void **state) {
  (void)state;
  feed("a", "every 30 minutes");
  assert_due("2026-11-21T02:00:00Z", "every 30 minutes");
  entry("2026-11-21T02:00:00Z", "run-end", "1", "1", "");
  assert_next("2026-11-21T02:29:59Z", "2026-11-21T02:30:00Z");
  assert_due("2026-11-21T02:30:00Z", "every 30 minutes");
}

static void test_not_by_itself(void **state) {
  (void)state;
  feed("a", NULL);
  assert_false(standing_at("2026-11-21T02:00:00Z")->due);
  assert_null(schedule_next(&schedule));
  feed("b", "sometimes"); /* complained of; its run says so when it is asked for */
  assert_false(standing_at("2026-11-21T02:00:00Z")[1].due);
  struct err err = { 0 };
  assert_int_equal(file_put(file_join(arena, folder, STR("feeds/c.feed")), 0600, STR("fed c\n"), &err),
                   OUT_OK);
  const struct schedule_feed *c = standing_at("2026-11-21T02:00:00Z") + 2;
  assert_true(c->due && !c->feed && str_eq(c->why, STR("its file cannot be read")));
}

static void assert_order(const char *names, const char *want) {
  bool picked[16] = { false };
  size_t count;
  standing_at("2026-11-21T02:00:00Z");
  for (size_t i = 0; i < schedule.count; i++) picked[i] = strchr(names, schedule.feeds[i].name.at[0]) != NULL;
  size_t *order = schedule_order(&schedule, picked, arena, &count);
  char got[16] = "";
  for (size_t i = 0; i < count; i++) got[i] = schedule.feeds[order[i]].name.at[0];
  assert_string_equal(got, want);
}

static void test_order(void **state) {
  (void)state;
  feed("a", "nightly after d");
  feed("b", "nightly after e, c");
  feed("c", "nightly");
  feed("d", "nightly after c");
  feed("e", "nightly");
  assert_order("abcde", "cdaeb");
  assert_order("abe", "aeb"); /* who is not picked is not waited for */
  assert_order("", "");
}

/* a, c and d wait for each other: they have a place, and are not run. Who is after them has to wait for that.
 */
static void test_circle(void **state) {
  (void)state;
  feed("a", "nightly after d");
  feed("b", "nightly after e, c");
  feed("c", "nightly after a");
  feed("d", "nightly after c");
  feed("e", "nightly");
  feed("f", "nightly after f, none");
  assert_order("abcdef", "acdebf");
  for (size_t i = 0; i < schedule.count; i++)
    assert_int_equal(schedule.feeds[i].in_circle, strchr("acd", schedule.feeds[i].name.at[0]) != NULL);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, enter, leave)

int main(void) {
  const struct CMUnitTest tests[] = {
    CASE(test_nights),        CASE(test_nightly), CASE(test_every),
    CASE(test_not_by_itself), CASE(test_order),   CASE(test_circle),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
