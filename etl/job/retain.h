/* job/retain: which archived days have been kept long enough, and their end.
 *
 * Two rules (R34). Files of a feed with personal columns are kept
 * `keep-personal-days` (30) after the day they were archived; all others
 * `keep-years` (10). A day goes by series of keys: the books of all feeds
 * together, personal files feed by feed. Its key is destroyed first, so that
 * backups lose it too; then the files are removed, and the rows files that the
 * feed wrote to SL on that day; then the ledger says so
 * ("purged", words day=, items=, files=, bytes=). The ledger's own entries,
 * digests and totals, stay.
 */
#ifndef SLUICE_JOB_RETAIN_H
#define SLUICE_JOB_RETAIN_H

#include "job/answer.h"

struct retain_day {
  str day, feed; /* feed "" = the books, of all feeds without personal columns */
  struct archive_item *items;
  size_t count;
  str until; /* the last day it had to be kept */
};

/* Days whose time is over at the site's stated time, oldest first; `all`: every archived day, over or not. In
 * the site's arena. Feeds that cannot be opened count as books. */
enum outcome retain_days(const struct custody *custody, bool all, struct retain_day **days, size_t *count,
                         struct err *err);
bool retain_is_over(const struct site *site, const struct retain_day *day);
enum outcome retain_purge(const struct custody *custody, const struct retain_day *day,
                          struct archive_purged *purged, struct err *err);
/* *time: when an item's day was purged (feed "": of any); false: it was not. */
bool retain_when_purged(struct ledger *ledger, str feed, str day, struct arena *arena, str *time);

#endif
