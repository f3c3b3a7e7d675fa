/* model/date: days, instants and the ledger's time zone.
 *
 * A date is a day number (0 = 1970-01-01, Gregorian, years 1..9999). A stamp
 * is an instant in UTC seconds and the offset it was written with, in minutes.
 * A zone tells on which day, in the books' own time zone (R7), an instant falls.
 *
 * Stamps are read as ISO 8601 (2026-11-03T04:05:06Z, +01:00, +0100, fraction
 * of a second dropped), "2026-11-03 04:05:06 UTC", "2026/11/03 04:05:06 JST",
 * and with the day first or the month first, "03.11.2026 04:05:06 UTC",
 * "03/11/2026 04:05:06 UTC". Which of the two comes first is a *reading* of the
 * whole file, like the decimal mark. Without an offset the stamp is read in the
 * given zone (NULL: it is not read). Zone names other than UTC, GMT and Z are
 * read where they have one meaning in Amazon's files: PST -8, PDT -7, MEZ/CET
 * +1, MESZ/CEST +2, BST +1, JST +9; any other name is not read.
 *
 *   struct zone *zone; zone_open("America/Los_Angeles", &zone, &err);
 *   stamp at; date_parse_stamp(STR("2026-11-03 04:05:06 UTC"), DATE_DAY_FIRST, zone, &at);
 *   int32_t day = zone_day(zone, at.seconds);                 -> 2026-11-02
 */
#ifndef SLUICE_MODEL_DATE_H
#define SLUICE_MODEL_DATE_H

#include "base/err.h"

typedef struct {
  int64_t seconds; /* since 1970-01-01T00:00:00Z */
  int32_t offset;  /* minutes east of UTC, as written */
} stamp;

enum date_order { DATE_DAY_FIRST, DATE_MONTH_FIRST };
enum { DATE_TEXT_MOST = 64 };

/* Time zones: read from the system's zone database (TZif files, version 2+, with the POSIX rule of the
 * footer for later years), so that several zones can be open at once and threads need no lock. */
struct zone;
enum outcome zone_open(const char *name, struct zone **zone, struct err *err); /* OUT_SPEC: unknown zone */
const char *zone_name(const struct zone *zone);
int32_t zone_offset(const struct zone *zone, int64_t seconds); /* seconds east of UTC at that instant */
int32_t zone_day(const struct zone *zone, int64_t seconds);    /* the local day number */
/* The instant of a local wall clock time; the earlier one when a clock change makes two, the instant of
 * the change when it skips it. `wall` = seconds since 1970-01-01T00:00:00 on the local clock. */
int64_t zone_instant(const struct zone *zone, int64_t wall);
void zone_close(struct zone *zone);

int32_t date_of(int year, int month, int day); /* no check of the parts: see date_is_real */
bool date_is_real(int year, int month, int day);
void date_parts(int32_t date, int *year, int *month, int *day);

/* Reading by a pattern of YYYY MM DD HH mm SS (and any other character as itself). The whole text must
 * match and name a real day. Two patterns are known by all fields without one: YYYY-MM-DD and YYYYMMDD. */
bool date_parse(str text, str pattern, int32_t *date);
bool date_parse_stamp(str text, enum date_order order, const struct zone *zone, stamp *at);
/* True when reading the text needs to know which of day and month comes first (no ISO order). */
bool date_needs_order(str text);
bool date_pattern_is_good(str pattern, bool with_time); /* for the checker */

/* Writing by the same patterns. Returns the length; `text` has room for DATE_TEXT_MOST. */
size_t date_format(int32_t date, str pattern, char text[DATE_TEXT_MOST]);
size_t date_format_stamp(stamp at, char text[DATE_TEXT_MOST]); /* 2026-11-03T04:05:06+00:00 */
/* The local clock of the zone; NULL: of the offset that the stamp was written with. */
size_t date_format_wall(stamp at, const struct zone *zone, str pattern, char text[DATE_TEXT_MOST]);

#endif
