/* job/search_records: a text in the records of an archived XML or JSON file, which are counted as `sluice
 * why` does.
 *
 * Only the cells that the feed's first transform uses are looked at, by the specs of today. What is found
 * is told in the order of the file, each record once: an order is one record with all its items. False: it
 * is no file of records, or cannot be read by these specs; then what was told does not count.
 */
#ifndef SLUICE_JOB_SEARCH_RECORDS_H
#define SLUICE_JOB_SEARCH_RECORDS_H

#include "transform/library.h"

struct search_records {
  const struct library *library;
  struct arena *arena;
  str feed, wanted;
  const char *path;
  void (*found)(void *user, uint64_t record); /* from 1 */
  void *user;
};
bool search_records(const struct search_records *search);

#endif
