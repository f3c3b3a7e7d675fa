/* courier/memory: what one of a feed's couriers knows from run to run.
 *
 *   var/courier/orders.GET_ORDER_REPORT_DATA_SHIPPING.txt
 *   sluice-courier 2
 *   covered 2026-11-21T02:00:00Z                       everything up to there has been fetched
 *   asked 50013 GET_X 2026-11-20T02:00:00Z 2026-11-21T02:00:00Z
 *   got 50012 3f9a.. 2026-11-20T02:10:04Z
 *   end
 *
 * An address, a folder, a filter of pages is told by a digest: rates.https-9f86d081884c7d65.txt. What goes
 * out has one for each of Amazon's types, which all feeds of that type share: submit.POST_X.txt.
 *
 * A line is a name and words; the last one is "end", so that a file that was cut is no whole one (those that
 * begin "sluice-courier 1" had none). It is written whole (io/file) and locked while a run has it. Nothing
 * depends on it that cannot be had again: without it more is fetched than need be, and known bytes are one
 * item. Only what is on its way out has more: it is in the ledger too (courier/submit).
 */
#ifndef SLUICE_COURIER_MEMORY_H
#define SLUICE_COURIER_MEMORY_H

#include "base/err.h"
#include "base/memory.h"

struct memory;
/* OUT_RETRY: another run has it. A damaged file is put aside as NAME.damaged and begun anew: *damaged. */
enum outcome memory_open(const char *site, str name, struct memory **memory, bool *damaged, struct err *err);
void memory_close(struct memory *memory);

/* The words of the first line so named; "" when there is none. */
str memory_get(const struct memory *memory, const char *name);
/* Of the n-th; false: there are fewer. */
bool memory_at(const struct memory *memory, const char *name, size_t n, str *words);
/* The line whose first word is `first`. */
bool memory_find(const struct memory *memory, const char *name, str first, str *words);
void memory_set(struct memory *memory, const char *name, str words); /* the only line of its name */
void memory_add(struct memory *memory, const char *name, str words);
void memory_drop(struct memory *memory, const char *name,
                 str first); /* lines whose first word it is; "" all */
/* Only the last `most` lines of a name stay. */
void memory_limit(struct memory *memory, const char *name, size_t most);
enum outcome memory_keep(struct memory *memory, struct err *err);

#endif
