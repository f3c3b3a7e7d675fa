/* transform/sorter: records to the order of their keys, however many there are.
 *
 * Records are bytes with a key; equal keys keep the order in which they were
 * added. 32 MiB are sorted in memory; what is more is written to temporary
 * files as sorted runs and merged when read back.
 *
 *   sorter_add(sorter, key, record);
 *   sorter_sort(sorter, &err);
 *   while (sorter_next(sorter, &key, &record)) ...      good until the next call
 */
#ifndef SLUICE_TRANSFORM_SORTER_H
#define SLUICE_TRANSFORM_SORTER_H

#include "base/err.h"
#include "base/memory.h"

struct sorter;
struct sorter *sorter_new(size_t memory_most);
enum outcome sorter_add(struct sorter *sorter, str key, str record, struct err *err);
enum outcome sorter_sort(struct sorter *sorter, struct err *err);
bool sorter_next(struct sorter *sorter, str *key, str *record);
bool sorter_failed(const struct sorter *sorter); /* a temporary file could not be read back */
void sorter_free(struct sorter *sorter);

#endif
