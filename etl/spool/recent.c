/* spool/recent: postings of the entries behind the checkpoint, in memory. */
#include "spool/recent.h"

static uint64_t hash_of(struct posting posting) { return posting.high >> 16; }

static size_t slot_of(const struct recent *recent, uint64_t hash) {
  size_t at = (size_t)hash & (recent->slots - 1);
  while (recent->first[at] && hash_of(recent->items[recent->first[at] - 1]) != hash)
    at = (at + 1) & (recent->slots - 1);
  return at;
}

static void link_in(struct recent *recent, size_t number) {
  size_t at = slot_of(recent, hash_of(recent->items[number]));
  recent->next[number] = 0;
  if (recent->first[at]) recent->next[recent->last[at] - 1] = (uint32_t)number + 1;
  else recent->first[at] = (uint32_t)number + 1;
  recent->last[at] = (uint32_t)number + 1;
}

/* Twice as many slots as postings at least, so that runs of taken slots stay short. */
static void grow(struct recent *recent) {
  recent->room = recent->room ? recent->room * 2 : 256;
  recent->slots = recent->room * 2;
  recent->items = mem_grow(recent->items, recent->room * sizeof *recent->items);
  recent->next = mem_grow(recent->next, recent->room * sizeof *recent->next);
  mem_free(recent->first);
  mem_free(recent->last);
  recent->first = mem_alloc(recent->slots * sizeof *recent->first);
  recent->last = mem_alloc(recent->slots * sizeof *recent->last);
  for (size_t i = 0; i < recent->count; i++) link_in(recent, i);
}

void recent_add(struct recent *recent, struct posting posting) {
  if (recent->count == recent->room) grow(recent);
  recent->items[recent->count] = posting;
  link_in(recent, recent->count++);
}

void recent_find(const struct recent *recent, uint64_t hash, struct postings *found) {
  if (!recent->count) return;
  for (uint32_t at = recent->first[slot_of(recent, hash)]; at; at = recent->next[at - 1])
    *ARENA_PUSH(found->arena, found->items, found->count) = recent->items[at - 1];
}

void recent_free(struct recent *recent) {
  mem_free(recent->items);
  mem_free(recent->next);
  mem_free(recent->first);
  mem_free(recent->last);
  *recent = (struct recent){ 0 };
}
