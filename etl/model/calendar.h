/* model/calendar: the site's fiscal periods.
 *
 * A sheet that accounting owns (R7; SL's GLSetup says the same in FiscalPerEnd00..12):
 *
 *   period,start,end,status
 *   202601,2026-01-01,2026-01-31,closed
 *   202602,2026-02-01,2026-02-28,open
 *
 * Any start of year, 12 or 13 periods, weeks or months: the rows say it. Rows
 * are in order, each starts the day after the last ended, period numbers go up
 * by one and restart at 01 in the next year. A period is held as the number YYYYPP.
 *
 * Columns are found by name, in any order, with case, blanks, - and _ ignored. `status` may be
 * missing (all open); its words are open and closed. A day outside the sheet has no period: that is
 * an error at the record, with the text "2027-02-01 lies outside the fiscal calendar (2025-01-01 to 2026-12-31)".
 */
#ifndef SLUICE_MODEL_CALENDAR_H
#define SLUICE_MODEL_CALENDAR_H

#include "base/err.h"
#include "base/memory.h"

struct calendar;

/* `text`: the sheet's bytes, UTF-8 with or without BOM, LF or CRLF, comma or semicolon. Errors are OUT_SPEC,
 * with file (the name given), line and column. The calendar lives in the arena. */
enum outcome calendar_parse(str name, str text, struct arena *arena, const struct calendar **calendar,
                            struct err *err);
bool calendar_period(const struct calendar *calendar, int32_t date, int32_t *period);
bool calendar_is_open(const struct calendar *calendar, int32_t period);
/* The first open period that is not before `period`. False when there is none. */
bool calendar_first_open(const struct calendar *calendar, int32_t period, int32_t *open);
bool calendar_bounds(const struct calendar *calendar, int32_t period, int32_t *start, int32_t *end);
void calendar_range(const struct calendar *calendar, int32_t *start, int32_t *end);

/* Texts by a pattern of YYYY and PP or MM (the period's number, never a calendar month): YYYYPP, MM-YYYY,
 * YYYY-MM. */
size_t period_format(int32_t period, str pattern, char *text, size_t room);
bool period_parse(str text, str pattern, int32_t *period);
bool period_pattern_is_good(str pattern);

#endif
