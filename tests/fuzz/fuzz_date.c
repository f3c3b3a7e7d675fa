/* fuzz/fuzz_date: what is read as a stamp or a date is written and read again as the same.
 *
 * The input is the text, or the text and a pattern with a line end between them.
 */
#include "model/date.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds) {
  if (!holds) abort();
}

static void check_stamp(str text, enum date_order order, const struct zone *zone) {
  char room[DATE_TEXT_MOST];
  stamp at, again;
  if (!date_parse_stamp(text, order, zone, &at)) return;
  str written = { room, date_format_stamp(at, room) };
  must(!date_needs_order(written) && date_parse_stamp(written, order, NULL, &again));
  must(again.seconds == at.seconds && again.offset == at.offset);

  /* A wall clock reading leads to its instant, or to the earlier one of the two that look alike. */
  int64_t wall = at.seconds + zone_offset(zone, at.seconds), instant = zone_instant(zone, wall);
  must(instant <= at.seconds && instant + zone_offset(zone, instant) == wall);
  must(date_format_wall(at, zone, STR("YYYY-MM-DD HH:mm:SS"), room) >= 19);
}

static void check_date(str text, str pattern) {
  char room[DATE_TEXT_MOST];
  int32_t date, again;
  int year, month, day;
  date_format(0, pattern, room);
  if (!date_parse(text, pattern, &date)) return;
  date_parts(date, &year, &month, &day);
  must(date_is_real(year, month, day) && date_of(year, month, day) == date);
  if (!date_pattern_is_good(pattern, true)) return;
  size_t len = date_format(date, pattern, room);
  must(date_parse((str){ room, len }, pattern, &again) && again == date);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const char *const names[] = { "UTC", "America/Los_Angeles" };
  str rest = { (const char *)data, size }, text = STR_NONE, pattern = STR_NONE;
  if (!size) return 0;
  str_split(&rest, '\n', &text);
  str_split(&rest, '\n', &pattern);
  check_date(text, pattern);
  date_needs_order(text);
  for (size_t i = 0; i < 2; i++) {
    struct zone *zone;
    struct err err = { 0 };
    if (zone_open(names[i], &zone, &err)) continue;
    check_stamp(text, DATE_DAY_FIRST, zone);
    check_stamp(text, DATE_MONTH_FIRST, zone);
    zone_close(zone);
  }
  return 0;
}
