/* transform/fold: groups by key, each with its running aggregates.
 *
 * A key is bytes whose memcmp order is the order of its values (model/value.h),
 * a state is laid out by transform/accumulate.h. Groups stand in FOLD_PARTS hash
 * tables, parted by their hash; past `memory_most` bytes all of them are written
 * to temporary files, one for each part, and every part is folded by itself at the
 * end: memory does not grow with the input, and the parts of several workers' folds
 * are joined and closed side by side. What comes out is in key order, whatever came
 * in and in how many threads.
 *
 *   char *state = fold_state(fold, key, hash);                      the group's, made when new
 *   for (size_t i = 0; i < FOLD_PARTS; i++)                         any part by any thread
 *     fold_close_part(fold, others, count, i, keep, user, &err);    joins, drops groups that keep() refuses
 *   fold_close_end(fold);
 *   for (size_t i = 0; i < fold_count(fold); i++) fold_at(fold, i, &key, &state);
 */
#ifndef SLUICE_TRANSFORM_FOLD_H
#define SLUICE_TRANSFORM_FOLD_H

#include "transform/accumulate.h"

enum { FOLD_PARTS = 32 };

struct fold;

struct fold *fold_new(struct aggregate *const *aggregates, size_t count, size_t memory_most);
uint64_t fold_hash(str key);
/* Valid until the next call: full tables are written out. */
char *fold_state(struct fold *fold, str key, uint64_t hash);
struct arena *fold_arena(struct fold *fold); /* for texts in the state just handed out */
/* A fresh state for neighbours with one key, merged into the group's later, many at a time: memory is asked
 * for ahead, so that a table larger than the caches is not waited for. Good until the next fold_run. */
char *fold_run(struct fold *fold, str key, uint64_t hash);
struct arena *fold_run_arena(struct fold *fold);
bool fold_settle(struct fold *fold); /* merges what is outstanding; false when a sum overflowed */

/* keep: true when the group is to come out. NULL keeps all. */
typedef bool fold_keep(void *user, str key, char *state);
/* Takes the part's groups from `others` too, which lose them. Different parts may be closed by different
 * threads at once; all folds must be settled. OUT_DATA: a sum overflowed. OUT_SYSTEM: a temporary file. */
enum outcome fold_close_part(struct fold *fold, struct fold *const *others, size_t count, size_t part,
                             fold_keep *keep, void *user, struct err *err);
void fold_close_end(struct fold *fold); /* once all parts are closed */
size_t fold_count(const struct fold *fold);
void fold_at(const struct fold *fold, size_t index, str *key, char **state);
size_t fold_from(const struct fold *fold, str prefix); /* the first group whose key is not before it */
size_t fold_spilled(const struct fold *fold);          /* bytes written out */
void fold_free(struct fold *fold);

#endif
