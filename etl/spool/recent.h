/* spool/recent: postings of the entries behind the checkpoint, in memory.
 *
 *   struct recent recent = { 0 };
 *   recent_add(&recent, posting_make(posting_hash("id", id), line, place));
 *   recent_find(&recent, posting_hash("id", id), &found);      oldest first
 *   recent_free(&recent);
 */
#ifndef SLUICE_SPOOL_RECENT_H
#define SLUICE_SPOOL_RECENT_H

#include "spool/checkpoint.h"

struct recent {
  struct posting *items; /* in the order of adding */
  uint32_t *next;        /* number + 1 of the next one of the same hash; 0: none */
  uint32_t *first, *last;
  size_t count, room, slots;
};

void recent_add(struct recent *recent, struct posting posting);
void recent_find(const struct recent *recent, uint64_t hash, struct postings *found);
void recent_free(struct recent *recent); /* empty again */

#endif
