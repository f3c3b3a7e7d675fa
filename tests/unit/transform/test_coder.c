/* unit/transform/test_coder: equal cells get equal numbers, and days are those of the ledger's zone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "transform/coder.h"

#include "table.h"

#include <stdio.h>

enum { ROWS_MOST = 4096 };

static struct arena *arena;

static int start(void **state) {
  (void)state;
  arena = arena_new();
  return 0;
}

static int stop(void **state) {
  (void)state;
  arena_free(arena);
  return 0;
}

static void test_codes(void **state) {
  (void)state;
  static const size_t columns[] = { 0, 2 };
  static const char text[] = "Order|x|Principal\nOrder|y|Principal\nOrder|x|Tax\nOrde|x|rPrincipal\n|x|\n"
                             "Order|x|Tax\n|z|\nOrder, and a long label|x|that goes beyond eight bytes\n"
                             "Order, and a long label|x|that goes beyond eight byte!\n"
                             "Order, and a lang label|x|that goes beyond eight bytes\n";
  static const uint32_t want[] = { 0, 0, 1, 2, 3, 1, 3, 4, 5, 6 };
  for (int steady = 0; steady < 2; steady++) {
    struct table table;
    uint32_t codes[16];
    struct coder *coder = coder_new(columns, 2, steady);
    table_fill(&table, text, 3, arena);
    assert_true(coder_rows(coder, &table.rows, 100, codes));
    assert_memory_equal(codes, want, sizeof want);
    assert_true(coder_rows(coder, &table.rows, 100, codes)); /* again: the same numbers */
    assert_memory_equal(codes, want, sizeof want);
    coder_reset(coder);
    assert_false(coder_rows(coder, &table.rows, 6, codes));
    coder_reset(coder);
    assert_true(coder_rows(coder, &table.rows, 7, codes));
    assert_memory_equal(codes, want, sizeof want);
    coder_free(coder);
  }
}

/* Many values: the table grows, and nothing changes its number. */
static void test_many(void **state) {
  (void)state;
  static const size_t column = 0;
  struct coder *coder = coder_new(&column, 1, false);
  struct buf text = buf_new(1 << 20);
  static uint32_t codes[3 * ROWS_MOST];
  for (uint32_t i = 0; i < 3 * ROWS_MOST; i++) buf_printf(&text, "value %u\n", i % (2 * ROWS_MOST));
  buf_char(&text, '\0');
  struct table table;
  table_fill(&table, text.at, 1, arena);
  assert_true(coder_rows(coder, &table.rows, SIZE_MAX, codes));
  for (uint32_t i = 0; i < 3 * ROWS_MOST; i++) assert_int_equal(codes[i], i % (2 * ROWS_MOST));
  buf_free(&text);
  coder_free(coder);
}

/* Numbers of days are equal exactly where the days are, whatever order and shape the stamps come in. */
static void check_days(const char *zone_title, enum date_order order, const char *text) {
  struct err err = { 0 };
  struct zone *zone;
  struct table table;
  static uint32_t codes[ROWS_MOST];
  static int32_t days[ROWS_MOST];
  assert_int_equal(zone_open(zone_title, &zone, &err), OUT_OK);
  struct notation notation = { .order = order, .zone = zone, .places_most = -1 };
  struct day_coder *coder = day_coder_new(0, &notation);
  table_fill(&table, text, 1, arena);
  assert_true(table.rows.count <= ROWS_MOST);
  day_coder_rows(coder, &table.rows, codes);
  for (size_t row = 0; row < table.rows.count; row++) {
    str cell = str_trim(rows_cell(&table.rows, 0, row));
    stamp at;
    bool good = date_parse_stamp(cell, order, zone, &at);
    days[row] = good ? zone_day(zone, at.seconds) : 0;
    bool right = !cell.len ? codes[row] == DAY_ABSENT
                 : good    ? codes[row] >= DAY_FIRST && codes[row] < DAY_BAD_FIRST
                           : codes[row] >= DAY_BAD_FIRST;
    if (!right) fail_msg("%s: \"%.*s\" got %u", zone_title, STR_ARG(cell), codes[row]);
    for (size_t before = 0; before < row; before++)
      if (good && codes[before] >= DAY_FIRST && codes[before] < DAY_BAD_FIRST &&
          (days[row] == days[before]) != (codes[row] == codes[before]))
        fail_msg("%s: \"%.*s\" (day %d, code %u) against row %zu (day %d, code %u)", zone_title,
                 STR_ARG(cell), days[row], codes[row], before, days[before], codes[before]);
  }
  day_coder_free(coder);
  zone_close(zone);
}

/* Every five minutes around midnights, clock changes and the ends of months. */
static const char *around(const char *day_format, const int (*days)[3], size_t count) {
  struct buf text = buf_new(1 << 20);
  for (size_t i = 0; i < count; i++)
    for (int minute = 0; minute < 1440; minute += 5) {
      buf_printf(&text, day_format, days[i][0], days[i][1], days[i][2]);
      buf_printf(&text, " %02d:%02d:%02d UTC\n", minute / 60, minute % 60, minute % 7 ? 59 : 0);
    }
  buf_char(&text, '\0');
  const char *kept = arena_text(arena, buf_str(&text));
  buf_free(&text);
  return kept;
}

