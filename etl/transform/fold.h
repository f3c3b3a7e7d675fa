/* transform/fold: groups by key, each with its running aggregates.
 *
 * A key is bytes whose memcmp order is the order of its values (model/value.h),
 * a state is laid out by transform/accumulate.h. Groups stand in a hash table;
 * past `memory_most` bytes they are written to temporary files by hash and
 * folded part by part at the end, so memory does not grow with the input.
 * What comes out is in key order, whatever came in and in how many threads.
 *
 *   char *state = fold_state(fold, key, hash);     the group's, made when new
 *   fold_close(fold, keep, user, &err);            drops groups that keep() refuses
 *   for (size_t i = 0; i < fold_count(fold); i++) fold_at(fold, i, &key, &state);
 */
#ifndef SLUICE_TRANSFORM_FOLD_H
#define SLUICE_TRANSFORM_FOLD_H

#include "transform/accumulate.h"

struct fold;

struct fold *fold_new(struct aggregate *const *aggregates, size_t count, size_t memory_most);
uint64_t fold_hash(str key);
/* Valid until the next call: a full table is written out. NULL after an error of fold_error. */
char *fold_state(struct fold *fold, str key, uint64_t hash);
struct arena *fold_arena(struct fold *fold); /* for texts in states */
/* A fresh state for neighbours with one key, merged into the group's later, many at a time: memory is asked
 * for ahead, so that a table larger than the caches is not waited for. Good until the next fold_run. */
char *fold_run(struct fold *fold, str key, uint64_t hash);
struct arena *fold_run_arena(struct fold *fold);
bool fold_settle(struct fold *fold); /* merges what is outstanding; false when a sum overflowed */
bool fold_add_all(struct fold *fold, struct fold *other, struct err *err); /* empties `other` */

/* keep: true when the group is to come out. NULL keeps all. */
typedef bool fold_keep(void *user, str key, char *state);
enum outcome fold_close(struct fold *fold, fold_keep *keep, void *user, struct err *err);
size_t fold_count(const struct fold *fold);
void fold_at(const struct fold *fold, size_t index, str *key, char **state);
size_t fold_from(const struct fold *fold, str prefix); /* the first group whose key is not before it */
size_t fold_spilled(const struct fold *fold);          /* bytes written out */
void fold_free(struct fold *fold);

#endif
