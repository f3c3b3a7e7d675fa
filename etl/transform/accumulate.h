/* transform/accumulate: the running state of an aggregate.
 *
 * States are plain bytes of a fixed size, laid out one after the other for
 * the aggregates of a group, so that a group is one piece of memory. Adding and merging
 * keep exact sums and remember rows, so the order in which workers finish can
 * not show. Texts and lists are kept in the arena given.
 */
#ifndef SLUICE_TRANSFORM_ACCUMULATE_H
#define SLUICE_TRANSFORM_ACCUMULATE_H

#include "transform/program.h"

enum { LIST_MOST = 20 };

size_t acc_size(enum aggregate_kind kind); /* a multiple of 16 */
/* The state of a sum: sixteen bytes, because a group may be one of millions; what outgrows 64 bits moves into
 * the arena. */
struct acc_sum {
  union {
    int64_t units;
    dec *wide;
  } as;
  int32_t scale;
  bool is_wide;
};
/* The next place that fits the kind's alignment. */
static inline size_t acc_align(enum aggregate_kind kind, size_t at) {
  return kind >= AGG_MIN && kind <= AGG_SAME ? (at + 15) & ~(size_t)15 : at;
}
size_t acc_layout(struct aggregate *const *aggregates, size_t count, size_t *offsets); /* total size */
/* A value seen `times` times, first at `row`. False when a sum overflows. */
bool acc_add(enum aggregate_kind kind, char *state, const value *v, uint64_t times, uint64_t first_row,
             uint64_t last_row, struct arena *arena);
/* For sums: a whole number of units at a scale, already added up. */
bool acc_add_sum(char *state, int128 units, int32_t scale, struct arena *arena);
/* The same for what nearly always comes: 64 bits, at the scale the sum has. */
static inline bool acc_add_units(char *state, int64_t units, int32_t scale, struct arena *arena) {
  struct acc_sum *sum = (struct acc_sum *)(void *)state;
  int64_t added;
  bool usual = !sum->is_wide && sum->scale == scale && !__builtin_add_overflow(sum->as.units, units, &added);
  if (!usual) return acc_add_sum(state, units, scale, arena);
  sum->as.units = added;
  return true;
}
/* The state is all there is: it may be copied as bytes. */
static inline bool acc_is_bare(enum aggregate_kind kind, const char *state) {
  if (kind == AGG_SUM) return !((const struct acc_sum *)(const void *)state)->is_wide;
  return kind == AGG_COUNT || kind == AGG_ANY || kind == AGG_ALL;
}
bool acc_merge(enum aggregate_kind kind, char *state, const char *other, struct arena *arena);
/* same(): *differs is set when the values did not agree. */
value acc_result(const struct aggregate *aggregate, const char *state, struct arena *arena, bool *differs);
/* Of a sum or a count: it is 0. Of any(): no. */
bool acc_is_zero(enum aggregate_kind kind, const char *state);
/* Gives the state copies of what it points at, in another arena. */
void acc_move(enum aggregate_kind kind, char *state, struct arena *arena);
/* For spilling: the state with its texts, and back. */
void acc_save(enum aggregate_kind kind, const char *state, struct buf *out);
bool acc_load(enum aggregate_kind kind, str *from, char *state, struct arena *arena);

#endif