static void test_days(void **state) {
  (void)state;
  static const char *const zones[] = { "UTC",          "America/Los_Angeles", "Europe/Berlin",
                                       "Asia/Kolkata", "Asia/Kathmandu",      "Australia/Lord_Howe",
                                       "Pacific/Apia", "America/St_Johns" };
  static const int iso[][3] = { { 2026, 11, 1 }, { 2026, 3, 29 }, { 2026, 3, 8 },  { 2026, 12, 31 },
                                { 2024, 2, 29 }, { 2026, 4, 5 },  { 2026, 10, 25 } };
  static const int first[][3] = { { 1, 11, 2026 }, { 11, 1, 2026 }, { 31, 10, 2026 } };
  for (size_t i = 0; i < sizeof zones / sizeof *zones; i++) {
    check_days(zones[i], DATE_DAY_FIRST, around("%04d-%02d-%02d", iso, 7));
    check_days(zones[i], DATE_DAY_FIRST, around("%02d/%02d/%04d", first, 3));
    check_days(zones[i], DATE_MONTH_FIRST, around("%02d/%02d/%04d", first, 3));
  }
}

static void test_odd_stamps(void **state) {
  (void)state;
  check_days(
      "America/Los_Angeles", DATE_DAY_FIRST,
      "\n   \n2026-11-03 04:05:06 UTC\n 2026-11-03 04:05:06 UTC \n2026-11-03T04:05:06+00:00\n"
      "2026-11-03 04:65:06 UTC\n2026-11-03 04:05:66 UTC\n2026-11-03 24:05:06 UTC\n2026-11-31 04:05:06 UTC\n"
      "2026-11-03 04:05:06 XYZ\n2026-11-03 04:05:06\n2026-11-03\n2026-11-03 23:59:59 PST\n"
      "2026-11-03T23:59:59+14:00\n2026-11-03T00:00:00-12:00\nyesterday\n2026-11-03 04:05:06.123456 UTC\n"
      "2026-11-03 04:05:06 UTC and more than fits into a key of thirty-two bytes\n1995-03-14 07:49:55 UTC\n"
      "14.03.2023 07:49:55 UTC\n2026/11/03 04:05:06 JST\n0000-00-00 00:00:00 UTC\n2026-11-03 04:05:06 UTC\n");
}

/* What stamps say of the order of day and month is told to the notes. */
static void test_notes(void **state) {
  (void)state;
  static const struct {
    const char *text;
    enum date_order order;
    bool asked, not_this, not_other;
  } table[] = {
    { "2026-11-03 04:05:06 UTC\n", DATE_DAY_FIRST, false, false, false },
    { "03.11.2026 04:05:06 UTC\n", DATE_DAY_FIRST, false, false, false },
    { "05/05/2026 04:05:06 UTC\n", DATE_DAY_FIRST, false, false, false },
    { "03/11/2026 04:05:06 UTC\n", DATE_DAY_FIRST, true, false, false },
    { "03-11-2026 04:05:06 UTC\n", DATE_MONTH_FIRST, true, false, false },
    { "13/11/2026 04:05:06 UTC\n", DATE_DAY_FIRST, false, false, true },
    { "13/11/2026 04:05:06 UTC\n", DATE_MONTH_FIRST, false, true, false },
    { "11/13/2026 04:05:06 UTC\n", DATE_DAY_FIRST, false, true, false },
    { "32/13/2026 04:05:06 UTC\n", DATE_DAY_FIRST, false, false, false },
    { "03/11/2026 04:05:06 UTC\n11/13/2026 04:05:06 UTC\n", DATE_DAY_FIRST, true, true, false },
  };
  for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
    struct date_notes notes = { false, false, false };
    struct notation notation = { .order = table[i].order, .places_most = -1, .notes = &notes };
    struct err err = { 0 };
    struct zone *zone;
    struct table rows;
    uint32_t codes[8];
    assert_int_equal(zone_open("UTC", &zone, &err), OUT_OK);
    notation.zone = zone;
    struct day_coder *coder = day_coder_new(0, &notation);
    table_fill(&rows, table[i].text, 1, arena);
    day_coder_rows(coder, &rows.rows, codes);
    if (notes.asked != table[i].asked || notes.not_this != table[i].not_this ||
        notes.not_other != table[i].not_other)
      fail_msg("%s: asked %d, not this %d, not other %d", table[i].text, notes.asked, notes.not_this,
               notes.not_other);
    day_coder_free(coder);
    zone_close(zone);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(test_codes, start, stop),
    cmocka_unit_test_setup_teardown(test_many, start, stop),
    cmocka_unit_test_setup_teardown(test_days, start, stop),
    cmocka_unit_test_setup_teardown(test_odd_stamps, start, stop),
    cmocka_unit_test_setup_teardown(test_notes, start, stop),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
